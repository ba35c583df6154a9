package mock

import (
	"encoding/json"
	"fmt"
	"net/http"
	"runtime/debug"
	"slices"
	"strconv"

	"understudy.dev/mock/internal/behave"
	"understudy.dev/mock/internal/control"
	"understudy.dev/specs"
	"understudy.dev/specs/template"
)

// This file alone writes responses in an API's name and knows how it words them.

const (
	mediaJSON   = "application/json"
	mediaEvents = "text/event-stream"
)

// An answer is a response before it is written.
type answer struct {
	status  int
	media   string
	headers []header
	body    []byte
	// stream is what is sent in place of body; nil without one.
	stream *behave.Stream
}

func (a *answer) set(name, value string) { a.headers = append(a.headers, header{name, value}) }

func newAnswer(status int, media string) *answer {
	return &answer{status: status, media: media, headers: make([]header, 0, 12)}
}

// write sets the headers, of which the last one of a name counts, with one allocation for all values.
func (a *answer) write(to http.Header) {
	values := make([]string, len(a.headers))
	for i, h := range a.headers {
		values[i] = h.value
		to[http.CanonicalHeaderKey(h.name)] = values[i : i+1 : i+1]
	}
}

// render answers, tells the limits how it went, and keeps the exchange. It always writes a response: where the API's own
// words fail, in those for an internal fault, and where these fail too, in ours.
func render(x *exchange) {
	a, err := x.compose()
	if err != nil {
		before := x.refusal
		x.refusal = internal("render", err)
		x.refusal.stage = "render"
		if before != nil {
			x.refusal.private += "\nwhile refusing: " + before.explanation()
		}
		if a, err = x.compose(); err != nil {
			x.refusal.private += "\n" + err.Error()
			a = x.plain()
		}
	}
	// Whatever happens to the answer now, it is that of an operation that was performed, or of one that was not.
	x.answered = x.refusal == nil
	reset := x.fault != nil && x.fault.Reset && !x.answered
	if reset {
		a.status = 0 // the limits are told that there was no answer
	}
	x.count(a)
	if a.media != "" {
		a.set("Content-Type", a.media)
	}
	x.faultHeaders(a)
	a.set(ExchangeHeader, x.id)
	if x.run.dated() {
		a.set("Date", x.now.Format(http.TimeFormat))
	}
	body := a.body
	if x.r.Method == http.MethodHead || bodiless(a.status) {
		body = nil
	}
	truncated := x.fault != nil && x.fault.Truncate
	switch streamed := a.stream != nil && x.r.Method != http.MethodHead; {
	case reset, truncated && !streamed && len(body) == 0:
		// Where there is nothing to cut, no answer is the shortest one.
		x.settle(specs.SentInfo{})
		x.broken = "no answer was sent: a fault was asked for"
		x.record(&answer{}, nil)
		sever(x.w)
	case streamed:
		x.flow(a)
	case truncated:
		x.settle(specs.SentInfo{})
		half := body[:len(body)/2]
		x.broken = fmt.Sprintf("%d of %d bytes were sent: a fault was asked for", len(half), len(body))
		x.send(a, half)
		breakOff(x.w)
	default:
		x.settle(specs.SentInfo{Complete: x.answered && x.r.Context().Err() == nil})
		x.send(a, body)
	}
}

// send writes the headers of an answer, and as much of its body as is to be sent.
func (x *exchange) send(a *answer, body []byte) {
	if a.stream == nil && !bodiless(a.status) {
		a.set("Content-Length", strconv.Itoa(len(a.body)))
	}
	if x.broken != "" {
		a.body = body
	}
	header := x.w.Header()
	a.write(header)
	// The entry is there before the caller can know of the exchange.
	x.record(a, header)
	x.w.WriteHeader(a.status)
	if len(body) > 0 {
		// A client that has gone away cannot be told.
		_, _ = x.w.Write(body)
	}
}

// flow sends a stream of events, and breaks it off where the client or the run ends before it does.
func (x *exchange) flow(a *answer) {
	header := x.w.Header()
	a.write(header)
	x.open = true
	x.record(a, header)
	x.w.WriteHeader(a.status)
	out := newOutlet(x.w, x.r.Context(), x.run.over)
	why := x.events(out, a.stream)
	x.settle(specs.SentInfo{Events: out.events, Complete: why == nil})
	if why == nil && a.stream.End != nil {
		// The entry is complete before the caller can know that the stream is.
		x.amend(out, appendEvent(nil, a.stream.End), nil)
		why = out.send(a.stream.End)
	}
	if !out.close() && why == nil {
		why = errWorldOver
	}
	x.amend(out, nil, why)
	if why != nil {
		// An answer that has broken off must not look like one that has ended.
		panic(http.ErrAbortHandler)
	}
}

