// Package behave does what operations do: the verbs of a profile, over the
// state of a world. The steps of an operation run in one transaction, or, where
// none of them writes, on a snapshot without any lock.
//
// It writes no responses and judges no requests: what it gets was validated,
// and what it gives is a JSON value, or one of the closed list of problems.
//
//	programs, err := behave.Compile(api)       // once for an API
//	base, err := programs.NewBase(nil)         // once for a server
//	store := base.NewStore()                   // once for a world
//	result, refusal := programs.Run(&behave.Call{Operation: "createRisk", Store: store, ...})
package behave
