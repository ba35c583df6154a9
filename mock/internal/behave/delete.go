package behave

import (
	"understudy.dev/mock/internal/state"
	"understudy.dev/specs"
	"understudy.dev/specs/template"
)

type deleteStep struct {
	finder
	as string
}

func buildDelete(c *compiler, s *specs.Step) (step, error) {
	f, err := c.finder(s)
	return &deleteStep{finder: f, as: s.As}, err
}

func (s *deleteStep) run(x *execution) error {
	if s.every == nil {
		e, err := s.one(x)
		if err != nil {
			return err
		}
		if s.as != "" {
			x.bind(s.as, public(e))
		}
		return x.tx.Delete(s.resource.Name, e.ID)
	}
	gone, err := s.all(x)
	if err != nil {
		return err
	}
	if s.as != "" {
		x.bind(s.as, template.NewRaw(splice(gone)))
	}
	return s.remove(x, gone)
}

func (s *deleteStep) remove(x *execution, gone []*state.Entity) error {
	for _, e := range gone {
		if err := x.tx.Delete(s.resource.Name, e.ID); err != nil {
			return err
		}
	}
	return nil
}
