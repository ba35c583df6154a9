package mock

import (
	"slices"

	"understudy.dev/specs"
)

// A stage is one step of an exchange. It fills in what it finds out, or refuses.
type stage struct {
	name string
	run  func(*exchange) *refusal
}

// This file alone owns the order of the stages. After routing, which chooses the scene, an exchange runs the stages of its
// scene up to the first refusal, and then always renders.

// movable are the stages whose order a profile may change.
func movable() map[specs.Stage]stage {
	return map[specs.Stage]stage{
		specs.StageLimit:        {"limit", admit},
		specs.StageAuthenticate: {"authenticate", authenticate},
		specs.StageAuthorize:    {"authorize", authorize},
		specs.StageValidate:     {"validate", validateRequest},
	}
}

// order is what a request to a documented operation goes through.
func order(profile *specs.Profile) []stage {
	stages := []stage{{"identify", identify}}
	all := movable()
	for _, name := range profile.Order {
		stages = append(stages, all[name])
		if name == specs.StageLimit {
			// A fault comes when the request was counted, so that its answer has the headers of the limits.
			stages = append(stages, stage{"fault", inject})
		}
	}
	return append(stages, stage{"behave", perform})
}

// strayOrder is what a request goes through that reaches an API but none of its operations: it counts in the limits that
// include undocumented routes, and is refused.
func strayOrder() []stage {
	return []stage{{"identify", identify}, {"limit", admit}, {"fault", inject}, {"route", refuseRoute}}
}

// orderOf shares one list between the scenes of an API, leaving out what an operation does not need.
func orderOf(stages []stage, open bool) []stage {
	if !open {
		return stages
	}
	return slices.DeleteFunc(slices.Clone(stages), func(s stage) bool { return s.name == "authorize" || s.name == "authenticate" })
}
