package behave

import (
	"cmp"
	"errors"

	"understudy.dev/mock/internal/credential"
	"understudy.dev/mock/internal/state"
	"understudy.dev/specs"
	"understudy.dev/specs/template"
)

type verifyStep struct {
	kind       string
	id, secret *template.Expr
	otherwise  specs.Problem
	as         string
}

func buildVerify(_ *compiler, s *specs.Step) (step, error) {
	if s.Secret == nil {
		return nil, errors.New("verify: a secret is needed")
	}
	return &verifyStep{
		kind: s.Target, id: s.ID, secret: s.Secret, otherwise: cmp.Or(s.Else, specs.UnknownCredential), as: s.As,
	}, nil
}

func (s *verifyStep) run(x *execution) error {
	c, err := s.find(x)
	if err != nil {
		return err
	}
	problem := x.programs.credentials.Judge(x.view, c, []string{s.kind}, x.call.Now)
	switch {
	case problem == "":
		x.bind(s.as, credential.Env(c))
		return nil
	case c == nil || problem == specs.WrongCredential:
		// An unknown id and a wrong secret must look the same.
		problem = s.otherwise
	case s.otherwise != specs.UnknownCredential:
		problem = s.otherwise
	}
	return refuse(problem, "")
}

// find finds the credential that was presented, nil if there is none.
func (s *verifyStep) find(x *execution) (*state.Credential, error) {
	env := x.plain()
	secret, err := s.secret.Eval(env)
	if err != nil {
		return nil, err
	}
	value, _ := textOf(secret)
	if s.id == nil {
		return x.programs.credentials.Lookup(x.view, credential.Presented{Value: value}), nil
	}
	id, err := s.id.Eval(env)
	if err != nil {
		return nil, err
	}
	name, _ := textOf(id)
	return x.programs.credentials.Pair(x.view, s.kind, name, value), nil
}
