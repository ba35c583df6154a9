package behave

import (
	"errors"

	"understudy.dev/mock/internal/credential"
	"understudy.dev/mock/internal/state"
	"understudy.dev/specs"
	"understudy.dev/specs/template"
)

// A verifyStep finds a credential by what proves it, and uses it up if it is to
// be redeemed.
type verifyStep struct {
	kind       string
	id, secret *template.Expr
	otherwise  *otherwise
	as         string
	once       bool
}

func buildVerify(_ *compiler, s *specs.Step) (step, error) {
	if s.Secret == nil {
		return nil, errors.New("verify: a secret is needed")
	}
	return &verifyStep{
		kind: s.Target, id: s.ID, secret: s.Secret, otherwise: otherwiseOf(s), as: s.As,
	}, nil
}

// buildRedeem makes a step that verifies within the transaction that marks the
// credential as used: of several callers at once, one gets through.
func buildRedeem(_ *compiler, s *specs.Step) (step, error) {
	if s.Secret == nil {
		return nil, errors.New("redeem: a secret is needed")
	}
	return &verifyStep{
		kind: s.Target, id: s.ID, secret: s.Secret, otherwise: otherwiseOf(s), as: s.As, once: true,
	}, nil
}

func (s *verifyStep) run(x *execution) error {
	presented, err := s.presented(x)
	if err != nil {
		return err
	}
	registry := x.programs.credentials
	c := s.find(x, presented)
	problem := registry.Judge(x.view, c, []string{s.kind}, x.call.Now)
	if problem == "" {
		x.bind(s.as, credential.Env(c))
		if s.once {
			return registry.Use(x.tx, c)
		}
		return nil
	}
	if s.otherwise.nothing {
		x.bind(s.as, nil)
		return nil
	}
	// An unknown id and a wrong secret must look the same to the caller.
	refusal := refuse(s.otherwise.problem, "")
	if c != nil && problem != specs.WrongCredential && s.otherwise.problem == specs.UnknownCredential {
		refusal = refuse(problem, "")
	}
	if c == nil {
		refusal.Err = errors.New(registry.Why(x.view, presented))
	} else {
		refusal.Err = errors.New(registry.Spoilt(x.view, c, x.call.Now))
	}
	return s.otherwise.word(x, refusal)
}

// presented is what the caller shows, a pair if the step has an id.
func (s *verifyStep) presented(x *execution) (credential.Presented, error) {
	env := x.plain()
	p := credential.Presented{Pair: s.id != nil}
	secret, err := s.secret.Eval(env)
	if err != nil {
		return p, err
	}
	p.Value, _ = textOf(secret)
	if s.id == nil {
		return p, nil
	}
	id, err := s.id.Eval(env)
	if err != nil {
		return p, err
	}
	p.ID, _ = textOf(id)
	return p, nil
}

func (s *verifyStep) find(x *execution, p credential.Presented) *state.Credential {
	if p.Pair {
		return x.programs.credentials.Pair(x.view, s.kind, p.ID, p.Value)
	}
	return x.programs.credentials.Lookup(x.view, p)
}
