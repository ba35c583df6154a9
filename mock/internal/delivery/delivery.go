package delivery

import (
	"net/http"
	"time"

	"understudy.dev/specs"
)

// An Order is one event for one subscription.
type Order struct {
	// API and Subscription name the lane.
	API, Subscription string
	// Event is the id of the event, Type its name, Time when it happened.
	Event, Type string
	Time        time.Time
	// Method is upper case; "" is POST.
	Method string
	URL    string
	// Header is sent with every attempt. Read only.
	Header http.Header
	// Body is sent as it stands. Read only.
	Body []byte
	// Secret signs every attempt as Standard Webhooks does; "" signs none.
	Secret string
	// Timeout is how long an attempt may take, in real time.
	Timeout time.Duration
	Retry   specs.Retry
	// Wanted is asked before each attempt, without any lock; nil means always. What is not wanted any more is given up.
	Wanted func() bool
	// Fault, if not "", is why this cannot be sent at all. It is recorded as given up.
	Fault string
}

// A State is how far a delivery has come.
type State string

// The states. A delivery that is pending waits for its turn or for its next attempt, or is under way.
const (
	Pending   State = "pending"
	Delivered State = "delivered"
	GivenUp   State = "given_up"
)

// A Delivery is an order as the desk has carried it out so far. It is a copy.
type Delivery struct {
	// ID is unique in the life of a desk.
	ID           string    `json:"id"`
	API          string    `json:"api"`
	Subscription string    `json:"subscription"`
	Event        string    `json:"event"`
	Type         string    `json:"type"`
	Time         time.Time `json:"time"`
	Method       string    `json:"method"`
	URL          string    `json:"url"`
	Body         string    `json:"body"`
	State        State     `json:"state"`
	// Reason is why it was given up, "" otherwise.
	Reason string `json:"reason,omitempty"`
	// Next is the earliest time of the next attempt, nil if none is planned.
	Next *time.Time `json:"next_attempt,omitempty"`
	// Attempts are those so far, oldest first; of very many the latest. Never nil.
	Attempts []Attempt `json:"attempts"`
	// Secret is what it is signed with. It is never shown.
	Secret string `json:"-"`
}

// An Attempt is one request that was sent, or could not be.
type Attempt struct {
	// Number counts the attempts of a delivery from 1, redeliveries included.
	Number int `json:"number"`
	// Time is when it began; Duration is how long it took on the world's clock.
	Time     time.Time     `json:"time"`
	Duration time.Duration `json:"duration_ns"`
	// Headers are those that were sent, beside the ones that belong to the connection.
	Headers http.Header `json:"headers"`
	// Status is that of the answer, 0 if none came. Answer is the beginning of its body.
	Status int    `json:"status,omitempty"`
	Answer string `json:"answer,omitempty"`
	// Error is why there is no answer, or why one is no success; "" after a success.
	Error string `json:"error,omitempty"`
	// Refused is true where nothing was sent: the target is not allowed, the subscription is gone, nothing can be signed.
	Refused bool `json:"refused,omitempty"`
}

// A Filter selects deliveries; a zero field selects all.
type Filter struct {
	API, Subscription, Event, Type string
	State                          State
	// Limit keeps the newest ones; 0 keeps all.
	Limit int
}

func (f *Filter) match(d *Delivery) bool {
	fits := func(want, got string) bool { return want == "" || want == got }
	return fits(f.API, d.API) && fits(f.Subscription, d.Subscription) && fits(f.Event, d.Event) &&
		fits(f.Type, d.Type) && fits(string(f.State), string(d.State))
}
