package behave

import (
	"time"

	"understudy.dev/mock/internal/entropy"
	"understudy.dev/mock/internal/state"
	"understudy.dev/specs"
	"understudy.dev/specs/template"
)

// A Call is one request to an operation, as far as behaviours are concerned.
type Call struct {
	// Operation is the id of the operation.
	Operation string
	// Env are the names of expressions: request, params, query, body, operation,
	// credential. Run adds to it the names that belong to behaviours. Nil is empty.
	Env template.Env
	// Params and Query are the path and query parameters, typed by their schemas.
	Params, Query map[string]any
	// Body is the request's body as JSON, nil if there is none.
	Body []byte
	// Parts are those of a multipart body, in their order.
	Parts []Part

	// Emitted, unless it is nil, is told of the events of an operation once what
	// it did is stored, before any later change is made. It must not change the store.
	Emitted func(events []Event, after *state.Snapshot)

	Store   *state.Store
	Entropy *entropy.Source
	Now     time.Time

	// hiding are the names that steps gave and that hide functions.
	hiding map[string]any
	// produced is the result of the operation, for those that settle it.
	produced []byte
}

// A Part is one part of a multipart body.
type Part struct {
	Name string
	// Filename is "" for a field that is not a file.
	Filename    string
	ContentType string
	Content     []byte
}

// An Event is what a step let happen.
type Event struct {
	// Type is the name of the event.
	Type string
	// Data is a JSON value. Read only.
	Data []byte
}

// A Result is what an operation gives when it does not refuse.
type Result struct {
	// Body is the JSON value, nil if there is none. It may be shared: read only.
	Body []byte
	// Verb is the one that made Body, "" without a body.
	Verb specs.Verb
	// Page is nil unless Verb is list.
	Page *specs.PageInfo
	// Stream is nil unless Verb is stream; Body is then the list of its events.
	Stream *Stream
	// Status, Bare and Headers are those of the behaviour.
	Status  int
	Bare    bool
	Headers []Header
}

// A Header is a rendered response header.
type Header struct{ Name, Value string }

// A Refusal is why an operation was not performed. Nothing has changed then.
type Refusal struct {
	Problem specs.Problem
	// Detail is the precise reason, in words that a caller may read.
	Detail string
	// Pointer is the JSON pointer into the body or the name of the parameter
	// that is to blame, "" if none is.
	Pointer string
	Fields  []specs.FieldError
	// Message is what the step says instead of what is declared for the problem,
	// nil if it says nothing. Attributes replace declared ones of the same name.
	Message    *string
	Attributes map[string]any
	// Verb is the step that refused.
	Verb specs.Verb
	// Err is the reason for people who read the journal; nil where Detail says
	// it all.
	Err error
}

// Error is the problem and its detail.
func (r *Refusal) Error() string {
	text := string(r.Problem) + ": " + r.Detail
	if r.Err != nil {
		text += ": " + r.Err.Error()
	}
	return text
}

// Unwrap gives Err.
func (r *Refusal) Unwrap() error { return r.Err }

func refuse(problem specs.Problem, detail string) *Refusal {
	if detail == "" {
		detail = problem.Detail()
	}
	return &Refusal{Problem: problem, Detail: detail}
}

// at blames a place in the body, or a parameter.
func (r *Refusal) at(pointer string) *Refusal {
	r.Pointer = pointer
	r.Fields = []specs.FieldError{{Pointer: pointer, Message: r.Detail}}
	return r
}
