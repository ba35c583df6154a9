package mock

import (
	"errors"
	"slices"
	"strings"
	"time"

	"understudy.dev/mock/internal/clock"
	"understudy.dev/mock/internal/control"
	"understudy.dev/mock/internal/credential"
	"understudy.dev/mock/internal/journal"
	"understudy.dev/mock/internal/state"
)

// controlled is the server as the control plane sees it.
type controlled struct{ s *Server }

// Version implements control.Server.
func (c controlled) Version() string { return c.s.settings.Version }

// APIs implements control.Server.
func (c controlled) APIs() []control.API {
	apis := make([]control.API, 0, len(c.s.parts))
	for _, p := range c.s.parts {
		apis = append(apis, control.API{
			Name: p.api.Name, Title: p.api.Document.Title(), Base: "/" + p.api.Name + p.places[0].path,
			Operations: len(p.api.Document.Operations()),
		})
	}
	return apis
}

// Worlds implements control.Server.
func (c controlled) Worlds() []control.World {
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
	if err := checkName(spec.Name); err != nil {
		return nil, control.Invalid("%s", err)
	}
	start := c.s.settings.Clock
	if spec.Clock != "" {
		parsed, err := clock.Parse(spec.Clock)
		if err != nil {
			return nil, control.Invalid("%s", err)
		}
		start = parsed
	}
	seed := c.s.settings.Seed
	if spec.Seed != nil {
		seed = *spec.Seed
	}
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	switch _, taken := c.s.worlds[spec.Name]; {
	case taken:
		return nil, control.Conflict("there is a world %q already", spec.Name)
	case len(c.s.worlds) > c.s.settings.Worlds:
		return nil, control.Conflict("there are %d worlds already; drop one first", len(c.s.worlds)-1)
	case c.s.closed:
		return nil, control.Conflict("the server is closed")
	}
	w := newWorld(c.s, spec.Name, seed, start)
	c.s.worlds[spec.Name] = w
	return controlledWorld{w}, nil
}

// DropWorld implements control.Server.
func (c controlled) DropWorld(name string) error {
	if name == DefaultWorld {
		return control.Conflict("the world %q stays; reset it instead", name)
	}
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	w := c.s.worlds[name]
	if w == nil {
		return control.UnknownWorld(name)
	}
	delete(c.s.worlds, name)
	w.close()
	return nil
}

// controlledWorld is a world as the control plane sees it.
type controlledWorld struct{ *World }

// Reset implements control.World.
func (w controlledWorld) Reset() error {
	w.World.Reset()
	return nil
}

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

// Journal implements control.World.
func (w controlledWorld) Journal() *journal.Journal { return w.current.Load().journal }

// Credentials implements control.World.
func (w controlledWorld) Credentials() []control.Credential {
	all := []control.Credential{}
	for _, play := range w.current.Load().plays {
		view := play.store.View()
		for c := range view.Credentials() {
			all = append(all, play.show(view, c))
		}
	}
	return all
}

func (p *playing) show(view *state.Snapshot, c *state.Credential) control.Credential {
	shown := control.Credential{
		API: p.part.api.Name, Kind: c.Kind, ID: c.ID, Secret: c.Value, Scopes: append([]string{}, c.Scopes...),
		Attributes: c.Attributes, State: credential.State(view, c, p.run.clock.Now()), Seeded: c.Seeded,
	}
	if c.Parent != nil {
		shown.Owner = c.Parent.ID
	}
	if !c.ExpiresAt.IsZero() {
		shown.ExpiresAt = &c.ExpiresAt
	}
	return shown
}

// CreateCredential implements control.World.
func (w controlledWorld) CreateCredential(wanted control.Credential) (control.Credential, error) {
	play, err := w.playing(wanted.API)
	if err != nil {
		return control.Credential{}, err
	}
	kinds := play.part.kinds()
	if !slices.Contains(kinds, wanted.Kind) {
		return control.Credential{}, control.Invalid("%s has no credentials of kind %q, only %s",
			play.part.api.Name, wanted.Kind, strings.Join(kinds, ", "))
	}
	now := play.run.clock.Now()
	order := &credential.Order{
		Kind: wanted.Kind, ID: wanted.ID, Value: wanted.Secret, Scopes: wanted.Scopes, Attributes: wanted.Attributes,
		Entropy: play.entropy, Now: now,
	}
	if wanted.ExpiresAt != nil {
		lifetime := wanted.ExpiresAt.Sub(now)
		order.Lifetime = &lifetime
	}
	var made *state.Credential
	err = play.store.Update(func(tx *state.Tx) error {
		made, err = play.part.registry.Issue(tx, order)
		return err
	})
	switch {
	case errors.Is(err, state.ErrTaken):
		return control.Credential{}, control.Conflict("%s", err)
	case err != nil:
		return control.Credential{}, control.Invalid("%s", err)
	}
	return play.show(play.store.View(), made), nil
}

func (p *part) kinds() []string {
	var kinds []string
	for _, kind := range p.api.Profile.Credentials {
		kinds = append(kinds, kind.Name)
	}
	return kinds
}

// playing finds an API by name; "" is the only one.
func (w controlledWorld) playing(api string) (*playing, error) {
	plays := w.current.Load().plays
	if api == "" && len(plays) == 1 {
		return plays[0], nil
	}
	var names []string
	for _, play := range plays {
		if play.part.api.Name == api {
			return play, nil
		}
		names = append(names, play.part.api.Name)
	}
	return nil, control.Invalid("api must be one of %s, got %q", strings.Join(names, ", "), api)
}

// Revoke implements control.World.
func (w controlledWorld) Revoke(api, id string) (control.Credential, error) {
	return w.change(api, id, func(c *state.Credential, _ time.Time) { c.Revoked = true })
}

// Expire implements control.World.
func (w controlledWorld) Expire(api, id string) (control.Credential, error) {
	return w.change(api, id, func(c *state.Credential, now time.Time) {
		if !credential.Expired(c, now) {
			c.ExpiresAt = now
		}
	})
}

// change finds the credential with an id, which must be one alone, and changes it.
func (w controlledWorld) change(api, id string, change func(*state.Credential, time.Time)) (control.Credential, error) {
	plays := w.current.Load().plays
	if api != "" {
		play, err := w.playing(api)
		if err != nil {
			return control.Credential{}, err
		}
		plays = []*playing{play}
	}
	var holder *playing
	var found *state.Credential
	for _, play := range plays {
		for c := range play.store.View().Credentials() {
			if c.ID != id {
				continue
			}
			if found != nil {
				return control.Credential{}, control.Conflict("several credentials have the id %q: say which api is meant", id)
			}
			holder, found = play, c
		}
	}
	if found == nil {
		return control.Credential{}, control.NotFound("no credential has the id %q", id)
	}
	err := holder.store.Update(func(tx *state.Tx) error {
		return tx.ChangeCredential(found.Kind, found.ID, func(c *state.Credential) { change(c, holder.run.clock.Now()) })
	})
	if err != nil {
		return control.Credential{}, err
	}
	view := holder.store.View()
	return holder.show(view, view.Credential(found.Kind, found.ID)), nil
}
