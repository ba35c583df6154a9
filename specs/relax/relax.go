// Package relax derives the documented document: an OpenAPI document in which
// every constraint on responses that no source documents is gone, so that it
// can judge a server without accusing it of what was never promised.
//
// Whether a node is documented is the caller's knowledge, asked by JSON pointer.
// Pointers are those of the full document, with the escapes ~0 and ~1; a member
// of required is addressed by its value: "/…/required/token".
//
//	relaxed := relax.Derive(root, facts.Contains)
//	doc, err := validate.Load("documented", marshal(relaxed.Root), nil)
//	…
//	fact := relaxed.Origin(violation.Pointer)
//
// Relaxing is monotone: a schema's relaxed form accepts whatever the schema
// accepts. What constrains stays only if its own pointer is documented; what
// only leads to other schemas (properties, items, allOf …) stays as a way to
// the documented parts below it; what can refuse more when something below it
// refuses less (not, oneOf, if, contains, unevaluated…) stays only if it is
// documented with everything below it, references followed.
//
// An undocumented status of success becomes 2XX, an undocumented media type any
// media type, and statuses that are not listed are allowed, unless the mapping
// of responses itself is documented. One liberty is taken with monotony there: a
// success that only default described is judged by that 2XX. A response that may
// be anything is written with the content {"*/*": {}}: a media type without a
// schema asks neither for a body nor for a shape, and the schema of "*/*" is for
// answers in JSON.
//
// The request of a webhook is what the server sends: its body is relaxed as that
// of a response.
//
// The package knows nothing of requirements, and judges nothing. Requests that a
// server receives are copied as they stand, though the components they refer to
// are relaxed: the result is for what a server sends alone.
package relax

import (
	"go.yaml.in/yaml/v4"

	"understudy.dev/specs/internal/plain"
)

// Relaxed is the documented form of a document.
type Relaxed struct {
	// Root is the mapping of the relaxed document, free of aliases and merge
	// keys. It shares no node with the full document, and its nodes keep their
	// lines. It is nil if there was no document.
	Root *yaml.Node
	// Issues list what was given up although it is documented, in the order of
	// the document. None means that every documented constraint is judged.
	Issues []Issue

	origins map[string]string
}

// Issue is a documented constraint that had to be given up because it makes
// sense only together with something that is assumed.
type Issue struct {
	// Pointer is that of the documented constraint, Line its line.
	Pointer string
	Line    int
	// Assumed is the pointer of what would have to be documented too.
	Assumed string
	// Message is one sentence that names both.
	Message string
}

// Derive relaxes root, an OpenAPI 3.1 document (a document node or its mapping)
// whose aliases are sound, and leaves it alone. A nil root gives an empty
// result, a nil function documents nothing.
func Derive(root *yaml.Node, documented func(pointer string) bool) *Relaxed {
	full := plain.Copy(root)
	if full == nil {
		return &Relaxed{}
	}
	if documented == nil {
		documented = func(string) bool { return false }
	}
	r := &relaxer{root: full, documented: documented, whole: map[string]string{}, origins: map[string]string{}}
	out := r.document(full)
	prune(out, out)
	return &Relaxed{Root: out, Issues: r.issues, origins: r.origins}
}

// Document is the root that Derive gives.
func Document(root *yaml.Node, documented func(pointer string) bool) *yaml.Node {
	return Derive(root, documented).Root
}

// Check is the issues that Derive gives.
func Check(root *yaml.Node, documented func(pointer string) bool) []Issue {
	return Derive(root, documented).Issues
}

// Origin translates a pointer into the relaxed document to the pointer of the
// same thing in the full one. Most are the same; below a 2XX or a */* that
// relaxing has made, they are not.
func (r *Relaxed) Origin(pointer string) string {
	at := ""
	for _, token := range plain.Split(pointer) {
		at = plain.Join(at, token)
		if origin, moved := r.origins[at]; moved {
			at = origin
		}
	}
	return at
}

// relaxer reads the full document and never changes a node of it; what it
// builds shares the nodes that need no change.
type relaxer struct {
	root       *yaml.Node
	documented func(pointer string) bool
	whole      map[string]string // by schema pointer: the first assumed thing below it, "" for none
	issues     []Issue
	origins    map[string]string // by pointer, with whatever leads to it translated already
}

// drop notes the loss of value, which stands at pointer, if that or something
// below it is documented. Assumed is the pointer of the reason, "" if there is
// none but that such things cannot be relaxed.
func (r *relaxer) drop(value *yaml.Node, pointer, assumed string) {
	line, lost, ok := r.firstDocumented(value, pointer)
	if !ok {
		return
	}
	message := "cannot judge the documented " + lost + ": "
	if assumed == "" {
		message += "it cannot be relaxed"
	} else {
		message += "it depends on the assumed " + assumed
	}
	r.issues = append(r.issues, Issue{Pointer: lost, Line: line, Assumed: assumed, Message: message})
}

func (r *relaxer) firstDocumented(n *yaml.Node, pointer string) (line int, lost string, ok bool) {
	if r.documented(pointer) {
		return n.Line, pointer, true
	}
	for i, child := range n.Content {
		at := index(pointer, i)
		switch {
		case n.Kind == yaml.MappingNode && i%2 == 0:
			continue
		case n.Kind == yaml.MappingNode:
			at = plain.Join(pointer, n.Content[i-1].Value)
		case child.Kind == yaml.ScalarNode:
			at = plain.Join(pointer, child.Value)
		}
		if line, lost, ok = r.firstDocumented(child, at); ok {
			return line, lost, true
		}
	}
	return 0, "", false
}

// rebuild copies a mapping and lets each decide about every field: the value to
// keep, or nil to leave the field out.
func rebuild(n *yaml.Node, each func(key, value *yaml.Node) *yaml.Node) *yaml.Node {
	if n == nil || n.Kind != yaml.MappingNode {
		return n
	}
	out := *n
	out.Content = make([]*yaml.Node, 0, len(n.Content))
	for key, value := range plain.Fields(n) {
		if v := each(key, value); v != nil {
			out.Content = append(out.Content, key, v)
		}
	}
	return &out
}

// mapping makes a mapping of keys (strings) and values that stands at the line
// of a node.
func mapping(at *yaml.Node, fields ...any) *yaml.Node {
	out := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map", Line: at.Line, Column: at.Column}
	for _, f := range fields {
		n, ok := f.(*yaml.Node)
		if !ok {
			n = text(at, f.(string))
		}
		out.Content = append(out.Content, n)
	}
	return out
}

func text(at *yaml.Node, s string) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Style: yaml.DoubleQuotedStyle, Value: s, Line: at.Line, Column: at.Column}
}

// prune removes references to what relaxing has removed. They can stand only
// where nothing is judged: the relaxer keeps no reference to what may go.
func prune(root, n *yaml.Node) {
	kept := n.Content
	if n.Kind == yaml.MappingNode {
		kept = kept[:0:0]
		for key, value := range plain.Fields(n) {
			if key.Value == "$ref" && value.Kind == yaml.ScalarNode {
				if target, local := plain.Target(value.Value); local && plain.At(root, target) == nil {
					continue
				}
			}
			kept = append(kept, key, value)
		}
		n.Content = kept
	}
	for _, child := range kept {
		prune(root, child)
	}
}
