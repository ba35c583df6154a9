package validate

import (
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"

	"understudy.dev/specs/validate/internal/tree"
)

// kinds is a set of JSON types.
type kinds uint8

const (
	nullKind kinds = 1 << iota
	booleanKind
	numberKind
	stringKind
	arrayKind
	objectKind

	allKinds = nullKind | booleanKind | numberKind | stringKind | arrayKind | objectKind
)

var kindOf = map[string]kinds{
	"null": nullKind, "boolean": booleanKind, "number": numberKind, "integer": numberKind,
	"string": stringKind, "array": arrayKind, "object": objectKind,
}

// endless lists the schemas that no finite value can satisfy only because they contain themselves: A is B and B is A, or
// a property that is required and needs another of the same without end. Ordinary recursion, which an absent property,
// an empty list or a null can end, is not listed.
//
// For every schema it computes the types of which some value could satisfy it. Starting from none and adding what is
// possible gives the finite values; starting from all and removing what is impossible also lets endless ones through.
// Where the two differ, the cycle is to blame.
func (s *survey) endless() []string {
	parts := s.compositions()
	finite := s.fixpoint(parts, 0)
	if !slices.Contains(finite, 0) {
		return nil
	}
	infinite := s.fixpoint(parts, allKinds)
	var out []string
	for i, pointer := range s.order {
		if _, isRoot := s.roots[pointer]; isRoot && finite[i] == 0 && infinite[i] != 0 {
			out = append(out, pointer)
		}
	}
	return out
}

func (s *survey) fixpoint(parts []composition, start kinds) []kinds {
	possible := make([]kinds, len(parts))
	for i := range possible {
		possible[i] = start
	}
	for changed := true; changed; {
		changed = false
		// Children are met after their parents, so the reverse order settles most schemas in one round.
		for i := len(parts) - 1; i >= 0; i-- {
			if now := parts[i].satisfiable(possible); now != possible[i] {
				possible[i] = now
				changed = true
			}
		}
	}
	return possible
}

// composition is how a schema is made of others, by their places in the order of the survey: the keywords that can make
// recursion endless. What the others say is taken to be satisfiable.
type composition struct {
	kinds        kinds
	all          []int   // $ref and allOf
	alternatives [][]int // anyOf and oneOf
	properties   []int   // the required ones
	items        []int   // of a list that must have one
}

func (c *composition) satisfiable(possible []kinds) kinds {
	out := c.kinds
	for _, i := range c.all {
		out &= possible[i]
	}
	for _, branches := range c.alternatives {
		union := kinds(0)
		for _, i := range branches {
			union |= possible[i]
		}
		out &= union
	}
	for _, i := range c.properties {
		if possible[i] == 0 {
			out &^= objectKind
		}
	}
	for _, i := range c.items {
		if possible[i] == 0 {
			out &^= arrayKind
		}
	}
	return out
}

func (s *survey) compositions() []composition {
	index := make(map[string]int, len(s.order))
	for i, pointer := range s.order {
		index[pointer] = i
	}
	out := make([]composition, len(s.order))
	for i, pointer := range s.order {
		out[i] = s.composition(pointer, index)
	}
	return out
}

func (s *survey) composition(pointer string, index map[string]int) composition {
	c := composition{kinds: allKinds}
	n := s.schemas[pointer]
	if target, ok := s.targets[pointer]; ok {
		c.all = append(c.all, index[target])
	}
	var properties *yaml.Node
	var required []*yaml.Node
	prefixed := false
	for k, v := range tree.Fields(n) {
		below := pointer + "/" + k.Value
		switch k.Value {
		case "type":
			c.kinds = declaredKinds(v)
		case "allOf":
			c.all = append(c.all, members(below, v, index)...)
		case "anyOf", "oneOf":
			if branches := members(below, v, index); len(branches) > 0 {
				c.alternatives = append(c.alternatives, branches)
			}
		case "properties":
			properties = v
		case "required":
			required = tree.Items(v)
		case "prefixItems":
			prefixed = true
		case "items":
			if strings.Trim(tree.Text(n, "minItems"), "0.") != "" {
				c.items = append(c.items, index[below])
			}
		}
	}
	if prefixed {
		c.items = nil
	}
	for _, name := range required {
		if tree.Get(properties, name.Value) != nil {
			c.properties = append(c.properties, index[pointer+"/properties/"+tree.Escape(name.Value)])
		}
	}
	return c
}

func members(below string, list *yaml.Node, index map[string]int) []int {
	var out []int
	for i := range tree.Items(list) {
		out = append(out, index[below+"/"+strconv.Itoa(i)])
	}
	return out
}

func declaredKinds(t *yaml.Node) kinds {
	if !tree.IsList(t) {
		return kindOf[t.Value]
	}
	var out kinds
	for _, item := range tree.Items(t) {
		out |= kindOf[item.Value]
	}
	return out
}
