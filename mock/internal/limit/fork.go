package limit

import (
	"slices"
	"time"
)

// Fork makes a set that has counted what this one has by now, and counts on by itself. Requests under way belong to this
// one alone: how they end is nothing to the fork. It copies the counters that have something to remember, so that its cost
// grows with the number of callers and not with that of their requests.
func (s *Set) Fork(now time.Time) *Set {
	fork := &Set{rules: s.rules, meters: make([]meter, len(s.meters)), keys: s.keys}
	for i := range s.meters {
		s.meters[i].copyTo(&fork.meters[i], now)
	}
	return fork
}

// copyTo fills an empty meter that nobody else knows yet.
func (m *meter) copyTo(empty *meter, now time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for oldest := m.ages.Front(); oldest != nil; oldest = oldest.Next() {
		c := oldest.Value.(*counter)
		c.forget(now)
		if c.used() == 0 && !now.Before(c.until) {
			continue
		}
		twin := &counter{
			limit: c.limit, key: c.key, start: c.start, number: c.number, times: slices.Clone(c.times), until: c.until,
			settled: make(chan struct{}),
		}
		twin.age = empty.ages.PushBack(twin)
		if empty.counters == nil {
			empty.counters = make(map[string]*counter, len(m.counters))
		}
		empty.counters[twin.key] = twin
	}
}