// compose makes the answer to the exchange as it stands. A panic in a template's functions is an error like any other.
func (x *exchange) compose() (a *answer, err error) {
	defer func() {
		if fault := recover(); fault != nil {
			err = fmt.Errorf("panic: %v\n%s", fault, debug.Stack())
		}
	}()
	if x.env == nil {
		x.env = template.Env{"request": &x.request, "now": x.now}
	}
	if x.refusal != nil {
		a, err = x.refuse()
	} else {
		a, err = x.succeed()
	}
	if err != nil {
		return nil, err
	}
	return a, x.headers(a, x.part.answerHeaders)
}

func (x *exchange) succeed() (*answer, error) {
	a := newAnswer(x.result.Status, mediaJSON)
	a.body = x.result.Body
	x.env["result"] = nil
	if x.result.Body != nil {
		x.env["result"] = template.NewRaw(x.result.Body)
	}
	x.env["page"] = x.result.Page
	if x.result.Stream != nil {
		a.stream, a.body = x.result.Stream, nil
		a.set("Cache-Control", "no-cache")
	}
	for _, envelope := range x.scene.successes {
		if len(envelope.Verbs) > 0 && !slices.Contains(envelope.Verbs, x.result.Verb) {
			continue
		}
		if err := x.wrap(a, envelope); err != nil {
			return nil, err
		}
		break
	}
	switch {
	case a.stream != nil:
		a.media = mediaEvents
	case a.body == nil, x.result.Bare, bodiless(a.status):
		a.media, a.body = "", nil
	}
	for _, h := range x.result.Headers {
		a.set(h.Name, h.Value)
	}
	return a, nil
}

func (x *exchange) refuse() (*answer, error) {
	w := x.scene.wordings[x.refusal.problem].as(x.refusal.status)
	if w.readsBody {
		x.decode()
	}
	problem, err := w.info(x.refusal, x.env)
	if err != nil {
		return nil, err
	}
	x.env["problem"] = problem
	a := newAnswer(w.status, mediaJSON)
	for _, h := range x.refusal.headers {
		// Allow with another status than 405 would tell what the API does not want to tell.
		if h.name != "Allow" || w.status == http.StatusMethodNotAllowed {
			a.set(h.name, h.value)
		}
	}
	if w.envelope == nil {
		return a, ownWords(a, problem)
	}
	return a, x.wrap(a, w.envelope)
}

func (x *exchange) wrap(a *answer, envelope *specs.Envelope) error {
	if envelope.Media != "" {
		a.media = envelope.Media
	}
	if envelope.Body != nil && a.stream == nil {
		body, err := envelope.Body.AppendJSON(make([]byte, 0, 512+len(a.body)), x.env)
		if err != nil {
			return err
		}
		a.body = body
	}
	return x.headers(a, envelope.Headers)
}

func (x *exchange) headers(a *answer, headers []specs.Header) error {
	for _, h := range headers {
		value, err := h.Value.Render(x.env)
		if err != nil {
			return fmt.Errorf("cannot set the header %s: %w", h.Name, err)
		}
		a.set(x.part.names[h.Name], value)
	}
	return nil
}

// ownWords are those of RFC 9457, for an API that has no envelope.
func ownWords(a *answer, problem map[string]any) error {
	body, err := json.Marshal(struct {
		Type   any `json:"type"`
		Title  any `json:"title"`
		Status any `json:"status"`
		Detail any `json:"detail"`
	}{"about:blank", problem["reason"], problem["status"], problem["message"]})
	a.media, a.body = control.MediaProblem, body
	return err
}

// plain is the last resort: the API's words for a fault of ours have failed.
func (x *exchange) plain() *answer {
	return &answer{
		status: http.StatusInternalServerError, media: control.MediaProblem,
		body: []byte(`{"type":"about:blank","title":"Internal Server Error","status":500,"detail":"an internal error occurred"}`),
	}
}

// count tells the limits how it went, and adds their headers, those of a limit that refuses last.
func (x *exchange) count(a *answer) {
	if x.decision == nil {
		return
	}
	x.decision.Settle(a.status, x.play.run.clock.Now())
	for i := range x.decision.Applied {
		applied := &x.decision.Applied[i]
		x.limitHeaders(a, applied.Limit.Headers, &applied.Info)
	}
	if x.decision.Refused {
		x.limitHeaders(a, x.decision.Limit.RefusalHeaders, &x.decision.Info)
	}
}

// limitHeaders leaves out a header whose template fails and says so in the journal: the answer stands already.
func (x *exchange) limitHeaders(a *answer, headers []specs.Header, info *specs.LimitInfo) {
	if len(headers) == 0 {
		return
	}
	x.env["limit"] = info
	if err := x.headers(a, headers); err != nil {
		if x.refusal == nil {
			x.refusal = internal("limit headers", err)
			x.refusal.stage = "render"
			return
		}
		x.refusal.private += "\n" + err.Error()
	}
}
