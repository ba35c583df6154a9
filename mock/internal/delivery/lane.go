package delivery

import (
	"slices"
	"time"
)

// A laneKey names a subscription.
type laneKey struct{ api, subscription string }

// A lane is what waits for one subscription, the one whose turn it is first. It belongs to the desk's lock.
type lane struct {
	key     laneKey
	waiting []*item
	// busy is true while a goroutine sends, timed while the first one waits for its next attempt.
	busy, timed bool
	// done is closed when the goroutine that sends, or did so last, has ended.
	done chan struct{}
}

// enqueue puts an item at the end of its lane and lets the lane send if it rests. The lock is held.
func (d *Desk) enqueue(key laneKey, it *item) {
	l := d.lanes[key]
	if l == nil {
		l = &lane{key: key}
		d.lanes[key] = l
	}
	l.waiting = append(l.waiting, it)
	if !l.busy && !l.timed {
		d.begin(l)
	}
}

// begin lets a lane send until nothing is left or the first one must wait. The channel is closed then. The lock is held.
func (d *Desk) begin(l *lane) <-chan struct{} {
	l.busy, l.timed = true, false
	if d.busy++; d.quiet == nil {
		d.quiet = make(chan struct{})
	}
	done := make(chan struct{})
	l.done = done
	d.running.Go(func() {
		defer close(done)
		for d.step(l) {
		}
	})
	return done
}

// resume is begin for a lane whose time has come. One that is just about to rest goes on instead.
func (d *Desk) resume(l *lane) <-chan struct{} {
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case d.closed:
		return nil
	case l.busy:
		l.timed = false
		return l.done
	}
	return d.begin(l)
}

// step makes one attempt for the first item of a lane, and reports whether the lane goes on.
func (d *Desk) step(l *lane) bool {
	it, number := d.first(l)
	if it == nil {
		return false
	}
	a, final := d.attempt(it.order)
	a.Number = number
	next := d.settle(l, it, a, final)
	if next.IsZero() {
		return true
	}
	// Only when the clock knows of the next attempt, the lane may seem to rest: whoever waits for that moves the clock.
	d.options.Clock.Start(next, func() <-chan struct{} { return d.resume(l) })
	return !d.pause(l)
}

// pause lets a lane rest until its time comes, unless that has come already.
func (d *Desk) pause(l *lane) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closed || !l.timed {
		return false
	}
	d.rest(l)
	return true
}

// first is the item whose turn it is, and the number of its next attempt; nil ends the lane's work.
func (d *Desk) first(l *lane) (*item, int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closed || len(l.waiting) == 0 {
		delete(d.lanes, l.key)
		d.rest(l)
		return nil, 0
	}
	it := l.waiting[0]
	it.attempts++
	it.tries++
	it.delivery.Next = nil
	return it, it.attempts
}

// rest notes that a lane sends no more. The lock is held.
func (d *Desk) rest(l *lane) {
	l.busy = false
	if d.busy--; d.busy == 0 {
		close(d.quiet)
		d.quiet = nil
	}
}

// settle records an attempt and decides what follows. It gives the time of the next attempt if that has still to come.
func (d *Desk) settle(l *lane, it *item, a Attempt, final bool) (next time.Time) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closed {
		return time.Time{} // the next step ends the lane; what was broken off is no attempt
	}
	it.record(a)
	switch {
	case a.Error == "":
		it.delivery.State = Delivered
	case final:
		it.giveUp(a.Error)
	case it.tries >= it.order.Retry.Attempts:
		it.giveUp("the last attempt failed: " + a.Error)
	default:
		next = a.Time.Add(it.order.Retry.Delay(it.tries))
		it.delivery.Next = &next
		if !next.After(d.options.Clock.Now()) {
			return time.Time{} // its time has come while it was sent
		}
		l.timed = true
		return next
	}
	l.waiting = slices.Delete(l.waiting, 0, 1)
	return time.Time{}
}
