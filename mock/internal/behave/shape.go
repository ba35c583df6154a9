package behave

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	yaml "go.yaml.in/yaml/v4"

	"github.com/tidwall/gjson"

	"understudy.dev/specs/validate"
)

// A shape is what a schema says about a stored object: the values of members
// that are not sent, and the members that only the server writes.
type shape struct {
	properties []property
	// defaults is true when there is a default somewhere in it.
	defaults bool
}

type property struct {
	name string
	// initial is the encoded default, "" for none.
	initial  string
	readOnly bool
	nested   *shape
}

// shapes finds the shapes of a document's schemas, each once.
type shapes struct {
	root *yaml.Node
	made map[*yaml.Node]*shape
}

func newShapes(doc *validate.Document) *shapes {
	return &shapes{root: doc.Node(), made: map[*yaml.Node]*shape{}}
}

// of is the shape of a schema under components, an empty one for "".
func (s *shapes) of(schema string) *shape {
	if schema == "" {
		return &shape{}
	}
	return s.at(child(child(child(s.root, "components"), "schemas"), schema))
}

// at is the shape of a schema, from its properties and those of allOf.
func (s *shapes) at(node *yaml.Node) *shape {
	if made, ok := s.made[node]; ok {
		return made
	}
	made := &shape{}
	// A schema that contains itself finds the shape that is being made.
	s.made[node] = made
	for _, part := range s.parts(node, 0) {
		properties := child(part, "properties")
		if properties == nil {
			continue
		}
		for i := 0; i+1 < len(properties.Content); i += 2 {
			made.add(s.property(properties.Content[i].Value, properties.Content[i+1]))
		}
	}
	return made
}

// finish notes which shapes hold defaults, once all of them are made.
func (s *shapes) finish() {
	for changed := true; changed; {
		changed = false
		for _, made := range s.made {
			if !made.defaults && slices.ContainsFunc(made.properties, func(p property) bool { return p.initial != "" || p.nested.defaults }) {
				made.defaults, changed = true, true
			}
		}
	}
}

func (s *shapes) property(name string, node *yaml.Node) property {
	p := property{name: name, nested: s.at(node)}
	for _, part := range s.parts(node, 0) {
		if p.initial == "" {
			p.initial = encode(child(part, "default"))
		}
		if flag := child(part, "readOnly"); flag != nil && flag.Value == "true" {
			p.readOnly = true
		}
	}
	return p
}

// maxReferences bounds chains of references; longer ones say nothing.
const maxReferences = 32

// parts are the schemas that hold for whatever node holds for: itself, what it
// refers to, and the members of allOf.
func (s *shapes) parts(node *yaml.Node, depth int) []*yaml.Node {
	if node == nil || depth > maxReferences {
		return nil
	}
	all := []*yaml.Node{node}
	if ref := child(node, "$ref"); ref != nil {
		all = append(all, s.parts(s.resolve(ref.Value), depth+1)...)
	}
	if list := child(node, "allOf"); list != nil {
		for _, member := range list.Content {
			all = append(all, s.parts(member, depth+1)...)
		}
	}
	return all
}

// resolve follows a reference within the document.
func (s *shapes) resolve(ref string) *yaml.Node {
	rest, ok := strings.CutPrefix(ref, "#/")
	if !ok {
		return nil
	}
	node := s.root
	for segment := range strings.SplitSeq(rest, "/") {
		node = child(node, strings.NewReplacer("~1", "/", "~0", "~").Replace(segment))
	}
	return node
}

func (s *shape) add(p property) {
	for i := range s.properties {
		if s.properties[i].name == p.name {
			return
		}
	}
	s.properties = append(s.properties, p)
}

// complete adds the defaults of members that o lacks, and those of objects in
// it, and reports whether there were any.
func (s *shape) complete(o *object) bool {
	if !s.defaults {
		return false
	}
	changed := false
	for i := range s.properties {
		p := &s.properties[i]
		at := o.find(p.name)
		switch {
		case at < 0 && p.initial != "":
			o.set(p.name, p.initial)
			changed = true
		case at >= 0 && p.nested.defaults:
			inner, ok := parseObject([]byte(o.members[at].value))
			if ok && p.nested.complete(inner) {
				o.members[at].value = string(inner.bytes())
				changed = true
			}
		}
	}
	return changed
}

// readOnly reports whether a member is the server's to write.
func (s *shape) readOnly(name string) bool {
	for i := range s.properties {
		if s.properties[i].name == name {
			return s.properties[i].readOnly
		}
	}
	return false
}

func child(node *yaml.Node, key string) *yaml.Node {
	if node == nil {
		return nil
	}
	switch node.Kind {
	case yaml.DocumentNode:
		return child(node.Content[0], key)
	case yaml.AliasNode:
		return child(node.Alias, key)
	}
	if node.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(node.Content); i += 2 {
		if node.Content[i].Value == key {
			return node.Content[i+1]
		}
	}
	return nil
}

// encode is a YAML node as JSON in its own order, "" for none.
func encode(node *yaml.Node) string {
	if node == nil {
		return ""
	}
	switch node.Kind {
	case yaml.AliasNode:
		return encode(node.Alias)
	case yaml.MappingNode:
		var members []string
		for i := 0; i+1 < len(node.Content); i += 2 {
			members = append(members, quote(node.Content[i].Value)+":"+encode(node.Content[i+1]))
		}
		return "{" + strings.Join(members, ",") + "}"
	case yaml.SequenceNode:
		var items []string
		for _, item := range node.Content {
			items = append(items, encode(item))
		}
		return "[" + strings.Join(items, ",") + "]"
	}
	return encodeScalar(node)
}

func encodeScalar(node *yaml.Node) string {
	switch node.ShortTag() {
	case "!!null":
		return "null"
	case "!!bool":
		return strings.ToLower(node.Value)
	case "!!int", "!!float":
		// Numbers that JSON writes in the same way keep every digit.
		if gjson.Valid(node.Value) {
			return node.Value
		}
		var number any
		if node.Decode(&number) == nil {
			if encoded, err := json.Marshal(number); err == nil {
				return string(encoded)
			}
		}
		return strconv.Quote(node.Value)
	}
	return quote(node.Value)
}
