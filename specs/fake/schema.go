package fake

import "math/big"

// kind is a set of JSON types.
type kind uint8

const (
	nothing kind = 1 << iota // null
	truth
	integer
	number
	text
	list
	record
)

var kinds = map[string]kind{
	"null": nothing, "boolean": truth, "integer": integer, "number": number | integer,
	"string": text, "array": list, "object": record,
}

// schema is the compiled form of one schema object, without what it refers to.
type schema struct {
	line int

	never bool      // the schema false
	kinds kind      // zero: any
	all   []*schema // the schema, and what $ref and allOf add to it
	ref   *schema
	allOf []*schema

	anyOf, oneOf    []*schema
	not             *schema
	cond, then, alt *schema
	tags            []*schema // by branch of oneOf, or of anyOf: what the discriminator asks of it
	hasConst        bool
	constant        any
	examples        []any // example, examples and default, in this order
	enum            []any

	format               string
	pattern              *pattern
	minLength, maxLength int // -1: none

	low, high  *bound
	multipleOf *big.Rat

	properties         []property
	byPattern          []patterned
	additional, names  *schema
	required           []string
	dependentRequired  []dependency
	dependentSchemas   []property
	minProps, maxProps int // -1: none

	prefix                   []*schema
	items, contains          *schema
	minItems, maxItems       int // -1: none
	minContains, maxContains int // -1: none
	unique                   bool

	readOnly, writeOnly bool
}

type property struct {
	name   string
	schema *schema
}

type patterned struct {
	pattern *pattern
	schema  *schema
}

type dependency struct {
	name     string
	required []string
}

type bound struct {
	value     *big.Rat
	exclusive bool
}

// unlimited gives a schema that allows everything.
func unlimited() *schema {
	return &schema{
		minLength: -1, maxLength: -1, minProps: -1, maxProps: -1,
		minItems: -1, maxItems: -1, minContains: -1, maxContains: -1,
	}
}

// hidden reports whether a property of this schema does not travel that way.
func (s *schema) hidden(d Direction) bool {
	return d == Request && s.readOnly || d == Response && s.writeOnly
}

func (s *schema) property(name string) *schema {
	for i := range s.properties {
		if s.properties[i].name == name {
			return s.properties[i].schema
		}
	}
	return nil
}
