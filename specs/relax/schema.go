package relax

import (
	"strings"

	"go.yaml.in/yaml/v4"

	"understudy.dev/specs/internal/plain"
)

const schemasPointer = "/components/schemas/"

// schema gives the relaxed form of the schema n, which stands at pointer.
func (r *relaxer) schema(n *yaml.Node, pointer string) *yaml.Node {
	switch {
	case isFalse(n):
		if r.documented(pointer) {
			return n
		}
		return mapping(n)
	case n.Kind != yaml.MappingNode:
		return n
	}
	if key := alienKey(n); key != nil {
		r.drop(n, pointer, plain.Join(pointer, key.Value))
		return mapping(n)
	}
	return rebuild(n, func(key, value *yaml.Node) *yaml.Node {
		return r.keyword(n, pointer, key, value)
	})
}

// keyword gives the relaxed value of one keyword of the schema n, or nil if it
// has to go.
func (r *relaxer) keyword(n *yaml.Node, pointer string, key, value *yaml.Node) *yaml.Node {
	at := plain.Join(pointer, key.Value)
	switch c := classOf(key.Value); c {
	case annotation:
		return value
	case required:
		return r.required(value, at)
	case dependent:
		return r.dependents(value, at)
	case one:
		return r.schema(value, at)
	case named, store:
		return r.each(value, at, r.schema)
	case list:
		return r.list(value, at)
	case branch:
		if assumed := r.keeps(n, pointer, "if"); assumed != "" && plain.Get(n, "if") != nil {
			r.drop(value, at, assumed)
			return nil
		}
		return r.schema(value, at)
	case choice:
		if !r.documented(at) {
			r.drop(value, at, at)
			return nil
		}
		return r.list(value, at)
	default:
		if assumed := r.keeps(n, pointer, key.Value); assumed != "" {
			r.drop(value, at, assumed)
			return nil
		}
		return value
	}
}

func (r *relaxer) list(n *yaml.Node, pointer string) *yaml.Node {
	if n.Kind != yaml.SequenceNode {
		return n
	}
	out := *n
	out.Content = nil
	for i, item := range n.Content {
		out.Content = append(out.Content, r.schema(item, index(pointer, i)))
	}
	return &out
}

// required keeps the documented names.
func (r *relaxer) required(n *yaml.Node, pointer string) *yaml.Node {
	if n.Kind != yaml.SequenceNode || r.documented(pointer) {
		return n
	}
	out := *n
	out.Content = nil
	for _, name := range n.Content {
		if r.documented(plain.Join(pointer, name.Value)) {
			out.Content = append(out.Content, name)
		}
	}
	if out.Content == nil {
		return nil
	}
	return &out
}

// dependents keeps the documented entries of dependentRequired.
func (r *relaxer) dependents(n *yaml.Node, pointer string) *yaml.Node {
	if r.documented(pointer) {
		return n
	}
	out := rebuild(n, func(key, value *yaml.Node) *yaml.Node {
		return r.required(value, plain.Join(pointer, key.Value))
	})
	if len(out.Content) == 0 {
		return nil
	}
	return out
}

// survives reports whether the schema at pointer has a place in the relaxed
// document: it is a component, or reached from one by what is always kept.
func (r *relaxer) survives(pointer string) bool {
	rest, ok := strings.CutPrefix(pointer, schemasPointer)
	if !ok {
		return false
	}
	name, rest, _ := strings.Cut(rest, "/")
	at := schemasPointer + name
	n := plain.At(r.root, at)
	tokens := plain.Split(rest)
	for len(tokens) > 0 {
		if n == nil || n.Kind != yaml.MappingNode || alienKey(n) != nil {
			return false
		}
		step := tokens[:1]
		switch classOf(tokens[0]) {
		case one:
		case choice:
			if !r.documented(plain.Join(at, tokens[0])) {
				return false
			}
			fallthrough
		case list, named, store:
			if len(tokens) < 2 {
				return false
			}
			step = tokens[:2]
		default:
			return false
		}
		at = plain.Join(at, step...)
		n = plain.At(r.root, at)
		tokens = tokens[len(step):]
	}
	return n != nil
}

func isFalse(n *yaml.Node) bool {
	return n.Kind == yaml.ScalarNode && n.ShortTag() == "!!bool" && strings.EqualFold(n.Value, "false")
}

func alienKey(n *yaml.Node) *yaml.Node {
	for key := range plain.Fields(n) {
		if classOf(key.Value) == alien {
			return key
		}
	}
	return nil
}

// idle reports whether a relaxed schema plainly accepts everything.
func idle(n *yaml.Node) bool {
	if n.Kind != yaml.MappingNode {
		return !isFalse(n)
	}
	for key, value := range plain.Fields(n) {
		switch classOf(key.Value) {
		case annotation, store:
		case one:
			if !idle(value) {
				return false
			}
		case list, named:
			for i, child := range value.Content {
				isKey := value.Kind == yaml.MappingNode && i%2 == 0
				if !isKey && !idle(child) {
					return false
				}
			}
		default:
			return false
		}
	}
	return true
}
