package template

import (
	"fmt"

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
}

func (p *path) extend(name string, optional bool) *path {
	steps := append(p.steps[:len(p.steps):len(p.steps)], step{name, optional})
	return &path{root: p.root, steps: steps}
}

// eval follows the path as the machine would, looking inside raw values.
func (p *path) eval(env Env) (value any, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%v", r)
		}
	}()
	value = env[p.root]
	for i := range p.steps {
		s := &p.steps[i]
		if raw, ok := value.(*Raw); ok {
			if value, err = raw.decoded(); err != nil {
				return nil, err
			}
		}
		if object, ok := value.(map[string]any); ok {
			value = object[s.name]
			continue
		}
		switch {
		case !isNull(value):
			value = runtime.Fetch(value, s.name)
		case s.optional:
			return nil, nil
		default:
			return nil, fmt.Errorf("null has no field %q", s.name)
		}
	}
	return value, nil
}
