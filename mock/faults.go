package mock

import (
	"errors"
	"fmt"
	"slices"

	"understudy.dev/mock/internal/control"
	"understudy.dev/mock/internal/fault"
	"understudy.dev/specs"
	"understudy.dev/specs/strict"
)

// A Fault is a rule by which requests of a world go wrong on purpose: which ones, how, and how often. See the section on
// faults in the documentation of this package.
type Fault = fault.Rule

// MaxFaultDelay is the longest delay of one request.
const MaxFaultDelay = fault.MaxDelay

// A FaultHeader is a header line that a Fault adds to answers.
type FaultHeader = fault.Header

// AddFault lets requests go wrong from now on, until the rule is removed or the world reset, and returns the rule with its
// id. An error says what is wrong with the rule.
func (w *World) AddFault(f Fault) (Fault, error) {
	added, err := w.addFault(f)
	if err != nil {
		return f, fmt.Errorf("cannot add a fault: %w", err)
	}
	return added, nil
}

func (w *World) addFault(f Fault) (Fault, error) {
	if err := w.server.checkFault(&f); err != nil {
		return f, err
	}
	return w.current.Load().faults.Add(f)
}

// Faults lists the world's rules, oldest first, with how often each has happened.
func (w *World) Faults() []Fault { return w.current.Load().faults.Rules() }

// RemoveFault takes a rule back and reports whether it was there.
func (w *World) RemoveFault(id string) bool { return w.current.Load().faults.Remove(id) }

// ClearFaults takes all rules back.
func (w *World) ClearFaults() { w.current.Load().faults.Clear() }

// checkFault wants names that exist.
func (s *Server) checkFault(f *Fault) error {
	parts := s.parts
	if f.API != "" {
		p := s.named[f.API]
		if p == nil {
			return errors.New(strict.Unknown("API", f.API, sortedNames(s.named)))
		}
		parts = []*part{p}
	}
	var known []string
	for _, p := range parts {
		for _, op := range p.api.Document.Operations() {
			known = append(known, op.ID)
		}
	}
	for _, pattern := range f.Operations {
		if !slices.ContainsFunc(known, func(id string) bool { return specs.Selects([]string{pattern}, id) }) {
			return errors.New(strict.Unknown("operation", pattern, known))
		}
	}
	return nil
}

// AddFault implements control.World.
func (w controlledWorld) AddFault(f fault.Rule) (fault.Rule, error) {
	added, err := w.addFault(f)
	switch {
	case errors.Is(err, fault.ErrFull):
		return f, control.Conflict("%s; remove some first", err)
	case err != nil:
		return f, control.Invalid("%s", err)
	}
	return added, nil
}
