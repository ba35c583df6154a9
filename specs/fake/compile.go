package fake

import (
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strconv"

	"go.yaml.in/yaml/v4"

	"understudy.dev/specs/internal/plain"
)

// compile gives the schema at a pointer, complete with everything it leads to.
func (g *Generator) compile(pointer string) (*schema, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if s := g.schemas[pointer]; s != nil {
		return s, nil
	}
	n := plain.At(g.root, pointer)
	if n == nil {
		return nil, errors.New("the document has no such schema")
	}
	c := &compiler{root: g.root, keywords: keywords, known: g.schemas, fresh: map[string]*schema{}}
	s := c.schema(n, pointer)
	if c.err != nil {
		return nil, c.err
	}
	for at, s := range c.fresh {
		s.all = gather(nil, nil, s)
		g.schemas[at] = s
	}
	return s, nil
}

// gather appends s, and what it refers to and is composed of, once each. A
// schema that is composed of itself has no values.
func gather(all, path []*schema, s *schema) []*schema {
	if slices.Contains(path, s) {
		never := unlimited()
		never.never = true
		return append(all, never)
	}
	if slices.Contains(all, s) {
		return all
	}
	all, path = append(all, s), append(path, s)
	if s.ref != nil {
		all = gather(all, path, s.ref)
	}
	for _, part := range s.allOf {
		all = gather(all, path, part)
	}
	return all
}

// compiler compiles what known does not have; nothing is given away before all
// of it is sound.
type compiler struct {
	root         *yaml.Node
	keywords     map[string]reader // which lead back to the compiler
	known, fresh map[string]*schema
	wary         *wariness // nil for a document that is trusted
	err          error
}

func (c *compiler) schema(n *yaml.Node, pointer string) *schema {
	for _, m := range []map[string]*schema{c.known, c.fresh} {
		if s := m[pointer]; s != nil {
			return s
		}
	}
	s := unlimited()
	s.line = n.Line
	if !c.another(n) {
		return s
	}
	c.fresh[pointer] = s // before its parts, which may refer back
	if n.Kind != yaml.MappingNode {
		s.never = n.Kind == yaml.ScalarNode && fromNode(n) == false
		return s
	}
	for key, value := range plain.Fields(n) {
		if read := c.keywords[key.Value]; read != nil {
			read(c, s, value, plain.Join(pointer, key.Value))
		}
	}
	// The order in which the document offers values is not the order to try them in.
	for _, key := range []string{"example", "examples", "default"} {
		if value := plain.Get(n, key); value != nil {
			s.offer(key, value)
		}
	}
	if value := plain.Get(n, "discriminator"); value != nil {
		c.discriminate(s, value, n)
	}
	return s
}

func (s *schema) offer(key string, value *yaml.Node) {
	if key != "examples" {
		s.examples = append(s.examples, fromNode(value))
	} else if list, ok := fromNode(value).([]any); ok {
		s.examples = append(s.examples, list...)
	}
}

func (c *compiler) fail(n *yaml.Node, format string, args ...any) {
	if c.err != nil {
		return
	}
	c.err = fmt.Errorf(format, args...)
	if n.Line > 0 {
		c.err = fmt.Errorf("line %d: %w", n.Line, c.err)
	}
}

func (c *compiler) list(n *yaml.Node, pointer string) []*schema {
	var out []*schema
	if n.Kind == yaml.SequenceNode {
		for i, item := range n.Content {
			out = append(out, c.schema(item, plain.Join(pointer, strconv.Itoa(i))))
		}
	}
	return out
}

func (c *compiler) named(n *yaml.Node, pointer string) []property {
	var out []property
	for key, value := range plain.Fields(n) {
		out = append(out, property{key.Value, c.schema(value, plain.Join(pointer, key.Value))})
	}
	return out
}

func (c *compiler) reference(n *yaml.Node) *schema {
	if !c.ref(n, 1) {
		return nil
	}
	target, local := plain.Target(n.Value)
	if !local {
		c.fail(n, "the reference %q leaves the document", n.Value)
		return nil
	}
	at := plain.At(c.root, target)
	if at == nil {
		c.fail(n, "the reference %q leads nowhere", n.Value)
		return nil
	}
	return c.schema(at, target)
}

func (c *compiler) count(n *yaml.Node) int {
	r := c.rational(n)
	if !r.IsInt() || !r.Num().IsInt64() {
		return -1
	}
	return int(r.Num().Int64())
}

func (c *compiler) rational(n *yaml.Node) *big.Rat {
	r, ok := new(big.Rat).SetString(n.Value)
	if !ok {
		c.fail(n, "%q is not a number", n.Value)
		return new(big.Rat)
	}
	return r
}

func texts(n *yaml.Node) []string {
	var out []string
	for _, item := range n.Content {
		out = append(out, item.Value)
	}
	return out
}
