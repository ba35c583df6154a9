package conformance

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tidwall/gjson"

	"understudy.dev/conformance/internal/judge"
	"understudy.dev/conformance/internal/receive"
	"understudy.dev/conformance/internal/script"
	"understudy.dev/conformance/internal/wire"
	"understudy.dev/specs/strict"
	"understudy.dev/specs/validate"
)

const (
	// deliveryWait is how long a delivery may take unless the options say otherwise.
	deliveryWait = 10 * time.Second
	// quietShort and quietLong bound how long it must be quiet for a delivery not to come.
	quietShort = 250 * time.Millisecond
	quietLong  = 2 * time.Second
)

// targetReaches reports whether the target can be told where to deliver.
func (su *suite) targetReaches() bool {
	if su.target.WebhookURL != "" {
		return true
	}
	for _, base := range su.bases {
		if u, err := parseBase(base); err != nil || !loopback(u) {
			return false
		}
	}
	return true
}

// listen starts the receiver if a check needs it.
func (su *suite) listen(ctx context.Context, checks []*check) error {
	needed := slices.ContainsFunc(checks, func(c *check) bool {
		return c.result.Outcome == "" && slices.ContainsFunc(c.section.Commands, func(command *script.Command) bool {
			return command.Verb == "needs" && command.Args[0] == "webhooks"
		})
	})
	if !needed {
		return nil
	}
	config := &receive.Config{Address: su.options.WebhookListen, Random: su.options.Random, Now: su.options.Now}
	if su.target.WebhookURL != "" {
		config.URL, _ = parseBase(su.target.WebhookURL) // checked before
	}
	var err error
	if su.hear, err = receive.Start(config); err != nil {
		return fmt.Errorf("cannot run: %w", err)
	}
	if config.URL != nil {
		ctx, cancel := context.WithTimeout(ctx, su.options.WebhookWait)
		defer cancel()
		su.hear.Probe(ctx)
	}
	return nil
}

// close lets what comes after the end of the section be forgotten.
func (s *session) close() {
	if s.box != nil {
		s.box.Close()
	}
}

// mailbox is what a section receives.
type mailbox struct {
	// box is where the deliveries come in; nil until {receiver} is asked for.
	box *receive.Box
	// registrations are the answers to the requests that told the target of the box.
	registrations []*answer
	// taken are the events of which a delivery was taken.
	taken map[string]bool
	noted map[*receive.Delivery]*wire.Exchange
	// askedAt is when the last request was sent, slowest the longest that a delivery has taken since.
	askedAt time.Time
	slowest time.Duration
}

// inbox is the section's own box; it is opened when somebody first asks for it.
func (s *session) inbox() (*receive.Box, error) {
	if s.box != nil {
		return s.box, nil
	}
	if s.hear == nil {
		return nil, errors.New("there is no receiver: the section does not say `needs webhooks`")
	}
	box, err := s.hear.Box()
	s.box = box
	return box, err
}

// receiver says what the next deliveries are answered with.
func (s *session) receiver(_ context.Context, c *script.Command) (*script.Claim, error) {
	box, err := s.inbox()
	if err != nil {
		return nil, err
	}
	var statuses []int
	for _, arg := range c.Args {
		status, err := strconv.Atoi(arg)
		if err != nil {
			return nil, fmt.Errorf("%q is not a status", arg)
		}
		statuses = append(statuses, status)
	}
	box.Answer(statuses...)
	return nil, nil
}

// tells keeps in mind that a request has told the target of the receiver.
func (s *session) tells(r *request, a *answer) {
	if s.box == nil {
		return
	}
	token := s.box.Token()
	told := bytes.Contains(r.body, []byte(token)) || strings.Contains(r.path, token)
	for _, values := range r.header {
		told = told || slices.ContainsFunc(values, func(v string) bool { return strings.Contains(v, token) })
	}
	if told {
		s.registrations = append(s.registrations, a)
	}
}

// delivery claims that a delivery of an event comes, or, negated, that none does.
func (s *session) delivery(ctx context.Context, c *script.Command) (*script.Claim, error) {
	event := c.Args[0]
	known := s.api.Document.Webhooks()
	if !slices.Contains(known, event) {
		return nil, errors.New(strict.Unknown("event", event, known))
	}
	box, err := s.inbox()
	if err != nil {
		return nil, err
	}
	wait := s.options.WebhookWait
	if c.Negated {
		wait = s.quiet()
	}
	if s.untold() != "" || c.Negated && s.silence(event) != "" {
		wait = 0 // nothing can come, or nothing could be concluded
	}
	d := box.Take(ctx, wait, func(d *receive.Delivery) bool {
		return receive.Event(known, d.Header, d.Body) == event
	})
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	for _, other := range box.Waiting() {
		s.note(other)
	}
	result := &script.Claim{Expected: "a delivery of " + event}
	if d == nil {
		reason := s.silence(event)
		if reason == "" && s.nameless(event, known) {
			reason = "a delivery came that names no event of the document, and may be one of " + event
		}
		if reason != "" {
			return nil, &unmetError{NotObserved, reason}
		}
		if !c.Negated {
			result.Expected += " within " + wait.String()
		}
		result.Got = others(box.Waiting(), known)
		return result, nil
	}
	s.slowest = max(s.slowest, d.At.Sub(s.askedAt))
	result.Holds, result.Got = true, "one, answered with "+strconv.Itoa(d.Status)
	return result, s.take(event, d)
}

