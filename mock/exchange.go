package mock

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"understudy.dev/mock/internal/behave"
	"understudy.dev/mock/internal/caller"
	"understudy.dev/mock/internal/fault"
	"understudy.dev/mock/internal/limit"
	"understudy.dev/mock/internal/state"
	"understudy.dev/specs"
	"understudy.dev/specs/template"
	"understudy.dev/specs/validate"
)

// An exchange is one request with its response. Stages fill it from left to right; it belongs to one goroutine.
type exchange struct {
	w    http.ResponseWriter
	r    *http.Request
	who  caller.Caller
	run  *run
	play *playing
	part *part
	id   string
	now  time.Time

	route   route
	scene   *scene
	request specs.RequestInfo
	env     template.Env
	params  map[string]any
	query   map[string]any
	body    body

	// identified by identify.
	proofs     []proof
	view       *state.Snapshot
	credential *state.Credential
	// shown is the credential that expressions see.
	shown *state.Credential
	// satisfied by authenticate.
	granted []validate.Requirement

	decision *limit.Decision
	// wishes are the faults that the request prefers, fault what goes wrong on purpose, nil without anything.
	wishes fault.Wishes
	fault  *fault.Effect
	// call is what behave has performed, to be settled when the answer has ended.
	call    *behave.Call
	result  *behave.Result
	refusal *refusal
	// answered is true when the answer is that of the operation, open while it is being sent; broken is why it broke off.
	answered, open bool
	broken         string
	// notes are for the journal.
	notes []string
}

// A refusal is why a request is refused: a problem, free of wording, and the explanation.
type refusal struct {
	stage   string
	problem specs.Problem
	// status, if not 0, is another one than the problem has.
	status int
	// rule names what was broken; pointer is its place in the API's document.
	rule, pointer string
	instance      string
	expected, got string
	detail        string
	fields        []specs.FieldError
	// message and attributes replace what is declared for the problem.
	message    *string
	attributes map[string]any
	headers    []header
	// private explains more than the caller may know.
	private string
}

type header struct{ name, value string }

// A body is what was sent behind the headers.
type body struct {
	read bool
	raw  []byte
	size int64
	// json is raw as JSON, once decoded is true; nil where there is none.
	json    []byte
	decoded bool
	// valid is true once validation has accepted it.
	valid bool
	// problem is why it could not be read.
	problem *refusal
}

// play answers one request in an API's name. Whatever happens, it answers.
func play(w http.ResponseWriter, r *http.Request, who caller.Caller, current *run, at entry) {
	x := &exchange{w: w, r: r, who: who, run: current, play: current.plays[at.part.index], part: at.part, scene: at.part.stray, wishes: at.wishes, notes: at.wishes.Notes}
	x.id, x.now = current.nextExchange(), current.clock.Now()
	x.refusal = x.guarded("route", func(x *exchange) *refusal { return x.start(at) })
	for _, s := range x.scene.stages {
		if x.refusal != nil {
			break
		}
		x.refusal = x.guarded(s.name, s.run)
	}
	render(x)
}

// guarded runs a stage. A panic becomes a refusal: a fault of ours is a fault of the API in its own words.
func (x *exchange) guarded(name string, run func(*exchange) *refusal) (refused *refusal) {
	defer func() {
		if panicked := recover(); panicked != nil {
			refused = internal("panic", fmt.Errorf("panic: %v\n%s", panicked, debug.Stack()))
		}
		if refused != nil && refused.stage == "" {
			refused.stage = name
		}
	}()
	return run(x)
}

// internal is a fault of ours. The caller learns nothing about it, the journal all.
func internal(rule string, err error) *refusal {
	return &refusal{problem: specs.Internal, rule: rule, private: err.Error()}
}

