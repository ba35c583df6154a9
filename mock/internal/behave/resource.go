package behave

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/tidwall/gjson"

	"understudy.dev/mock/internal/state"
	"understudy.dev/specs"
	"understudy.dev/specs/template"
	"understudy.dev/specs/validate"
)

// A resource is a collection of stored things, prepared.
type resource struct {
	*specs.Resource
	// kind names the values that are made for it.
	kind string
	// keyPath finds the id in a stored object.
	keyPath string
	shape   *shape
	// schema is nil where the profile names none.
	schema *validate.Schema
	// assigned are the fields that operations give to its things when they are
	// made, such as the link to a parent: replacing a thing does not lose them.
	assigned []string
}

func newResource(r *specs.Resource, shapes *shapes, doc *validate.Document) *resource {
	return &resource{
		Resource: r, kind: "resource " + r.Name, keyPath: path(r.Key), shape: shapes.of(r.Schema), schema: doc.Schema(r.Schema),
	}
}

// suits refuses a thing whose schema does not allow what was sent. A request may say more than its own schema tells.
func (r *resource) suits(o, sent *object) error {
	if r.schema == nil {
		return nil
	}
	for _, v := range r.schema.Validate(o.bytes()) {
		member, _, _ := strings.Cut(strings.TrimPrefix(v.Instance, "/"), "/")
		if v.Instance != "" && sent.has(strings.NewReplacer("~1", "/", "~0", "~").Replace(member)) {
			return refuse(specs.Invalid, v.Message).at(v.Instance)
		}
	}
	return nil
}

// noteAssigned remembers the fields that are given to things when they are made.
func (p *Programs) noteAssigned(b *specs.Behaviour) {
	for _, s := range append(slices.Clone(b.Steps), b.Settle...) {
		r := p.resources[s.Target]
		if r == nil || s.Verb != specs.VerbCreate && s.Verb != specs.VerbUpload {
			continue
		}
		if s.By != "" {
			r.assigned = append(r.assigned, s.By)
		}
		for _, f := range s.Set {
			r.assigned = append(r.assigned, f.Name)
		}
	}
}

func (r *resource) collection() state.Collection {
	return state.Collection{Name: r.Name, Unique: r.Unique, Hidden: r.Hidden}
}

func hasField(fields []specs.Field, name string) bool {
	return slices.ContainsFunc(fields, func(f specs.Field) bool { return f.Name == name })
}

// apply sets fields from their templates; those that skip names are left out.
func apply(o *object, fields []specs.Field, env template.Env, skip func(name string) bool) error {
	for _, f := range fields {
		if skip != nil && skip(f.Name) {
			continue
		}
		value, err := f.Value.AppendJSON(nil, env)
		if err != nil {
			return err
		}
		if f.Optional && string(value) == "null" {
			continue
		}
		o.set(f.Name, string(value))
	}
	return nil
}

// maxTries bounds how often a new id is made when the one before was taken, as
// happens where a counter meets seeded ids.
const maxTries = 10_000

// newID makes an id that nothing in the collection has: the id as text and as
// JSON. Where the template gives a taken one twice, that one is returned, and
// storing it will fail.
func (r *resource) newID(view *state.Snapshot, env template.Env) (id, encoded string, err error) {
	for range maxTries {
		value, err := r.ID.AppendJSON(nil, env)
		if err != nil {
			return "", "", err
		}
		last := id
		encoded = string(value)
		if id, err = idText(encoded); err != nil {
			return "", "", fmt.Errorf("cannot make an id for %s: %w", r.Name, err)
		}
		if id == last || view.Get(r.Name, id) == nil {
			break
		}
	}
	return id, encoded, nil
}

var errID = errors.New("an id is text that is not empty, or a number")

func idText(encoded string) (string, error) {
	value := gjson.Parse(encoded)
	if value.Type != gjson.String && value.Type != gjson.Number {
		return "", errID
	}
	id, _ := scalar(value)
	if id == "" {
		return "", errID
	}
	return id, nil
}

// duplicate words the refusal of a taken value.
func (r *resource) duplicate(err error) error {
	var taken *state.DuplicateError
	if !errors.As(err, &taken) {
		return err
	}
	field := taken.Field
	if field == "" {
		field = r.Key
	}
	value, _ := scalar(gjson.GetBytes(taken.Holder.Raw, path(field)))
	return refuse(specs.Duplicate, fmt.Sprintf("%s %q is taken", field, value)).at(pointer(field))
}

// missing says that there is no such thing, unnamed that none was asked for.
func (r *resource) missing(id string) string { return fmt.Sprintf("there is no %q in %s", id, r.Name) }

func (r *resource) unnamed() string { return fmt.Sprintf("nothing in %s is named", r.Name) }
