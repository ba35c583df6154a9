package behave

import (
	"cmp"
	"errors"

	"understudy.dev/mock/internal/state"
	"understudy.dev/specs"
	"understudy.dev/specs/template"
)

type readStep struct {
	resource  *resource
	id        idSource
	where     *template.Expr
	otherwise specs.Problem
	as        string
}

func buildRead(c *compiler, s *specs.Step) (step, error) {
	r, err := c.resource(s.Target)
	if err != nil {
		return nil, err
	}
	read := &readStep{resource: r, id: c.idOf(s), where: s.Where, otherwise: cmp.Or(s.Else, specs.NotFound), as: s.As}
	if read.id.none() && s.Where == nil {
		return nil, errors.New("read: the path has no parameter, so an id or where is needed")
	}
	return read, nil
}

func (s *readStep) run(x *execution) error {
	e, err := s.find(x)
	if err != nil {
		return err
	}
	x.show(e.Public)
	if s.as != "" {
		x.bind(s.as, public(e))
	}
	return nil
}

// find looks up the id, or, where nothing names one, searches for the first
// thing for which the condition holds.
func (s *readStep) find(x *execution) (*state.Entity, error) {
	if text, ok := s.id.text(x); ok {
		e := x.view.Get(s.resource.Name, text)
		if e == nil {
			return nil, s.refusal(s.resource.missing(text).Detail)
		}
		if s.where == nil {
			return e, nil
		}
		fits, err := x.where(s.where, e)
		if err == nil && !fits {
			err = s.refusal(s.resource.missing(text).Detail)
		}
		return e, err
	}
	if s.where == nil {
		return nil, s.refusal("nothing in " + s.resource.Name + " is named")
	}
	for e := range x.view.All(s.resource.Name) {
		if fits, err := x.where(s.where, e); fits || err != nil {
			return e, err
		}
	}
	return nil, s.refusal("nothing in " + s.resource.Name + " fits")
}

// refusal is not_found with its detail, or another problem with its own: why
// a thing was not found is not for everybody.
func (s *readStep) refusal(detail string) error {
	if s.otherwise.Is(specs.NotFound) {
		return refuse(s.otherwise, detail)
	}
	refusal := refuse(s.otherwise, "")
	refusal.Err = errors.New(detail)
	return refusal
}
