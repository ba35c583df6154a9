package behave

import (
	"cmp"
	"errors"

	"understudy.dev/mock/internal/state"
	"understudy.dev/specs"
	"understudy.dev/specs/template"
)

// A finder finds the things that a step is about.
type finder struct {
	resource  *resource
	id        idSource
	where     *template.Expr
	otherwise specs.Problem
	// every, where it is not nil, finds all things for which it holds, and the rest finds none.
	every *template.Expr
}

func (c *compiler) finder(s *specs.Step) (finder, error) {
	r, err := c.resource(s.Target)
	if err != nil {
		return finder{}, err
	}
	f := finder{resource: r, id: c.idOf(s), where: s.Where, every: s.Every, otherwise: cmp.Or(s.Else, specs.NotFound)}
	if f.id.none() && f.where == nil && f.every == nil {
		return f, errors.New(string(s.Verb) + ": the path has no parameter, so an id or a condition is needed")
	}
	return f, nil
}

// one looks up the id, or, where nothing names one, searches for the first thing
// for which the condition holds.
func (f *finder) one(x *execution) (*state.Entity, error) {
	if text, ok := f.id.text(x); ok {
		e := x.view.Get(f.resource.Name, text)
		if e == nil {
			return nil, f.refusal(f.resource.missing(text).Detail)
		}
		if f.where == nil {
			return e, nil
		}
		fits, err := x.where(f.where, e)
		if err == nil && !fits {
			err = f.refusal(f.resource.missing(text).Detail)
		}
		return e, err
	}
	if f.where == nil {
		return nil, f.refusal("nothing in " + f.resource.Name + " is named")
	}
	for e := range x.view.All(f.resource.Name) {
		if fits, err := x.where(f.where, e); fits || err != nil {
			return e, err
		}
	}
	return nil, f.refusal("nothing in " + f.resource.Name + " fits")
}

// all chooses before anything changes: what a step does to one thing does not
// decide about the next.
func (f *finder) all(x *execution) ([]*state.Entity, error) {
	var chosen []*state.Entity
	for e := range x.view.All(f.resource.Name) {
		fits, err := x.where(f.every, e)
		if err != nil {
			return nil, err
		}
		if fits {
			chosen = append(chosen, e)
		}
	}
	return chosen, nil
}

// refusal is not_found with its detail, or another problem with its own: why
// a thing was not found is not for everybody.
func (f *finder) refusal(detail string) error {
	if f.otherwise.Is(specs.NotFound) {
		return refuse(f.otherwise, detail)
	}
	refusal := refuse(f.otherwise, "")
	refusal.Err = errors.New(detail)
	return refusal
}
