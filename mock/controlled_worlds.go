package mock

import (
	"errors"
	"time"

	"understudy.dev/mock/internal/clock"
	"understudy.dev/mock/internal/control"
)

// Worlds implements control.Server.
func (c controlled) Worlds() []control.World {
	c.s.expire()
	c.s.mu.RLock()
	defer c.s.mu.RUnlock()
	worlds := []control.World{controlledWorld{c.s.worlds[DefaultWorld]}}
	for _, name := range sortedNames(c.s.worlds) {
		if name != DefaultWorld {
			worlds = append(worlds, controlledWorld{c.s.worlds[name]})
		}
	}
	return worlds
}

// CreateWorld implements control.Server.
func (c controlled) CreateWorld(spec control.WorldSpec) (control.World, error) {
	wanted := WorldSpec{Name: spec.Name, Seed: spec.Seed, From: spec.From, Snapshot: spec.Snapshot}
	if spec.Clock != "" {
		parsed, err := clock.Parse(spec.Clock)
		if err != nil {
			return nil, control.Invalid("%s", err)
		}
		wanted.Clock = &parsed
	}
	w, err := c.s.createWorld(wanted)
	if err != nil {
		return nil, err
	}
	return controlledWorld{w}, nil
}

// DropWorld implements control.Server.
func (c controlled) DropWorld(name string) error { return c.s.dropWorld(name) }

// Reset implements control.World.
func (w controlledWorld) Reset() error {
	w.World.Reset()
	return nil
}

// ExpiresAt implements control.World.
func (w controlledWorld) ExpiresAt() time.Time { return w.expiresAt() }

// Advance implements control.World.
func (w controlledWorld) Advance(d time.Duration) error { return clockProblem(w.World.Advance(d)) }

// Set implements control.World.
func (w controlledWorld) Set(t time.Time) error { return clockProblem(w.World.Set(t)) }

func clockProblem(err error) error {
	if errors.Is(err, clock.ErrBackwards) || errors.Is(err, clock.ErrTooFar) {
		return control.Conflict("%s", err)
	}
	return err
}

// TakeSnapshot implements control.World.
func (w controlledWorld) TakeSnapshot(name string) (control.Snapshot, error) {
	s, err := w.snapshot(name)
	if err != nil {
		return control.Snapshot{}, err
	}
	return control.Snapshot{Name: s.Name, Time: s.Time}, nil
}

// ListSnapshots implements control.World.
func (w controlledWorld) ListSnapshots() []control.Snapshot {
	all := []control.Snapshot{}
	for _, s := range w.Snapshots() {
		all = append(all, control.Snapshot{Name: s.Name, Time: s.Time})
	}
	return all
}

// RestoreSnapshot implements control.World.
func (w controlledWorld) RestoreSnapshot(from, name string) error {
	other, leave := w.World, func() {}
	if from != "" {
		other, leave = w.server.enterWorld(from)
	}
	defer leave()
	if other == nil {
		return control.UnknownWorld(from)
	}
	return w.restore(other, name)
}

// DropSnapshot implements control.World.
func (w controlledWorld) DropSnapshot(name string) error { return w.dropSnapshot(name) }
