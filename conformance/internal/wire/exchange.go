package wire

import (
	"net/http"
	"net/url"
)

// An Exchange is one request with its answer, as it was on the wire. It holds secrets; print it through a Redactor.
type Exchange struct {
	// Seq counts the exchanges of a run from 1.
	Seq int
	// Operation is the operation's id, "" outside any.
	Operation string
	// Path is the escaped path below the base, without query.
	Path   string
	Method string
	URL    *url.URL
	Header http.Header
	Body   []byte

	Status         int
	ResponseHeader http.Header
	ResponseBody   []byte
	// Refused is true if the answer is a 429 that waiting did not help against.
	Refused bool
	// Received is true for a delivery: the target sent it, and Status is what it was answered with. Path is then that of
	// the receiver.
	Received bool
}

// A Call is a request to send.
type Call struct {
	// Operation is the operation's id, "" outside any.
	Operation string
	// Base names the base, Path is the escaped path below it with its query; it begins with "/".
	Base, Path string
	Method     string
	Header     http.Header
	Body       []byte
	// Label names what the request is for in the User-Agent: a requirement's id.
	Label string
	// Login marks a request that logs in: a read-only run sends it though its method is unsafe.
	Login bool
	// Changes is true if the request changes or deletes what is there; Subject is then the id of that thing, which
	// the ledger must hold.
	Changes bool
	Subject string
	// Reservation is that of the check, nil for a request outside checks.
	Reservation *Reservation
	// Provokes marks a request of a check that is about limits: it is neither paced nor repeated after a 429.
	Provokes bool
	// CleanUp marks a request that removes what the run created; it is outside the budget.
	CleanUp bool
}

// A RefusedError tells that a request was not sent because it could do harm. The check is to blame.
type RefusedError struct{ Reason string }

// Error says why.
func (e *RefusedError) Error() string { return "refused to send: " + e.Reason }

// A BudgetError tells that the budget of requests is spent.
type BudgetError struct{ Budget int }

// Error names the budget.
func (e *BudgetError) Error() string { return "the budget of requests is spent" }

// A TransportError tells that there was no answer, or not all of it.
type TransportError struct {
	// Begun is true if the answer broke off.
	Begun bool
	// Reason is free of secrets: it never repeats a URL.
	Reason string
	Err    error
}

// Error says why.
func (e *TransportError) Error() string {
	if e.Begun {
		return "no whole answer: " + e.Reason
	}
	return "no answer: " + e.Reason
}

// Unwrap returns the library's error, which may repeat the URL.
func (e *TransportError) Unwrap() error { return e.Err }
