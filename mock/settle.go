package mock

import (
	"fmt"
	"runtime/debug"

	"understudy.dev/specs"
)

// settle lets a performed operation do what it does when its answer has ended. Nobody is left to be told that it could not,
// except who reads the journal.
func (x *exchange) settle(sent specs.SentInfo) {
	if x.call == nil || !x.part.programs.Settles(x.call.Operation) {
		return
	}
	defer func() {
		if panicked := recover(); panicked != nil {
			x.notes = append(x.notes, fmt.Sprintf("settle was not done: panic: %v\n%s", panicked, debug.Stack()))
		}
	}()
	x.call.Now = x.play.run.clock.Now()
	if refused := x.part.programs.Settle(x.call, sent); refused != nil {
		x.notes = append(x.notes, "settle was not done: "+refused.Error())
	}
}
