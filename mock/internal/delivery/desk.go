package delivery

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"time"

	"understudy.dev/mock/internal/clock"
)

// The bounds that hold where Options say nothing.
const (
	DefaultHistory = 1000
	DefaultBytes   = 16 << 20
	DefaultWaiting = 200
	DefaultBody    = 256 << 10
)

// sendingAtOnce is how many attempts of a desk may be under way.
const sendingAtOnce = 32

// Options bound a desk.
type Options struct {
	// Clock tells when to try again; it is required.
	Clock *clock.Clock
	// History is how many deliveries are remembered, Bytes how large their bodies may be together. What has ended is
	// forgotten first; what still waits is never forgotten.
	History, Bytes int
	// Waiting is how many deliveries of one subscription may wait; those beyond are given up at once.
	Waiting int
	// Body is how large a body may be; a larger one is not sent.
	Body int
}

// The errors of Redeliver.
var (
	ErrUnknown = errors.New("there is no such delivery (any more)")
	ErrPending = errors.New("the delivery has not ended yet")
	ErrFull    = errors.New("too many deliveries wait already")
)

// A Desk sends the events of one run of a world. It is safe for concurrent use. Make one with New.
type Desk struct {
	options Options
	targets *Targets
	// ctx ends with the desk, and with it every attempt.
	ctx    context.Context
	cancel context.CancelFunc
	slots  chan struct{}

	mu      sync.Mutex
	closed  bool
	next    uint64
	lanes   map[laneKey]*lane
	history history
	// busy counts lanes that send; quiet, if not nil, is closed when none does.
	busy  int
	quiet chan struct{}
	// running are the goroutines of lanes.
	running sync.WaitGroup
}

// New makes a desk without deliveries.
func New(targets *Targets, o *Options) *Desk {
	d := &Desk{options: *o, targets: targets, slots: make(chan struct{}, sendingAtOnce), lanes: map[laneKey]*lane{}}
	for field, fallback := range map[*int]int{
		&d.options.History: DefaultHistory, &d.options.Bytes: DefaultBytes,
		&d.options.Waiting: DefaultWaiting, &d.options.Body: DefaultBody,
	} {
		if *field <= 0 {
			*field = fallback
		}
	}
	d.history = history{entries: d.options.History, bytes: d.options.Bytes, byID: map[string]*item{}}
	d.ctx, d.cancel = context.WithCancel(context.Background())
	return d
}

// Send takes an order and returns at once with the id of the delivery. A closed desk, and one that can hold no more, take
// nothing and give "".
func (d *Desk) Send(order *Order) string {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closed {
		return ""
	}
	d.next++
	it := &item{order: order, delivery: Delivery{
		ID: "dlv_" + strconv.FormatUint(d.next, 10), API: order.API, Subscription: order.Subscription,
		Event: order.Event, Type: order.Type, Time: order.Time, Method: order.method(), URL: order.URL,
		State: Pending, Secret: order.Secret,
	}, fault: order.Fault}
	if n := len(order.Body); n > d.options.Body {
		without := *order
		without.Body = nil
		it.order, it.fault = &without, fmt.Sprintf("the body has %d bytes, more than %d", n, d.options.Body)
	}
	key := laneKey{order.API, order.Subscription}
	l := d.lanes[key]
	switch {
	case it.fault != "":
		it.giveUp(it.fault)
	case l != nil && len(l.waiting) >= d.options.Waiting:
		it.giveUp(ErrFull.Error())
	}
	if !d.history.add(it) {
		return ""
	}
	if it.delivery.State == Pending {
		d.enqueue(key, it)
	}
	return it.delivery.ID
}

// Redeliver sends a delivery that has ended once more, from the first attempt on, behind what waits for the same
// subscription. The event and its id stay the same.
func (d *Desk) Redeliver(id string) (Delivery, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	it := d.history.byID[id]
	switch {
	case it == nil || d.closed:
		return Delivery{}, ErrUnknown
	case it.delivery.State == Pending:
		return Delivery{}, ErrPending
	case it.fault != "":
		return Delivery{}, errors.New(it.fault)
	}
	key := laneKey{it.order.API, it.order.Subscription}
	if l := d.lanes[key]; l != nil && len(l.waiting) >= d.options.Waiting {
		return Delivery{}, ErrFull
	}
	it.delivery.State, it.delivery.Reason, it.tries = Pending, "", 0
	d.enqueue(key, it)
	return it.copy(), nil
}

// Delivery finds a delivery by its id.
func (d *Desk) Delivery(id string) (Delivery, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	it := d.history.byID[id]
	if it == nil {
		return Delivery{}, false
	}
	return it.copy(), true
}

// Deliveries lists what the filter selects, oldest first, and how many deliveries were forgotten or not taken. The list is
// never nil.
func (d *Desk) Deliveries(f Filter) (all []Delivery, dropped uint64) {
	d.mu.Lock()
	defer d.mu.Unlock()
	all = []Delivery{}
	for _, it := range d.history.items {
		if f.match(&it.delivery) {
			all = append(all, it.copy())
		}
	}
	if f.Limit > 0 && len(all) > f.Limit {
		all = all[len(all)-f.Limit:]
	}
	return all, d.history.dropped
}

// Settle waits until nothing is being sent, but no longer than a time that is real. What waits for its next attempt is not
// waited for. It reports whether nothing is.
func (d *Desk) Settle(atMost time.Duration) bool {
	timer := time.NewTimer(atMost)
	defer timer.Stop()
	for {
		d.mu.Lock()
		quiet := d.quiet
		d.mu.Unlock()
		if quiet == nil {
			return true
		}
		select {
		case <-quiet:
		case <-timer.C:
			return false
		}
	}
}

// Close breaks off what is under way, forgets what waits, and returns when nothing of it runs any more. What was recorded
// can still be read.
func (d *Desk) Close() {
	d.mu.Lock()
	d.closed = true
	d.lanes = map[laneKey]*lane{}
	d.mu.Unlock()
	d.cancel()
	d.running.Wait()
}
