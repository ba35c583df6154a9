// Package clock is the time of one world. A clock follows the wall, or starts
// at a given instant and ticks on, or stands still; it can be moved forwards
// by hand, never backwards.
//
// It is not a source of intervals for real waiting: whoever measures real time
// (idle worlds, deadlines of connections) uses package time.
//
//	spec, err := clock.Parse("2026-01-01T00:00:00Z,frozen")
//	...
//	c := clock.New(spec, nil)
//	defer c.Close()
//	c.At(c.Now().Add(time.Minute), deliver)
//	err = c.Advance(time.Hour) // returns after deliver has run
package clock

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// ErrBackwards is returned, wrapped, where a clock would have to go back.
var ErrBackwards = errors.New("time does not go backwards")

// ErrTooFar is returned, wrapped, where a clock would have to show a time that it cannot count.
var ErrTooFar = errors.New("clocks end with the year 2160")

// The years a clock can show with a century to spare: it counts nanoseconds in 64 bits.
const firstYear, lastYear = 1700, 2160

// A Spec says how a clock starts. The zero value follows the wall.
type Spec struct {
	// Start is the first instant, zero for the wall's.
	Start time.Time
	// Frozen is true when time passes only by Advance and Set.
	Frozen bool
}

// Parse reads "real", an RFC 3339 instant, or an instant followed by
// ",frozen". The empty text is "real".
func Parse(text string) (Spec, error) {
	if text == "" || text == "real" {
		return Spec{}, nil
	}
	instant, mode, ruled := strings.Cut(text, ",")
	if ruled && mode != "frozen" {
		return Spec{}, fmt.Errorf("cannot read the clock %q: want INSTANT,frozen, got %q after the comma", text, mode)
	}
	start, err := time.Parse(time.RFC3339Nano, instant)
	if err != nil {
		return Spec{}, fmt.Errorf("cannot read the clock %q: want real, INSTANT or INSTANT,frozen with an instant such as 2026-01-01T00:00:00Z", text)
	}
	if year := start.UTC().Year(); year < firstYear || year > lastYear {
		return Spec{}, fmt.Errorf("cannot read the clock %q: want a year from %d to %d", text, firstYear, lastYear)
	}
	return Spec{Start: start.UTC(), Frozen: ruled}, nil
}

// String writes s as Parse reads it. A frozen clock without an instant has no
// such form and is written "frozen".
func (s Spec) String() string {
	switch {
	case s.Start.IsZero() && s.Frozen:
		return "frozen"
	case s.Start.IsZero():
		return "real"
	case s.Frozen:
		return s.Start.UTC().Format(time.RFC3339Nano) + ",frozen"
	}
	return s.Start.UTC().Format(time.RFC3339Nano)
}

// A Clock is the time of one world. It is safe for concurrent use; Now takes
// no lock. Make one with New.
type Clock struct {
	wall   func() time.Time
	frozen bool
	// ahead is what must be added to the wall's time, or, on a frozen clock,
	// the time itself, in nanoseconds.
	ahead atomic.Int64

	// moving is held while time is moved and due functions run, so that
	// Advance returns after everything due has run. It is not held while a move
	// waits for what it has started.
	moving sync.Mutex
	timers timers
}

// New starts a clock. wall is the real time to follow; nil means time.Now.
func New(spec Spec, wall func() time.Time) *Clock {
	if wall == nil {
		wall = time.Now
	}
	c := &Clock{wall: wall, frozen: spec.Frozen}
	start := wall()
	if !spec.Start.IsZero() {
		c.ahead.Store(spec.Start.UnixNano() - start.UnixNano())
		start = spec.Start
	}
	if spec.Frozen {
		c.ahead.Store(start.UnixNano())
	}
	return c
}

// Now is the world's time, in UTC and without a monotonic reading.
func (c *Clock) Now() time.Time {
	if c.frozen {
		return time.Unix(0, c.ahead.Load()).UTC()
	}
	return time.Unix(0, c.wall().UnixNano()+c.ahead.Load()).UTC()
}

// Frozen reports whether time passes only by Advance and Set.
func (c *Clock) Frozen() bool { return c.frozen }

// Advance moves the clock d forwards and returns after every function that
// became due has run and everything that was started has ended. A negative d is
// ErrBackwards and changes nothing. Of two calls at once, each moves the clock
// by its own d.
func (c *Clock) Advance(d time.Duration) error {
	if d < 0 {
		return fmt.Errorf("cannot advance the clock by %s: %w", d, ErrBackwards)
	}
	c.moving.Lock()
	defer c.moving.Unlock()
	if err := showable(c.Now().Add(d)); err != nil {
		return err
	}
	c.run(&move{left: d, waits: true})
	return nil
}

// Set moves the clock to t, which must not lie in its past (ErrBackwards), and
// returns after every function that became due has run and everything that was
// started has ended.
func (c *Clock) Set(t time.Time) error {
	c.moving.Lock()
	defer c.moving.Unlock()
	if now := c.Now(); t.Before(now) {
		return fmt.Errorf("cannot set the clock to %s, it is %s: %w",
			t.UTC().Format(time.RFC3339Nano), now.Format(time.RFC3339Nano), ErrBackwards)
	}
	if err := showable(t); err != nil {
		return err
	}
	c.run(&move{until: t, waits: true})
	return nil
}

// showable refuses a time that a clock cannot show.
func showable(t time.Time) error {
	if year := t.UTC().Year(); year > lastYear {
		return fmt.Errorf("cannot move the clock to the year %d: %w", year, ErrTooFar)
	}
	return nil
}

// Fork makes a clock that shows the same time and goes on in the same manner.
// It inherits no timers.
func (c *Clock) Fork() *Clock {
	fork := &Clock{wall: c.wall, frozen: c.frozen}
	fork.ahead.Store(c.ahead.Load())
	return fork
}
