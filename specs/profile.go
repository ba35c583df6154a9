package specs

import (
	"time"

	"understudy.dev/specs/strict"
	"understudy.dev/specs/template"
)

// A Profile says what OpenAPI cannot, one section per stage of the mock. It is
// read-only once loaded; every expression in it is compiled and every name
// resolved. Sections keep the order of the document.
type Profile struct {
	// Order holds the four movable stages, each exactly once.
	Order       []Stage
	Request     RequestRules
	Credentials []*CredentialKind
	Auth        []*Acceptance
	Limits      []*Limit
	Errors      Errors
	Answers     Answers
	Resources   []*Resource
	// Webhooks is nil where the profile has no such section; no step emits anything then.
	Webhooks *Webhooks
	// Operations holds one behaviour for every operation of the document:
	// declared, or inferred from path, method and schemas.
	Operations map[string]*Behaviour
}

// A Stage is one of the stages whose order a profile may change.
type Stage string

// The movable stages, in their default order.
const (
	StageLimit        Stage = "limit"
	StageAuthenticate Stage = "authenticate"
	StageAuthorize    Stage = "authorize"
	StageValidate     Stage = "validate"
)

// RequestRules hold what applies to every request before it has an operation.
type RequestRules struct {
	// ID is the template of request ids; it is never nil.
	ID *template.Text
	// MaxBody is the largest body taken, in bytes.
	MaxBody int64
	// Sends are the headers that the documents ask of every request. The suite sends them; the mock does without.
	Sends []SentHeader
	// ReadsBases is true when something in the profile reads request.bases.
	ReadsBases bool
}

// A SentHeader is a header of a request; its value is no template.
type SentHeader struct {
	Name, Value string
}

// A CredentialKind is one kind of thing a caller can prove. Exactly one of
// Secret, JWT and Opaque is set.
type CredentialKind struct {
	Name string
	// ID makes the public id; nil means a UUID.
	ID *template.Text
	// Secret makes the secret of a pair.
	Secret *template.Text
	// Opaque makes a secret string that is presented alone.
	Opaque *template.Text
	// JWT is the signing algorithm of a token: RS256, ES256 or HS256.
	JWT string
	// Claims are added to a token's registered claims. The scope has `owner`
	// and the attributes of the credential as `credential`.
	Claims   *template.Value
	Lifetime strict.Lifetime
	// Set are the attributes that a credential has unless it was given others,
	// in order; each sees those before it as `credential`.
	Set []Field
}

// An Acceptance lists the credential kinds that a security scheme takes, and when.
type Acceptance struct {
	Scheme  string
	Accepts []string
	// When must hold for a credential to be good, nil for always.
	When *template.Expr
}

// A Limit bounds how often something may happen.
type Limit struct {
	Name string
	// Operations and Except are operation ids with * as wildcard; no
	// Operations means every request, undocumented routes included.
	Operations, Except []string
	Key                *template.Expr
	// Requests is the allowance of a window; negative is unlimited.
	Requests *template.Expr
	Per      time.Duration
	Window   Window
	Count    Count
	// ResetOnSuccess clears the counter after a 2xx answer.
	ResetOnSuccess bool
	// Backoff is nil without one. With it, Per may be zero.
	Backoff        *Backoff
	Headers        []Header
	RefusalHeaders []Header
}

// Window is how a limit's windows lie in time.
type Window string

// The windows: from the first request, on whole periods, or sliding.
const (
	WindowFixed   Window = "fixed"
	WindowAligned Window = "aligned"
	WindowSliding Window = "sliding"
)

// Count is what a limit counts.
type Count string

// A limit counts requests, or the 4xx answers of its operations.
const (
	CountRequests Count = "requests"
	CountFailures Count = "failures"
)

// A Backoff makes the caller wait longer after every counted failure.
type Backoff struct {
	First  time.Duration
	Factor float64
	Max    time.Duration
}

// A Header is a response header with its template.
type Header struct {
	Name  string
	Value *template.Text
}

// Errors say how refusals look.
type Errors struct {
	// Problems holds every problem of the closed list with what the profile
	// declares for it or for its ancestors; see Problem.
	Problems  map[Problem]*Refusal
	Envelopes []*Envelope
}

// A Refusal is what a profile declares for one problem.
type Refusal struct {
	Status int
	// Message is nil when the precise detail is the message.
	Message *template.Text
	// Attributes are the vendor's own, visible as problem.NAME.
	Attributes map[string]*template.Value

	// declared is true if the profile gives the status, here or for an ancestor.
	declared bool
}

