package fake

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"
)

// Bounds on a schema that comes from a caller, and on what is made for it.
const (
	maxSchema   = 1 << 18 // bytes
	maxNodes    = 8000    // JSON values
	maxNesting  = 50
	maxName     = 128 // bytes of a key
	maxSchemas  = 2 * maxNodes
	maxRefs     = 300 // of $ref and allOf
	maxNumber   = 45  // characters
	maxExponent = 40
	maxSource   = 256  // bytes of a pattern
	maxPatterns = 4000 // instructions of all patterns
	maxFree     = 4096 // bytes of a text
	maxEffort   = 30_000
	maxTried    = 3000
)

// Invent makes a value for a JSON Schema that is not part of a document, and
// that nobody vouches for: one that a caller has sent. It is JSON of draft
// 2020-12; references lead to places within it. What is made fits the schema, as
// far as this package can tell. Whatever the schema, Invent is done within
// a fraction of a second: one that is too large, or asks for too much, is an
// error, as is one that has no values. Nil options are those of [Generator.Value].
func Invent(src []byte, o *Options) ([]byte, error) {
	r := newRun(o)
	r.bounds = bounds{steps: maxTried, text: maxFree}
	r.effort = r.options.Allowance.grant()
	r.judge.effort = r.effort
	defer r.options.Allowance.take(r.effort.left, r.effort)
	if !r.effort.spend(10 + len(src)/64) {
		return nil, fmt.Errorf("cannot make a value: %w", errLarge)
	}
	root, err := readSchema(src)
	if err != nil {
		return nil, fmt.Errorf("cannot read the schema: %w", err)
	}
	c := &compiler{root: root, keywords: keywords, fresh: map[string]*schema{}, wary: &wariness{}}
	s := c.schema(root, "")
	if c.err != nil {
		return nil, fmt.Errorf("cannot use the schema: %w", c.err)
	}
	for _, fresh := range c.fresh {
		fresh.all = gather(nil, nil, fresh)
	}
	v, err := r.value(s.all, r.options.Name)
	switch {
	case r.effort.over():
		return nil, fmt.Errorf("cannot make a value: %w", errLarge)
	case err != nil:
		return nil, fmt.Errorf("cannot make a value: %w", err)
	case !r.judge.fitsAll(s.all, v):
		return nil, errors.New("cannot make a value: what was made does not fit")
	}
	return encode(nil, v), nil
}

// wariness counts what the schema of a stranger asks for when it is compiled.
type wariness struct{ schemas, refs, patterns int }

// another counts a schema: by pointers written in several ways, a few references
// could make many of few.
func (c *compiler) another(n *yaml.Node) bool {
	if c.wary == nil {
		return true
	}
	if c.wary.schemas++; c.wary.schemas > maxSchemas {
		c.fail(n, "there are too many schemas")
		return false
	}
	return true
}

// ref counts references, or parts of allOf.
func (c *compiler) ref(n *yaml.Node, number int) bool {
	if c.wary == nil {
		return true
	}
	if c.wary.refs += number; c.wary.refs > maxRefs {
		c.fail(n, "there are too many references")
		return false
	}
	return true
}

// pattern compiles a regular expression.
func (c *compiler) pattern(n *yaml.Node, source string) *pattern {
	if c.wary == nil {
		return newPattern(source)
	}
	if len(source) <= maxSource {
		if size := parsedSize(source); c.wary.patterns+size <= maxPatterns {
			c.wary.patterns += size
			return newPattern(source)
		}
	}
	c.fail(n, "a pattern is too large")
	return &pattern{source: source, err: errLarge}
}

// reading builds the nodes of a schema.
type reading struct {
	decoder *json.Decoder
	nodes   int
}

func readSchema(src []byte) (*yaml.Node, error) {
	if len(src) > maxSchema {
		return nil, fmt.Errorf("it has more than %d bytes", maxSchema)
	}
	r := &reading{decoder: json.NewDecoder(bytes.NewReader(src))}
	r.decoder.UseNumber()
	root, err := r.value(0)
	if err != nil {
		return nil, err
	}
	if _, err := r.decoder.Token(); err != io.EOF {
		return nil, errors.New("something follows it")
	}
	if root.Kind != yaml.MappingNode && root.Tag != "!!bool" {
		return nil, errors.New("a schema is an object, true or false")
	}
	return root, nil
}

func (r *reading) value(depth int) (*yaml.Node, error) {
	if r.nodes++; r.nodes > maxNodes || depth > maxNesting {
		return nil, fmt.Errorf("it has more than %d values, or more than %d within one another", maxNodes, maxNesting)
	}
	token, err := r.decoder.Token()
	if err != nil {
		return nil, err
	}
	switch t := token.(type) {
	case nil:
		return scalarNode("!!null", "null"), nil
	case bool:
		return scalarNode("!!bool", fmt.Sprint(t)), nil
	case string:
		return scalarNode("!!str", t), nil
	case json.Number:
		return numberNode(t)
	case json.Delim:
		if t == '[' {
			return r.collection(&yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq"}, depth)
		}
	}
	return r.collection(&yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}, depth)
}

func (r *reading) collection(n *yaml.Node, depth int) (*yaml.Node, error) {
	for r.decoder.More() {
		if n.Kind == yaml.MappingNode {
			key, err := r.decoder.Token()
			if err != nil {
				return nil, err
			}
			name, _ := key.(string)
			if len(name) > maxName {
				return nil, fmt.Errorf("the name %.20s… has more than %d bytes", name, maxName)
			}
			n.Content = append(n.Content, scalarNode("!!str", name))
		}
		item, err := r.value(depth + 1)
		if err != nil {
			return nil, err
		}
		n.Content = append(n.Content, item)
	}
	_, err := r.decoder.Token()
	return n, err
}

// numberNode refuses numbers that take long to calculate with.
func numberNode(n json.Number) (*yaml.Node, error) {
	_, exponent, scientific := strings.Cut(strings.ToLower(string(n)), "e")
	power, err := strconv.Atoi(exponent)
	if len(n) > maxNumber || scientific && (err != nil || power > maxExponent || power < -maxExponent) {
		return nil, fmt.Errorf("the number %.20s is out of reach", n)
	}
	if scientific || strings.Contains(string(n), ".") {
		return scalarNode("!!float", string(n)), nil
	}
	return scalarNode("!!int", string(n)), nil
}

func scalarNode(tag, value string) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: tag, Value: value}
}
