package behave

import (
	"errors"

	"understudy.dev/specs"
)

type sampleStep struct {
	schema string
	as     string
}

func buildSample(_ *compiler, s *specs.Step) (step, error) {
	return &sampleStep{schema: s.Target, as: s.As}, nil
}

func (s *sampleStep) run(*execution) error {
	return errors.New("cannot invent data of " + s.schema)
}
