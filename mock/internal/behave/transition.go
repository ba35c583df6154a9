package behave

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"github.com/tidwall/gjson"

	"understudy.dev/specs"
	"understudy.dev/specs/template"
)

type transitionStep struct {
	resource  *resource
	id        idSource
	otherwise *otherwise
	field     string
	path      string
	to        *template.Expr
	// moves is nil when every move is allowed.
	moves map[string][]string
	set   []specs.Field
	as    string
}

func buildTransition(c *compiler, s *specs.Step) (step, error) {
	r, err := c.resource(s.Target)
	if err != nil {
		return nil, err
	}
	field := cmp.Or(s.StateField, "status")
	t := &transitionStep{
		resource: r, id: c.idOf(s), otherwise: otherwiseOf(s), field: field, path: path(field), to: s.To, moves: s.Moves, set: s.Set, as: s.As,
	}
	if t.id.none() {
		return nil, errors.New("transition: the path has no parameter, so an id is needed")
	}
	return t, nil
}

func (s *transitionStep) run(x *execution) error {
	old, err := s.id.get(x, s.resource, s.otherwise)
	if err != nil {
		return err
	}
	to, err := s.target(x)
	if err != nil {
		return err
	}
	from, _ := scalar(gjson.GetBytes(old.Raw, s.path))
	if s.moves != nil && !slices.Contains(s.moves[from], to) {
		return refuse(specs.Conflict, fmt.Sprintf("%s cannot change from %q to %q", s.field, from, to)).at(pointer(s.field))
	}
	o, _ := parseObject(old.Raw)
	o.set(s.field, quote(to))
	e, err := x.change(s.resource, old, o, s.set)
	if err == nil {
		x.outcome(e, s.as)
	}
	return err
}

// target is the state to go to.
func (s *transitionStep) target(x *execution) (string, error) {
	var to string
	var ok bool
	if s.to == nil {
		to, ok = scalar(gjson.GetBytes(x.call.Body, s.path))
	} else {
		value, err := s.to.Eval(x.plain())
		if err != nil {
			return "", err
		}
		to, ok = textOf(value)
	}
	if !ok {
		return "", refuse(specs.Invalid, s.field+" is missing").at(pointer(s.field))
	}
	return to, nil
}
