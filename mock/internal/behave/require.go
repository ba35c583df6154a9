package behave

import (
	"cmp"

	"understudy.dev/specs"
	"understudy.dev/specs/template"
)

type requireStep struct {
	condition *template.Expr
	otherwise specs.Problem
	message   *template.Text
}

func buildRequire(_ *compiler, s *specs.Step) (step, error) {
	return &requireStep{condition: s.Condition, otherwise: cmp.Or(s.Else, specs.Invalid), message: s.Message}, nil
}

func (s *requireStep) run(x *execution) error {
	env := x.plain()
	holds, err := s.condition.Bool(env)
	if err != nil || holds {
		return err
	}
	if s.message == nil {
		return refuse(s.otherwise, "")
	}
	detail, err := s.message.Render(env)
	if err != nil {
		return err
	}
	return refuse(s.otherwise, detail)
}
