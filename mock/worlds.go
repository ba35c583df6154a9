package mock

import (
	"errors"
	"fmt"

	"understudy.dev/mock/internal/control"
)

// A WorldSpec says how a world starts.
type WorldSpec struct {
	// Name is 1 to 63 lower-case letters and digits, with - and _ between them. It must be free.
	Name string
	// Seed is the server's own, or that of From, if it is nil.
	Seed *uint64
	// Clock is the server's own if it is nil. With From it must be nil: a fork has its origin's clock.
	Clock *Clock
	// From makes the world a fork: it begins as that world is now, with its state, credentials and tokens, clock, limit
	// counters and the position of what it invents, and with an empty journal. What it invents from then on derives from its
	// own name. With Snapshot it begins as that world was then.
	From     string
	Snapshot string
}

// CreateWorld makes a world. There may be as many beside the default one as Options.Worlds says.
func (s *Server) CreateWorld(spec WorldSpec) (*World, error) {
	w, err := s.createWorld(spec)
	return w, worded("make the world", spec.Name, err)
}

// DropWorld drops a world and everything in it. Requests under way are answered; streams, and what waits on purpose, end.
// The default world stays.
func (s *Server) DropWorld(name string) error {
	return worded("drop the world", name, s.dropWorld(name))
}

// World finds a world by name; nil if there is none. "" is the default one.
func (s *Server) World(name string) *World {
	if name == "" {
		name = DefaultWorld
	}
	w, leave := s.enterWorld(name)
	leave()
	return w
}

// createWorld and its siblings refuse in the words of the control plane.
func (s *Server) createWorld(spec WorldSpec) (*World, error) {
	if err := checkName("a world", spec.Name); err != nil {
		return nil, err
	}
	start, err := s.startOf(spec)
	if err != nil {
		return nil, err
	}
	s.expire()
	s.mu.Lock()
	defer s.mu.Unlock()
	switch _, taken := s.worlds[spec.Name]; {
	case taken:
		return nil, control.Conflict("there is a world %q already", spec.Name)
	case len(s.worlds) > s.settings.Worlds:
		return nil, control.Conflict("there are %d worlds already; drop one first", len(s.worlds)-1)
	case s.closed:
		return nil, control.Conflict("the server is closed")
	}
	w := newWorld(s, spec.Name, start)
	w.touch()
	s.worlds[spec.Name] = w
	s.watch()
	return w, nil
}

// startOf is the moment at which a world is to begin.
func (s *Server) startOf(spec WorldSpec) (*moment, error) {
	start := beginning(s.settings.Seed, s.settings.Clock)
	switch {
	case spec.From == "" && spec.Snapshot != "":
		return nil, control.Invalid("snapshot wants from: the world that it was taken of")
	case spec.From != "" && spec.Clock != nil:
		return nil, control.Invalid("a world made from another one has its clock: give from or clock")
	case spec.From != "":
		origin, leave := s.enterWorld(spec.From)
		defer leave()
		if origin == nil {
			return nil, control.UnknownWorld(spec.From)
		}
		if spec.Snapshot == "" {
			start = origin.current.Load().moment()
			break
		}
		kept, err := origin.kept(spec.Snapshot)
		if err != nil {
			return nil, err
		}
		start = kept
	case spec.Clock != nil:
		start.spec = *spec.Clock
	}
	if spec.Seed != nil {
		own := *start
		own.seed = *spec.Seed
		start = &own
	}
	return start, nil
}

func (s *Server) dropWorld(name string) error {
	if name == DefaultWorld {
		return control.Conflict("the world %q stays; reset it instead", name)
	}
	s.mu.Lock()
	w := s.worlds[name]
	delete(s.worlds, name)
	s.mu.Unlock()
	if w == nil {
		return control.UnknownWorld(name)
	}
	// It may wait for what is being delivered, which may come back here.
	w.close()
	return nil
}

// worded puts what could not be done before the reason.
func worded(verb, name string, err error) error {
	if err == nil {
		return nil
	}
	reason := err.Error()
	if p := (*control.Problem)(nil); errors.As(err, &p) {
		reason = p.Detail
	}
	return fmt.Errorf("cannot %s %q: %s", verb, name, reason)
}

// checkName wants a name that can stand in a path and a header.
func checkName(of, name string) error {
	ok := len(name) >= 1 && len(name) <= 63
	for i := 0; ok && i < len(name); i++ {
		c := name[i]
		inner := (c == '-' || c == '_') && i > 0 && i < len(name)-1
		ok = c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || inner
	}
	if !ok {
		return control.Invalid("the name of %s is 1 to 63 lower-case letters and digits, with - and _ between them, not %q", of, name)
	}
	return nil
}