// quiet is how long it must be quiet. Where the target's clock stands still, all that is due has happened once it was
// moved; else it is a multiple of what deliveries have taken in this section.
func (s *session) quiet() time.Duration {
	wait := quietLong
	switch {
	case s.wire.Frozen():
		wait = quietShort
	case s.slowest > 0:
		wait = min(max(20*s.slowest, quietShort), quietLong)
	}
	return min(wait, s.options.WebhookWait)
}

// silence says why it means nothing if no delivery of the event comes; "" if it does mean something: the target was
// told where to deliver, has understood it, and can reach the receiver.
func (s *session) silence(event string) string {
	switch {
	case s.taint != nil || !s.taken[event] && s.untold() != "":
		return s.untold()
	case s.box.Lost() > 0:
		return "more deliveries came, or larger ones, than are kept"
	case s.taken[event]:
		return ""
	}
	reason := ""
	for _, a := range s.registrations {
		switch {
		case a.Status/100 != 2:
		case a.rests != "" && !s.understood(a, event):
			reason = fmt.Sprintf("%s is assumed, and nothing shows that the target has understood it", a.rests)
			if a.op != nil {
				reason += "; give a body for " + a.op.ID
			}
		case s.target.WebhookURL != "" && !s.hear.Heard():
			return "nothing has reached the receiver at " + s.hear.URL() + ": does it lead there?"
		default:
			return ""
		}
	}
	return reason
}

// untold says why the target does not know where to deliver, "" if it may.
func (s *session) untold() string {
	reason := "the target was not told of {receiver}; the body given for it does not hold it"
	if s.taint != nil {
		return s.taint.reason
	}
	for _, a := range s.registrations {
		if a.Status/100 == 2 {
			return ""
		}
		reason = fmt.Sprintf("the request that tells of the receiver was answered with %d", a.Status)
	}
	return reason
}

// understood reports whether the target has shown what a request told it: the receiver, and the event where the request
// names it.
func (s *session) understood(told *answer, event string) bool {
	for _, e := range s.exchanges {
		if e.Received || e.Status/100 != 2 || !bytes.Contains(e.ResponseBody, []byte(s.box.Token())) {
			continue
		}
		if !bytes.Contains(told.Body, []byte(event)) || bytes.Contains(e.ResponseBody, []byte(event)) {
			return true
		}
	}
	return false
}

// nameless reports whether a delivery waits that names no event but could be one of this: where nothing is promised of
// what a delivery looks like, it need not hold the name.
func (s *session) nameless(event string, known []string) bool {
	return slices.ContainsFunc(s.box.Waiting(), func(d *receive.Delivery) bool {
		return receive.Event(known, d.Header, d.Body) == "" && len(s.judge.Delivery(event, d.Header, d.Body)) == 0
	})
}

// others words what came instead.
func others(waiting []*receive.Delivery, known []string) string {
	var names []string
	for _, d := range waiting {
		name := receive.Event(known, d.Header, d.Body)
		if name == "" {
			name = "no event of the document"
		}
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return "none"
	}
	return "only " + strings.Join(names, ", ")
}

// take makes a delivery what the next commands look into, and judges it in passing.
func (s *session) take(event string, d *receive.Delivery) error {
	e := s.note(d)
	s.heard, s.found = e, gjson.Result{}
	s.taken[event] = true
	for _, f := range s.judge.Delivery(event, d.Header, d.Body) {
		if f.Violation.Kind == validate.Internal {
			return fmt.Errorf("cannot judge the delivery: %s", f.Violation.Message)
		}
		for _, owner := range f.Owners {
			s.sight(sighting{requirement: owner, check: s.check, line: s.line, exchange: e, violation: f.Violation})
		}
		if len(f.Owners) == 0 && len(s.unowned) == 0 {
			s.unowned = []judge.Finding{f}
		}
	}
	return nil
}

// note keeps a delivery among the exchanges, once, as the last of them.
func (s *session) note(d *receive.Delivery) *wire.Exchange {
	e := s.noted[d]
	if e == nil {
		e = &wire.Exchange{
			Received: true, Path: d.URL.EscapedPath(), Method: d.Method, URL: d.URL, Header: d.Header, Body: d.Body, Status: d.Status,
		}
		s.secrets.Learn(e)
		s.noted[d] = e
	}
	s.exchanges = append(slices.DeleteFunc(s.exchanges, func(other *wire.Exchange) bool { return other == e }), e)
	return e
}
