package behave

import (
	"errors"

	"understudy.dev/specs"
)

type readStep struct {
	finder
	as string
}

func buildRead(c *compiler, s *specs.Step) (step, error) {
	f, err := c.finder(s)
	return &readStep{finder: f, as: s.As}, err
}

func (s *readStep) run(x *execution) error {
	e, err := s.one(x)
	if errors.Is(err, errNothing) {
		x.show([]byte("null"))
		x.bind(s.as, nil)
		return nil
	}
	if err != nil {
		return err
	}
	x.outcome(e, s.as)
	return nil
}
