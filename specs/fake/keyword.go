package fake

import (
	"go.yaml.in/yaml/v4"

	"understudy.dev/specs/internal/plain"
)

// reader reads the value of one keyword, with its pointer, into a schema.
type reader func(c *compiler, s *schema, n *yaml.Node, at string)

func one(field func(*schema) **schema) reader {
	return func(c *compiler, s *schema, n *yaml.Node, at string) { *field(s) = c.schema(n, at) }
}

func many(field func(*schema) *[]*schema) reader {
	return func(c *compiler, s *schema, n *yaml.Node, at string) { *field(s) = c.list(n, at) }
}

func named(field func(*schema) *[]property) reader {
	return func(c *compiler, s *schema, n *yaml.Node, at string) { *field(s) = c.named(n, at) }
}

func count(field func(*schema) *int) reader {
	return func(c *compiler, s *schema, n *yaml.Node, _ string) { *field(s) = c.count(n) }
}

func flag(field func(*schema) *bool) reader {
	return func(_ *compiler, s *schema, n *yaml.Node, _ string) { *field(s) = fromNode(n) == true }
}

func low(exclusive bool) reader {
	return func(c *compiler, s *schema, n *yaml.Node, _ string) {
		s.low = tighter(s.low, &bound{c.rational(n), exclusive}, -1)
	}
}

func high(exclusive bool) reader {
	return func(c *compiler, s *schema, n *yaml.Node, _ string) {
		s.high = tighter(s.high, &bound{c.rational(n), exclusive}, 1)
	}
}

var keywords = map[string]reader{
	"$ref": func(c *compiler, s *schema, n *yaml.Node, _ string) { s.ref = c.reference(n) },
	"allOf": func(c *compiler, s *schema, n *yaml.Node, at string) {
		if s.allOf = c.list(n, at); !c.ref(n, len(s.allOf)) {
			s.allOf = nil
		}
	},
	"anyOf": many(func(s *schema) *[]*schema { return &s.anyOf }),
	"oneOf": many(func(s *schema) *[]*schema { return &s.oneOf }),
	"not":   one(func(s *schema) **schema { return &s.not }),
	"if":    one(func(s *schema) **schema { return &s.cond }),
	"then":  one(func(s *schema) **schema { return &s.then }),
	"else":  one(func(s *schema) **schema { return &s.alt }),

	"type": readType,
	"const": func(_ *compiler, s *schema, n *yaml.Node, _ string) {
		s.hasConst, s.constant = true, fromNode(n)
	},
	"enum": func(_ *compiler, s *schema, n *yaml.Node, _ string) {
		s.enum, _ = fromNode(n).([]any)
	},

	"format":           func(_ *compiler, s *schema, n *yaml.Node, _ string) { s.format = n.Value },
	"pattern":          func(c *compiler, s *schema, n *yaml.Node, _ string) { s.pattern = c.pattern(n, n.Value) },
	"minLength":        count(func(s *schema) *int { return &s.minLength }),
	"maxLength":        count(func(s *schema) *int { return &s.maxLength }),
	"minimum":          low(false),
	"maximum":          high(false),
	"exclusiveMinimum": low(true),
	"exclusiveMaximum": high(true),
	"multipleOf":       func(c *compiler, s *schema, n *yaml.Node, _ string) { s.multipleOf = c.rational(n) },

	"properties": named(func(s *schema) *[]property { return &s.properties }),
	"patternProperties": func(c *compiler, s *schema, n *yaml.Node, at string) {
		for _, p := range c.named(n, at) {
			s.byPattern = append(s.byPattern, patterned{c.pattern(n, p.name), p.schema})
		}
	},
	"dependentSchemas":     named(func(s *schema) *[]property { return &s.dependentSchemas }),
	"additionalProperties": one(func(s *schema) **schema { return &s.additional }),
	"propertyNames":        one(func(s *schema) **schema { return &s.names }),
	"required":             func(_ *compiler, s *schema, n *yaml.Node, _ string) { s.required = append(s.required, texts(n)...) },
	"dependentRequired": func(_ *compiler, s *schema, n *yaml.Node, _ string) {
		for key, value := range plain.Fields(n) {
			s.dependentRequired = append(s.dependentRequired, dependency{key.Value, texts(value)})
		}
	},
	"minProperties": count(func(s *schema) *int { return &s.minProps }),
	"maxProperties": count(func(s *schema) *int { return &s.maxProps }),

	"prefixItems": many(func(s *schema) *[]*schema { return &s.prefix }),
	"items":       one(func(s *schema) **schema { return &s.items }),
	"contains":    one(func(s *schema) **schema { return &s.contains }),
	"minItems":    count(func(s *schema) *int { return &s.minItems }),
	"maxItems":    count(func(s *schema) *int { return &s.maxItems }),
	"minContains": count(func(s *schema) *int { return &s.minContains }),
	"maxContains": count(func(s *schema) *int { return &s.maxContains }),
	"uniqueItems": flag(func(s *schema) *bool { return &s.unique }),

	"readOnly":  flag(func(s *schema) *bool { return &s.readOnly }),
	"writeOnly": flag(func(s *schema) *bool { return &s.writeOnly }),
}

func readType(_ *compiler, s *schema, n *yaml.Node, _ string) {
	if n.Kind == yaml.ScalarNode {
		s.kinds = kinds[n.Value]
	}
	for _, name := range texts(n) {
		s.kinds |= kinds[name]
	}
}

// tighter gives the narrower of two bounds; sign is that of the open side.
func tighter(a, b *bound, sign int) *bound {
	if a == nil {
		return b
	}
	if b == nil {
		return a
	}
	switch order := a.value.Cmp(b.value) * sign; {
	case order < 0 || order == 0 && a.exclusive:
		return a
	}
	return b
}

// discriminate asks for the property, and of each branch for the value that
// stands for it.
func (c *compiler) discriminate(s *schema, n, parent *yaml.Node) {
	name := plain.Get(n, "propertyName")
	if name == nil {
		return
	}
	// Whatever else it may be has no such property.
	s.never = s.kinds != 0 && s.kinds&record == 0
	s.kinds = record
	s.required = append(s.required, name.Value)
	branches := plain.Get(parent, "oneOf")
	if branches == nil {
		branches = plain.Get(parent, "anyOf")
	}
	if branches == nil {
		return
	}
	for _, branch := range branches.Content {
		var tag *schema
		if ref := plain.Get(branch, "$ref"); ref != nil {
			tag = tagged(name.Value, tagOf(plain.Get(n, "mapping"), ref.Value))
		}
		s.tags = append(s.tags, tag)
	}
}

// tagOf is the key of the mapping that means the reference, or the last part of
// the reference itself.
func tagOf(mapping *yaml.Node, ref string) string {
	target, _ := plain.Target(ref)
	tokens := plain.Split(target)
	if len(tokens) == 0 {
		return ref
	}
	name := tokens[len(tokens)-1]
	for key, value := range plain.Fields(mapping) {
		if value.Value == ref || value.Value == name {
			return key.Value
		}
	}
	return name
}

// tagged is a schema that no document holds: an object with one constant.
func tagged(name, value string) *schema {
	constant, tag := unlimited(), unlimited()
	constant.hasConst, constant.constant = true, value
	constant.all = []*schema{constant}
	tag.properties, tag.required = []property{{name, constant}}, []string{name}
	tag.all = []*schema{tag}
	return tag
}
