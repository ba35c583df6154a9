package conformance

import (
	"sync"

	"understudy.dev/conformance/internal/fill"
	"understudy.dev/conformance/internal/judge"
	"understudy.dev/conformance/internal/receive"
	"understudy.dev/conformance/internal/script"
	"understudy.dev/conformance/internal/wire"
	"understudy.dev/specs"
	"understudy.dev/specs/validate"
)

// suite is one run: what all its checks share.
type suite struct {
	api     *specs.API
	options Options
	target  Target
	judge   *judge.Judge
	wire    *wire.Transport
	// hear receives deliveries; nil if no check needs it.
	hear    *receive.Receiver
	secrets *wire.Redactor
	// inputs are the target's, or the seeded ones where seeded is true.
	inputs   map[string]string
	seeded   bool
	features map[string]bool
	bases    map[string]string // by name
	// loginOperations are those that log in; to send one changes nothing.
	loginOperations map[string]bool
	logins          map[string]*login

	mu       sync.Mutex
	coverage map[coverageKey]*OperationResult
	passive  []sighting
	// known are ids of the target's own, by collection path.
	known    map[string]string
	leftOver []LeftOver
	done     int
	// telling lets one event at a time go out.
	telling sync.Mutex
}

type coverageKey struct {
	operation string
	status    int
	media     string
}

// sighting is a fact that was seen broken in passing.
type sighting struct {
	requirement *specs.Requirement
	check       *check
	line        int
	exchange    *wire.Exchange
	violation   validate.Violation
}

// check is one section of a check file with what becomes of it.
type check struct {
	index       int
	file        *script.File
	section     *script.Section
	id          string
	requirement *specs.Requirement // nil if the heading names none that exists
	blast       blast
	// alone is true if the check must not overlap with others.
	alone bool
	// selected is false if --run leaves the check out.
	selected bool
	// outOfScope is true for a check of an assumed requirement that is not judged.
	outOfScope bool
	result     *CheckResult
	// exchanges are those that the report shows.
	exchanges []*wire.Exchange
}

// set ends the check.
func (c *check) set(o Outcome, message string) {
	c.result.Outcome, c.result.Message = o, message
}

// unmetError ends a section without accusing anybody.
type unmetError struct {
	outcome Outcome
	reason  string
}

// Error is the reason.
func (e *unmetError) Error() string { return e.reason }

// baseName is the name of the base under which an operation is documented.
func baseName(op *validate.Operation) string {
	if op == nil || len(op.Servers) == 0 || op.Servers[0].Name == "" {
		return DefaultBase
	}
	return op.Servers[0].Name
}

// operationAt finds the operation of a request. One that stands below another base than the named one is not meant.
func (su *suite) operationAt(base, method, escapedPath string) (validate.Match, bool) {
	match, err := su.api.Document.Route(method, escapedPath)
	if err != validate.RouteOK || base != "" && baseName(match.Operation) != base {
		return validate.Match{}, false
	}
	return match, true
}

// baseNames lists the names of an API's bases, the first being the default.
func baseNames(api *specs.API) []string {
	var names []string
	for _, base := range api.Bases() {
		names = append(names, base.Name)
	}
	return names
}

// input finds an input as a value.
func (su *suite) input(name string) (fill.Value, bool) {
	text, ok := su.inputs[name]
	return fill.Value{Text: text}, ok
}

// remember keeps an id of the target's own in mind, for ids that nothing has.
func (su *suite) remember(path, id string) {
	su.mu.Lock()
	defer su.mu.Unlock()
	su.known[path] = id
}

func (su *suite) knownID(path string) string {
	su.mu.Lock()
	defer su.mu.Unlock()
	return su.known[path]
}

// cover counts an answer of an operation.
func (su *suite) cover(op *validate.Operation, status int, media string, matches bool) {
	if op == nil {
		return
	}
	su.mu.Lock()
	defer su.mu.Unlock()
	key := coverageKey{op.ID, status, media}
	row := su.coverage[key]
	if row == nil {
		row = &OperationResult{Operation: op.ID, Status: status, MediaType: media}
		su.coverage[key] = row
	}
	row.Attempts++
	if matches {
		row.Matches++
	}
}

// sight keeps what was seen broken in passing, once for each check.
func (su *suite) sight(s sighting) {
	su.mu.Lock()
	defer su.mu.Unlock()
	for _, seen := range su.passive {
		if seen.requirement == s.requirement && seen.check == s.check && seen.violation.Pointer == s.violation.Pointer {
			return
		}
	}
	su.passive = append(su.passive, s)
}
