package wire

import (
	"context"
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

// pacer spaces requests so that no declared limit is reached, whatever the target's windows.
type pacer struct {
	clock *timeline
	mu    sync.Mutex
	lanes []*lane
}

// lane holds when the last requests under one limit were sent, in the target's time.
type lane struct {
	limit   Limit
	allowed int
	sent    []time.Duration
}

func newPacer(clock *timeline, limits []Limit) *pacer {
	p := &pacer{clock: clock}
	for _, limit := range limits {
		p.lanes = append(p.lanes, &lane{limit: limit, allowed: max(1, limit.Requests*share/100)})
	}
	return p
}

// wait returns when the request may be sent, and books it. Unpaced requests are only booked.
func (p *pacer) wait(ctx context.Context, operation string, unpaced bool) error {
	for {
		p.mu.Lock()
		pause, window := p.pause(operation)
		if pause <= 0 || unpaced {
			p.book(operation)
			p.mu.Unlock()
			return ctx.Err()
		}
		p.mu.Unlock()
		if err := p.clock.pass(ctx, pause, window); err != nil {
			return err
		}
	}
}

// pause is how long the target's clock must go on until the request may be sent, and the window that asks for it.
func (p *pacer) pause(operation string) (pause, window time.Duration) {
	now := p.clock.now()
	for _, l := range p.lanes {
		if !l.limit.Applies(operation) {
			continue
		}
		for len(l.sent) > 0 && l.sent[0]+l.limit.Per <= now {
			l.sent = l.sent[1:]
		}
		if len(l.sent) < l.allowed {
			continue
		}
		if left := l.sent[len(l.sent)-l.allowed] + l.limit.Per - now; left > pause {
			pause, window = left, l.limit.Per
		}
	}
	return pause, window
}

func (p *pacer) book(operation string) {
	now := p.clock.now()
	for _, l := range p.lanes {
		if l.limit.Applies(operation) {
			l.sent = append(l.sent, now)
		}
	}
}
