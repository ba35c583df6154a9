package specs

import (
	"strconv"
	"strings"

	yaml "go.yaml.in/yaml/v4"

	"understudy.dev/specs/internal/plain"
)

// maxInvented bounds how deep values are invented.
const maxInvented = 8

// invent makes a template of a small value that the schema allows, as far as
// its own keywords tell, preferring what the document gives: constants,
// examples, defaults. Times are the world's. hint may supply a better value for
// a field; it returns nil where it has none.
func invent(root *yaml.Node, schema located, hint func(field string, schema located) *yaml.Node, depth int) *yaml.Node {
	schema = schema.resolve(root)
	if schema.node == nil || depth > maxInvented {
		return nullNode()
	}
	for _, given := range []string{"const", "default", "example"} {
		if n := plain.Get(schema.node, given); n != nil {
			return literal(n)
		}
	}
	for _, list := range []string{"enum", "examples"} {
		if n := plain.Get(schema.node, list); n != nil && n.Kind == yaml.SequenceNode && len(n.Content) > 0 {
			return literal(n.Content[0])
		}
	}
	s := shapeOf(root, schema)
	kind := "object"
	if types := typesOf(schema.node); len(types) > 0 {
		kind = types[0]
	} else if !s.object {
		return inventAny(root, schema, hint, depth)
	}
	switch kind {
	case "object":
		return inventObject(root, &s, hint, depth)
	case "array":
		return inventArray(root, schema, hint, depth)
	case "string":
		return textNode(inventText(schema.node))
	case "integer", "number":
		return scalarNode("!!int", inventNumber(schema.node))
	case "boolean":
		return scalarNode("!!bool", "false")
	}
	return nullNode()
}

// inventAny follows the first alternative of a schema without a type.
func inventAny(root *yaml.Node, schema located, hint func(string, located) *yaml.Node, depth int) *yaml.Node {
	for _, list := range []string{"allOf", "oneOf", "anyOf"} {
		if all := schema.child(list); all.node != nil && len(all.node.Content) > 0 {
			return invent(root, all.child("0"), hint, depth+1)
		}
	}
	return mappingNode()
}

func inventObject(root *yaml.Node, s *shape, hint func(string, located) *yaml.Node, depth int) *yaml.Node {
	object := mappingNode()
	for _, f := range s.fields {
		value := hint(f.name(), f)
		if value == nil && s.requires(f.name()) {
			value = invent(root, f, hint, depth+1)
		}
		if value != nil {
			object.Content = append(object.Content, textNode(f.name()), value)
		}
	}
	return object
}

func inventArray(root *yaml.Node, schema located, hint func(string, located) *yaml.Node, depth int) *yaml.Node {
	list := &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq"}
	least, _ := strconv.Atoi(childText(schema.node, "minItems"))
	for range min(least, 16) {
		list.Content = append(list.Content, invent(root, schema.child("items"), hint, depth+1))
	}
	return list
}

func inventText(schema *yaml.Node) string {
	switch childText(schema, "format") {
	case "date-time":
		return "${rfc3339(now)}"
	case "date":
		return "${rfc3339(now)[:10]}"
	case "uuid":
		return "${uuid()}"
	case "email":
		return "somebody@example.test"
	case "uri", "url", "uri-reference", "iri":
		return "${request.base}"
	case "hostname":
		return "example.test"
	case "ipv4":
		return "192.0.2.1"
	case "ipv6":
		return "2001:db8::1"
	}
	least, _ := strconv.Atoi(childText(schema, "minLength"))
	text := "text"
	if most, err := strconv.Atoi(childText(schema, "maxLength")); err == nil && most < len(text) {
		text = text[:max(0, most)]
	}
	return text + strings.Repeat("x", min(max(0, least-len(text)), 1000))
}

func inventNumber(schema *yaml.Node) string {
	for _, bound := range []struct {
		keyword string
		beyond  int
	}{{"minimum", 0}, {"exclusiveMinimum", 1}, {"maximum", 0}, {"exclusiveMaximum", -1}} {
		n, err := strconv.Atoi(childText(schema, bound.keyword))
		if err != nil {
			continue
		}
		// Nothing is a number too, and the smallest one where it is allowed.
		if strings.HasSuffix(strings.ToLower(bound.keyword), "minimum") == (n+bound.beyond > 0) {
			return strconv.Itoa(n + bound.beyond)
		}
	}
	return "0"
}

// literal is a copy of a node in which nothing is a placeholder, for use in a template.
func literal(n *yaml.Node) *yaml.Node {
	made := *plain.Copy(n)
	made.Content = nil
	for i, c := range n.Content {
		if n.Kind == yaml.MappingNode && i%2 == 0 {
			key := *c
			if strings.HasSuffix(key.Value, "?") {
				key.Value += "?"
			}
			made.Content = append(made.Content, &key)
			continue
		}
		made.Content = append(made.Content, literal(c))
	}
	if made.Kind == yaml.ScalarNode && made.ShortTag() == "!!str" {
		made.Value = strings.ReplaceAll(made.Value, "${", "$${")
	}
	return &made
}

// textNode is a YAML node of text.
func textNode(text string) *yaml.Node { return scalarNode("!!str", text) }

func scalarNode(tag, value string) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: tag, Value: value}
}

func nullNode() *yaml.Node { return scalarNode("!!null", "null") }

func mappingNode() *yaml.Node { return &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"} }

func (s *shape) requires(field string) bool {
	for _, r := range s.required {
		if r == field {
			return true
		}
	}
	return false
}
