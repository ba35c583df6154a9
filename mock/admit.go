package mock

import (
	"fmt"

	"understudy.dev/specs"
)

// admit counts the request in the limits that apply to it, unless one of them is used up.
func admit(x *exchange) *refusal {
	if x.scene.needsBody {
		x.receive()
		x.decode()
	}
	decision, err := x.play.limits.Check(x.r.Context(), x.scene.id, x.env, x.now)
	if err != nil {
		if x.r.Context().Err() != nil {
			return &refusal{problem: specs.Unavailable, rule: "limits", detail: "the request was given up", private: err.Error()}
		}
		return internal("limits", err)
	}
	x.decision = decision
	if !decision.Refused {
		return nil
	}
	info := decision.Info
	return &refusal{
		problem: decision.Problem, rule: info.Name,
		expected: fmt.Sprintf("%d in %s", info.Limit, decision.Limit.Per), got: "one more",
		detail: fmt.Sprintf("%s; try again in %d s", decision.Problem.Detail(), info.RetryAfter),
	}
}
