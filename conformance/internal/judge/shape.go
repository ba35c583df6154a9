package judge

import (
	"net/url"
	"strconv"
	"strings"
	"sync"

	"go.yaml.in/yaml/v4"
)

// maxDepth bounds chains of references and of schemas.
const maxDepth = 40

// node is a node of the document with its pointer. Its yaml is nil where there is none.
type node struct {
	yaml    *yaml.Node
	pointer string
}

func (n node) child(key string) node {
	c := node{pointer: n.pointer + "/" + escape(key)}
	switch {
	case n.yaml == nil:
	case n.yaml.Kind == yaml.MappingNode:
		for i := 0; i+1 < len(n.yaml.Content); i += 2 {
			if n.yaml.Content[i].Value == key {
				c.yaml = n.yaml.Content[i+1]
			}
		}
	case n.yaml.Kind == yaml.SequenceNode:
		if i, err := strconv.Atoi(key); err == nil && i >= 0 && i < len(n.yaml.Content) {
			c.yaml = n.yaml.Content[i]
		}
	}
	if c.yaml != nil && c.yaml.Kind == yaml.AliasNode {
		c.yaml = c.yaml.Alias
	}
	return c
}

func (n node) keys() []string {
	if n.yaml == nil || n.yaml.Kind != yaml.MappingNode {
		return nil
	}
	keys := make([]string, 0, len(n.yaml.Content)/2)
	for i := 0; i+1 < len(n.yaml.Content); i += 2 {
		keys = append(keys, n.yaml.Content[i].Value)
	}
	return keys
}

func (n node) len() int {
	if n.yaml == nil || n.yaml.Kind != yaml.SequenceNode {
		return 0
	}
	return len(n.yaml.Content)
}

func (n node) text() string {
	if n.yaml == nil || n.yaml.Kind != yaml.ScalarNode {
		return ""
	}
	return n.yaml.Value
}

// at follows a pointer from the node.
func (n node) at(pointer string) node {
	for _, segment := range split(pointer) {
		n = n.child(segment)
	}
	return n
}

// shapes tells which fields of request bodies a vendor documents.
type shapes struct {
	root  node
	facts *facts
	mu    sync.Mutex
	known map[string]*shape
}

// shape is what a schema says about a value that a request sends.
type shape struct {
	// named is true if a document tells of the value at all, documented if all that tells which values to send is.
	named, documented bool
	// shown are the values among the schema's examples that a document shows, as text.
	shown  map[string]bool
	fields map[string]*shape
	items  *shape
}

func newShapes(root *yaml.Node, f *facts) *shapes {
	if root != nil && root.Kind == yaml.DocumentNode && len(root.Content) == 1 {
		root = root.Content[0]
	}
	return &shapes{root: node{yaml: root}, facts: f, known: map[string]*shape{}}
}

// resolve follows local references; one that leads nowhere gives a node without yaml.
func (s *shapes) resolve(n node) node {
	for range maxDepth {
		ref := n.child("$ref")
		if ref.yaml == nil {
			return n
		}
		pointer, local := strings.CutPrefix(ref.text(), "#")
		if unescaped, err := url.PathUnescape(pointer); err == nil {
			pointer = unescaped
		}
		if !local {
			break
		}
		n = s.root.at(pointer)
	}
	return node{}
}

// of is the shape of the schema at n. What narrows the values that a schema allows without telling which to send
// (required, lengths, bounds, closed objects) needs no document: a request that keeps to it keeps to less as well.
func (s *shapes) of(n node) *shape {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.make(n, 0)
}

func (s *shapes) make(n node, depth int) *shape {
	if known := s.known[n.pointer]; known != nil {
		return known
	}
	out := &shape{fields: map[string]*shape{}, shown: map[string]bool{}}
	if n.yaml == nil || depth > maxDepth {
		return out
	}
	// Registered before it is complete, for schemas that contain themselves.
	s.known[n.pointer] = out
	out.named = s.facts.documentedWithin(n.pointer)
	out.documented = out.named
	s.merge(out, n, depth)
	return out
}

// merge adds what the schema at n, and those that it is made of, say.
func (s *shapes) merge(out *shape, n node, depth int) {
	if depth > maxDepth {
		out.documented = false
		return
	}
	for _, keyword := range []string{"type", "enum", "const", "format", "pattern"} {
		if k := n.child(keyword); k.yaml != nil && !s.facts.documentedWithin(k.pointer) {
			out.documented = false
		}
	}
	if ref := n.child("$ref"); ref.yaml != nil {
		target := s.resolve(n)
		if target.yaml == nil {
			out.documented = false
			return
		}
		s.merge(out, target, depth+1)
	}
	examples := n.child("examples")
	for i := range examples.len() {
		if value := examples.child(strconv.Itoa(i)).text(); s.facts.documented(examples.child(value).pointer) {
			out.shown[value] = true
		}
	}
	properties := n.child("properties")
	for _, name := range properties.keys() {
		out.fields[name] = s.make(properties.child(name), depth+1)
	}
	if items := n.child("items"); items.yaml != nil {
		out.items = s.make(items, depth+1)
	}
	for _, combined := range []string{"allOf", "anyOf", "oneOf"} {
		list := n.child(combined)
		for i := range list.len() {
			s.merge(out, list.child(strconv.Itoa(i)), depth+1)
		}
	}
}
