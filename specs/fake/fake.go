// Package fake invents JSON values that obey the schemas of an OpenAPI document.
//
// It takes what the document itself offers first (example, examples, default,
// const, enum), as far as that is valid; the rest it makes up from types,
// formats, limits, patterns, and the names of fields. The same document, pointer,
// options and randomness give the same bytes.
//
//	g := fake.New(root)
//	raw, err := g.Value("/components/schemas/Pet", &fake.Options{
//		Rand: rand.New(rand.NewPCG(1, 2)), Now: clock.Now(), Direction: fake.Response,
//	})
//
// It is not a validator, though it checks what it makes where keywords interact
// (oneOf, not, if, contains …): unevaluated* and content* are not looked at, nor
// are given examples of rare formats. Validate before use.
package fake

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"go.yaml.in/yaml/v4"

	"understudy.dev/specs/internal/plain"
)

// Generator makes values for one document. It is safe for concurrent use.
type Generator struct {
	root *yaml.Node

	mu      sync.Mutex
	schemas map[string]*schema // by pointer; complete and immutable once given away
}

// New gives a generator for root, an OpenAPI 3.1 document (a document node or its
// mapping) whose aliases are sound. The nodes must not change afterwards.
func New(root *yaml.Node) *Generator {
	return &Generator{root: plain.View(root), schemas: map[string]*schema{}}
}

// Direction says on which side of an exchange a value stands.
type Direction int

const (
	// Either keeps all properties.
	Either Direction = iota
	// Request leaves out readOnly properties, required or not.
	Request
	// Response leaves out writeOnly properties, required or not.
	Response
)

// Options direct one value. Nil and the zero value are ready for use.
type Options struct {
	// Rand is drawn from, and must not be used by others meanwhile. Nil stands
	// for a source that is the same for every value.
	Rand *rand.Rand
	// Now is what dates are near to. Zero stands for the start of 2025.
	Now time.Time
	// Name is the name of the field that the value is for, if there is one.
	Name string
	// Direction is the side of the exchange.
	Direction Direction
	// Allowance bounds several values of [Invent] together; nil bounds each alone.
	Allowance *Allowance
}

// Value invents a value for the schema at a JSON pointer of the document, such
// as "/components/schemas/Pet". Optional parts that cannot be made, or would
// recur, are left out. The error names the line of the schema that has no value,
// or for which none was found, and why.
func (g *Generator) Value(pointer string, o *Options) ([]byte, error) {
	s, err := g.compile(pointer)
	if err != nil {
		return nil, fmt.Errorf("cannot make a value for %s: %w", pointer, err)
	}
	r := newRun(o)
	v, err := r.value(s.all, r.options.Name)
	if err != nil {
		return nil, fmt.Errorf("cannot make a value for %s (line %d): %w", pointer, s.line, err)
	}
	return encode(nil, v), nil
}
