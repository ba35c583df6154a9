package behave

import (
	"fmt"
	"time"

	"understudy.dev/mock/internal/credential"
	"understudy.dev/mock/internal/entropy"
	"understudy.dev/mock/internal/state"
	"understudy.dev/specs"
	"understudy.dev/specs/template"
)

// BaseOptions are the circumstances of a base. A nil *BaseOptions is the zero value.
type BaseOptions struct {
	// Seed is what generated ids derive from.
	Seed uint64
	// Now is the time at which everything was made; zero is 1970.
	Now time.Time
}

// NewBase makes the state of a fresh world: the seeded credentials and
// resources, to which defaults, ids and set fields are added where the seed
// does not give them. It is made once and shared by all worlds.
func (p *Programs) NewBase(o *BaseOptions) (*state.Base, error) {
	if o == nil {
		o = &BaseOptions{}
	}
	now := o.Now
	if now.IsZero() {
		now = time.Unix(0, 0).UTC()
	}
	var collections []state.Collection
	for _, r := range p.api.Profile.Resources {
		collections = append(collections, p.resources[r.Name].collection())
	}
	return state.NewBase(collections, func(tx *state.Tx) error {
		x := &execution{
			programs: p, tx: tx, view: tx.Snapshot, program: &program{kind: "seed"},
			call: &Call{Entropy: entropy.New(o.Seed, "base"), Now: now},
		}
		return p.plant(x)
	})
}

func (p *Programs) plant(x *execution) error {
	seed := p.api.Seed
	if seed == nil {
		return nil
	}
	for _, c := range seed.Credentials {
		made, err := p.credentials.Issue(x.tx, &credential.Order{
			Kind: c.Kind, ID: c.ID, Value: c.Secret, Scopes: c.Scopes, Attributes: c.Attributes, Seeded: true,
			ExpiresAt: c.ExpiresAt, Entropy: x.call.Entropy, Now: x.call.Now,
		})
		if err != nil {
			return fmt.Errorf("seeded credentials: %w", err)
		}
		if c.Revoked {
			p.credentials.Revoke(x.tx, made.Kind, made.ID)
		}
	}
	for _, declared := range p.api.Profile.Resources {
		r := p.resources[declared.Name]
		for i, raw := range seed.Resources[r.Name] {
			if err := r.plant(x, raw); err != nil {
				return fmt.Errorf("seeded %s, number %d: %w", r.Name, i+1, err)
			}
		}
	}
	return nil
}

// plant stores a seeded thing. What the seed gives stands, even where a
// caller's would not: it is a thing that was made earlier.
func (r *resource) plant(x *execution, raw []byte) error {
	given, ok := parseObject(raw)
	if !ok {
		return fmt.Errorf("%s is no object", raw)
	}
	x.names()["body"] = template.NewRaw(raw)
	env := x.scope(r.kind)
	var id, encoded string
	var err error
	if at := given.find(r.Key); at >= 0 {
		encoded = given.members[at].value
		id, err = idText(encoded)
	} else {
		id, encoded, err = r.newID(x.view, env)
	}
	if err != nil {
		return err
	}
	o := &object{}
	o.set(r.Key, encoded)
	for _, m := range given.members {
		o.put(m)
	}
	r.shape.complete(o)
	for _, fields := range [][]specs.Field{r.Set, r.Touch} {
		if err := apply(o, fields, env, o.has); err != nil {
			return err
		}
	}
	_, err = x.tx.Insert(r.Name, id, o.bytes())
	return err
}
