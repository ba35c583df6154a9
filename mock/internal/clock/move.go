package clock

import (
	"slices"
	"time"
)

// A move is one Advance, Set or ring of the alarm.
type move struct {
	// until is where it ends; if it is zero, the move has left to go. What is
	// left is counted as it passes, so that moves which meet add up.
	until time.Time
	left  time.Duration
	// waits is true if what was started must end before time goes on.
	waits bool
	begun []<-chan struct{}
}

func (m *move) rest(now time.Time) time.Duration {
	if m.until.IsZero() {
		return m.left
	}
	return max(m.until.Sub(now), 0)
}

// run steps from one due time to the next, so that a function that runs sees
// the time it asked for and may ask for another one on the way. Only between
// those steps it waits, with the lock released: whatever it waits for may move
// the clock itself.
func (c *Clock) run(m *move) {
	for {
		now := c.Now()
		due, ok := c.timers.first(now.Add(m.rest(now)))
		switch {
		case m.waits && len(m.begun) > 0 && (!ok || due.After(now)):
			c.await(m)
			continue
		case !ok:
			c.pass(m, m.rest(now))
			c.wake()
			return
		}
		c.pass(m, due.Sub(now))
		if f := c.timers.take(due); f != nil {
			if done := f(); done != nil {
				m.begun = append(m.begun, done)
			}
		}
	}
}

// pass lets time go on; a time that is past already lets none.
func (c *Clock) pass(m *move, d time.Duration) {
	if d <= 0 {
		return
	}
	m.left -= d
	if end := time.Date(lastYear+1, 1, 1, 0, 0, 0, 0, time.UTC).Sub(c.Now()); d > end {
		d = max(end, 0) // moves that have met may want more than a clock can show
	}
	c.ahead.Add(int64(d))
}

func (c *Clock) await(m *move) {
	begun := slices.Clone(m.begun)
	m.begun = m.begun[:0]
	c.wake() // others become due meanwhile on a clock that ticks
	c.moving.Unlock()
	defer c.moving.Lock()
	for _, done := range begun {
		<-done
	}
}
