package specs

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	yaml "go.yaml.in/yaml/v4"

	"understudy.dev/specs/internal/plain"
)

// maxRefs bounds chains of references.
const maxRefs = 32

// childOf finds what a segment names below a node. An element of a list goes
// by its index or, if it is text, by its value.
func childOf(n *yaml.Node, segment string) *yaml.Node {
	switch {
	case n == nil:
	case n.Kind == yaml.MappingNode:
		return plain.Get(n, segment)
	case n.Kind == yaml.SequenceNode:
		for _, item := range n.Content {
			if item.Kind == yaml.ScalarNode && item.Value == segment {
				return item
			}
		}
		if i, err := strconv.Atoi(segment); err == nil && i >= 0 && i < len(n.Content) {
			return n.Content[i]
		}
	}
	return nil
}

// nodeAt finds the node of a JSON pointer, nil if there is none.
func nodeAt(root *yaml.Node, pointer string) *yaml.Node {
	for _, segment := range plain.Split(pointer) {
		root = childOf(root, segment)
	}
	return root
}

// located is a node of the document with the pointer to it.
type located struct {
	node    *yaml.Node
	pointer string
}

func (l located) child(segment string) located {
	return located{childOf(l.node, segment), plain.Join(l.pointer, segment)}
}

// children lists what stands below a mapping or a list.
func (l located) children() []located {
	var all []located
	if l.node != nil && l.node.Kind == yaml.SequenceNode {
		for i, item := range l.node.Content {
			all = append(all, located{item, plain.Join(l.pointer, strconv.Itoa(i))})
		}
		return all
	}
	for key, value := range plain.Fields(l.node) {
		all = append(all, located{value, plain.Join(l.pointer, key.Value)})
	}
	return all
}

// name is the last segment.
func (l located) name() string {
	tokens := plain.Split(l.pointer)
	return tokens[len(tokens)-1]
}

// resolve follows references within the document. A reference into another
// file or to nowhere gives a located without node.
func (l located) resolve(root *yaml.Node) located {
	for range maxRefs {
		ref := plain.Get(l.node, "$ref")
		if ref == nil {
			return l
		}
		pointer, local := plain.Target(ref.Value)
		if !local {
			break
		}
		l = located{nodeAt(root, pointer), pointer}
	}
	return located{}
}

// mappingKeys lists the keys of a mapping in document order.
func mappingKeys(n *yaml.Node) []string {
	var keys []string
	for key := range plain.Fields(n) {
		keys = append(keys, key.Value)
	}
	return keys
}

// textsOf lists the scalars of a list.
func textsOf(n *yaml.Node) []string {
	if n == nil || n.Kind != yaml.SequenceNode {
		return nil
	}
	var all []string
	for _, item := range n.Content {
		if item.Kind == yaml.ScalarNode {
			all = append(all, item.Value)
		}
	}
	return all
}

// A shape is what a schema says about the fields of an object.
type shape struct {
	// fields are in document order.
	fields []located
	// required are those that every instance has.
	required []string
	// closed is true if an instance can have no other fields.
	closed bool
	// object is true if instances are objects, as far as the schema tells.
	object bool
}

func (s *shape) field(name string) (located, bool) {
	for _, f := range s.fields {
		if f.name() == name {
			return f, true
		}
	}
	return located{}, false
}

func (s *shape) names() []string {
	var all []string
	for _, f := range s.fields {
		all = append(all, f.name())
	}
	return all
}

// shapeOf gathers the fields of a schema, those of its allOf included.
func shapeOf(root *yaml.Node, schema located) shape {
	var s shape
	s.add(root, schema, 0)
	return s
}

func (s *shape) add(root *yaml.Node, schema located, depth int) {
	schema = schema.resolve(root)
	if schema.node == nil || depth > maxRefs {
		return
	}
	for _, f := range schema.child("properties").children() {
		s.object = true
		if _, ok := s.field(f.name()); !ok {
			s.fields = append(s.fields, f)
		}
	}
	s.object = s.object || slices.Contains(typesOf(schema.node), "object")
	s.required = append(s.required, textsOf(plain.Get(schema.node, "required"))...)
	all := schema.child("allOf")
	if all.node != nil {
		for i := range all.node.Content {
			s.add(root, all.child(strconv.Itoa(i)), depth+1)
		}
	}
	// Keywords that may bring in fields from elsewhere leave the object open.
	for _, opening := range []string{"patternProperties", "anyOf", "oneOf", "if", "dependentSchemas"} {
		if plain.Get(schema.node, opening) != nil {
			return
		}
	}
	if n := plain.Get(schema.node, "unevaluatedProperties"); n != nil && n.Value == "false" {
		s.closed = true
	}
	if n := plain.Get(schema.node, "additionalProperties"); n != nil && n.Value == "false" && all.node == nil && depth == 0 {
		s.closed = true
	}
}

// typesOf lists the types that a schema names itself.
func typesOf(schema *yaml.Node) []string {
	t := plain.Get(schema, "type")
	if t == nil {
		return nil
	}
	if t.Kind == yaml.ScalarNode {
		return []string{t.Value}
	}
	return textsOf(t)
}

// childText is the text of a scalar below a mapping, "" if there is none.
func childText(n *yaml.Node, key string) string {
	if c := plain.Get(n, key); c != nil && c.Kind == yaml.ScalarNode {
		return c.Value
	}
	return ""
}

// parentOf is the pointer without its last segment.
func parentOf(pointer string) string { return pointer[:max(0, strings.LastIndexByte(pointer, '/'))] }

func sortedKeys[T any](m map[string]T) []string { return slices.Sorted(maps.Keys(m)) }
