package clock

import (
	"container/heap"
	"sync"
	"time"
)

// At runs f once the clock shows t or later: within the Advance or Set that
// gets there, or, on a clock that ticks, soon after time has come. Functions
// run one at a time, in order of time and then of the calls to At; one that is
// due already waits for the next move of a frozen clock. f must not call
// Advance or Set.
func (c *Clock) At(t time.Time, f func()) {
	c.Start(t, func() <-chan struct{} {
		f()
		return nil
	})
}

// Start is At for work that takes real time. f begins the work and returns a
// channel that is closed when it has ended; nil means that there is none. The
// Advance or Set that f became due in waits for that before it goes on in time
// or returns, and holds no lock meanwhile: the work itself may move the clock.
// f must not.
func (c *Clock) Start(t time.Time, f func() <-chan struct{}) {
	c.timers.add(t, f)
	c.wake()
}

// Close forgets every function that has not run. The clock still shows time.
func (c *Clock) Close() error {
	c.timers.close()
	return nil
}

// wake arms the one wall timer for the earliest function of a ticking clock.
func (c *Clock) wake() {
	if c.frozen {
		return
	}
	c.timers.arm(c.Now(), func() {
		c.moving.Lock()
		defer c.moving.Unlock()
		c.run(&move{until: c.Now()})
	})
}

// timers are the functions that wait for their time.
type timers struct {
	mu     sync.Mutex
	queue  queue
	calls  uint64
	alarm  *time.Timer
	closed bool
}

func (ts *timers) add(t time.Time, f func() <-chan struct{}) {
	ts.mu.Lock()
	defer ts.mu.Unlock()
	if ts.closed {
		return
	}
	ts.calls++
	heap.Push(&ts.queue, timer{at: t, call: ts.calls, run: f})
}

// first is when the earliest function is due that is so by a time; false if
// none is.
func (ts *timers) first(by time.Time) (time.Time, bool) {
	ts.mu.Lock()
	defer ts.mu.Unlock()
	if len(ts.queue) == 0 || ts.queue[0].at.After(by) {
		return time.Time{}, false
	}
	return ts.queue[0].at, true
}

// take takes the earliest function that is due by a time, nil if none is any more.
func (ts *timers) take(by time.Time) func() <-chan struct{} {
	ts.mu.Lock()
	defer ts.mu.Unlock()
	if len(ts.queue) == 0 || ts.queue[0].at.After(by) {
		return nil
	}
	return heap.Pop(&ts.queue).(timer).run
}

func (ts *timers) arm(now time.Time, ring func()) {
	ts.mu.Lock()
	defer ts.mu.Unlock()
	if ts.alarm != nil {
		ts.alarm.Stop()
		ts.alarm = nil
	}
	if len(ts.queue) > 0 {
		ts.alarm = time.AfterFunc(ts.queue[0].at.Sub(now), ring)
	}
}

func (ts *timers) close() {
	ts.mu.Lock()
	defer ts.mu.Unlock()
	ts.closed, ts.queue = true, nil
	if ts.alarm != nil {
		ts.alarm.Stop()
	}
}

type timer struct {
	at   time.Time
	call uint64
	run  func() <-chan struct{}
}

// queue is a heap by time, then by order of the calls.
type queue []timer

func (q queue) Len() int      { return len(q) }
func (q queue) Swap(i, j int) { q[i], q[j] = q[j], q[i] }
func (q queue) Less(i, j int) bool {
	if q[i].at.Equal(q[j].at) {
		return q[i].call < q[j].call
	}
	return q[i].at.Before(q[j].at)
}
func (q *queue) Push(x any) { *q = append(*q, x.(timer)) }
func (q *queue) Pop() any {
	old := *q
	last := old[len(old)-1]
	old[len(old)-1] = timer{}
	*q = old[:len(old)-1]
	return last
}
