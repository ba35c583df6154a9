package sure

import (
	"math/big"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// Compiler builds evaluators that share the nodes of the schemas they have in
// common, as the schemas of one jsonschema.Compiler do. The zero value is ready
// for use; it is not safe for concurrent use, its evaluators are.
type Compiler struct {
	nodes map[*jsonschema.Schema]*node
	cuts  cutter
}

// Compile builds the evaluator of s. A nil schema gives nil.
func (c *Compiler) Compile(s *jsonschema.Schema) *Evaluator {
	if s == nil {
		return nil
	}
	if c.nodes == nil {
		c.nodes, c.cuts = map[*jsonschema.Schema]*node{}, cutter{}
	}
	root := c.node(s)
	c.cuts.cut(root)
	return &Evaluator{root}
}

func (c *Compiler) node(s *jsonschema.Schema) *node {
	if s == nil {
		return nil
	}
	if n := c.nodes[s]; n != nil {
		return n
	}
	n := &node{types: anyKind}
	c.nodes[s] = n // before its parts, which may refer back
	c.fill(n, s)
	return n
}

func (c *Compiler) list(schemas []*jsonschema.Schema) []*node {
	var nodes []*node
	for _, s := range schemas {
		nodes = append(nodes, c.node(s))
	}
	return nodes
}

// never makes n a node that is sure of nothing.
func (n *node) never() { *n = node{fixed: true, verdict: unsure} }

func (c *Compiler) fill(n *node, s *jsonschema.Schema) {
	switch {
	case s.Bool != nil:
		n.fixed, n.verdict = true, verdictOf(*s.Bool)
		return
	case foreign(s):
		n.never()
		return
	}
	if s.Types != nil && !s.Types.IsEmpty() {
		n.types = 0
		for _, t := range s.Types.ToStrings() {
			n.types |= kinds[t]
		}
	}
	if s.Const != nil {
		n.allowed = append(n.allowed, literalsOf([]any{*s.Const}))
	}
	if s.Enum != nil {
		n.allowed = append(n.allowed, literalsOf(s.Enum.Values))
	}
	n.format = formatOf(s.Format)
	n.ref = c.node(s.Ref)
	n.allOf, n.anyOf, n.oneOf = c.list(s.AllOf), c.list(s.AnyOf), c.list(s.OneOf)
	n.not, n.cond, n.then, n.alt = c.node(s.Not), c.node(s.If), c.node(s.Then), c.node(s.Else)
	n.str, n.number, n.array = textOf(s), numbersOf(s), c.arrayOf(s)

	var ok bool
	if n.object, ok = c.objectOf(s); !ok {
		n.never()
		return
	}
	for _, ext := range s.Extensions {
		if !n.extend(ext) {
			n.never()
			return
		}
	}
	n.alias = n.ref != nil && n.onlyRef()
}

// foreign reports whether s uses what this package does not know.
func foreign(s *jsonschema.Schema) bool {
	return s.DraftVersion != 2020 ||
		s.RecursiveRef != nil || s.DynamicRef != nil ||
		s.Items != nil || s.AdditionalItems != nil || s.Dependencies != nil ||
		s.ContentEncoding != nil || s.ContentMediaType != nil || s.ContentSchema != nil
}

func (n *node) onlyRef() bool {
	return n.types == anyKind && n.allowed == nil && n.format == nil &&
		n.allOf == nil && n.anyOf == nil && n.oneOf == nil && n.not == nil && n.cond == nil &&
		n.str == nil && n.number == nil && n.array == nil && n.object == nil
}

func textOf(s *jsonschema.Schema) *textRules {
	if s.MinLength == nil && s.MaxLength == nil && s.Pattern == nil {
		return nil
	}
	return &textRules{orNone(s.MinLength), orNone(s.MaxLength), s.Pattern}
}

func numbersOf(s *jsonschema.Schema) *numberRules {
	r := new(numberRules)
	for _, b := range []struct {
		bound     *big.Rat
		low, high int
	}{
		{s.Minimum, 0, 1}, {s.ExclusiveMinimum, 1, 1}, {s.Maximum, -1, 0}, {s.ExclusiveMaximum, -1, -1},
	} {
		if b.bound != nil {
			r.limits = append(r.limits, limit{numberOf(b.bound), b.low, b.high})
		}
	}
	if s.MultipleOf != nil {
		m := numberOf(s.MultipleOf)
		r.multipleOf = &m
	}
	if r.limits == nil && r.multipleOf == nil {
		return nil
	}
	return r
}

func (c *Compiler) arrayOf(s *jsonschema.Schema) *arrayRules {
	if s.MinItems == nil && s.MaxItems == nil && !s.UniqueItems && s.Contains == nil &&
		s.PrefixItems == nil && s.Items2020 == nil && s.UnevaluatedItems == nil {
		return nil
	}
	a := &arrayRules{
		prefix: c.list(s.PrefixItems), rest: c.node(s.Items2020),
		min: orNone(s.MinItems), max: orNone(s.MaxItems), unique: s.UniqueItems,
		contains: c.node(s.Contains), minContains: 1, maxContains: orNone(s.MaxContains),
		unevaluated: c.node(s.UnevaluatedItems),
	}
	if s.MinContains != nil {
		a.minContains = *s.MinContains
	}
	return a
}

// objectOf reports false if the schema mentions too many names.
func (c *Compiler) objectOf(s *jsonschema.Schema) (*objectRules, bool) {
	if s.Properties == nil && s.PatternProperties == nil && s.AdditionalProperties == nil &&
		s.PropertyNames == nil && s.MinProperties == nil && s.MaxProperties == nil &&
		s.Required == nil && s.DependentRequired == nil && s.DependentSchemas == nil &&
		s.UnevaluatedProperties == nil {
		return nil, true
	}
	o := &objectRules{
		names: map[string]int{}, keys: c.node(s.PropertyNames),
		min: orNone(s.MinProperties), max: orNone(s.MaxProperties),
		unevaluated: c.node(s.UnevaluatedProperties),
	}
	full := !o.require(&o.required, s.Required)
	for name, sub := range s.Properties {
		if i, ok := o.name(name); ok {
			o.props[i] = c.node(sub)
		} else {
			full = true
		}
	}
	for pattern, sub := range s.PatternProperties {
		o.patterns = append(o.patterns, patternRule{pattern, c.node(sub)})
	}
	switch rest := s.AdditionalProperties.(type) {
	case bool:
		o.rest = &node{fixed: true, verdict: verdictOf(rest)}
	case *jsonschema.Schema:
		o.rest = c.node(rest)
	}
	for name, required := range s.DependentRequired {
		i, ok := o.name(name)
		d := dependent{name: i}
		full = full || !ok || !o.require(&d.required, required)
		o.dependents = append(o.dependents, d)
	}
	for name, sub := range s.DependentSchemas {
		i, ok := o.name(name)
		full = full || !ok
		o.dependents = append(o.dependents, dependent{name: i, node: c.node(sub)})
	}
	return o, !full
}

// name gives the index of a mentioned name, and false where there is no room.
func (o *objectRules) name(s string) (int, bool) {
	if i, ok := o.names[s]; ok {
		return i, true
	}
	i := len(o.props)
	if i == maxNames {
		return 0, false
	}
	o.names[s] = i
	o.props = append(o.props, nil)
	return i, true
}

func (o *objectRules) require(set *bitset, names []string) bool {
	for _, name := range names {
		i, ok := o.name(name)
		if !ok {
			return false
		}
		set.add(i)
	}
	return true
}

func orNone(n *int) int {
	if n == nil {
		return -1
	}
	return *n
}