// start finds the scene and prepares what expressions see. That there is no operation is refused later: the request counts
// in the limits before.
func (x *exchange) start(at entry) *refusal {
	x.route = x.part.find(x.r.Method, at.path, at.hostname)
	if op := x.route.match.Operation; op != nil {
		x.scene = x.part.scenes[op]
	}
	origin := x.who.Origin()
	x.request = specs.RequestInfo{
		Method: x.r.Method, Path: unescaped(x.route.path), Address: x.who.Address,
		Origin: origin, Base: origin + at.prefix + x.route.base, Headers: lowerNames(x.r.Header),
	}
	x.request.Bases = x.bases(at)
	x.env = make(template.Env, 24)
	for name, function := range x.play.functions {
		x.env[name] = function
	}
	x.env["request"], x.env["now"] = &x.request, x.now
	id, err := x.part.api.Profile.Request.ID.Render(x.env)
	if err != nil {
		return internal("request.id", err)
	}
	x.request.ID = id
	x.env["operation"] = x.scene.env
	if x.scene.operation != nil {
		x.params, x.query = x.scene.operation.Values(x.r, x.route.match)
	}
	x.env["params"], x.env["query"] = x.params, x.query
	// A client that waits for permission to send its body is not asked for it before the request has got that far.
	if !strings.EqualFold(x.r.Header.Get("Expect"), "100-continue") || x.scene.needsBody {
		x.receive()
	}
	return nil
}

// receive reads the body, once and never more than is allowed of it. Whether it could be read is for validation to say.
func (x *exchange) receive() {
	if x.body.read {
		return
	}
	x.body.read = true
	limit := x.scene.maxBody
	if x.r.ContentLength > limit {
		x.body.size, x.body.problem = x.r.ContentLength, tooLarge(limit, x.r.ContentLength)
		return
	}
	if x.r.Body == nil || x.r.Body == http.NoBody {
		return
	}
	raw, err := io.ReadAll(io.LimitReader(x.r.Body, limit+1))
	x.body.size = int64(len(raw))
	switch {
	case x.body.size > limit:
		x.body.problem = tooLarge(limit, 0)
		return
	case errors.Is(err, io.ErrUnexpectedEOF):
		x.body.problem = &refusal{problem: specs.Malformed, rule: "body", detail: "the body breaks off"}
	case err != nil:
		x.body.problem = &refusal{problem: specs.Malformed, rule: "body", detail: "the body cannot be read", private: err.Error()}
	}
	x.body.raw = raw
}

// decode gives expressions the body. What cannot be decoded is null for them; a body that may not be decoded for another
// reason than its media type is refused by validation.
func (x *exchange) decode() {
	if x.body.decoded || len(x.body.raw) == 0 || x.scene.operation == nil {
		return
	}
	x.body.decoded = true
	contentType := x.r.Header.Get("Content-Type")
	if x.body.valid && jsonMedia(contentType) {
		x.body.json = x.body.raw
	} else if decoded, err := x.scene.operation.DecodeBody(contentType, x.body.raw); err == nil {
		x.body.json = decoded
	}
	if x.body.json != nil {
		x.env["body"] = template.NewRaw(x.body.json)
	}
}

func jsonMedia(contentType string) bool {
	media, _, _ := strings.Cut(contentType, ";")
	media = strings.ToLower(strings.TrimSpace(media))
	return media == mediaJSON || strings.HasSuffix(media, "+json")
}

func tooLarge(limit, got int64) *refusal {
	r := &refusal{
		problem: specs.TooLarge, rule: "max_body", expected: fmt.Sprintf("at most %d bytes", limit),
		got: "more", detail: fmt.Sprintf("the body may have at most %d bytes", limit),
	}
	if got > 0 {
		r.got = fmt.Sprintf("%d bytes", got)
	}
	return r
}

func lowerNames(h http.Header) map[string]string {
	lower := make(map[string]string, len(h))
	for name, values := range h {
		lower[lowerName(name)] = strings.Join(values, ", ")
	}
	return lower
}

// lowerName knows the names that nearly every request has, so as not to make them anew.
func lowerName(name string) string {
	switch name {
	case "Accept":
		return "accept"
	case "Accept-Encoding":
		return "accept-encoding"
	case "Authorization":
		return "authorization"
	case "Content-Length":
		return "content-length"
	case "Content-Type":
		return "content-type"
	case "User-Agent":
		return "user-agent"
	}
	return strings.ToLower(name)
}
