package wire

import (
	"context"
	"slices"
	"sync"
	"time"
)

// A Limit is one that the target declares. The run keeps to share percent of it.
type Limit struct {
	// Applies reports whether the limit counts an operation; "" is a route outside any.
	Applies  func(operation string) bool
	Requests int
	Per      time.Duration
}

const share = 80

// pacer spaces requests so that no declared limit is reached, whatever the target's windows. A check reserves what it
// will send before it begins, so that no time has to pass in its middle.
type pacer struct {
	clock *timeline

	mu    sync.Mutex
	lanes []*lane
	// active counts the reservations under way. The clock is moved only when there are none.
	active int
	idle   chan struct{}
}

// lane holds when the last requests under one limit were sent, in the target's time.
type lane struct {
	limit   Limit
	allowed int
	sent    []time.Duration
}

func newPacer(clock *timeline, limits []Limit) *pacer {
	p := &pacer{clock: clock, idle: make(chan struct{})}
	for _, limit := range limits {
		p.lanes = append(p.lanes, &lane{limit: limit, allowed: max(1, limit.Requests*share/100)})
	}
	return p
}

// A Reservation is room for the requests of one check. Release it when the check is over.
type Reservation struct {
	pacer *pacer
	// at is when the room was booked.
	at   time.Duration
	room map[string]int
	once sync.Once
}

// Reserve waits until there is room for the operations, one entry for each request, and takes it. They are asked for
// again whenever time has passed. With fresh it waits until the limits that they fall under have nothing counted.
func (t *Transport) Reserve(ctx context.Context, fresh bool, operations func() []string) (*Reservation, error) {
	p := t.pacer
	for {
		p.mu.Lock()
		wanted := operations()
		pause, window := p.need(wanted, fresh)
		if pause <= 0 {
			r := &Reservation{pacer: p, at: p.clock.now(), room: map[string]int{}}
			for _, operation := range wanted {
				p.book(operation, r.at)
				r.room[operation]++
			}
			p.active++
			p.mu.Unlock()
			return r, ctx.Err()
		}
		if err := p.letPass(ctx, pause, window); err != nil {
			return nil, err
		}
	}
}

// letPass lets time go by for a reservation; it is called with the lock held, and gives it back. The target's clock is
// moved under the lock and only when no check is under way: it would move for that check too.
func (p *pacer) letPass(ctx context.Context, pause, window time.Duration) error {
	switch {
	case p.clock.hook == nil:
		p.mu.Unlock()
		return p.clock.sleep(ctx, pause)
	case p.active == 0:
		defer p.mu.Unlock()
		return p.clock.pass(ctx, pause, window)
	}
	idle := p.idle
	p.mu.Unlock()
	select {
	case <-idle:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Release ends the reservation. What was not used stays counted.
func (r *Reservation) Release() {
	if r == nil {
		return
	}
	r.once.Do(func() {
		p := r.pacer
		p.mu.Lock()
		defer p.mu.Unlock()
		if p.active--; p.active == 0 {
			close(p.idle)
			p.idle = make(chan struct{})
		}
	})
}

// take uses room for one request, which counts from now on. The pacer's lock is held.
func (r *Reservation) take(operation string) bool {
	if r == nil || r.room[operation] == 0 {
		return false
	}
	r.room[operation]--
	for _, l := range r.pacer.lanes {
		if i := slices.Index(l.sent, r.at); i >= 0 && l.limit.Applies(operation) {
			l.sent = slices.Delete(l.sent, i, i+1)
		}
	}
	r.pacer.book(operation, r.pacer.clock.now())
	return true
}

// wait returns when the request may be sent, and books it. Requests that provoke are only booked. Those of a check with
// a reservation use it up; beyond it they may use all of a limit before time has to pass.
func (p *pacer) wait(ctx context.Context, c *Call) error {
	for {
		p.mu.Lock()
		if c.Reservation.take(c.Operation) {
			p.mu.Unlock()
			return ctx.Err()
		}
		pause, window := p.pause(c.Operation, 1, c.Reservation != nil)
		if pause <= 0 || c.Provokes {
			p.book(c.Operation, p.clock.now())
			p.mu.Unlock()
			return ctx.Err()
		}
		p.mu.Unlock()
		if err := p.clock.pass(ctx, pause, window); err != nil {
			return err
		}
	}
}

// need is the pause for a whole check.
func (p *pacer) need(operations []string, fresh bool) (pause, window time.Duration) {
	count := map[string]int{}
	for _, operation := range operations {
		count[operation]++
	}
	for operation := range count {
		n := 0
		for other, requests := range count {
			if p.share(operation, other) {
				n += requests
			}
		}
		if fresh {
			n = int(^uint(0) >> 1)
		}
		if d, w := p.pause(operation, n, false); d > pause {
			pause, window = d, w
		}
	}
	return pause, window
}

// share reports whether two operations may fall under one limit.
func (p *pacer) share(a, b string) bool {
	for _, l := range p.lanes {
		if l.limit.Applies(a) && l.limit.Applies(b) {
			return true
		}
	}
	return a == b
}

// pause is how long the target's clock must go on until n requests may be sent, and the window that asks for it.
// More than a limit allows have to wait until nothing is counted.
func (p *pacer) pause(operation string, n int, whole bool) (pause, window time.Duration) {
	now := p.clock.now()
	for _, l := range p.lanes {
		if !l.limit.Applies(operation) {
			continue
		}
		for len(l.sent) > 0 && l.sent[0]+l.limit.Per <= now {
			l.sent = l.sent[1:]
		}
		allowed := l.allowed
		if whole {
			allowed = max(1, l.limit.Requests)
		}
		excess := len(l.sent) + min(n, allowed) - allowed
		if excess <= 0 {
			continue
		}
		if left := l.sent[excess-1] + l.limit.Per - now; left > pause {
			pause, window = left, l.limit.Per
		}
	}
	return pause, window
}

// book counts a request that is sent at a time.
func (p *pacer) book(operation string, at time.Duration) {
	for _, l := range p.lanes {
		if l.limit.Applies(operation) {
			l.sent = append(l.sent, at)
		}
	}
}
