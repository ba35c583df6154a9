package clock

import (
	"math"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var start = time.Date(2026, 1, 2, 3, 4, 5, 600, time.UTC)

// wall is a real time that moves by hand.
type wall struct{ ns atomic.Int64 }

func newWall(t time.Time) *wall {
	w := &wall{}
	w.ns.Store(t.UnixNano())
	return w
}

func (w *wall) now() time.Time       { return time.Unix(0, w.ns.Load()) }
func (w *wall) pass(d time.Duration) { w.ns.Add(int64(d)) }

func TestParse(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]Spec{
		"":                                 {},
		"real":                             {},
		"2026-01-02T03:04:05.0000006Z":     {Start: start},
		"2026-01-02T04:04:05+01:00":        {Start: start.Truncate(time.Second)},
		"2026-01-02T03:04:05Z,frozen":      {Start: start.Truncate(time.Second), Frozen: true},
		"2026-01-02T03:04:05+00:00,frozen": {Start: start.Truncate(time.Second), Frozen: true},
	} {
		got, err := Parse(text)
		require.NoError(t, err, text)
		assert.Equal(t, want, got, text)
		again, err := Parse(got.String())
		require.NoError(t, err, text)
		assert.Equal(t, got, again, text)
	}
	for text, want := range map[string]string{
		"now":                          "want real, INSTANT or INSTANT,frozen",
		"frozen":                       "want real, INSTANT or INSTANT,frozen",
		"2026-01-02":                   "such as 2026-01-01T00:00:00Z",
		"2026-01-02T03:04:05Z,stopped": `got "stopped" after the comma`,
		"2026-01-02T03:04:05Z,":        `got "" after the comma`,
		"9999-01-01T00:00:00Z":         "want a year from 1700 to 2160",
		"1066-01-01T00:00:00Z,frozen":  "want a year from 1700 to 2160",
	} {
		_, err := Parse(text)
		require.ErrorContains(t, err, want, text)
	}
}

func TestClocksEnd(t *testing.T) {
	t.Parallel()
	c := New(Spec{Start: start, Frozen: true}, nil)
	require.ErrorIs(t, c.Set(time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)), ErrTooFar)
	require.ErrorIs(t, c.Advance(math.MaxInt64), ErrTooFar)
	assert.Equal(t, start, c.Now())
	century := 100 * 365 * 24 * time.Hour
	require.NoError(t, c.Advance(century))
	require.ErrorIs(t, c.Advance(century), ErrTooFar)
	assert.Equal(t, start.Add(century), c.Now())
}

func TestTimePasses(t *testing.T) {
	t.Parallel()
	real := time.Date(2030, 6, 1, 0, 0, 0, 0, time.UTC)
	for name, test := range map[string]struct {
		spec   Spec
		before time.Time
		after  time.Duration
	}{
		"real":   {Spec{}, real, time.Minute},
		"ticks":  {Spec{Start: start}, start, time.Minute},
		"frozen": {Spec{Start: start, Frozen: true}, start, 0},
		"now":    {Spec{Frozen: true}, real, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWall(real)
			c := New(test.spec, w.now)
			assert.Equal(t, test.before, c.Now())
			assert.Equal(t, test.spec.Frozen, c.Frozen())
			w.pass(time.Minute)
			assert.Equal(t, test.before.Add(test.after), c.Now())

			require.NoError(t, c.Advance(time.Hour))
			assert.Equal(t, test.before.Add(test.after+time.Hour), c.Now())
			require.NoError(t, c.Advance(0))
			require.NoError(t, c.Set(c.Now().Add(time.Second)))
			now := c.Now()
			assert.Equal(t, test.before.Add(test.after+time.Hour+time.Second), now)

			require.ErrorIs(t, c.Advance(-1), ErrBackwards)
			require.ErrorIs(t, c.Set(now.Add(-1)), ErrBackwards)
			assert.Equal(t, now, c.Now(), "a refused move changes nothing")

			fork := c.Fork()
			require.NoError(t, fork.Advance(time.Hour))
			assert.Equal(t, now, c.Now(), "a fork goes its own way")
			assert.Equal(t, now.Add(time.Hour), fork.Now())
		})
	}
}

func TestNilWallIsReal(t *testing.T) {
	t.Parallel()
	before := time.Now()
	now := New(Spec{}, nil).Now()
	assert.False(t, now.Before(before.Truncate(0)))
	assert.Equal(t, time.UTC, now.Location())
}

func TestAdvanceRunsWhatIsDue(t *testing.T) {
	t.Parallel()
	c := New(Spec{Start: start, Frozen: true}, nil)
	var ran []string
	note := func(name string) func() {
		return func() { ran = append(ran, name+" "+c.Now().Sub(start).String()) }
	}
	c.At(start.Add(3*time.Minute), note("late"))
	c.At(start.Add(time.Minute), note("first"))
	c.At(start.Add(time.Minute), note("second"))
	c.At(start.Add(time.Minute), func() {
		note("third")()
		// What is asked for on the way is due on the way.
		c.At(c.Now().Add(30*time.Second), note("follow-up"))
	})
	c.At(start.Add(-time.Hour), note("overdue"))
	require.Empty(t, ran, "a frozen clock waits for a move")

	require.NoError(t, c.Advance(2*time.Minute))
	assert.Equal(t, []string{"overdue 0s", "first 1m0s", "second 1m0s", "third 1m0s", "follow-up 1m30s"}, ran)
	assert.Equal(t, start.Add(2*time.Minute), c.Now())

	require.NoError(t, c.Set(start.Add(3*time.Minute)))
	assert.Equal(t, "late 3m0s", ran[len(ran)-1], "due exactly now is due")
}

