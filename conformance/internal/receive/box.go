package receive

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"time"
)

// A Delivery is a request that came in, with the answer's status. It is read only.
type Delivery struct {
	// Seq counts the deliveries to a box from 1.
	Seq    int
	Method string
	URL    *url.URL
	Header http.Header
	Body   []byte
	// Status is what it was answered with.
	Status int
	At     time.Time

	// answered is guarded by the box.
	answered bool
}

// A Box holds the deliveries to one path. It is safe for concurrent use.
type Box struct {
	receiver *Receiver
	token    string

	mu       sync.Mutex
	statuses []int
	seq      int
	waiting  []*Delivery // in the order in which they came in, not yet taken
	kept     int
	lost     int
	closed   bool
	changed  chan struct{} // closed when a delivery was answered
}

// URL is what to hand out.
func (b *Box) URL() string { return b.receiver.URL() + "/" + b.token }

// Token is the part of the URL that nobody else has.
func (b *Box) Token() string { return b.token }

// Answer says what the next deliveries are answered with, one status each. What comes after them, and every delivery
// without it, is answered with 204.
func (b *Box) Answer(statuses ...int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.statuses = slices.Clone(statuses)
}

// Take waits for the next delivery that fits and was not taken before, and takes it, once it and all before it are
// answered. Others stay for later. It is nil if none came in time.
func (b *Box) Take(ctx context.Context, patience time.Duration, fits func(*Delivery) bool) *Delivery {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for {
		b.mu.Lock()
		i := slices.IndexFunc(b.ready(), fits)
		if i >= 0 {
			d := b.waiting[i]
			b.waiting = slices.Delete(b.waiting, i, i+1)
			b.mu.Unlock()
			return d
		}
		changed := b.changed
		b.mu.Unlock()
		select {
		case <-changed:
		case <-ctx.Done():
			return nil
		}
	}
}

// Waiting lists the deliveries that were not taken.
func (b *Box) Waiting() []*Delivery {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.ready())
}

// ready are the deliveries before the first that is not answered. The lock is held.
func (b *Box) ready() []*Delivery {
	i := slices.IndexFunc(b.waiting, func(d *Delivery) bool { return !d.answered })
	if i < 0 {
		i = len(b.waiting)
	}
	return b.waiting[:i]
}

// Lost is how many deliveries were not kept: there were too many, or they were too large.
func (b *Box) Lost() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.lost
}

// Close lets what comes from now on be answered with 204 and forgotten.
func (b *Box) Close() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.closed, b.statuses, b.waiting = true, nil, nil
}

// take chooses the answer to a delivery, and keeps it where there is room.
func (b *Box) take(d *Delivery, room bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.seq++
	d.Seq, d.Status = b.seq, http.StatusNoContent
	if len(b.statuses) > 0 {
		d.Status, b.statuses = b.statuses[0], b.statuses[1:]
	}
	switch {
	case b.closed:
	case !room || b.kept == most:
		b.lost++
	default:
		b.kept++
		b.waiting = append(b.waiting, d)
	}
}

// answered lets a delivery be taken.
func (b *Box) answered(d *Delivery) {
	b.mu.Lock()
	defer b.mu.Unlock()
	d.answered = true
	close(b.changed)
	b.changed = make(chan struct{})
}
