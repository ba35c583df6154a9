package behave

import (
	"understudy.dev/specs"
	"understudy.dev/specs/template"
)

type answerStep struct{ template *template.Value }

func buildAnswer(_ *compiler, s *specs.Step) (step, error) { return &answerStep{s.Answer}, nil }

func (s *answerStep) run(x *execution) error {
	body, err := s.template.AppendJSON(nil, x.plain())
	if err != nil {
		return err
	}
	x.show(body)
	return nil
}
