package behave

import (
	"encoding/json"
	"fmt"
	"strconv"

	"understudy.dev/mock/internal/state"
	"understudy.dev/specs"
	"understudy.dev/specs/template"
)

// An idSource says which thing a step is about: an expression, or without one
// the last path parameter.
type idSource struct {
	expr  *template.Expr
	param string
}

func (c *compiler) idOf(s *specs.Step) idSource {
	id := idSource{expr: s.ID}
	if n := len(c.operation.PathParams); n > 0 {
		id.param = c.operation.PathParams[n-1]
	}
	return id
}

// none is true when nothing can name a thing.
func (id idSource) none() bool { return id.expr == nil && id.param == "" }

// nobody is true for an expression that is written to name nothing: nil.
func (id idSource) nobody() bool {
	if id.expr == nil || !id.expr.Constant() {
		return false
	}
	value, err := id.expr.Eval(nil)
	return err == nil && value == nil
}

// text is the id; false when there is none. An expression that fails on what
// the caller has sent, such as int("x"), names nothing.
func (id idSource) text(x *execution) (string, bool) {
	if id.expr == nil {
		return textOf(x.call.Params[id.param])
	}
	value, err := id.expr.Eval(x.plain())
	if err != nil {
		return "", false
	}
	return textOf(value)
}

// get finds the entity that the step is about.
func (id idSource) get(x *execution, r *resource, otherwise *otherwise) (*state.Entity, error) {
	text, ok := id.text(x)
	if !ok {
		return nil, otherwise.missed(x, r.unnamed())
	}
	if e := x.view.Get(r.Name, text); e != nil {
		return e, nil
	}
	return nil, otherwise.missed(x, r.missing(text))
}

// textOf is the text of a scalar; false for null, lists and objects.
func textOf(value any) (string, bool) {
	switch v := value.(type) {
	case string:
		return v, true
	case int:
		return strconv.Itoa(v), true
	case int64:
		return strconv.FormatInt(v, 10), true
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64), true
	case bool:
		return strconv.FormatBool(v), true
	case json.Number:
		return v.String(), true
	case *template.Raw:
		return textOf(v.Value())
	}
	return "", false
}

// A parentage is the parent that a step's things belong to: an entity of
// another collection, named by a path parameter, and the field that refers to
// it. The zero value is none.
type parentage struct {
	of        *resource
	param     string
	field     string
	fieldPath string
	otherwise *otherwise
}

func (c *compiler) parentage(s *specs.Step) (parentage, error) {
	if s.Of == "" {
		return parentage{}, nil
	}
	of, err := c.resource(s.Of)
	if err != nil {
		return parentage{}, err
	}
	if s.OfParam == "" {
		return parentage{}, fmt.Errorf("of %s: the path has no parameter that names one", s.Of)
	}
	return parentage{of: of, param: s.OfParam, field: s.By, fieldPath: path(s.By), otherwise: otherwiseOf(s)}, nil
}

// find finds the parent and makes it known to expressions; nil without one.
func (p *parentage) find(x *execution) (*state.Entity, error) {
	if p.of == nil {
		return nil, nil
	}
	text, _ := textOf(x.call.Params[p.param])
	parent := x.view.Get(p.of.Name, text)
	if parent == nil {
		return nil, p.otherwise.missed(x, p.of.missing(text))
	}
	x.names()["parent"] = whole(parent)
	return parent, nil
}
