package specs

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"understudy.dev/specs/strict"
	"understudy.dev/specs/template"
)

// mediaEventStream is the media type of server-sent events.
const mediaEventStream = "text/event-stream"

// stream resolves what belongs to the verb of that name.
func (c *stepLoader) stream(s *Step, w *stepSyntax) {
	if s.Verb != VerbStream {
		return
	}
	if s.Answer != nil && !s.Answer.Fits(template.List) {
		c.errs.Add(c.profilePos(w.Target).Errorf("a stream needs a list: each element is one event"))
	}
	s.End = c.text(w.in.End, c.scope(inOperation))
	if w.in.Every != nil {
		var pause strict.Duration
		c.errs.Add(strict.Decode(c.file(profileFile), w.in.Every, &pause))
		s.Pause = time.Duration(pause)
	}
}

// streamed wants a success that the document lets be a stream of events.
func (c *stepLoader) streamed(status int, pos strict.Pos) {
	responses := located{nodeAt(c.root, c.op.Pointer), c.op.Pointer}.child("responses")
	code := strconv.Itoa(status)
	var media []string
	for _, key := range []string{code, code[:1] + "XX", "default"} {
		if r := responses.child(key); r.node != nil {
			media = mappingKeys(r.resolve(c.root).child("content").node)
			break
		}
	}
	if !slices.ContainsFunc(media, func(declared string) bool {
		bare, _, _ := strings.Cut(declared, ";")
		return strings.EqualFold(strings.TrimSpace(bare), mediaEventStream)
	}) {
		only := ""
		if len(media) > 0 {
			only = ", only " + strings.Join(media, ", ")
		}
		c.errs.Add(pos.Errorf("%s cannot stream: its response %s declares no content %s%s", c.op.ID, code, mediaEventStream, only))
	}
}

// settle loads the steps that run when the answer has ended. They come after
// the answer, so none of them can give one.
func (c *stepLoader) settle(written []*stepSyntax) []*Step {
	if len(written) == 0 {
		return nil
	}
	c.as["sent"] = (*SentInfo)(nil)
	clear(c.scopes)
	var steps []*Step
	for _, w := range written {
		switch {
		case w == nil || w.Verb == "":
		case w.Verb == VerbAnswer || w.Verb == VerbStream:
			c.errs.Add(w.Pos.Errorf("settle cannot %s: it runs when the answer has ended", w.Verb))
		default:
			steps = append(steps, c.step(w))
		}
	}
	return steps
}
