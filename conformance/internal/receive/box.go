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
}

// A Box holds the deliveries to one path. It is safe for concurrent use.
type Box struct {
	receiver *Receiver
	token    string

	mu       sync.Mutex
	statuses []int
	seq      int
	waiting  []*Delivery // in order, not yet taken
	kept     int
	lost     int
	closed   bool
	changed  chan struct{} // closed when a delivery comes in
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

// Take waits for the next delivery that fits and was not taken before, and takes it. Others stay for later. It is nil if
// none came in time.
func (b *Box) Take(ctx context.Context, patience time.Duration, fits func(*Delivery) bool) *Delivery {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for {
		b.mu.Lock()
		i := slices.IndexFunc(b.waiting, fits)
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
	return slices.Clone(b.waiting)
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

// next is the answer to a delivery, and its number.
func (b *Box) next() (status, sequence int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.seq++
	if len(b.statuses) == 0 {
		return http.StatusNoContent, b.seq
	}
	status, b.statuses = b.statuses[0], b.statuses[1:]
	return status, b.seq
}

// room takes room for one more delivery, if there is any left.
func (b *Box) room() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.kept == most {
		return false
	}
	b.kept++
	return true
}

func (b *Box) lose() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.lost++
}

// put keeps a delivery, in the order in which they came in.
func (b *Box) put(d *Delivery) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		return
	}
	i := slices.IndexFunc(b.waiting, func(other *Delivery) bool { return other.Seq > d.Seq })
	if i < 0 {
		i = len(b.waiting)
	}
	b.waiting = slices.Insert(b.waiting, i, d)
	close(b.changed)
	b.changed = make(chan struct{})
}
