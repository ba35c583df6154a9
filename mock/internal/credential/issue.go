package credential

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"understudy.dev/mock/internal/entropy"
	"understudy.dev/mock/internal/state"
	"understudy.dev/specs"
	"understudy.dev/specs/template"
)

// The errors of Issue, wrapped in what it could not do.
var (
	// ErrScope means that a scope was asked for that the owner does not have.
	ErrScope = errors.New("the owner does not have that scope")
	// ErrKind means that the profile has no such kind.
	ErrKind = errors.New("there is no such kind of credential")
)

// maxRecords is the number of credentials of a world beyond which dead ones
// are forgotten: they are then unknown, no longer expired or revoked.
const maxRecords = 20_000

// An Order says what to issue.
type Order struct {
	Kind string
	// To is the owner: its attributes and scopes are taken over. Nil is nobody.
	To *state.Credential
	// Scopes are asked for; with an owner they must be among its own (ErrScope).
	// Nil are all of the owner's.
	Scopes []string
	// Attributes are added to those of the owner.
	Attributes map[string]any
	// Lifetime replaces the kind's own if it is not nil; negative is already over.
	Lifetime *time.Duration
	// ID and Value are chosen by the caller where they are not "". A chosen
	// token must be signed with a test key.
	ID, Value string
	// Seeded marks a credential of a fresh world; it lasts unless ExpiresAt or
	// Lifetime says otherwise.
	Seeded bool
	// ExpiresAt replaces both lifetimes if it is not zero.
	ExpiresAt time.Time

	// Env is what the kind's templates see beside the functions of their own
	// stream.
	Env     template.Env
	Entropy *entropy.Source
	Now     time.Time
}

// Issue makes a credential and records it. Its Value is what the caller must
// present. A taken id or value is state.ErrTaken.
func (r *Registry) Issue(tx *state.Tx, o *Order) (*state.Credential, error) {
	kind := r.kinds[o.Kind]
	if kind == nil {
		return nil, fmt.Errorf("cannot issue a %s: %w", o.Kind, ErrKind)
	}
	c := &state.Credential{
		Kind: o.Kind, ID: o.ID, Value: o.Value, Alone: kind.Secret == nil,
		Scopes: o.Scopes, Attributes: maps.Clone(o.Attributes), IssuedAt: o.Now, Seeded: o.Seeded,
	}
	c.ExpiresAt = expiry(kind, o)
	if err := inherit(c, o); err != nil {
		return nil, fmt.Errorf("cannot issue a %s: %w", o.Kind, err)
	}
	if err := r.fill(kind, c, o); err != nil {
		return nil, fmt.Errorf("cannot issue a %s: %w", o.Kind, err)
	}
	tx.PruneCredentials(maxRecords, func(old *state.Credential) bool {
		return Expired(old, o.Now) || old.Used || tx.Revoked(old)
	})
	if err := tx.AddCredential(c); err != nil {
		return nil, err
	}
	return c, nil
}

func expiry(kind *specs.CredentialKind, o *Order) time.Time {
	switch {
	case !o.ExpiresAt.IsZero():
		return o.ExpiresAt
	case o.Lifetime != nil:
		return o.Now.Add(*o.Lifetime)
	case o.Seeded || kind.Lifetime.Never:
		return time.Time{}
	}
	return o.Now.Add(kind.Lifetime.Duration)
}

// inherit takes over what c gets from its owner.
func inherit(c *state.Credential, o *Order) error {
	if o.To == nil {
		return nil
	}
	c.Parent = &state.CredentialName{Kind: o.To.Kind, ID: o.To.ID}
	if o.Scopes == nil {
		c.Scopes = o.To.Scopes
	}
	for _, scope := range o.Scopes {
		if !slices.Contains(o.To.Scopes, scope) {
			return fmt.Errorf("scope %q: %w", scope, ErrScope)
		}
	}
	attributes := maps.Clone(o.To.Attributes)
	if attributes == nil {
		return nil
	}
	maps.Copy(attributes, c.Attributes)
	c.Attributes = attributes
	return nil
}

// fill makes the id and the value that nobody has chosen.
func (r *Registry) fill(kind *specs.CredentialKind, c *state.Credential, o *Order) error {
	stream := o.Entropy.Kind("credential " + c.Kind)
	env := maps.Clone(o.Env)
	if env == nil {
		env = template.Env{}
	}
	maps.Copy(env, stream.Functions())
	env["now"] = o.Now
	env["credential"], env["owner"] = Env(c), nullable(Env(o.To))
	var err error
	switch {
	case c.ID != "":
	case kind.ID != nil:
		c.ID, err = kind.ID.Render(env)
	default:
		c.ID = stream.UUID()
	}
	if err != nil {
		return err
	}
	if err := complete(kind, c, env); err != nil {
		return err
	}
	switch {
	case c.Value != "" && kind.JWT != "":
		return verify(c.Value)
	case c.Value != "":
	case kind.JWT != "":
		c.Value, err = sign(kind, c, env)
	case kind.Secret != nil:
		c.Value, err = kind.Secret.Render(env)
	case kind.Opaque != nil:
		c.Value, err = kind.Opaque.Render(env)
	}
	if err == nil && c.Value == "" {
		err = errors.New("its value is empty")
	}
	return err
}

// complete adds the attributes that every credential of the kind has.
func complete(kind *specs.CredentialKind, c *state.Credential, env template.Env) error {
	for _, f := range kind.Set {
		env["credential"] = Env(c)
		if _, given := c.Attributes[f.Name]; given {
			continue
		}
		value, err := f.Value.Eval(env)
		if err != nil {
			return fmt.Errorf("the attribute %s: %w", f.Name, err)
		}
		if c.Attributes == nil {
			c.Attributes = map[string]any{}
		}
		if !f.Optional || value != nil {
			c.Attributes[f.Name] = value
		}
	}
	env["credential"] = Env(c)
	return nil
}

// nullable keeps a nil map from being an object for expressions.
func nullable(env map[string]any) any {
	if env == nil {
		return nil
	}
	return env
}
