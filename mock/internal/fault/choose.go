package fault

import (
	"strconv"
	"strings"
	"time"

	"understudy.dev/specs"
)

// An Effect is what happens to one request. At most one of Problem, Status, Reset and Truncate is set; see [Rule].
type Effect struct {
	// Rules are the ids of the rules that made it, and "Prefer" where the request did.
	Rules    []string
	Problem  specs.Problem
	Status   int
	Reset    bool
	Truncate bool
	Delay    time.Duration
	Headers  []Header
	// Applied are the preferences of the request that are honoured, as it wrote them.
	Applied []string
}

// Rule is the ids of the rules, for people.
func (e *Effect) Rule() string { return strings.Join(e.Rules, ", ") }

// Refuses reports whether the request is refused instead of being performed.
func (e *Effect) Refuses() bool { return e.Problem != "" || e.Status != 0 || e.Reset }

// ends reports whether the effect says how the request ends.
func (e *Effect) ends() bool { return e.Refuses() || e.Truncate }

// Name says what happens in one word, "" if the request is only delayed.
func (e *Effect) Name() string {
	switch {
	case e.Problem != "":
		return string(e.Problem)
	case e.Status != 0:
		return strconv.Itoa(e.Status)
	case e.Reset:
		return "reset"
	case e.Truncate:
		return "truncate"
	}
	return ""
}

// PreferRule stands for a preference of the request among the rules of an Effect.
const PreferRule = "Prefer"

// Choose decides what happens to a request to an operation of an API, "" for an undocumented route; nil is nothing. What
// the request wishes comes first, then the rules in the order in which they were made. The first that says how the
// request ends is the only one; delays add up.
func (s *Set) Choose(api, operation string, w Wishes) *Effect {
	if s.rules.Load() == 0 && !w.given {
		return nil
	}
	e := &Effect{}
	if w.given {
		e.Rules = append(e.Rules, PreferRule)
		e.Problem, e.Status, e.Reset, e.Truncate, e.Delay = w.problem, w.status, w.reset, w.truncate, w.delay
		e.Applied = w.applied
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, a := range s.all {
		// A rule that would change nothing is kept for the next request.
		if a.ends() && e.ends() || a.API != "" && a.API != api || !specs.Selects(a.Operations, operation) || !s.fires(a) {
			continue
		}
		e.Rules = append(e.Rules, a.ID)
		if a.ends() {
			e.Problem, e.Status, e.Reset, e.Truncate = a.Problem, a.Status, a.Reset, a.Truncate
		}
		e.Delay = min(e.Delay+a.Delay, MaxDelay)
		e.Headers = append(e.Headers, a.Headers...)
	}
	if len(e.Rules) == 0 {
		return nil
	}
	return e
}

// fires decides whether a rule happens to a request that it is for.
func (s *Set) fires(a *active) bool {
	if a.spent() {
		return false
	}
	a.asked++
	hit := true
	if a.Share > 0 {
		// The n-th request has always the same luck, whatever else the world invents.
		luck := s.chance.Fixed("fault " + a.ID + " " + strconv.Itoa(a.asked)).Float64()
		hit = luck < a.Share && !(a.AtMostInARow > 0 && a.row >= a.AtMostInARow)
	}
	if !hit {
		a.row = 0
		return false
	}
	a.row++
	a.Hits++
	return true
}
