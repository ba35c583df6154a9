package tree

import (
	"fmt"

	"go.yaml.in/yaml/v4"
)

// maxValues bounds what aliases may blow a document up to, in values.
const maxValues = 20_000_000

// Problem is one thing that makes a tree unfit to be read as JSON.
type Problem struct {
	Line    int
	Message string
}

// Error is the message without the line.
func (p *Problem) Error() string { return p.Message }

// Check lists duplicate keys, keys that are not scalars, and aliases that contain themselves or multiply without
// bound.
func Check(root *yaml.Node) []*Problem {
	c := &checker{size: map[*yaml.Node]int{}, open: map[*yaml.Node]bool{}}
	if n := c.visit(root); n > maxValues {
		c.report(1, "the document's aliases multiply to more than %d values", maxValues)
	}
	return c.problems
}

type checker struct {
	size     map[*yaml.Node]int // of anchored nodes, once visited
	open     map[*yaml.Node]bool
	problems []*Problem
}

func (c *checker) report(line int, format string, args ...any) {
	c.problems = append(c.problems, &Problem{Line: line, Message: fmt.Sprintf(format, args...)})
}

// visit returns how many values a node stands for, counting an alias as what it repeats.
func (c *checker) visit(n *yaml.Node) int {
	if n.Kind == yaml.AliasNode {
		if c.open[n.Alias] {
			c.report(n.Line, "the alias *%s contains itself", n.Value)
			return 1
		}
		return c.visit(n.Alias)
	}
	if size, done := c.size[n]; done {
		return size
	}
	if n.Anchor != "" {
		c.open[n] = true
		defer delete(c.open, n)
	}
	size := 1
	if n.Kind == yaml.MappingNode {
		c.keys(n)
	}
	for _, child := range n.Content {
		size = min(size+c.visit(child), maxValues+1)
	}
	if n.Anchor != "" {
		c.size[n] = size
	}
	return size
}

func (c *checker) keys(n *yaml.Node) {
	lines := make(map[string]int, len(n.Content)/2)
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		if key.Kind != yaml.ScalarNode {
			c.report(key.Line, "a key must be a scalar")
			continue
		}
		if first, dup := lines[key.Value]; dup {
			c.report(key.Line, "duplicate key %q: first on line %d", key.Value, first)
			continue
		}
		lines[key.Value] = key.Line
	}
}