// Answers say how successes look.
type Answers struct {
	// Headers are sent with every response, refusals included.
	Headers   []Header
	Envelopes []*Envelope
}

// An Envelope wraps a body. An empty selector matches everything; the first
// matching envelope is used.
type Envelope struct {
	// Operations are ids with * as wildcard.
	Operations []string
	// Verbs select successes, Problems refusals (ancestors match too).
	Verbs    []Verb
	Problems []Problem
	Headers  []Header
	// Media is the content type; application/json unless declared.
	Media string
	// Body is nil for an answer without a body, and then without a content type.
	// Under a media type that is not JSON, a text goes out without quotes.
	Body *template.Value
	Pos  strict.Pos
}

// A Resource is a collection of stored things.
type Resource struct {
	Name string
	// Schema is the name of a schema of the document, "" if none.
	Schema string
	// ID makes the id of a new resource; its value may be text or an integer.
	ID *template.Value
	// Key is the field that holds the id.
	Key string
	// Set is applied at creation, Touch at creation and at every change.
	Set, Touch []Field
	Unique     []string
	Hidden     []string
	CallerID   bool
}

// A Field is a field of a resource, an attribute of a credential or of a refusal,
// or a name of let, with its template.
type Field struct {
	Name  string
	Value *template.Value
	// Optional is true when the field is left as it is while the value is null.
	Optional bool
}

// A Behaviour is what an operation does: its steps, all in one transaction.
type Behaviour struct {
	Operation string
	Steps     []*Step
	// Status is the status of a success; never 0.
	Status int
	// Bare is true when the document declares no content for Status: the answer then has no body.
	Bare    bool
	Headers []Header
	// MaxBody overrides RequestRules.MaxBody when it is not 0.
	MaxBody int64
	// ReadsLimits is true when one of its expressions reads limits, Invents when
	// one uses the function invent.
	ReadsLimits, Invents bool
	// Settle are the steps that run when the answer has ended or broken off, in
	// a transaction of their own. They see what Steps have named, and `sent`.
	Settle []*Step
	// Inferred is true when the profile does not declare the behaviour.
	Inferred bool
	Pos      strict.Pos
}

// A Step is one verb with its inputs. Inputs that a verb does not take are
// nil; expressions that the README gives a default for may be nil as well,
// and the verb then applies it.
type Step struct {
	Verb Verb
	// Target is the resource, credential kind, schema or event named after the verb.
	Target string
	// Pointer is, for an inferred sample whose schema has no name, the JSON
	// pointer of the schema in the document; Target is "" then.
	Pointer string
	As      string
	// When is nil for a step that always runs.
	When *template.Expr

	ID, Where, To, Scopes, Lifetime, Secret *template.Expr
	// Every chooses, over `it`, all things that an update or delete is about.
	Every *template.Expr
	// Condition is the expression of require.
	Condition *template.Expr
	// Else is the problem that the step raises when it does not find what it
	// looks for, "" for the usual one of its verb. With ElseNothing its outcome
	// is null then.
	Else        Problem
	ElseNothing bool
	// Message and Attributes replace those that are declared for the problem.
	Message    *template.Text
	Attributes []Field
	// From is the template of a created or changed thing, Answer of a result:
	// in a stream, of the list of its events.
	From, Answer *template.Value
	// Data is what an event carries; nil means the result so far.
	Data *template.Value
	Set  []Field
	// Let are the names that let gives to values, in order.
	Let []Field

	// Of and By name a parent resource and the field that refers to it. The
	// parent's id is the path parameter OfParam, the last one of the operation.
	Of, By, OfParam string
	Filter          []string
	Sort            *Sort
	Page            *Page
	// Replace is true when an update replaces instead of merging.
	Replace bool
	// StateField and Moves belong to transition. Moves is nil when every move is allowed.
	StateField string
	Moves      map[string][]string
	Group      []string
	// CountAs is the name of an aggregate's count; Sums are name and field.
	CountAs string
	Sums    [][2]string
	// Part is the multipart part that upload stores.
	Part string
	// End is the data of a stream's last event, nil without one, and Pause the
	// real time between two events.
	End   *template.Text
	Pause time.Duration
	Pos   strict.Pos
}

// Sort names the query parameters that sort a list.
type Sort struct {
	By, Order  string
	Fields     []string
	Default    string
	Descending bool
}

// A Page says how a list is cut into pages.
type Page struct {
	// Style is "number", "offset" or "cursor".
	Style string
	// Number is the query parameter of the page, offset or cursor; Size that of the page's size.
	Number, Size string
	Default, Max int
}
