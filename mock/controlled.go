package mock

import (
	"errors"
	"slices"
	"strings"
	"time"

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

// controlledWorld is a world as the control plane sees it.
type controlledWorld struct{ *World }

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
	play, err := w.current.Load().playing(wanted.API)
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
func (r *run) playing(api string) (*playing, error) {
	if api == "" && len(r.plays) == 1 {
		return r.plays[0], nil
	}
	var names []string
	for _, play := range r.plays {
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
	current := w.current.Load()
	plays := current.plays
	if api != "" {
		play, err := current.playing(api)
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
