package relax

import (
	"strconv"

	"go.yaml.in/yaml/v4"

	"understudy.dev/specs/internal/plain"
)

// webhook relaxes the request that a server sends: its body as that of a
// response, its header parameters as headers. Parts that stand elsewhere are
// put in their place, because there they belong to requests that are received.
// What the receiver answers is nobody's promise and stays as it is.
func (r *relaxer) webhook(n *yaml.Node, pointer string) *yaml.Node {
	n, pointer = r.inline(n, pointer)
	return rebuild(n, func(key, value *yaml.Node) *yaml.Node {
		at := plain.Join(pointer, key.Value)
		switch {
		case key.Value == "parameters":
			return r.sentHeaders(value, at)
		case methods[key.Value]:
			return rebuild(value, func(key, value *yaml.Node) *yaml.Node {
				at := plain.Join(at, key.Value)
				switch key.Value {
				case "parameters":
					return r.sentHeaders(value, at)
				case "requestBody":
					return r.delivery(value, at)
				}
				return value
			})
		}
		return value
	})
}

// inline follows references to what is meant. A dangling one, and one that leads
// back to itself, are the loader's to refuse.
func (r *relaxer) inline(n *yaml.Node, pointer string) (*yaml.Node, string) {
	from := pointer
	for range maxInline {
		ref := plain.Get(n, "$ref")
		if ref == nil {
			break
		}
		target, local := plain.Target(ref.Value)
		meant := plain.At(r.root, target)
		if !local || meant == nil {
			break
		}
		n, pointer = meant, target
	}
	if pointer != from {
		r.origins[from] = pointer
	}
	return n, pointer
}

// maxInline bounds chains of references.
const maxInline = 64

func (r *relaxer) delivery(n *yaml.Node, pointer string) *yaml.Node {
	n, pointer = r.inline(n, pointer)
	return rebuild(n, func(key, value *yaml.Node) *yaml.Node {
		at := plain.Join(pointer, key.Value)
		switch key.Value {
		case "required":
			if !r.documented(at) {
				return nil
			}
		case "content":
			return r.content(value, at)
		}
		return value
	})
}

// sentHeaders relaxes a list of parameters. They count as response headers do.
func (r *relaxer) sentHeaders(n *yaml.Node, pointer string) *yaml.Node {
	if n == nil || n.Kind != yaml.SequenceNode {
		return n
	}
	out := *n
	out.Content = nil
	for i, item := range n.Content {
		item, at := r.inline(item, plain.Join(pointer, strconv.Itoa(i)))
		out.Content = append(out.Content, r.header(item, at))
	}
	return &out
}
