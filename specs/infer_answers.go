package specs

import (
	"cmp"
	"slices"
	"strings"

	yaml "go.yaml.in/yaml/v4"

	"understudy.dev/specs/validate"
)

// An answer is what the document says of an operation's success.
type answer struct {
	op *validate.Operation
	// schema is that of the body, without node for an answer without a body.
	schema located
	// content is true when the success has a body.
	content bool
	media   string
	// shaped is true when the result of the steps fits, either as it is or as
	// the field into.
	shaped bool
	into   string
}

// answer reads the document's first success of an operation.
func (in *inference) answer(op *validate.Operation) answer {
	a := answer{op: op}
	schema, media := in.responseSchema(op, successKey(op))
	a.schema, a.media, a.content = schema, media, media != ""
	return a
}

// successKey is the key of the first success among an operation's responses.
func successKey(op *validate.Operation) string {
	for _, status := range op.Statuses {
		if strings.HasPrefix(status, "2") {
			return status
		}
	}
	return "default"
}

// responseSchema finds the schema and media type of a response; the media type
// is "" if it has no content.
func (l *loader) responseSchema(op *validate.Operation, status string) (located, string) {
	own := located{nodeAt(l.root, op.Pointer), op.Pointer}
	return l.contentSchema(own.child("responses").child(status))
}

func (l *loader) requestSchema(op *validate.Operation) located {
	if op == nil {
		return located{}
	}
	own := located{nodeAt(l.root, op.Pointer), op.Pointer}
	schema, _ := l.contentSchema(own.child("requestBody"))
	return schema
}

// contentSchema prefers JSON among the media types below content.
func (l *loader) contentSchema(holder located) (located, string) {
	all := holder.resolve(l.root).child("content").children()
	if len(all) == 0 {
		return located{}, ""
	}
	rank := func(c located) int {
		switch m := c.name(); {
		case m == defaultMedia:
			return 0
		case isJSON(m):
			return 1
		case strings.Contains(m, "*"):
			return 2
		}
		return 3
	}
	best := slices.MinFunc(all, func(a, b located) int { return cmp.Compare(rank(a), rank(b)) })
	media := best.name()
	if strings.Contains(media, "*") {
		media = defaultMedia
	}
	return best.child("schema").resolve(l.root), media
}

func isJSON(media string) bool {
	media, _, _ = strings.Cut(media, ";")
	return strings.HasSuffix(strings.TrimSpace(media), "json")
}

// sample is the step that invents the documented body; none without a body.
func (a *answer) sample() []*Step {
	if a.schema.node == nil {
		return nil
	}
	s := &Step{Verb: VerbSample, Pointer: a.schema.pointer}
	if component, ok := strings.CutPrefix(a.schema.pointer, "/components/schemas/"); ok && !strings.Contains(component, "/") {
		s.Target, s.Pointer = a.schema.name(), ""
	}
	a.shaped, a.into = true, ""
	return []*Step{s}
}

// single tells how the answer holds one thing of a collection.
func (a *answer) single(in *inference, c *collection) {
	s := shapeOf(in.root, a.schema)
	switch {
	case !a.content || a.schema.node == nil || s.anything(a.schema.node):
		a.shaped = true
	case in.isThing(c, a.schema):
		a.shaped = true
	default:
		for _, f := range s.fields {
			if in.isThing(c, f.resolve(in.root)) {
				a.shaped, a.into = true, f.name()
				return
			}
		}
	}
}

// isThing reports whether a schema describes a thing of the collection.
func (in *inference) isThing(c *collection, schema located) bool {
	if schema.node == nil {
		return false
	}
	if c.resource.Schema != "" && schema.pointer == in.schemaAt(c.resource.Schema).pointer {
		return true
	}
	s := shapeOf(in.root, schema)
	_, ok := s.field(c.resource.Key)
	return ok
}

// list tells how the answer holds the things of a collection.
func (a *answer) list(in *inference, c *collection) {
	if slices.Contains(typesOf(a.schema.node), "array") {
		a.shaped = true
		return
	}
	s := shapeOf(in.root, a.schema)
	a.into, a.shaped = in.arrayOf(&s, c.noun)
}

// arrayOf finds the field of an object that holds its list: the only array, or
// one with a usual name.
func (l *loader) arrayOf(s *shape, noun string) (string, bool) {
	var arrays []string
	for _, f := range s.fields {
		if slices.Contains(typesOf(f.resolve(l.root).node), "array") {
			arrays = append(arrays, f.name())
		}
	}
	if len(arrays) == 1 {
		return arrays[0], true
	}
	for _, usual := range []string{noun, "data", "items", "results", "records", "values"} {
		if slices.Contains(arrays, usual) {
			return usual, true
		}
	}
	return "", false
}

// anything reports whether a schema asks for nothing in particular.
func (s *shape) anything(schema *yaml.Node) bool {
	return len(s.fields) == 0 && !s.closed && len(s.required) == 0 && (s.object || schema.Kind == yaml.ScalarNode || len(typesOf(schema)) == 0)
}

// thing is the schema of one thing of a collection, as well as the document tells.
func (in *inference) thing(c *collection) located {
	for _, method := range []string{"GET", "PUT", "PATCH"} {
		if op := c.items[method]; op != nil {
			if schema, _ := in.responseSchema(op, successKey(op)); in.holds(schema) {
				return in.unwrapped(schema, c)
			}
		}
	}
	if c.list != nil {
		schema, _ := in.responseSchema(c.list, successKey(c.list))
		s := shapeOf(in.root, schema)
		if field, ok := in.arrayOf(&s, c.noun); ok {
			f, _ := s.field(field)
			schema = f.resolve(in.root)
		}
		if items := schema.child("items").resolve(in.root); in.holds(items) {
			return items
		}
	}
	if schema, _ := in.responseSchema(c.create, successKey(c.create)); in.holds(schema) {
		return in.unwrapped(schema, c)
	}
	return in.requestSchema(c.create)
}

func (in *inference) holds(schema located) bool {
	s := shapeOf(in.root, schema)
	return len(s.fields) > 0
}

// unwrapped looks into an object whose only object is the thing itself.
func (in *inference) unwrapped(schema located, c *collection) located {
	s := shapeOf(in.root, schema)
	if _, ok := s.field(keyOf(&s, c.param)); ok {
		return schema
	}
	var inner []located
	for _, f := range s.fields {
		if f = f.resolve(in.root); in.holds(f) {
			inner = append(inner, f)
		}
	}
	if len(inner) == 1 {
		return inner[0]
	}
	return schema
}
