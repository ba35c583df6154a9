package validate

import (
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
	finite := s.fixpoint(0)
	infinite := s.fixpoint(allKinds)
	var out []string
	for _, pointer := range s.order {
		if _, isRoot := s.roots[pointer]; isRoot && finite[pointer] == 0 && infinite[pointer] != 0 {
			out = append(out, pointer)
		}
	}
	return out
}

func (s *survey) fixpoint(start kinds) map[string]kinds {
	possible := make(map[string]kinds, len(s.order))
	for _, pointer := range s.order {
		possible[pointer] = start
	}
	for changed := true; changed; {
		changed = false
		// Children are met after their parents, so the reverse order settles most schemas in one round.
		for i := len(s.order) - 1; i >= 0; i-- {
			pointer := s.order[i]
			if now := s.satisfiable(pointer, possible); now != possible[pointer] {
				possible[pointer] = now
				changed = true
			}
		}
	}
	return possible
}

// satisfiable is the set of types that a schema leaves possible, given the sets of those it is made of. It only looks at
// the keywords that can make recursion endless and takes the others to be satisfiable.
func (s *survey) satisfiable(pointer string, possible map[string]kinds) kinds {
	n := s.schemas[pointer]
	if n == nil || !tree.IsMap(n) {
		return allKinds
	}
	out := declaredKinds(n)
	if target, ok := s.targets[pointer]; ok {
		out &= possible[target]
	}
	for i := range tree.Items(tree.Get(n, "allOf")) {
		out &= possible[pointer+"/allOf/"+strconv.Itoa(i)]
	}
	for _, key := range []string{"anyOf", "oneOf"} {
		branches := tree.Items(tree.Get(n, key))
		union := kinds(0)
		for i := range branches {
			union |= possible[pointer+"/"+key+"/"+strconv.Itoa(i)]
		}
		if len(branches) > 0 {
			out &= union
		}
	}
	properties := tree.Get(n, "properties")
	for _, name := range tree.Texts(n, "required") {
		if tree.Get(properties, name) != nil && possible[pointer+"/properties/"+tree.Escape(name)] == 0 {
			out &^= objectKind
		}
	}
	if needsItem(n) && tree.Get(n, "prefixItems") == nil && tree.Get(n, "items") != nil && possible[pointer+"/items"] == 0 {
		out &^= arrayKind
	}
	return out
}

func declaredKinds(n *yaml.Node) kinds {
	t := tree.Get(n, "type")
	if t == nil {
		return allKinds
	}
	if !tree.IsList(t) {
		return kindOf[t.Value]
	}
	var out kinds
	for _, item := range tree.Items(t) {
		out |= kindOf[item.Value]
	}
	return out
}

func needsItem(n *yaml.Node) bool {
	return strings.Trim(tree.Text(n, "minItems"), "0.") != ""
}
