package mock

import (
	"time"

	"understudy.dev/mock/internal/clock"
	"understudy.dev/mock/internal/entropy"
	"understudy.dev/mock/internal/fault"
	"understudy.dev/mock/internal/limit"
	"understudy.dev/mock/internal/state"
)

// A moment is all that a run needs to go on from: the beginning of a fresh world, or where another run had come to. It is
// immutable and belongs to nobody: any number of runs, of any worlds of the server, may go on from it.
type moment struct {
	seed uint64
	// spec says how the clock starts.
	spec clock.Spec
	// wall, if not nil, is a clock that follows the wall at the distance at which the run's own did.
	wall *clock.Clock
	// plays are by the index of the part; nil is the beginning.
	plays []playMoment
	// faults is a copy that nothing happens to; nil is none.
	faults *fault.Set
}

// A playMoment is one API at a moment.
type playMoment struct {
	state    *state.Snapshot
	position *entropy.Position
	// limits is a copy that nobody counts in.
	limits *limit.Set
}

// beginning is the moment at which fresh worlds start.
func beginning(seed uint64, spec clock.Spec) *moment { return &moment{seed: seed, spec: spec} }

// moment is where the run is now. A request that is under way is in it as far as it has changed the state, and no further:
// how it ends is nothing to those who go on from here.
func (r *run) moment() *moment {
	m := &moment{seed: r.seed, spec: r.spec}
	now := r.clock.Now()
	if r.spec == (clock.Spec{}) {
		m.wall = r.clock.Fork()
	} else {
		m.spec.Start = now
	}
	m.faults = r.faults.Fork(nil)
	for _, play := range r.plays {
		// The position is noted after the state: what the state holds was invented before, and is not invented again.
		at := playMoment{state: play.store.View()}
		at.position, at.limits = play.entropy.Position(), play.limits.Fork(now)
		m.plays = append(m.plays, at)
	}
	return m
}

func (m *moment) newClock(wall func() time.Time) *clock.Clock {
	if m.wall != nil {
		return m.wall.Fork()
	}
	return clock.New(m.spec, wall)
}

// newFaults are those of the moment, with a chance of their own.
func (m *moment) newFaults(chance *entropy.Source) *fault.Set {
	if m.faults != nil {
		return m.faults.Fork(chance)
	}
	return fault.NewSet(chance)
}

// faultless is the same moment without anything that goes wrong on purpose.
func (m *moment) faultless() *moment {
	other := *m
	other.faults = nil
	return &other
}

// resume lets a play go on from the moment.
func (m *playMoment) resume(play *playing) {
	play.store = play.part.base.NewStore()
	play.store.Restore(m.state)
	play.entropy.Restore(m.position)
	play.limits = m.limits.Fork(play.run.clock.Now())
}
