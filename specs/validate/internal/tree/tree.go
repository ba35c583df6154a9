// Package tree reads a YAML node tree as the JSON document it stands for: values by JSON pointer, their lines, and
// plain Go values in which numbers keep their text. It parses nothing and changes nothing.
//
//	schema := tree.At(root, "/components/schemas/Pet")
//	line := tree.Line(root, "/components/schemas/Pet/required")
//
// Aliases are followed and merge keys (<<) are applied everywhere. A tree must have passed Check first: afterwards no
// function here loops or grows without bound.
package tree

import (
	"iter"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"
)

// Content is the node itself without document and alias wrappers; nil stays nil.
func Content(n *yaml.Node) *yaml.Node {
	for n != nil {
		switch {
		case n.Kind == yaml.DocumentNode && len(n.Content) > 0:
			n = n.Content[0]
		case n.Kind == yaml.AliasNode:
			n = n.Alias
		default:
			return n
		}
	}
	return nil
}

// IsMap and IsList tell what a node holds. Both are false for nil.
func IsMap(n *yaml.Node) bool  { n = Content(n); return n != nil && n.Kind == yaml.MappingNode }
func IsList(n *yaml.Node) bool { n = Content(n); return n != nil && n.Kind == yaml.SequenceNode }

// Fields yields the key and value nodes of a mapping in document order, merged keys last and never over written ones.
// Anything but a mapping has no fields.
func Fields(n *yaml.Node) iter.Seq2[*yaml.Node, *yaml.Node] {
	return func(yield func(*yaml.Node, *yaml.Node) bool) {
		n := Content(n)
		if n == nil || n.Kind != yaml.MappingNode {
			return
		}
		merged := false
		for i := 0; i+1 < len(n.Content); i += 2 {
			if isMerge(n.Content[i]) {
				merged = true
				continue
			}
			if !yield(n.Content[i], Content(n.Content[i+1])) {
				return
			}
		}
		if merged {
			yieldMerged(n, yield)
		}
	}
}

func yieldMerged(n *yaml.Node, yield func(*yaml.Node, *yaml.Node) bool) {
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if !isMerge(n.Content[i]) {
			seen[n.Content[i].Value] = true
		}
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if !isMerge(n.Content[i]) {
			continue
		}
		sources := []*yaml.Node{Content(n.Content[i+1])}
		if IsList(sources[0]) {
			sources = sources[0].Content
		}
		for _, source := range sources {
			for k, v := range Fields(source) {
				if seen[k.Value] {
					continue
				}
				seen[k.Value] = true
				if !yield(k, v) {
					return
				}
			}
		}
	}
}

func isMerge(key *yaml.Node) bool { return key.Value == "<<" && key.Tag == "!!merge" }

// Get is the value of a key; nil if there is none.
func Get(n *yaml.Node, key string) *yaml.Node {
	_, v := find(n, key)
	return v
}

// Text is the text of a scalar under a key; "" if there is none.
func Text(n *yaml.Node, key string) string {
	v := Get(n, key)
	if v == nil || v.Kind != yaml.ScalarNode || v.Tag == "!!null" {
		return ""
	}
	return v.Value
}

// True tells whether the value of a key is the boolean true.
func True(n *yaml.Node, key string) bool {
	v := Get(n, key)
	return v != nil && v.Tag == "!!bool" && strings.EqualFold(v.Value, "true")
}

// Texts are the scalars of a list under a key.
func Texts(n *yaml.Node, key string) []string {
	var out []string
	for _, item := range Items(Get(n, key)) {
		out = append(out, item.Value)
	}
	return out
}

// Items are the elements of a list; nil for anything else.
func Items(n *yaml.Node) []*yaml.Node {
	n = Content(n)
	if n == nil || n.Kind != yaml.SequenceNode {
		return nil
	}
	out := make([]*yaml.Node, len(n.Content))
	for i, item := range n.Content {
		out[i] = Content(item)
	}
	return out
}

func find(n *yaml.Node, key string) (k, v *yaml.Node) {
	for k, v := range Fields(n) {
		if k.Value == key {
			return k, v
		}
	}
	return nil, nil
}

// At is the node a JSON pointer names; nil if it names none.
func At(root *yaml.Node, pointer string) *yaml.Node {
	_, n := locate(root, pointer)
	return n
}

// Line is the line of the key or list item a JSON pointer names; 0 if it names none.
func Line(root *yaml.Node, pointer string) int {
	key, n := locate(root, pointer)
	switch {
	case n == nil:
		return 0
	case key != nil:
		return key.Line
	default:
		return n.Line
	}
}

// Nearest is the longest prefix of a pointer that names a node.
func Nearest(root *yaml.Node, pointer string) string {
	for pointer != "" && At(root, pointer) == nil {
		pointer = pointer[:strings.LastIndexByte(pointer, '/')]
	}
	return pointer
}

// locate also gives the key node where the last step was into a mapping.
func locate(root *yaml.Node, pointer string) (key, n *yaml.Node) {
	n = Content(root)
	if pointer == "" {
		return nil, n
	}
	if pointer[0] != '/' {
		return nil, nil
	}
	for token := range strings.SplitSeq(pointer[1:], "/") {
		token = Unescape(token)
		switch {
		case n == nil:
			return nil, nil
		case n.Kind == yaml.MappingNode:
			key, n = find(n, token)
		case n.Kind == yaml.SequenceNode:
			i, err := strconv.Atoi(token)
			if err != nil || i < 0 || i >= len(n.Content) || strconv.Itoa(i) != token {
				return nil, nil
			}
			key, n = nil, Content(n.Content[i])
		default:
			return nil, nil
		}
	}
	return key, n
}

// Escape makes a key a token of a JSON pointer, Unescape is its inverse.
func Escape(key string) string {
	if !strings.ContainsAny(key, "~/") {
		return key
	}
	return strings.ReplaceAll(strings.ReplaceAll(key, "~", "~0"), "/", "~1")
}

// Unescape makes a token of a JSON pointer a key.
func Unescape(token string) string {
	if !strings.Contains(token, "~") {
		return token
	}
	return strings.ReplaceAll(strings.ReplaceAll(token, "~1", "/"), "~0", "~")
}
