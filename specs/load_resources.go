package specs

import (
	"slices"

	yaml "go.yaml.in/yaml/v4"

	"understudy.dev/specs/internal/plain"
	"understudy.dev/specs/strict"
)

// resource loads one resource and remembers what fields it can have.
func (l *loader) resource(resource string, w *resourceSyntax) *Resource {
	s := l.scope(inResource)
	r := &Resource{
		Name:     resource,
		Key:      "id",
		Hidden:   texts(w.Hidden),
		Unique:   texts(w.Unique),
		CallerID: w.CallerID,
	}
	id := w.ID
	if id == nil {
		id = textNode(defaultID)
	}
	r.ID = l.value(id, s)
	if w.Schema != nil && l.one("schema", *w.Schema, l.schemaNames()) {
		r.Schema = w.Schema.Text
	}
	l.shape(r)
	if w.Key != nil {
		r.Key = w.Key.Text
		l.field(r.Name, *w.Key)
	}
	for _, n := range w.Unique {
		l.field(r.Name, n)
	}
	r.Set, r.Touch = l.set(r.Name, &w.Set, s), l.set(r.Name, &w.Touch, s)
	return r
}

// schemaNames lists the schemas of the document.
func (l *loader) schemaNames() []string {
	return mappingKeys(nodeAt(l.root, "/components/schemas"))
}

// schemaAt finds a schema of the document by name.
func (l *loader) schemaAt(schema string) located {
	return located{l.root, ""}.child("components").child("schemas").child(schema)
}

// shape remembers the fields of a resource. Hidden fields are no part of the
// schema, which describes what callers see, but the resource has them.
func (l *loader) shape(r *Resource) {
	var s shape
	if r.Schema != "" {
		s = shapeOf(l.root, l.schemaAt(r.Schema))
	}
	for _, hidden := range r.Hidden {
		if _, ok := s.field(hidden); !ok {
			s.fields = append(s.fields, located{pointer: plain.Join("", hidden)})
		}
	}
	if l.resources == nil {
		l.resources = map[string]*shape{}
	}
	l.resources[r.Name] = &s
}

// field wants a field that the resource can have.
func (l *loader) field(resource string, n name) {
	s := l.resources[resource]
	if s == nil || !s.closed || slices.Contains(s.names(), n.Text) || n.Pos.Line == 0 {
		return
	}
	l.errs.Add(n.Pos.Errorf("%s: %s", resource, strict.Unknown("field", n.Text, s.names())))
}

// sample is what expressions know of a resource.
func (l *loader) sample(resource string) any {
	if s := l.resources[resource]; s != nil && s.closed {
		return objectOf(s.names()...)
	}
	return nil
}

// set compiles the templates of fields that the resource can have.
func (l *loader) set(resource string, w *strict.Map[*yaml.Node], s *scope) []Field {
	fields := l.fields(w, s)
	for _, f := range fields {
		l.field(resource, name{f.Name, w.Pos(writtenName(f))})
	}
	return fields
}

// resourceNames lists the resources that the profile declares.
func (l *loader) resourceNames() []string {
	var all []string
	for _, r := range l.api.Profile.Resources {
		all = append(all, r.Name)
	}
	return all
}

func (l *loader) resourceOf(name string) *Resource {
	i := slices.IndexFunc(l.api.Profile.Resources, func(r *Resource) bool { return r.Name == name })
	if i < 0 {
		return nil
	}
	return l.api.Profile.Resources[i]
}
