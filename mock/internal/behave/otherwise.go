package behave

import (
	"cmp"
	"errors"

	"understudy.dev/specs"
	"understudy.dev/specs/template"
)

// otherwise is how a step refuses that does not find what it looks for.
type otherwise struct {
	problem specs.Problem
	// nothing is true where the outcome is null instead.
	nothing    bool
	message    *template.Text
	attributes []specs.Field
}

func otherwiseOf(s *specs.Step) *otherwise {
	return &otherwise{
		problem: cmp.Or(s.Else, s.Verb.Otherwise()), nothing: s.ElseNothing, message: s.Message, attributes: s.Attributes,
	}
}

// errNothing means that there is nothing, and that nobody minds.
var errNothing = errors.New("nothing was found")

// missed refuses for a reason, or gives errNothing. Where it is not told as what it is, that a thing
// was not found, why is not for everybody.
func (o *otherwise) missed(x *execution, reason string) error {
	if o.nothing {
		return errNothing
	}
	if o.problem.Is(specs.NotFound) {
		return o.word(x, refuse(o.problem, reason))
	}
	refusal := refuse(o.problem, "")
	refusal.Err = errors.New(reason)
	return o.word(x, refusal)
}

// word gives a refusal the step's own words, which may tell of all that earlier
// steps named.
func (o *otherwise) word(x *execution, r *Refusal) error {
	env := x.plain()
	if o.message != nil {
		message, err := o.message.Render(env)
		if err != nil {
			return err
		}
		if r.Err == nil && r.Detail != r.Problem.Detail() {
			r.Err = errors.New(r.Detail)
		}
		r.Message = &message
		r.Detail = cmp.Or(message, r.Detail)
	}
	for _, a := range o.attributes {
		value, err := a.Value.Keep(env)
		if err != nil {
			return err
		}
		if r.Attributes == nil {
			r.Attributes = make(map[string]any, len(o.attributes))
		}
		r.Attributes[a.Name] = value
	}
	return r
}
