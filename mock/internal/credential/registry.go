// Package credential issues, finds, judges and revokes what callers can prove:
// pairs of id and secret, opaque secrets and signed tokens. It is a view over a
// world's state, which holds the records; a Registry itself holds none, and
// serves all worlds of an API.
//
// It reads no requests: where a credential stands in one, and which kinds an
// operation takes, is for others to say.
//
//	registry := credential.New(profile.Credentials)
//	c := registry.Lookup(view, credential.Presented{Value: token})
//	if problem := registry.Judge(view, c, []string{"token"}, now); problem != "" { ... }
package credential

import (
	"crypto/sha256"
	"crypto/subtle"
	"fmt"
	"slices"
	"time"

	"understudy.dev/mock/internal/state"
	"understudy.dev/specs"
)

// A Registry knows the kinds of credentials of an API. It is immutable.
type Registry struct {
	kinds map[string]*specs.CredentialKind
	// pairs are the kinds of pairs in order of declaration.
	pairs []string
}

// New makes a registry of the kinds of a profile.
func New(kinds []*specs.CredentialKind) *Registry {
	r := &Registry{kinds: make(map[string]*specs.CredentialKind, len(kinds))}
	for _, kind := range kinds {
		r.kinds[kind.Name] = kind
		if kind.Secret != nil {
			r.pairs = append(r.pairs, kind.Name)
		}
	}
	return r
}

// Presented is what a caller shows: the id and secret of a pair, or one value
// alone.
type Presented struct {
	// Pair is true for an ID with its Value as the secret.
	Pair  bool
	ID    string
	Value string
}

// Lookup finds the credential that was presented, or nil. It compares secrets,
// in constant time, but does not ask whether the credential is still good.
func (r *Registry) Lookup(view *state.Snapshot, p Presented) *state.Credential {
	if !p.Pair {
		return view.Presented(p.Value)
	}
	var found *state.Credential
	for _, kind := range r.pairs {
		if c := r.Pair(view, kind, p.ID, p.Value); c != nil && found == nil {
			found = c
		}
	}
	return found
}

// Pair finds a credential of one kind by id and secret, or nil. Whether the id
// or the secret is wrong cannot be told from the time it takes.
func (r *Registry) Pair(view *state.Snapshot, kind, id, secret string) *state.Credential {
	c := view.Credential(kind, id)
	want := ""
	if c != nil {
		want = c.Value
	}
	if !equal(want, secret) || c == nil {
		return nil
	}
	return c
}

// equal takes the same time wherever, and whether, the texts differ.
func equal(a, b string) bool {
	x, y := sha256.Sum256([]byte(a)), sha256.Sum256([]byte(b))
	return subtle.ConstantTimeCompare(x[:], y[:]) == 1
}

// Judge says why a credential must be refused where kinds are accepted, ""
// if it is good. A nil credential is unknown.
func (r *Registry) Judge(view *state.Snapshot, c *state.Credential, kinds []string, now time.Time) specs.Problem {
	switch {
	case c == nil:
		return specs.UnknownCredential
	case !slices.Contains(kinds, c.Kind):
		return specs.WrongCredential
	case view.Revoked(c), c.Used:
		return specs.RevokedCredential
	case Expired(c, now):
		return specs.ExpiredCredential
	}
	return ""
}

// Expired reports whether a credential has ended by itself.
func Expired(c *state.Credential, now time.Time) bool {
	return !c.ExpiresAt.IsZero() && !now.Before(c.ExpiresAt)
}

// Revoke revokes a credential, and with it whatever was issued to it. It
// reports whether there is one.
func (r *Registry) Revoke(tx *state.Tx, kind, id string) bool {
	return tx.ChangeCredential(kind, id, func(c *state.Credential) { c.Revoked = true }) == nil
}

// Use makes a credential one that has been used, and is good no longer; what was
// issued to it stays as it is.
func (r *Registry) Use(tx *state.Tx, c *state.Credential) error {
	return tx.ChangeCredential(c.Kind, c.ID, func(c *state.Credential) { c.Used = true })
}

// Spoilt says in words, for the journal, what is wrong with a credential whose
// value is right.
func (r *Registry) Spoilt(view *state.Snapshot, c *state.Credential, now time.Time) string {
	ends := map[string]string{
		Good: "cannot be used here", "used": "was used before", "revoked": "was revoked",
		"expired": "expired at " + c.ExpiresAt.UTC().Format(time.RFC3339),
	}
	return fmt.Sprintf("the %s %s %s", c.Kind, c.ID, ends[State(view, c, now)])
}

// Why says in words, for the journal and never for the caller, what is wrong
// with a value that Lookup did not find.
func (r *Registry) Why(view *state.Snapshot, p Presented) string {
	if p.Pair {
		for _, kind := range r.pairs {
			if view.Credential(kind, p.ID) != nil {
				return fmt.Sprintf("the secret of the %s is wrong", kind)
			}
		}
		return "no credential has the id"
	}
	if err := verify(p.Value); err == nil {
		return "the token is signed with a test key, but this world has not issued it"
	} else if looksSigned(p.Value) {
		return "the token is not good: " + err.Error()
	}
	return "this world has no such credential"
}

// State says in a word how a credential is: good, used, expired or revoked.
func State(view *state.Snapshot, c *state.Credential, now time.Time) string {
	switch {
	case view.Revoked(c):
		return "revoked"
	case c.Used:
		return "used"
	case Expired(c, now):
		return "expired"
	}
	return Good
}

// Good is the state of a credential that can be used.
const Good = "good"

// Env is a credential as expressions see it: kind, id, owner, scopes,
// expires_at, state (good: who asks later must say so), and its own attributes,
// which never hide the others. A nil credential is nil.
func Env(c *state.Credential) map[string]any {
	if c == nil {
		return nil
	}
	env := make(map[string]any, len(c.Attributes)+6)
	for name, value := range c.Attributes {
		env[name] = value
	}
	env["kind"], env["id"], env["owner"], env["expires_at"], env["state"] = c.Kind, c.ID, nil, nil, Good
	env["scopes"] = append([]string{}, c.Scopes...)
	if c.Parent != nil {
		env["owner"] = c.Parent.ID
	}
	if !c.ExpiresAt.IsZero() {
		env["expires_at"] = c.ExpiresAt
	}
	return env
}
