package behave

import (
	"slices"

	"understudy.dev/mock/internal/state"
	"understudy.dev/specs"
	"understudy.dev/specs/template"
)

type updateStep struct {
	finder
	from    *template.Value
	set     []specs.Field
	replace bool
	as      string
	// looks is true when from or set read the thing as it was.
	looks bool
}

func buildUpdate(c *compiler, s *specs.Step) (step, error) {
	f, err := c.finder(s)
	u := &updateStep{finder: f, from: s.From, set: s.Set, replace: s.Replace, as: s.As}
	u.looks = s.From != nil && s.From.Uses("it") || slices.ContainsFunc(s.Set, func(f specs.Field) bool { return f.Value.Uses("it") })
	return u, err
}

func (s *updateStep) run(x *execution) error {
	if s.every == nil {
		old, err := s.one(x)
		if err != nil {
			return err
		}
		e, err := s.change(x, old)
		if err == nil {
			x.outcome(e, s.as)
		}
		return err
	}
	changed, err := s.all(x)
	if err != nil {
		return err
	}
	for i := range changed {
		if changed[i], err = s.change(x, changed[i]); err != nil {
			return err
		}
	}
	x.show(splice(changed))
	if s.as != "" {
		x.bind(s.as, template.NewRaw(x.result.Body))
	}
	return nil
}

// change makes the new version of one thing.
func (s *updateStep) change(x *execution, old *state.Entity) (*state.Entity, error) {
	if s.looks {
		x.names()["it"] = whole(old)
	}
	sent, err := x.sent(s.from, s.resource.kind)
	if err != nil {
		return nil, err
	}
	o, _ := parseObject(old.Raw)
	if s.replace {
		o = s.replaced(o, sent)
	} else {
		s.merge(o, sent)
	}
	if s.from == nil {
		if err := s.resource.suits(o, sent); err != nil {
			return nil, err
		}
	}
	return x.change(s.resource, old, o, s.set)
}

// managed reports whether a field is not the sender's to change.
func (s *updateStep) managed(name string) bool {
	r := s.resource
	return name == r.Key || hasField(r.Touch, name) || computed(r.Set, name) || s.from == nil && r.shape.readOnly(name)
}

// computed reports whether a field gets a value that is not constant: who made it keeps it.
func computed(set []specs.Field, name string) bool {
	return slices.ContainsFunc(set, func(f specs.Field) bool { return f.Name == name && !f.Value.Constant() })
}

// merge puts what was sent over what is there, member by member.
func (s *updateStep) merge(o, sent *object) {
	for _, m := range sent.members {
		if !s.managed(m.name) {
			o.put(m)
		}
	}
}

// replaced is what was sent and the defaults, with what the sender could not
// send: the id, what the server wrote or assigned, hidden fields.
func (s *updateStep) replaced(old, sent *object) *object {
	r := s.resource
	o := &object{}
	if at := old.find(r.Key); at >= 0 {
		o.put(old.members[at])
	}
	s.merge(o, sent)
	for _, m := range old.members {
		kept := hasField(r.Set, m.name) || s.managed(m.name) || slices.Contains(r.assigned, m.name) || slices.Contains(r.Hidden, m.name)
		if kept && !o.has(m.name) {
			o.put(m)
		}
	}
	r.shape.complete(o)
	return o
}

// change stores another version of an entity, with the fields that the step
// and the resource set.
func (x *execution) change(r *resource, old *state.Entity, o *object, set []specs.Field) (*state.Entity, error) {
	ownSet := func(name string) bool { return hasField(set, name) }
	if err := apply(o, r.Touch, x.outer(r.kind), ownSet); err != nil {
		return nil, err
	}
	if err := apply(o, set, x.scope(r.kind), nil); err != nil {
		return nil, err
	}
	e, err := x.tx.Replace(r.Name, old.ID, o.bytes())
	if err != nil {
		return nil, r.duplicate(err)
	}
	return e, nil
}
