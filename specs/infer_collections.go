package specs

import (
	"slices"
	"strings"

	"understudy.dev/specs/validate"
)

// survey finds the collections among the paths, parents before children, and
// what each of them holds.
func (in *inference) survey() {
	for _, op := range in.doc.Operations() {
		c, item := in.at(op)
		switch {
		case c == nil:
		case item:
			c.items[op.Method] = op
			c.params, c.param = op.PathParams[:len(op.PathParams)-1], op.PathParams[len(op.PathParams)-1]
		case op.Method == "GET":
			c.list, c.params = op, op.PathParams
		case op.Method == "POST" && !slices.Contains(typesOf(in.requestSchema(op).node), "array"):
			c.create, c.params = op, op.PathParams
		}
	}
	slices.SortStableFunc(in.order, func(a, b *collection) int {
		return strings.Count(a.key, "/") - strings.Count(b.key, "/")
	})
	for _, c := range in.order {
		if above := parentOf(c.key); strings.HasSuffix(above, "/{}") {
			c.parent = in.collections[parentOf(above)]
		}
		in.fill(c)
	}
}

// at finds or makes the collection that an operation's path belongs to, and
// tells whether the path is that of one thing. Nil is a path of another build.
func (in *inference) at(op *validate.Operation) (c *collection, item bool) {
	key, item := collectionKey(op.Path)
	if key == "" || item && len(op.PathParams) == 0 {
		return nil, false
	}
	if c = in.collections[key]; c == nil {
		c = &collection{key: key, noun: key[strings.LastIndexByte(key, '/')+1:], items: map[string]*validate.Operation{}}
		in.collections[key] = c
		in.order = append(in.order, c)
	}
	return c, item
}

// find is the collection of an operation that has one.
func (in *inference) find(op *validate.Operation) (c *collection, item bool) {
	key, item := collectionKey(op.Path)
	return in.collections[key], item
}

// collectionKey reduces a path template to that of its collection, parameters
// without names; "" if it has none, as with parameters inside a segment.
func collectionKey(path string) (key string, item bool) {
	parts := strings.Split(strings.TrimSuffix(strings.TrimPrefix(path, "/"), "/"), "/")
	for i, part := range parts {
		whole := strings.HasPrefix(part, "{") && strings.HasSuffix(part, "}") && strings.Count(part, "{") == 1
		switch {
		case part == "" || !whole && strings.ContainsAny(part, "{}"):
			return "", false
		case whole && i == 0:
			return "", false
		case whole:
			parts[i] = "{}"
		}
	}
	if last := len(parts) - 1; parts[last] == "{}" {
		if parts[last-1] == "{}" {
			return "", false
		}
		parts, item = parts[:last], true
	}
	return "/" + strings.Join(parts, "/"), item
}

// fill finds the resource that a collection holds: one that the profile
// declares under its name or, if things can be created there and seen again,
// one made for it.
func (in *inference) fill(c *collection) {
	noun := resourceName(c.noun)
	c.resource = in.declaredAs(noun)
	if c.resource == nil && c.create != nil && (c.list != nil || len(c.items) > 0) {
		c.resource = in.hold(c, noun)
	}
	if c.resource != nil {
		in.relate(c)
	}
}

// declaredAs finds the resource that the profile declares under a noun.
func (in *inference) declaredAs(noun string) *Resource {
	for _, declared := range in.api.Profile.Resources {
		if strings.EqualFold(resourceName(declared.Name), noun) && !in.made[declared.Name] {
			return declared
		}
	}
	return nil
}

func resourceName(noun string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
			return r
		}
		return '_'
	}, noun)
}

// hold makes a resource for a collection, or shares one of the same name and schema.
func (in *inference) hold(c *collection, noun string) *Resource {
	schema := in.thing(c)
	component, _ := strings.CutPrefix(schema.pointer, "/components/schemas/")
	if component == schema.pointer || strings.Contains(component, "/") {
		component = ""
	}
	qualified := strings.TrimLeft(resourceName(strings.ReplaceAll(c.key, "{}/", "")), "_")
	for _, candidate := range []string{noun, qualified} {
		r := in.resourceOf(candidate)
		switch {
		case r == nil:
			return in.newResource(candidate, component, schema, c)
		case in.made[candidate] && r.Schema == component && component != "":
			return r
		}
	}
	return in.newResource(strings.TrimLeft(resourceName(c.key), "_"), component, schema, c)
}

func (in *inference) newResource(name, component string, schema located, c *collection) *Resource {
	s, sent := shapeOf(in.root, schema), shapeOf(in.root, in.requestSchema(c.create))
	r := &Resource{Name: name, Schema: component, Key: keyOf(&s, c.param)}
	key, _ := s.field(r.Key)
	given, ok := sent.field(r.Key)
	r.CallerID = ok && !in.readOnly(given)
	r.ID = in.value(textNode(inventID(key.resolve(in.root).node)), in.scope(inResource))
	in.inventFields(r, &s, &sent)
	in.api.Profile.Resources = append(in.api.Profile.Resources, r)
	in.made[name] = true
	in.shape(r)
	return r
}

// keyOf is the field that holds the id: one with the name of the path
// parameter, or id.
func keyOf(s *shape, param string) string {
	if _, ok := s.field(param); ok && param != "" {
		return param
	}
	return "id"
}

// relate binds the things of a collection to the path they are reached by: to
// a thing of the parent, if that is known, and to the values of the other path
// parameters. Where the schema has no field for one, a hidden one serves.
func (in *inference) relate(c *collection) {
	nouns := strings.Split(c.key, "/{}")
	for i, param := range c.params {
		noun := resourceName(nouns[i][strings.LastIndexByte(nouns[i], '/')+1:])
		field, known := in.fieldFor(c.resource, param, strings.TrimSuffix(noun, "s"))
		if !known && !in.made[c.resource.Name] {
			// Seeds of a declared resource cannot have a field that nobody declared.
			continue
		}
		if !known && !slices.Contains(c.resource.Hidden, field) {
			c.resource.Hidden = append(c.resource.Hidden, field)
		}
		parent := in.declaredAs(noun)
		if c.parent != nil && c.parent.resource != nil {
			parent = c.parent.resource
		}
		if i == len(c.params)-1 && parent != nil {
			c.of, c.by = parent.Name, field
		}
		c.bonds = append(c.bonds, bond{param, field})
	}
	in.shape(c.resource)
}

// fieldFor finds the field of a resource that holds the value of a path
// parameter, or makes up a name for one.
func (in *inference) fieldFor(r *Resource, param, noun string) (field string, known bool) {
	s := in.resources[r.Name]
	for _, field := range []string{param, noun + "_id", noun + "Id", noun} {
		if _, ok := s.field(field); ok && field != r.Key {
			return field, true
		}
	}
	return noun + "_id", false
}
