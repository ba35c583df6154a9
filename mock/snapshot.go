package mock

import (
	"slices"
	"strings"
	"time"

	"understudy.dev/mock/internal/control"
)

// A Snapshot is a moment of a world that was kept under a name. It holds no journal.
type Snapshot struct {
	// Name is the snapshot's name, World that of the world it was taken of.
	Name, World string
	// Time is what the world's clock showed.
	Time time.Time

	moment *moment
	// number orders the snapshots of a world.
	number int
}

// Snapshot keeps the world as it is now, under a name that none of its snapshots has: state, credentials, limits, the
// position of what it invents, and clock. It costs little: the state is shared until it is changed. Requests under way are
// in it as far as they have come.
func (w *World) Snapshot(name string) (*Snapshot, error) {
	s, err := w.snapshot(name)
	return s, worded("take the snapshot", name, err)
}

func (w *World) snapshot(name string) (*Snapshot, error) {
	defer w.hold()()
	if err := checkName("a snapshot", name); err != nil {
		return nil, err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	limit := w.server.settings.Snapshots
	switch _, taken := w.snapshots[name]; {
	case taken:
		return nil, control.Conflict("the world %q has a snapshot %q already", w.name, name)
	case len(w.snapshots) >= limit:
		return nil, control.Conflict("the world %q has %d snapshots already; drop one first", w.name, limit)
	}
	r := w.current.Load()
	s := &Snapshot{Name: name, World: w.name, Time: r.clock.Now(), moment: r.moment()}
	for _, known := range w.snapshots {
		s.number = max(s.number, known.number+1)
	}
	w.snapshots[name] = s
	return s, nil
}

// Snapshots lists the world's snapshots, the oldest first.
func (w *World) Snapshots() []*Snapshot {
	w.mu.Lock()
	defer w.mu.Unlock()
	all := make([]*Snapshot, 0, len(w.snapshots))
	for _, s := range w.snapshots {
		all = append(all, s)
	}
	slices.SortFunc(all, func(a, b *Snapshot) int { return a.number - b.number })
	return all
}

// Restore brings the world to a snapshot of its own, as often as wanted: state, credentials, limits, ids and clock. A clock
// that follows the wall goes on following it; another one shows the time of the snapshot again. The journal starts
// again. When Restore returns, a request that began before can no longer change anything.
func (w *World) Restore(name string) error {
	return worded("restore the snapshot", name, w.restore(w, name))
}

// RestoreFrom does what Restore does with a snapshot of another world of the server, which may be dropped afterwards. Ids
// and secrets that are made from then on derive from the name of the world they are made in.
func (w *World) RestoreFrom(other *World, name string) error {
	return worded("restore the snapshot", name, w.restore(other, name))
}

func (w *World) restore(other *World, name string) error {
	if other.server != w.server {
		return control.Invalid("the world %q belongs to another server", other.name)
	}
	m, err := other.kept(name)
	if err != nil {
		return err
	}
	w.goTo(m)
	return nil
}

// DropSnapshot forgets a snapshot. Worlds that were made from it, or restored to it, stay as they are.
func (w *World) DropSnapshot(name string) error {
	return worded("drop the snapshot", name, w.dropSnapshot(name))
}

func (w *World) dropSnapshot(name string) error {
	defer w.hold()()
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.snapshots[name] == nil {
		return w.noSnapshot(name)
	}
	delete(w.snapshots, name)
	return nil
}

// kept is the moment of a snapshot.
func (w *World) kept(name string) (*moment, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	s := w.snapshots[name]
	if s == nil {
		return nil, w.noSnapshot(name)
	}
	return s.moment, nil
}

func (w *World) noSnapshot(name string) error {
	has := "it has none"
	if len(w.snapshots) > 0 {
		has = "it has " + strings.Join(sortedNames(w.snapshots), ", ")
	}
	return control.NotFound("the world %q has no snapshot %q; %s", w.name, name, has)
}
