package behave

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"understudy.dev/specs"
	"understudy.dev/specs/fake"
	"understudy.dev/specs/template"
	"understudy.dev/specs/validate"
)

type sampleStep struct {
	pointer string
	// schema judges what was invented; nil for a schema without a name.
	schema *validate.Schema
	as     string
}

func buildSample(c *compiler, s *specs.Step) (step, error) {
	sample := &sampleStep{pointer: cmp.Or(s.Pointer, pointer("components")+pointer("schemas")+pointer(s.Target)), as: s.As}
	if s.Target != "" {
		sample.schema = c.api.Document.Schema(s.Target)
	}
	return sample, nil
}

// maxInventions bounds how often a value is invented anew because the schema
// does not allow it.
const maxInventions = 5

// run invents the same value whenever the same thing is asked for.
func (s *sampleStep) run(x *execution) error {
	body, err := s.invent(x)
	if err != nil {
		return err
	}
	x.show(body)
	if s.as != "" {
		x.bind(s.as, template.NewRaw(body))
	}
	return nil
}

func (s *sampleStep) invent(x *execution) ([]byte, error) {
	name := []string{x.program.kind, s.pointer}
	for _, param := range x.program.operation.PathParams {
		value, _ := textOf(x.call.Params[param])
		name = append(name, value)
	}
	options := &fake.Options{
		Rand: x.call.Entropy.Fixed(strings.Join(name, "\n")), Now: x.call.Now, Direction: fake.Response,
	}
	var wrong []validate.Violation
	for range maxInventions {
		body, err := x.programs.fake.Value(s.pointer, options)
		if err != nil {
			return nil, err
		}
		if wrong = s.judge(body); len(wrong) == 0 {
			return body, nil
		}
	}
	return nil, fmt.Errorf("cannot invent data for %s: %s", s.pointer, wrong[0].Message)
}

// judge asks the schema, but not for what is required: write-only members are
// left out of an answer even then.
func (s *sampleStep) judge(body []byte) []validate.Violation {
	if s.schema == nil {
		return nil
	}
	return slices.DeleteFunc(s.schema.Validate(body), func(v validate.Violation) bool { return v.Keyword == "required" })
}
