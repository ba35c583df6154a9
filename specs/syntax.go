package specs

import (
	"strconv"
	"strings"

	yaml "go.yaml.in/yaml/v4"

	"understudy.dev/specs/strict"
)

// The syntax_*.go files hold the form of an API's files as they are written.
// The load_*.go files turn it into the exported types. Templates stay nodes
// until their scope is known.

// name is a name with the place where it is written.
type name struct {
	Text string
	Pos  strict.Pos
}

// DecodeNode implements [strict.Decoder].
func (n *name) DecodeNode(c *strict.Context, node *yaml.Node) {
	// A name that could not be read keeps the zero place: it was reported already.
	if c.Decode(node, &n.Text) {
		n.Pos = strict.Pos{File: c.File(), Line: node.Line}
	}
}

func texts(names []name) []string {
	var all []string
	for _, n := range names {
		all = append(all, n.Text)
	}
	return all
}

// byteSize is a number of bytes: 4096, 64KiB or 1MiB.
type byteSize int64

// DecodeNode implements [strict.Decoder].
func (b *byteSize) DecodeNode(c *strict.Context, node *yaml.Node) {
	number, unit := node.Value, int64(1)
	for suffix, bytes := range map[string]int64{"KiB": 1 << 10, "MiB": 1 << 20} {
		if before, ok := strings.CutSuffix(node.Value, suffix); ok {
			number, unit = before, bytes
		}
	}
	n, err := strconv.ParseInt(number, 10, 64)
	if node.Kind != yaml.ScalarNode || err != nil || n <= 0 || n > (1<<40)/unit {
		c.Errorf(node, "a size must be a number of bytes such as 4096, 64KiB or 1MiB, got %q", node.Value)
		return
	}
	*b = byteSize(n * unit)
}

// keyNode finds the key node of a mapping, nil if there is none.
func keyNode(mapping *yaml.Node, key string) *yaml.Node {
	if mapping == nil || mapping.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(mapping.Content); i += 2 {
		if mapping.Content[i].Value == key {
			return mapping.Content[i]
		}
	}
	return nil
}
