package behave

import "understudy.dev/specs"

type letStep struct{ names []specs.Field }

func buildLet(_ *compiler, s *specs.Step) (step, error) { return &letStep{s.Let}, nil }

func (s *letStep) run(x *execution) error {
	for _, n := range s.names {
		value, err := n.Value.Keep(x.plain())
		if err != nil {
			return err
		}
		x.bind(n.Name, value)
	}
	return nil
}
