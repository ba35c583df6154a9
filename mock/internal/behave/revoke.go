package behave

import (
	"errors"

	"understudy.dev/specs"
	"understudy.dev/specs/template"
)

type revokeStep struct {
	kind string
	id   *template.Expr
}

func buildRevoke(_ *compiler, s *specs.Step) (step, error) {
	if s.ID == nil {
		return nil, errors.New("revoke: an id is needed")
	}
	return &revokeStep{kind: s.Target, id: s.ID}, nil
}

// run revokes; what is not there needs no revoking.
func (s *revokeStep) run(x *execution) error {
	value, err := s.id.Eval(x.plain())
	if err != nil {
		return err
	}
	id, _ := textOf(value)
	x.programs.credentials.Revoke(x.tx, s.kind, id)
	return nil
}
