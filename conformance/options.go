package conformance

import (
	"context"
	"io"
	"time"
)

// DefaultMaxRequests is the budget of a run whose options name none.
const DefaultMaxRequests = 5000

// Options change what is run. A nil *Options means the zero value: documented requirements only, every blast class
// but limits, a budget of DefaultMaxRequests.
type Options struct {
	// Run selects checks: a regular expression, or a glob with * and ?, that matches the id of a check or of a
	// requirement. Empty selects all. What is not selected is not-run.
	Run string
	// Assumed adds the requirements that no document states, and judges by the whole OpenAPI document.
	Assumed bool
	// ReadOnly runs the checks that only read, and sends no unsafe request except logins.
	ReadOnly bool
	// AllowLimits allows checks to provoke the target's limits.
	AllowLimits bool
	// MaxRequests bounds the requests of the run; 0 means DefaultMaxRequests. Clean-up is not counted.
	MaxRequests int
	// Production allows hosts that the API's documents name.
	Production bool
	// Strict lets a SHOULD that fails count like a MUST.
	Strict bool
	// Now and Sleep are real time unless set. Sleep must return early, with the context's error, when ctx ends.
	Now   func() time.Time
	Sleep func(ctx context.Context, d time.Duration) error
	// KnownFailures maps check ids to the reason why they are expected to fail. A known failure that passes is an
	// unexpected pass.
	KnownFailures map[string]string
	// Timeout bounds one request; 0 means 30 seconds.
	Timeout time.Duration
	// WebhookListen is where deliveries of webhooks are received, host:port; empty means a free port of loopback.
	WebhookListen string
	// WebhookWait is how long a check waits for a delivery; 0 means 10 seconds.
	WebhookWait time.Duration
	// Random makes the URLs that receive deliveries hard to guess; nil means crypto/rand.
	Random io.Reader
	// ID names the run in the texts it makes unique ({unique} in checks) and in the User-Agent: lower-case letters and
	// digits. Empty means the time in base 36.
	ID string
	// Progress is told what happens, from one goroutine at a time. It may be nil and must not block for long.
	Progress func(Event)
}

// An Event is one step of a run.
type Event struct {
	Kind EventKind
	// Check is the id of the check, "" for RunStarted and RunFinished.
	Check string
	// Outcome is set for CheckFinished.
	Outcome Outcome
	// Done and Total count checks.
	Done, Total int
}

// EventKind is what an Event is about.
type EventKind string

// The events of a run, in the order in which they come. Checks may overlap.
const (
	RunStarted    EventKind = "run-started"
	CheckStarted  EventKind = "check-started"
	CheckFinished EventKind = "check-finished"
	CleaningUp    EventKind = "cleaning-up"
	RunFinished   EventKind = "run-finished"
)
