package behave

import (
	"errors"
	"fmt"
	"math"
	"time"

	"understudy.dev/mock/internal/credential"
	"understudy.dev/mock/internal/state"
	"understudy.dev/specs"
	"understudy.dev/specs/template"
)

type issueStep struct {
	kind                 string
	to, scopes, lifetime *template.Expr
	set                  []specs.Field
	as                   string
}

func buildIssue(_ *compiler, s *specs.Step) (step, error) {
	return &issueStep{kind: s.Target, to: s.To, scopes: s.Scopes, lifetime: s.Lifetime, set: s.Set, as: s.As}, nil
}

func (s *issueStep) run(x *execution) error {
	order, err := s.order(x)
	if err != nil {
		return err
	}
	c, err := x.programs.credentials.Issue(x.tx, order)
	switch {
	case errors.Is(err, credential.ErrScope):
		refusal := refuse(specs.InvalidScope, "")
		refusal.Err = err
		return refusal
	case err != nil:
		return err
	}
	x.bind(s.as, issued(c, x.call.Now))
	return nil
}

// issued is a new credential as expressions see it, this once with its value.
func issued(c *state.Credential, now time.Time) map[string]any {
	env := credential.Env(c)
	env["value"] = c.Value
	env["expires_in"] = nil
	if !c.ExpiresAt.IsZero() {
		env["expires_in"] = int(c.ExpiresAt.Sub(now) / time.Second)
	}
	return env
}

func (s *issueStep) order(x *execution) (*credential.Order, error) {
	env := x.plain()
	o := &credential.Order{Kind: s.kind, Entropy: x.call.Entropy, Now: x.call.Now, Env: env}
	var err error
	if o.To, err = s.owner(x, env); err != nil {
		return nil, err
	}
	if o.Scopes, err = s.asked(env); err != nil {
		return nil, err
	}
	if s.lifetime != nil {
		seconds, err := s.lifetime.Number(env)
		if err != nil {
			return nil, err
		}
		lifetime := time.Duration(min(max(seconds, 0), math.MaxInt32) * float64(time.Second))
		o.Lifetime = &lifetime
	}
	o.Attributes = map[string]any{}
	for _, f := range s.set {
		value, err := f.Value.Eval(env)
		if err != nil {
			return nil, err
		}
		if !f.Optional || value != nil {
			o.Attributes[f.Name] = value
		}
	}
	return o, nil
}

// owner is the credential that the new one is issued to, nil for null.
func (s *issueStep) owner(x *execution, env template.Env) (*state.Credential, error) {
	if s.to == nil {
		return nil, nil
	}
	value, err := s.to.Eval(env)
	if err != nil {
		return nil, err
	}
	named, ok := value.(map[string]any)
	if value == nil || ok && named == nil {
		return nil, nil
	}
	kind, _ := named["kind"].(string)
	id, _ := named["id"].(string)
	owner := x.view.Credential(kind, id)
	if owner == nil {
		return nil, fmt.Errorf("to: `%s` is no credential", s.to)
	}
	return owner, nil
}

// asked are the scopes that are asked for, nil for all of the owner's.
func (s *issueStep) asked(env template.Env) ([]string, error) {
	if s.scopes == nil {
		return nil, nil
	}
	value, err := s.scopes.Eval(env)
	if err != nil {
		return nil, err
	}
	switch list := value.(type) {
	case nil:
		return nil, nil
	case []string:
		return append([]string{}, list...), nil
	case []any:
		scopes := make([]string, len(list))
		for i, scope := range list {
			text, ok := scope.(string)
			if !ok {
				return nil, refuse(specs.InvalidScope, "")
			}
			scopes[i] = text
		}
		return scopes, nil
	}
	return nil, fmt.Errorf("scopes: `%s` is no list", s.scopes)
}
