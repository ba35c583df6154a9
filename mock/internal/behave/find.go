package behave

import (
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
	otherwise *otherwise
	// searches is true where no id is meant to name the thing.
	searches bool
	// every, where it is not nil, finds all things for which it holds, and the rest finds none.
	every *template.Expr
}

func (c *compiler) finder(s *specs.Step) (finder, error) {
	r, err := c.resource(s.Target)
	if err != nil {
		return finder{}, err
	}
	f := finder{resource: r, id: c.idOf(s), where: s.Where, every: s.Every, otherwise: otherwiseOf(s)}
	f.searches = f.id.none() || f.id.nobody()
	if f.id.none() && f.where == nil && f.every == nil {
		return f, errors.New(string(s.Verb) + ": the path has no parameter, so an id or a condition is needed")
	}
	return f, nil
}

// one looks up the id, or, where none is meant to name it, searches for the first
// thing for which the condition holds. An id that should name one and does not,
// such as a field that was not sent, finds nothing: not just any thing.
func (f *finder) one(x *execution) (*state.Entity, error) {
	if text, ok := f.id.text(x); ok {
		e := x.view.Get(f.resource.Name, text)
		if e == nil {
			return nil, f.otherwise.missed(x, f.resource.missing(text))
		}
		if f.where == nil {
			return e, nil
		}
		fits, err := x.where(f.where, e)
		if err == nil && !fits {
			err = f.otherwise.missed(x, f.resource.missing(text))
		}
		return e, err
	}
	if f.where == nil || !f.searches {
		return nil, f.otherwise.missed(x, f.resource.unnamed())
	}
	for e := range x.view.All(f.resource.Name) {
		if fits, err := x.where(f.where, e); fits || err != nil {
			return e, err
		}
	}
	return nil, f.otherwise.missed(x, "nothing in "+f.resource.Name+" fits")
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
