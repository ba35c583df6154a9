package specs

import "understudy.dev/specs/strict"

// A Registry holds the requirements of an API and what the suite needs to test them.
type Registry struct {
	// Sources are the documents that requirements refer to.
	Sources []*Source
	Inputs  []*Input
	Logins  []*Login
	// Features are optional parts that a target may claim, name and text.
	Features map[string]string
	// AllDocumented is true when the whole OpenAPI document is the vendor's own.
	AllDocumented bool
	// Requirements are in document order.
	Requirements []*Requirement
}

// A Source is a document that states requirements.
type Source struct{ Name, Title, URL string }

// An Input is a value that a user hands to the suite.
type Input struct {
	Name, Text string
	Optional   bool
	// Seeded is the value that the mock accepts, "" if there is none.
	Seeded string
	// Public is true when the value may appear in reports; inputs are secret by default.
	Public bool
}

// A Login says how a check becomes somebody. Texts hold {NAME} placeholders
// for inputs; Send may also use the names of Take.
type Login struct {
	Name string
	// Operation is the request that logs in, "" when Send needs none.
	Operation string
	// Body is the JSON body, Form the form body; at most one is set.
	Body map[string]any
	Form map[string]string
	// Basic is "user:password", "" for none.
	Basic   string
	Headers map[string]string
	// Take maps names to GJSON paths in the answer. The name `lifetime` is seconds.
	Take map[string]string
	Send map[string]string
	Pos  strict.Pos
}

// Level is how binding a requirement is.
type Level string

// The levels, as RFC 2119 has them.
const (
	Must   Level = "MUST"
	Should Level = "SHOULD"
)

// Basis is what a requirement rests on.
type Basis string

// A requirement is documented, with a source, or assumed.
const (
	Documented Basis = "documented"
	Assumed    Basis = "assumed"
)

// A Requirement is one statement of the contract.
type Requirement struct {
	ID     string
	Level  Level
	Basis  Basis
	Text   string
	Source string
	Facts  []Fact
	// Excuse is nil when checks are expected.
	Excuse *Excuse
	Pos    strict.Pos
}

// An Excuse says why a requirement has no check.
type Excuse struct {
	Reason ExcuseReason
	Text   string
}

// ExcuseReason is one of a closed list.
type ExcuseReason string

// The excuses.
const (
	NotHTTP       ExcuseReason = "not-http"
	DashboardOnly ExcuseReason = "dashboard-only"
	CannotProvoke ExcuseReason = "cannot-provoke"
	NotOnRecord   ExcuseReason = "not-on-record"
)

// A Fact points into openapi.yaml or profile.yaml.
type Fact struct {
	// File is "openapi.yaml" or "profile.yaml".
	File string
	// Pointer is a JSON pointer; a segment * stands for any key.
	Pointer string
	// Below is true when everything below the node is included (written /... at the end).
	Below bool
	Pos   strict.Pos
}
