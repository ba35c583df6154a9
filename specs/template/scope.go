package template

import (
	"maps"
	"reflect"
	"slices"

	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/checker/nature"
	"github.com/expr-lang/expr/conf"
)

// Env holds the values of the names in a [Scope] for one evaluation. A name
// without a value is null. Evaluating never changes an Env or what it holds.
type Env map[string]any

// Kind is what an expression is wanted for. As a sample in a [Scope] it stands
// for any value of that kind.
type Kind int

// The kinds of values. Any is every value, JSON of unknown shape included.
const (
	Any Kind = iota
	Bool
	Number
	String
	List
)

// String returns the kind in words, with its article.
func (k Kind) String() string {
	switch k {
	case Bool:
		return "true or false"
	case Number:
		return "a number"
	case String:
		return "text"
	case List:
		return "a list"
	}
	return "any value"
}

// Object is the sample of an object that has exactly these fields. Its value
// may be a map or a struct with expr tags.
type Object map[string]any

// Scope is the names that an expression may use, with their types. It does not
// change once made and may be used by several goroutines. A nil *Scope has no names.
type Scope struct {
	names map[string]any
}

// NewScope returns the scope of the names; each value is a sample of the Go
// type that the name will have in an [Env]: a struct (a zero or nil pointer will
// do), a function, a time, an [Object], a [Kind]. Nil and a *[Raw] stand for
// JSON of unknown shape, a map for an object of unknown fields. [Functions] are
// always there and need not be given; a name of theirs that stands for something
// else hides the function.
func NewScope(names map[string]any) *Scope {
	return (&Scope{}).With(names)
}

// With returns a copy of s with more names; a name that s has already is replaced.
func (s *Scope) With(names map[string]any) *Scope {
	all := map[string]any{}
	if s != nil {
		maps.Copy(all, s.names)
	}
	maps.Copy(all, names)
	for name, b := range builtins {
		// Only a function that is built in would have no value at run time.
		if sample, ok := all[name]; ok && reflect.TypeOf(sample) == reflect.TypeOf(b.typed) {
			delete(all, name)
		}
	}
	return &Scope{names: all}
}

// Names returns the names in order, without those of [Functions].
func (s *Scope) Names() []string {
	if s == nil {
		return nil
	}
	return slices.Sorted(maps.Keys(s.names))
}

func (s *Scope) has(name string) bool {
	if s == nil {
		return false
	}
	_, ok := s.names[name]
	return ok
}

// config returns the configuration of one compilation. Functions are shared by
// all; the natures of the names are not, since the checker writes to them.
func (s *Scope) config(visitor ast.Visitor) *conf.Config {
	c := &conf.Config{
		Builtins:     language.builtins,
		Functions:    language.functions,
		Disabled:     language.disabled,
		Optimize:     true,
		ShortCircuit: true,
		Strict:       true,
		MaxNodes:     conf.DefaultMaxNodes,
		Visitors:     []ast.Visitor{visitor},
	}
	names := Object{}
	if s != nil {
		names = s.names
	}
	c.Env = natureOf(&c.NtCache, names)
	return c
}

func natureOf(c *nature.Cache, sample any) nature.Nature {
	switch s := sample.(type) {
	case nil:
		return nature.Nature{}
	case Kind:
		return c.FromType(kindTypes[s])
	case Object:
		n := c.FromType(reflect.TypeFor[map[string]any]())
		n.TypeData = &nature.TypeData{Fields: make(map[string]nature.Nature, len(s))}
		n.Strict = true
		for name, field := range s {
			n.Fields[name] = natureOf(c, field)
		}
		return n
	}
	return c.FromType(reflect.TypeOf(sample))
}

var kindTypes = [...]reflect.Type{
	Any:    reflect.TypeFor[any](),
	Bool:   reflect.TypeFor[bool](),
	Number: reflect.TypeFor[float64](),
	String: reflect.TypeFor[string](),
	List:   reflect.TypeFor[[]any](),
}
