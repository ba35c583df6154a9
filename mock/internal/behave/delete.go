package behave

import (
	"errors"

	"understudy.dev/specs"
)

type deleteStep struct {
	resource *resource
	id       idSource
}

func buildDelete(c *compiler, s *specs.Step) (step, error) {
	r, err := c.resource(s.Target)
	if err != nil {
		return nil, err
	}
	d := &deleteStep{resource: r, id: c.idOf(s)}
	if d.id.none() {
		return nil, errors.New("delete: the path has no parameter, so an id is needed")
	}
	return d, nil
}

func (s *deleteStep) run(x *execution) error {
	e, refusal := s.id.get(x, s.resource)
	if refusal != nil {
		return refusal
	}
	return x.tx.Delete(s.resource.Name, e.ID)
}
