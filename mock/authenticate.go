package mock

import (
	"understudy.dev/specs"
	"understudy.dev/specs/validate"
)

// authenticate wants one alternative of the operation's security requirements of which every scheme has a good credential.
// The anonymous alternative is taken last: who shows a good credential is somebody.
func authenticate(x *exchange) *refusal {
	var reason *refusal
	anonymous := false
	for _, requirement := range x.scene.security {
		if len(requirement) == 0 {
			anonymous = true
			continue
		}
		refused := x.prove(requirement)
		if refused == nil {
			x.granted = append(x.granted, requirement)
			continue
		}
		// What was sent and is bad says more than what was not sent.
		if reason == nil || reason.problem == specs.MissingCredential && refused.problem != specs.MissingCredential {
			reason = refused
		}
	}
	switch {
	case len(x.granted) > 0:
		x.become(x.granted[0])
		return nil
	case anonymous:
		x.granted = []validate.Requirement{{}}
		x.become(nil)
		return nil
	}
	x.become(nil)
	return reason
}

// prove says why a conjunction is not satisfied, nil if it is.
func (x *exchange) prove(requirement validate.Requirement) *refusal {
	var missing *refusal
	for _, use := range requirement {
		refused := x.judge(x.proof(use.Scheme))
		switch {
		case refused == nil:
		case refused.problem == specs.MissingCredential:
			if missing == nil {
				missing = refused
			}
		default:
			return refused
		}
	}
	return missing
}

// become makes the first credential of a requirement the caller.
func (x *exchange) become(requirement validate.Requirement) {
	x.credential = nil
	for _, use := range requirement {
		if c := x.proof(use.Scheme).found; c != nil {
			x.credential = c
			break
		}
	}
	x.show(x.credential)
}
