package behave

import (
	"fmt"

	"understudy.dev/specs"
	"understudy.dev/specs/template"
)

type emitStep struct {
	event string
	// data is nil for the result so far.
	data *template.Value
}

func buildEmit(c *compiler, s *specs.Step) (step, error) {
	if c.api.Document.Webhook(s.Target) == nil {
		return nil, fmt.Errorf("there is no event %q", s.Target)
	}
	return &emitStep{event: s.Target, data: s.Data}, nil
}

// run only notes the event: nobody hears of it before everything is stored.
func (s *emitStep) run(x *execution) error {
	data := x.result.Body
	if s.data != nil {
		var err error
		if data, err = s.data.AppendJSON(nil, x.plain()); err != nil {
			return err
		}
	}
	if data == nil {
		data = []byte("null")
	}
	x.events = append(x.events, Event{Type: s.event, Data: data})
	return nil
}
