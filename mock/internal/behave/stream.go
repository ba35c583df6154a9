package behave

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/tidwall/gjson"

	"understudy.dev/specs"
	"understudy.dev/specs/template"
)

// A Stream is a result that is sent piece by piece.
type Stream struct {
	// Events are the data of the events: one line of JSON each, or text.
	Events [][]byte
	// End is the data of one more event that says there is none left; nil
	// without it.
	End []byte
	// Pause is the real time between two events.
	Pause time.Duration
}

type streamStep struct {
	events *template.Value
	end    *template.Text
	pause  time.Duration
}

func buildStream(_ *compiler, s *specs.Step) (step, error) {
	if s.Answer == nil {
		return nil, errors.New("stream: a list of events is needed")
	}
	return &streamStep{events: s.Answer, end: s.End, pause: s.Pause}, nil
}

func (s *streamStep) run(x *execution) error {
	env := x.plain()
	list, err := s.events.AppendJSON(nil, env)
	if err != nil {
		return err
	}
	parsed := gjson.ParseBytes(list)
	if !parsed.IsArray() {
		return fmt.Errorf("stream: the events must be a list, got %s", parsed.Type)
	}
	made := &Stream{Pause: s.pause}
	parsed.ForEach(func(_, event gjson.Result) bool {
		made.Events = append(made.Events, eventData(event))
		return true
	})
	if s.end != nil {
		end, err := s.end.Render(env)
		if err != nil {
			return err
		}
		made.End = []byte(end)
	}
	x.show(list)
	x.result.Stream = made
	return nil
}

// eventData is text as it is, and everything else as JSON on one line.
func eventData(event gjson.Result) []byte {
	if event.Type == gjson.String {
		return []byte(event.String())
	}
	var line bytes.Buffer
	if err := json.Compact(&line, []byte(event.Raw)); err != nil {
		// What a template made is JSON.
		return []byte(event.Raw)
	}
	return line.Bytes()
}
