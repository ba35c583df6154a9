package limit

import (
	"container/list"
	"context"
	"sync"
	"time"

	"understudy.dev/specs"
)

// A meter holds the counters of one limit. The zero value is empty.
type meter struct {
	mu       sync.Mutex
	counters map[string]*counter
	// ages holds the counters, the one that counted longest ago first.
	ages list.List
	// noted are the counters that a fork began with, until it needs counters of its own.
	noted []counter
}

// take counts the request in the counter of a key, or says why not. With
// look, it only looks.
func (m *meter) take(ctx context.Context, a *Applied, key string, now time.Time, keys int, look bool) (specs.Problem, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.own()
	for {
		c := m.counter(a.Limit, key, now, keys)
		a.counter = c
		c.forget(now)
		verdict := c.verdict(a.allowance, now)
		switch {
		case look || verdict != "":
			a.Info = c.info(a.allowance, now)
			return verdict, nil
		case a.Limit.Count != specs.CountFailures:
			c.count(a.allowance, now)
			m.ages.MoveToBack(c.age)
			a.Info = c.info(a.allowance, now)
			return "", nil
		case c.held == 0 || c.used()+c.held < a.allowance:
			c.held++
			a.held = true
			a.Info = c.info(a.allowance, now)
			return "", nil
		}
		if err := m.wait(ctx, c); err != nil {
			return "", err
		}
	}
}

// wait lets others in until one of the requests that c holds is settled.
func (m *meter) wait(ctx context.Context, c *counter) error {
	settled := c.settled
	m.mu.Unlock()
	defer m.mu.Lock()
	select {
	case <-settled:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (m *meter) settle(a *Applied, status int, refused bool, now time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	c := a.counter
	c.forget(now)
	failed := a.held && status >= 400 && status < 500 && !refused
	m.drop(a)
	switch {
	case failed:
		c.count(a.allowance, now)
		m.ages.MoveToBack(c.age)
	case status >= 200 && status < 300 && !refused && c.clearsOnSuccess():
		c.clear()
	}
	a.Info = c.info(a.allowance, now)
}

func (m *meter) letGo(a *Applied) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.drop(a)
}

// drop ends the hold of a, if it has one, and wakes whoever waits for it.
func (m *meter) drop(a *Applied) {
	if !a.held {
		return
	}
	a.held = false
	a.counter.held--
	close(a.counter.settled)
	a.counter.settled = make(chan struct{})
}

// counter finds or makes the counter of a key. A new one first pushes out
// those that have nothing left to remember, and, where there are still too
// many, the oldest.
func (m *meter) counter(limit *specs.Limit, key string, now time.Time, keys int) *counter {
	if c, ok := m.counters[key]; ok {
		return c
	}
	for oldest := m.ages.Front(); oldest != nil; oldest = m.ages.Front() {
		c := oldest.Value.(*counter)
		c.forget(now)
		if !c.idle(now) && m.ages.Len() < keys {
			break
		}
		m.ages.Remove(oldest)
		delete(m.counters, c.key)
	}
	if m.counters == nil {
		m.counters = map[string]*counter{}
	}
	c := &counter{limit: limit, key: key, settled: make(chan struct{})}
	c.age = m.ages.PushBack(c)
	m.counters[key] = c
	return c
}
