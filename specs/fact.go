package specs

import (
	"strings"

	yaml "go.yaml.in/yaml/v4"

	"understudy.dev/specs/internal/plain"
)

// below is the end of a fact that includes everything under its node.
const below = "/..."

// parseFact reads a fact such as openapi.yaml#/info/title and reports whether
// it is one.
func parseFact(n name) (Fact, bool) {
	file, pointer, ok := strings.Cut(n.Text, "#")
	f := Fact{File: file, Pos: n.Pos}
	f.Pointer, f.Below = strings.CutSuffix(pointer, below)
	return f, ok && (f.Pointer == "" || strings.HasPrefix(f.Pointer, "/")) &&
		(file == openAPIFile || file == profileFile)
}

// String is the fact as it is written.
func (f Fact) String() string {
	s := f.File + "#" + f.Pointer
	if f.Below {
		s += below
	}
	return s
}

// Covers reports whether the fact names the node at a JSON pointer of its file.
func (f Fact) Covers(pointer string) bool {
	want, got := plain.Split(f.Pointer), plain.Split(pointer)
	if len(got) < len(want) || len(got) > len(want) && !f.Below {
		return false
	}
	for i := range want {
		if want[i] != "*" && want[i] != got[i] {
			return false
		}
	}
	return true
}

// finds reports whether the fact names a node below root.
func (f Fact) finds(root *yaml.Node) bool { return len(f.locate(root)) > 0 }

// named lists what a segment of a fact names below a node.
func named(n *yaml.Node, segment string) []*yaml.Node {
	if segment != "*" {
		if c := childOf(n, segment); c != nil {
			return []*yaml.Node{c}
		}
		return nil
	}
	if n.Kind == yaml.SequenceNode {
		return n.Content
	}
	var all []*yaml.Node
	if n.Kind == yaml.MappingNode {
		for i := 1; i < len(n.Content); i += 2 {
			all = append(all, n.Content[i])
		}
	}
	return all
}
