package limit

import (
	"slices"
	"time"
)

// Fork makes a set that has counted what this one has by now, and counts on by itself. Requests under way belong to this
// one alone: how they end is nothing to the fork. Each limit notes its counters that have something to remember; the fork
// makes them its own when the limit first applies to a request there. A fork in which nobody counts shares its notes with
// its own forks.
func (s *Set) Fork(now time.Time) *Set {
	fork := &Set{rules: s.rules, meters: make([]meter, len(s.meters)), keys: s.keys}
	for i := range s.meters {
		fork.meters[i].noted = s.meters[i].note(now)
	}
	return fork
}

// note lists the counters, the one that counted longest ago first, as they are now. The list is never changed.
func (m *meter) note(now time.Time) []counter {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.ages.Len() == 0 {
		return m.noted
	}
	noted := make([]counter, 0, m.ages.Len())
	for oldest := m.ages.Front(); oldest != nil; oldest = oldest.Next() {
		c := oldest.Value.(*counter)
		c.forget(now)
		if c.used() == 0 && !now.Before(c.until) {
			continue
		}
		noted = append(noted, counter{
			limit: c.limit, key: c.key, start: c.start, number: c.number, until: c.until,
			// Nobody writes to what is counted; clipped, whoever counts on does it elsewhere.
			times: slices.Clip(c.times),
		})
	}
	return noted
}

// own makes the noted counters the meter's own. The caller holds mu.
func (m *meter) own() {
	if m.noted == nil {
		return
	}
	own := slices.Clone(m.noted)
	m.noted = nil
	m.counters = make(map[string]*counter, len(own))
	for i := range own {
		c := &own[i]
		c.settled = make(chan struct{})
		c.age = m.ages.PushBack(c)
		m.counters[c.key] = c
	}
}
