// Package plain makes YAML node trees easy to walk: a [Copy] has no document
// wrappers, aliases or merge keys, so that one JSON pointer leads to one node.
// It decodes nothing; the nodes keep their lines.
//
//	root := plain.Copy(node)
//	schema := plain.At(root, "/components/schemas/Pet")
package plain

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"
)

// Copy gives a deep copy of n in which aliases and merge keys are replaced by
// what they stand for; merged keys come last and never over written ones. An
// alias within itself becomes null. Aliases that multiply are multiplied: check
// a document that may not be trusted before. Nil stays nil.
func Copy(n *yaml.Node) *yaml.Node { return copier{}.copy(n) }

// View is like Copy, but gives nodes of n itself where there is nothing to
// replace. It is for reading only.
func View(n *yaml.Node) *yaml.Node {
	if n != nil && n.Kind == yaml.DocumentNode && len(n.Content) > 0 {
		n = n.Content[0]
	}
	if n == nil || isPlain(n) {
		return n
	}
	return Copy(n)
}

func isPlain(n *yaml.Node) bool {
	if n.Kind == yaml.AliasNode {
		return false
	}
	for i, child := range n.Content {
		if !isPlain(child) || n.Kind == yaml.MappingNode && i%2 == 0 && isMerge(child) {
			return false
		}
	}
	return true
}

// copier holds the anchored nodes that are being copied.
type copier map[*yaml.Node]bool

func (c copier) copy(n *yaml.Node) *yaml.Node {
	if n == nil {
		return nil
	}
	switch n.Kind {
	case yaml.DocumentNode:
		if len(n.Content) > 0 {
			return c.copy(n.Content[0])
		}
	case yaml.AliasNode:
		if c[n.Alias] {
			return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!null", Value: "null", Line: n.Line, Column: n.Column}
		}
		return c.copy(n.Alias)
	}
	c[n] = true
	defer delete(c, n)
	out := *n
	out.Anchor, out.Content = "", make([]*yaml.Node, 0, len(n.Content))
	var merged []*yaml.Node
	for i, child := range n.Content {
		switch {
		case n.Kind == yaml.MappingNode && isMerge(n.Content[i&^1]):
			if i&1 == 1 {
				merged = append(merged, c.copy(child))
			}
		default:
			out.Content = append(out.Content, c.copy(child))
		}
	}
	for _, m := range merged {
		merge(&out, m)
	}
	return &out
}

func isMerge(key *yaml.Node) bool { return key.Kind == yaml.ScalarNode && key.ShortTag() == "!!merge" }

// merge adds what out lacks from m, a mapping or a sequence of mappings of which
// the first to have a key wins.
func merge(out, m *yaml.Node) {
	if m.Kind == yaml.SequenceNode {
		for _, item := range m.Content {
			merge(out, item)
		}
		return
	}
	for key, value := range Fields(m) {
		if Get(out, key.Value) == nil {
			out.Content = append(out.Content, key, value)
		}
	}
}

// Fields yields the keys and values of a mapping; nothing else has fields. The
// node may be nil.
func Fields(n *yaml.Node) func(yield func(key, value *yaml.Node) bool) {
	return func(yield func(key, value *yaml.Node) bool) {
		if n == nil || n.Kind != yaml.MappingNode {
			return
		}
		for pair := range slices.Chunk(n.Content, 2) {
			if len(pair) == 2 && !yield(pair[0], pair[1]) {
				return
			}
		}
	}
}

// Get gives the value of a key of a mapping, and nil if there is none.
func Get(n *yaml.Node, key string) *yaml.Node {
	for k, v := range Fields(n) {
		if k.Value == key {
			return v
		}
	}
	return nil
}

// At gives the node at a JSON pointer below root, and nil if there is none.
func At(root *yaml.Node, pointer string) *yaml.Node {
	n := root
	for _, token := range Split(pointer) {
		if n != nil && n.Kind == yaml.SequenceNode {
			n = item(n, token)
		} else {
			n = Get(n, token)
		}
	}
	return n
}

func item(n *yaml.Node, token string) *yaml.Node {
	i, err := strconv.Atoi(token)
	if err != nil || i < 0 || i >= len(n.Content) {
		return nil
	}
	return n.Content[i]
}

var (
	escaper   = strings.NewReplacer("~", "~0", "/", "~1")
	unescaper = strings.NewReplacer("~1", "/", "~0", "~")
)

// Join extends a JSON pointer by tokens, which it escapes.
func Join(pointer string, tokens ...string) string {
	for _, token := range tokens {
		pointer += "/" + escaper.Replace(token)
	}
	return pointer
}

// Split gives the unescaped tokens of a JSON pointer.
func Split(pointer string) []string {
	if pointer == "" {
		return nil
	}
	tokens := strings.Split(strings.TrimPrefix(pointer, "/"), "/")
	for i, token := range tokens {
		tokens[i] = unescaper.Replace(token)
	}
	return tokens
}

// Target gives the JSON pointer that a reference within the same document
// means, and false for any other reference.
func Target(ref string) (pointer string, ok bool) {
	fragment, ok := strings.CutPrefix(ref, "#")
	if !ok || fragment != "" && fragment[0] != '/' {
		return "", false
	}
	pointer, err := url.PathUnescape(fragment)
	return pointer, err == nil
}
