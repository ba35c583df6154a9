package mock

import (
	"errors"
	"strings"
	"time"

	"understudy.dev/specs"
)

// inject lets go wrong what the world's faults, or the request itself, ask for. What happens to the connection is for
// render to do.
func inject(x *exchange) *refusal {
	x.fault = x.run.faults.Choose(x.part.api.Name, x.scene.id, x.wishes)
	if x.fault == nil {
		return nil
	}
	if err := x.wait(x.fault.Delay); err != nil {
		return &refusal{
			problem: specs.Unavailable, rule: x.fault.Rule(), detail: "the request was given up while it was delayed", private: err.Error(),
		}
	}
	if !x.fault.Refuses() {
		return nil
	}
	refused := &refusal{
		problem: x.fault.Problem, rule: x.fault.Rule(),
		private: "a fault was asked for: " + x.fault.Name(),
	}
	switch {
	case x.fault.Reset:
		refused.problem = specs.Unavailable
	case x.fault.Status != 0:
		refused.problem, refused.status = x.scene.wordingFor(x.fault.Status), x.fault.Status
		if w := x.scene.wordings[refused.problem]; w != nil && w.status != refused.status {
			refused.detail = reasonOf(refused.status)
		}
	}
	return refused
}

// The reasons why a wait, or a stream, ends early.
var (
	errClientGone = errors.New("the client went away")
	errWorldOver  = errors.New("the world was reset or closed")
)

// wait lets real time pass, unless the client or the run ends before.
func (x *exchange) wait(d time.Duration) error {
	if d <= 0 {
		return nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-x.r.Context().Done():
		return errClientGone
	case <-x.run.over.Done():
		return errWorldOver
	}
}

// faultHeaders are those that a fault adds to the answer.
func (x *exchange) faultHeaders(a *answer) {
	if x.fault == nil {
		return
	}
	for _, h := range x.fault.Headers {
		a.set(h.Name, h.Value)
	}
	if len(x.fault.Applied) > 0 {
		a.set("Preference-Applied", strings.Join(x.fault.Applied, ", "))
	}
}
