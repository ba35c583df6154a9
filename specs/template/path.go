package template

import (
	"fmt"
	"reflect"

	"github.com/expr-lang/expr/vm/runtime"
)

// path is an expression that only follows names, such as request.body?.title.
type path struct {
	root  string
	steps []step
}

type step struct {
	name     string
	optional bool // a?.b is null if a is

	// The field, if the name before this one is known to be of a struct type.
	in    reflect.Type
	index int
}

func (p *path) extend(s step) *path {
	return &path{root: p.root, steps: append(p.steps[:len(p.steps):len(p.steps)], s)}
}

// newStep returns the step to a field of a value of type t.
func newStep(t reflect.Type, name string, optional bool) step {
	s := step{name: name, optional: optional}
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct || reflect.PointerTo(t).NumMethod() > 0 {
		return s // The machine knows the order in which methods and fields are looked up.
	}
	for i := range t.NumField() {
		if f := t.Field(i); fieldName(f) == name {
			s.in, s.index = t, i
		}
	}
	return s
}

// eval follows the path as the machine would, looking inside raw values.
func (p *path) eval(env Env) (value any, err error) {
	value = env[p.root]
	for i := range p.steps {
		s := &p.steps[i]
		if raw, ok := value.(*Raw); ok {
			if value, err = raw.decoded(); err != nil {
				return nil, err
			}
		}
		switch {
		case !isNull(value):
			if value, err = s.from(value); err != nil {
				return nil, err
			}
		case s.optional:
			return nil, nil
		default:
			return nil, fmt.Errorf("null has no field %q", s.name)
		}
	}
	return value, nil
}

// from returns the field of a value that is neither null nor raw.
func (s *step) from(value any) (any, error) {
	if object, ok := value.(map[string]any); ok {
		return object[s.name], nil
	}
	if v := settled(value); v.Type() == s.in {
		return v.Field(s.index).Interface(), nil
	}
	return s.fetch(value)
}

func (s *step) fetch(value any) (_ any, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%v", r)
		}
	}()
	return runtime.Fetch(value, s.name), nil
}
