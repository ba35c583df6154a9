package specs

import (
	"strings"

	yaml "go.yaml.in/yaml/v4"

	"understudy.dev/specs/internal/plain"
)

// A ResolvedFact is one node that a fact names.
type ResolvedFact struct {
	// File is the path to print, Line where the node stands.
	File string
	Line int
	// Pointer is the JSON pointer to the node, without wildcards.
	Pointer string
	// Value is the node in one line of YAML, cut when it is long.
	Value string
}

// Resolve lists the nodes that a requirement rests on, in the order of its facts.
func (a *API) Resolve(r *Requirement) []ResolvedFact {
	var all []ResolvedFact
	for _, f := range r.Facts {
		root := a.Document.Node()
		if f.File == profileFile {
			root = a.profileRoot
		}
		for _, found := range f.locate(root) {
			all = append(all, ResolvedFact{
				File: a.Dir + "/" + f.File, Line: found.node.Line, Pointer: found.pointer, Value: oneLine(found.node),
			})
		}
	}
	return all
}

// locate lists the nodes that a fact names below root with the pointers to them.
func (f Fact) locate(root *yaml.Node) []located {
	if root == nil {
		return nil
	}
	found := []located{{node: root}}
	for _, segment := range plain.Split(f.Pointer) {
		var next []located
		for _, l := range found {
			if segment == "*" {
				next = append(next, l.children()...)
			} else if c := l.child(segment); c.node != nil {
				next = append(next, c)
			}
		}
		found = next
	}
	return found
}

// maxValue is how many bytes of a value are worth a line.
const maxValue = 72

// oneLine writes a node in YAML's flow style.
func oneLine(n *yaml.Node) string {
	flow := plain.Copy(n)
	flow.Style = yaml.FlowStyle
	src, err := yaml.Marshal(flow)
	if err != nil {
		return ""
	}
	text := strings.Join(strings.Fields(string(src)), " ")
	if len(text) > maxValue {
		text = strings.ToValidUTF8(text[:maxValue], "") + "…"
	}
	return text
}
