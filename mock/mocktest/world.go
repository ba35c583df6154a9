package mocktest

import (
	"testing"
	"time"

	"understudy.dev/mock"
)

// A World is a world of a running mock, for one test. It is safe for concurrent use. What goes wrong fails the test.
type World struct {
	// World is the world itself.
	World *mock.World

	t testing.TB
	m *Mock
}

// World makes a world that is dropped with the test, which need not be the one that started the mock.
func (m *Mock) World(t testing.TB, name string) *World {
	t.Helper()
	return m.newWorld(t, mock.WorldSpec{Name: name})
}

func (m *Mock) newWorld(t testing.TB, spec mock.WorldSpec) *World {
	t.Helper()
	made, err := m.Server.CreateWorld(spec)
	if err != nil {
		t.Fatalf("mocktest: %s", err)
	}
	w := &World{World: made, t: t, m: m}
	t.Cleanup(w.Drop)
	return w
}

// Fork makes a world that begins as this one is now, and is dropped with the test.
func (w *World) Fork(t testing.TB, name string) *World {
	t.Helper()
	return w.m.newWorld(t, mock.WorldSpec{Name: name, From: w.World.Name()})
}

// URL is the base URL of an API in this world, as Mock.URL has it for the default one.
func (w *World) URL(api string, base ...string) string {
	w.t.Helper()
	return w.m.at(w.t, "/w/"+w.World.Name(), api, base)
}

// Advance moves the world's time forwards.
func (w *World) Advance(d time.Duration) {
	w.t.Helper()
	w.check(w.World.Advance(d))
}

// Reset makes the world as it was when it was made.
func (w *World) Reset() { w.World.Reset() }

// Snapshot keeps the world as it is now.
func (w *World) Snapshot(name string) {
	w.t.Helper()
	_, err := w.World.Snapshot(name)
	w.check(err)
}

// Restore brings the world to one of its snapshots.
func (w *World) Restore(name string) {
	w.t.Helper()
	w.check(w.World.Restore(name))
}

// Fault lets requests to the world go wrong, until the rule is removed or the world reset, and returns the rule with its id.
func (w *World) Fault(f mock.Fault) mock.Fault {
	w.t.Helper()
	added, err := w.World.AddFault(f)
	w.check(err)
	return added
}

// Journal lists the world's exchanges, oldest first.
func (w *World) Journal() []mock.Entry { return w.World.Journal(mock.Filter{}) }

// Drop drops the world now. One that is gone already is no error.
func (w *World) Drop() {
	w.t.Helper()
	if w.m.Server.World(w.World.Name()) == w.World {
		w.check(w.m.Server.DropWorld(w.World.Name()))
	}
}

func (w *World) check(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatalf("mocktest: %s", err)
	}
}
