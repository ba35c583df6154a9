package control

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"understudy.dev/mock/internal/fault"
	"understudy.dev/specs"
)

// faultSpec is a fault as it is asked for. Pointers tell what was not given from nothing.
type faultSpec struct {
	API          string            `json:"api"`
	Operations   []string          `json:"operations"`
	Problem      string            `json:"problem"`
	Status       *int              `json:"status"`
	Reset        bool              `json:"reset"`
	Truncate     bool              `json:"truncate"`
	Delay        string            `json:"delay"`
	Headers      map[string]string `json:"headers"`
	Times        *int              `json:"times"`
	Share        *float64          `json:"share"`
	AtMostInARow *int              `json:"at_most_in_a_row"`
}

// faultAnswer is a fault as it is shown.
type faultAnswer struct {
	ID           string            `json:"id"`
	API          string            `json:"api,omitempty"`
	Operations   []string          `json:"operations,omitempty"`
	Problem      string            `json:"problem,omitempty"`
	Status       int               `json:"status,omitempty"`
	Reset        bool              `json:"reset,omitempty"`
	Truncate     bool              `json:"truncate,omitempty"`
	Delay        string            `json:"delay,omitempty"`
	Headers      map[string]string `json:"headers,omitempty"`
	Times        int               `json:"times,omitempty"`
	Share        float64           `json:"share,omitempty"`
	AtMostInARow int               `json:"at_most_in_a_row,omitempty"`
	Hits         int               `json:"hits"`
}

func addFault(c *call) (int, any, error) {
	var spec faultSpec
	if err := c.body(&spec); err != nil {
		return 0, nil, err
	}
	rule, err := spec.rule()
	if err != nil {
		return 0, nil, err
	}
	added, err := c.world.AddFault(rule)
	if err != nil {
		return 0, nil, err
	}
	return http.StatusCreated, showFault(added), nil
}

// rule reads what is given as text, and refuses numbers that would mean the same as none.
func (s *faultSpec) rule() (fault.Rule, error) {
	r := fault.Rule{
		API: s.API, Operations: s.Operations, Problem: specs.Problem(s.Problem), Reset: s.Reset, Truncate: s.Truncate,
	}
	for _, n := range []struct {
		name  string
		given *int
		to    *int
	}{{"status", s.Status, &r.Status}, {"times", s.Times, &r.Times}, {"at_most_in_a_row", s.AtMostInARow, &r.AtMostInARow}} {
		switch {
		case n.given == nil:
		case *n.given < 1:
			return r, Invalid("%s must be a whole number above 0, got %d", n.name, *n.given)
		default:
			*n.to = *n.given
		}
	}
	if s.Share != nil {
		if *s.Share <= 0 {
			return r, Invalid("share must be above 0 and at most 1, got %v", *s.Share)
		}
		r.Share = *s.Share
	}
	if s.Delay != "" {
		delay, err := time.ParseDuration(s.Delay)
		if err != nil || delay <= 0 {
			return r, Invalid("cannot read the delay %q: want a number with a unit, such as 500ms or 2s", s.Delay)
		}
		r.Delay = delay
	}
	for name, value := range s.Headers {
		r.Headers = append(r.Headers, fault.Header{Name: name, Value: value})
	}
	slices.SortFunc(r.Headers, func(a, b fault.Header) int { return strings.Compare(a.Name, b.Name) })
	return r, nil
}

func listFaults(c *call) (int, any, error) {
	answer := struct {
		Faults []faultAnswer `json:"faults"`
	}{[]faultAnswer{}}
	for _, rule := range c.world.Faults() {
		answer.Faults = append(answer.Faults, showFault(rule))
	}
	return http.StatusOK, answer, nil
}

func showFault(r fault.Rule) faultAnswer {
	shown := faultAnswer{
		ID: r.ID, API: r.API, Operations: r.Operations, Problem: string(r.Problem), Status: r.Status, Reset: r.Reset,
		Truncate: r.Truncate, Times: r.Times, Share: r.Share, AtMostInARow: r.AtMostInARow, Hits: r.Hits,
	}
	if r.Delay > 0 {
		shown.Delay = r.Delay.String()
	}
	for _, h := range r.Headers {
		if shown.Headers == nil {
			shown.Headers = map[string]string{}
		}
		shown.Headers[h.Name] = h.Value
	}
	return shown
}

func clearFaults(c *call) (int, any, error) {
	c.world.ClearFaults()
	return http.StatusNoContent, nil, nil
}

func removeFault(c *call) (int, any, error) {
	if !c.world.RemoveFault(c.params["id"]) {
		return 0, nil, NotFound("the world %q has no fault %q (any more)", c.world.Name(), c.params["id"])
	}
	return http.StatusNoContent, nil, nil
}
