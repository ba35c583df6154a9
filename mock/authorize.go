package mock

import (
	"fmt"
	"slices"
	"strings"

	"understudy.dev/specs"
	"understudy.dev/specs/validate"
)

// authorize wants one of the proven alternatives of which every credential is of a kind that is taken and has the scopes.
func authorize(x *exchange) *refusal {
	granted := x.granted
	if granted == nil {
		// The profile authorizes before it authenticates: judge what is claimed.
		granted = x.claimed()
	}
	var reason *refusal
	for _, requirement := range granted {
		refused := x.permit(requirement)
		if refused == nil {
			x.become(requirement)
			return nil
		}
		// A scope that lacks says more than a kind that does not fit.
		if reason == nil || reason.problem == specs.WrongCredential && refused.problem == specs.InsufficientScope {
			reason = refused
		}
	}
	return reason
}

// claimed are the alternatives for which known credentials were sent, however good; without any there is nothing to
// authorize, and authentication will say so.
func (x *exchange) claimed() []validate.Requirement {
	return slices.DeleteFunc(slices.Clone(x.scene.security), func(requirement validate.Requirement) bool {
		return slices.ContainsFunc(requirement, func(use validate.SchemeUse) bool { return x.proof(use.Scheme).found == nil })
	})
}

func (x *exchange) permit(requirement validate.Requirement) *refusal {
	for _, use := range requirement {
		c := x.proof(use.Scheme).found
		accepts := x.part.accepts[use.Name]
		if !slices.Contains(accepts, c.Kind) {
			return &refusal{
				problem: specs.WrongCredential, rule: use.Name, pointer: use.Scheme.Pointer,
				expected: strings.Join(accepts, " or "), got: c.Kind,
			}
		}
		for _, scope := range use.Scopes {
			if !slices.Contains(c.Scopes, scope) {
				return &refusal{
					problem: specs.InsufficientScope, rule: use.Name, pointer: x.scene.operation.Pointer + "/security",
					expected: strings.Join(use.Scopes, " "), got: strings.Join(c.Scopes, " "),
					detail: fmt.Sprintf("the credential lacks the scope %s", scope),
				}
			}
		}
	}
	return nil
}
