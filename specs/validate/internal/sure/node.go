package sure

import "github.com/santhosh-tekuri/jsonschema/v6"

// kind is a set of JSON types.
type kind uint8

const (
	null kind = 1 << iota
	boolean
	whole // integers only
	numeric
	str
	array
	object
	anyKind = null | boolean | whole | numeric | str | array | object
)

var kinds = map[string]kind{
	"null": null, "boolean": boolean, "integer": whole, "number": numeric | whole,
	"string": str, "array": array, "object": object,
}

// node is one schema. Nodes form a graph with cycles; a cycle that consumes no
// part of the value is cut by a fixed node.
type node struct {
	fixed   bool // the verdict does not depend on the value
	verdict verdict
	alias   bool // nothing but a reference

	types   kind
	allowed []*literals
	format  *format

	ref                  *node
	allOf, anyOf, oneOf  []*node
	not, cond, then, alt *node

	object *objectRules
	array  *arrayRules
	str    *textRules
	number *numberRules
}

type textRules struct {
	min, max int // -1: none
	pattern  jsonschema.Regexp
}

type numberRules struct {
	limits     []limit
	multipleOf *number
}

type objectRules struct {
	// Every name that a keyword mentions has an index, so that repetitions of
	// it are noticed.
	names    map[string]int
	props    []*node // by index; nil where only mentioned
	patterns []patternRule
	rest     *node // additionalProperties
	keys     *node // propertyNames

	min, max   int // -1: none
	required   bitset
	dependents []dependent

	unevaluated *node
}

type patternRule struct {
	pattern jsonschema.Regexp
	node    *node
}

// dependent is what the presence of one name asks for.
type dependent struct {
	name     int
	required bitset
	node     *node
}

type arrayRules struct {
	prefix                   []*node
	rest                     *node
	min, max                 int // -1: none
	unique                   bool
	contains                 *node
	minContains, maxContains int // maxContains -1: none
	unevaluated              *node
}

// format is an asserted format. Whatever ignores all kinds but strings is only
// asked about strings.
type format struct {
	validate func(any) error
	others   kind // the kinds besides strings that it must be asked about
}

// maxNames bounds the names that the keywords of one object schema mention.
const maxNames = 256

type bitset [maxNames / 64]uint64

func (b *bitset) add(i int)      { b[i>>6] |= 1 << (i & 63) }
func (b *bitset) has(i int) bool { return b[i>>6]&(1<<(i&63)) != 0 }

// within reports whether every member of b is one of o.
func (b *bitset) within(o *bitset) bool {
	for i := range b {
		if b[i]&^o[i] != 0 {
			return false
		}
	}
	return true
}