func TestTickingClockRingsByItself(t *testing.T) {
	t.Parallel()
	c := New(Spec{Start: start}, nil)
	defer c.Close()
	rang := make(chan time.Time, 2)
	due := c.Now().Add(20 * time.Millisecond)
	c.At(due.Add(time.Hour), func() { t.Error("rang an hour early") })
	c.At(due, func() { rang <- c.Now() })
	at := <-rang
	assert.False(t, at.Before(due), "rang at %s, before %s", at, due)
}

func TestCloseForgets(t *testing.T) {
	t.Parallel()
	c := New(Spec{Start: start, Frozen: true}, nil)
	c.At(start.Add(time.Minute), func() { t.Error("ran after Close") })
	require.NoError(t, c.Close())
	c.At(start.Add(time.Minute), func() { t.Error("ran after Close") })
	require.NoError(t, c.Advance(time.Hour))
}

// Many movers at once lose no function, run none twice, and never go back.
func TestConcurrentMoves(t *testing.T) {
	t.Parallel()
	c := New(Spec{Start: start, Frozen: true}, nil)
	var ran atomic.Int64
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for i := range 200 {
				c.At(c.Now().Add(time.Duration(i%7)*time.Second), func() { ran.Add(1) })
				before := c.Now()
				assert.NoError(t, c.Advance(time.Second))
				assert.False(t, c.Now().Before(before.Add(time.Second)))
			}
		})
	}
	all.Wait()
	require.NoError(t, c.Advance(time.Minute))
	assert.EqualValues(t, 8*200, ran.Load())
	assert.Equal(t, start.Add(8*200*time.Second+time.Minute), c.Now())
}

// What is started must end before time goes on, but may move the clock itself.
func TestMovesWaitForWhatTheyStart(t *testing.T) {
	t.Parallel()
	c := New(Spec{Start: start, Frozen: true}, nil)
	var mu sync.Mutex
	var ran []string
	note := func(name string) {
		mu.Lock()
		defer mu.Unlock()
		ran = append(ran, name+" "+c.Now().Sub(start).String())
	}
	begin := func(work func()) func() <-chan struct{} {
		return func() <-chan struct{} {
			done := make(chan struct{})
			go func() {
				defer close(done)
				work()
			}()
			return done
		}
	}
	c.Start(start.Add(time.Minute), begin(func() {
		note("first")
		// Another one, asked for by work in progress, is still due in this move.
		c.Start(start.Add(2*time.Minute), begin(func() { note("second") }))
		time.Sleep(20 * time.Millisecond)
		note("first ends")
	}))
	c.At(start.Add(3*time.Minute), func() { note("third") })
	require.NoError(t, c.Advance(time.Hour))
	assert.Equal(t, []string{"first 1m0s", "first ends 1m0s", "second 2m0s", "third 3m0s"}, ran)
	assert.Equal(t, start.Add(time.Hour), c.Now())

	ran = nil
	c.Start(start.Add(61*time.Minute), begin(func() {
		assert.NoError(t, c.Advance(time.Minute), "work may move the clock")
		note("moved")
	}))
	require.NoError(t, c.Advance(10*time.Minute))
	assert.Equal(t, []string{"moved 1h2m0s"}, ran)
	assert.Equal(t, start.Add(71*time.Minute), c.Now(), "both moves count")
	require.NoError(t, c.Set(start.Add(72*time.Minute)))

	// Work of the same instant runs side by side: each waits for the other here.
	one, other := make(chan struct{}), make(chan struct{})
	c.Start(start.Add(73*time.Minute), begin(func() { close(one); <-other }))
	c.Start(start.Add(73*time.Minute), begin(func() { close(other); <-one }))
	c.Start(start.Add(73*time.Minute), func() <-chan struct{} { return nil })
	require.NoError(t, c.Advance(time.Hour))
}

// The alarm of a clock that ticks starts work and does not wait for it.
func TestAlarmStartsWork(t *testing.T) {
	t.Parallel()
	c := New(Spec{Start: start}, nil)
	defer c.Close()
	never, rang := make(chan struct{}), make(chan struct{})
	c.Start(c.Now().Add(time.Millisecond), func() <-chan struct{} { return never })
	c.At(c.Now().Add(10*time.Millisecond), func() { close(rang) })
	<-rang
	require.NoError(t, c.Advance(time.Second), "a move waits for what it started itself")
}

func TestMeetingMovesEndWithTheClock(t *testing.T) {
	t.Parallel()
	c := New(Spec{Start: start, Frozen: true}, nil)
	century := 100 * 365 * 24 * time.Hour
	c.Start(start.Add(time.Second), func() <-chan struct{} {
		done := make(chan struct{})
		go func() {
			defer close(done)
			assert.NoError(t, c.Advance(century))
		}()
		return done
	})
	require.NoError(t, c.Advance(century))
	assert.Equal(t, 2161, c.Now().Year())
}
