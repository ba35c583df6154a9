package behave

import (
	"github.com/tidwall/gjson"

	"understudy.dev/mock/internal/state"
	"understudy.dev/specs"
	"understudy.dev/specs/template"
)

type createStep struct {
	resource *resource
	parent   parentage
	from     *template.Value
	set      []specs.Field
	as       string
}

func buildCreate(c *compiler, s *specs.Step) (step, error) {
	r, err := c.resource(s.Target)
	if err != nil {
		return nil, err
	}
	parent, err := c.parentage(s)
	if err != nil {
		return nil, err
	}
	return &createStep{resource: r, parent: parent, from: s.From, set: s.Set, as: s.As}, nil
}

func (s *createStep) run(x *execution) error {
	parent, err := s.parent.find(x)
	if err != nil {
		return err
	}
	sent, err := x.sent(s.from, s.resource.kind)
	if err != nil {
		return err
	}
	made := &making{resource: s.resource, sent: sent, trusted: s.from != nil, set: s.set}
	if parent != nil && s.parent.field != "" {
		made.reference = s.parent.field
		made.owner = gjson.GetBytes(parent.Raw, s.parent.of.keyPath).Raw
	}
	e, err := made.store(x)
	if err != nil {
		return err
	}
	x.created(e, s.as)
	return nil
}

// created shows a new thing, hidden fields included: this once.
func (x *execution) created(e *state.Entity, as string) {
	x.show(e.Raw)
	if as != "" {
		x.bind(as, whole(e))
	}
}

// sent is the object that a step is given: what a template makes, or the
// body. No body is an empty object.
func (x *execution) sent(from *template.Value, kind string) (*object, error) {
	raw := x.call.Body
	if from != nil {
		var err error
		if raw, err = from.AppendJSON(nil, x.scope(kind)); err != nil {
			return nil, err
		}
	}
	if len(raw) == 0 || string(raw) == "null" {
		return &object{}, nil
	}
	o, ok := parseObject(raw)
	if !ok {
		return nil, refuse(specs.Invalid, "the body must be an object").at("")
	}
	return o, nil
}

// A making is a new thing of a resource on its way into the state.
type making struct {
	resource *resource
	sent     *object
	// trusted is true when the profile made what was sent: its fields may then
	// be those that a caller must not write.
	trusted bool
	// set are the step's own fields.
	set []specs.Field
	// reference is the field that names the parent, "" for none; owner is the
	// parent's encoded id.
	reference, owner string
}

// object puts the thing together, but for its id: what was sent, without the
// fields that are the server's, then defaults, then what the profile sets.
func (m *making) object(x *execution, id string) (*object, error) {
	r := m.resource
	o := &object{}
	o.set(r.Key, id)
	for _, sent := range m.sent.members {
		if !m.managed(sent.name) {
			o.put(sent)
		}
	}
	r.shape.complete(o)
	if m.reference != "" {
		o.set(m.reference, m.owner)
	}
	env := x.outer(r.kind)
	ownSet := func(name string) bool { return hasField(m.set, name) }
	if err := apply(o, r.Set, env, ownSet); err != nil {
		return nil, err
	}
	if err := apply(o, r.Touch, env, ownSet); err != nil {
		return nil, err
	}
	return o, apply(o, m.set, x.scope(r.kind), nil)
}

// managed reports whether a field is not the sender's to write.
func (m *making) managed(name string) bool {
	r := m.resource
	switch {
	case name == r.Key, name == m.reference, hasField(r.Set, name), hasField(r.Touch, name), hasField(m.set, name):
		return true
	}
	return !m.trusted && r.shape.readOnly(name)
}

func (m *making) store(x *execution) (*state.Entity, error) {
	r := m.resource
	id, encoded, err := m.id(x)
	if err != nil {
		return nil, err
	}
	o, err := m.object(x, encoded)
	if err != nil {
		return nil, err
	}
	if !m.trusted {
		if err := r.suits(o, m.sent); err != nil {
			return nil, err
		}
	}
	e, err := x.tx.Insert(r.Name, id, o.bytes())
	if err != nil {
		return nil, r.duplicate(err)
	}
	return e, nil
}

// id is the caller's where it may choose one and does, else a new one.
func (m *making) id(x *execution) (id, encoded string, err error) {
	r := m.resource
	if at := m.sent.find(r.Key); at >= 0 && r.CallerID {
		encoded = m.sent.members[at].value
		if encoded != "null" {
			if id, err = idText(encoded); err != nil {
				return "", "", refuse(specs.Invalid, r.Key+": "+err.Error()).at(pointer(r.Key))
			}
			return id, encoded, nil
		}
	}
	return r.newID(x.view, x.outer(r.kind))
}
