package behave

import (
	"understudy.dev/specs"
	"understudy.dev/specs/template"
)

type requireStep struct {
	condition *template.Expr
	otherwise *otherwise
}

func buildRequire(_ *compiler, s *specs.Step) (step, error) {
	return &requireStep{condition: s.Condition, otherwise: otherwiseOf(s)}, nil
}

func (s *requireStep) run(x *execution) error {
	holds, err := s.condition.Bool(x.plain())
	if err != nil || holds {
		return err
	}
	return s.otherwise.word(x, refuse(s.otherwise.problem, ""))
}
