package conformance

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/tidwall/gjson"

	"understudy.dev/conformance/internal/judge"
	"understudy.dev/conformance/internal/script"
	"understudy.dev/conformance/internal/wire"
	"understudy.dev/specs/validate"
)

// request sends what a line says.
func (s *session) request(ctx context.Context, c *script.Command) (*script.Claim, error) {
	parsed := c.Request()
	if parsed == nil {
		return nil, errors.New("internal error: no request")
	}
	a, err := s.ask(ctx, parsed, c.Verb == "invalid")
	if err != nil {
		return nil, err
	}
	if a.Refused {
		return nil, &unmetError{NotObserved, "the target goes on answering 429 after it was given time"}
	}
	return nil, nil
}

// alike sends a request that differs from an accepted one of the section only in what is documented: so the form of its
// body is no assumption any more, and a refusal counts. The user's own body may differ in who sends it, and in nothing else.
func (s *session) alike(ctx context.Context, c *script.Command) (*script.Claim, error) {
	op := s.operationOf(c.Request())
	if op == nil {
		return nil, errors.New("alike wants a request to an operation")
	}
	by, accepted := s.accepted[op.ID]
	switch {
	case s.target.Requests[op.ID] != nil && (!accepted || by == s.who.of()):
		return nil, &unmetError{NotObserved, "the body given for " + op.ID + " stands for those of the check"}
	case s.taint != nil:
		return nil, &unmetError{NotObserved, s.taint.reason}
	case !accepted:
		return nil, fmt.Errorf("alike: no request to %s was accepted before in this section", op.ID)
	}
	if claim, err := s.request(ctx, c); err != nil {
		return claim, err
	}
	s.last.rests, s.taint = "", nil
	return nil, nil
}

// ask sends a request of a script and makes its answer the last one.
func (s *session) ask(ctx context.Context, parsed *script.Request, invalid bool) (*answer, error) {
	r, err := s.build(ctx, parsed, invalid, "")
	if err != nil {
		return nil, err
	}
	s.askedAt = s.options.Now()
	a, err := s.send(ctx, r)
	if err != nil {
		return nil, err
	}
	switch {
	case a.Status == http.StatusUnauthorized && s.who != nil && s.who.old() && !s.moved:
		// The identity got old while the request waited.
		if r, err = s.build(ctx, parsed, invalid, ""); err == nil {
			a, err = s.send(ctx, r)
		}
	case r.invented != "" && misformed(a.Status):
		a, err = s.again(ctx, parsed, r, a)
	}
	if err != nil {
		return nil, err
	}
	s.last, s.heard, s.found = a, nil, gjson.Result{}
	s.tells(r, a)
	if a.softens() {
		s.taint = &taint{a, a.wish()}
	}
	if a.op != nil && a.Status/100 == 2 {
		s.accepted[a.op.ID] = s.who.of()
	}
	s.enter(r, a)
	return a, nil
}

// send judges a request, sends it, and judges the answer.
func (s *session) send(ctx context.Context, r *request) (*answer, error) {
	bare, query, _ := strings.Cut(r.path, "?")
	if r.match.Operation == nil && !r.routed {
		r.match, r.routed = s.operationAt(r.base, r.method, bare)
	}
	var op *validate.Operation
	if r.routed {
		op = r.match.Operation
	}
	a := &answer{op: op, base: cmp.Or(r.base, baseName(op)), query: query, replaced: r.replaced}
	httpRequest, err := r.http()
	if err != nil {
		return nil, err
	}
	if op != nil && !r.theirs {
		if err := s.judgeRequest(r, httpRequest); err != nil {
			return nil, err
		}
		if !r.replaced {
			a.rests = s.judge.RestsOn(op, httpRequest, r.body, r.foreign)
		}
		if r.bent && a.rests == "" {
			a.rests = "the form of the receiver's URL"
		}
	}
	a.Exchange, err = s.wire.Do(ctx, s.call(r, op))
	if err != nil {
		return nil, s.unsent(err)
	}
	if !r.login || a.Status/100 != 2 {
		s.exchanges = append(s.exchanges, a.Exchange)
	}
	if a.rests == "" && r.invented != "" && !r.formed && misformed(a.Status) {
		a.rests = "the form of ids"
	}
	return a, s.judgeAnswer(r, a)
}

// call is the request as the wire wants it.
func (s *session) call(r *request, op *validate.Operation) *wire.Call {
	call := &wire.Call{
		Base: cmp.Or(r.base, baseName(op)), Path: r.path, Method: r.method, Header: r.header, Body: r.body, Label: s.check.section.Requirement,
		Provokes: r.provokes && !r.login, Reservation: s.reservation, CleanUp: s.cleaning,
	}
	if op != nil {
		call.Operation = op.ID
		call.Login = r.login || s.loginOperations[op.ID]
	}
	if !call.Login && changesThings(s.api.Profile, r.method, op) {
		call.Changes, call.Subject = true, s.subject(r)
	}
	return call
}

// subject is the id of what a request changes: one that nothing has, else the last one in its path, else, where the path
// has no parameter, one in its query.
func (s *session) subject(r *request) string {
	if r.invented != "" {
		return r.invented
	}
	if r.routed {
		if names := r.match.Operation.PathParams; len(names) > 0 {
			return r.match.Params[names[len(names)-1]]
		}
		return s.asked(r)
	}
	bare, _, _ := strings.Cut(r.path, "?")
	segments := strings.Split(bare, "/")
	for _, segment := range slices.Backward(segments) {
		if id, err := url.PathUnescape(segment); err == nil && id != "" && s.wire.Ledger.Allows(id) {
			return id
		}
	}
	return ""
}

// asked is the id that the query names, of something that the section may change or that does not exist; "" if there is none.
func (s *session) asked(r *request) string {
	_, query, _ := strings.Cut(r.path, "?")
	values, err := url.ParseQuery(query)
	if err != nil {
		return ""
	}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		id := values.Get(name)
		if id == s.unknown {
			s.wire.Ledger.Invent(id)
		}
		if s.wire.Ledger.Allows(id) {
			return id
		}
	}
	return ""
}

// unsent words why a request has no answer.
func (s *session) unsent(err error) error {
	var budget *wire.BudgetError
	if errors.As(err, &budget) {
		return &unmetError{NotObserved, fmt.Sprintf("the budget of %d requests is spent", budget.Budget)}
	}
	return err
}

// http is the request as the judge wants it: below the base.
func (r *request) http() (*http.Request, error) {
	u, err := url.Parse("http://target" + r.path)
	if err != nil {
		return nil, errors.New("the path cannot be read")
	}
	h, err := http.NewRequest(r.method, u.String(), bytes.NewReader(r.body))
	if err != nil {
		return nil, errors.New("the request cannot be made")
	}
	h.Header = r.header
	return h, nil
}

// judgeRequest holds the request against the contract. What is wrong with it is the suite's fault, unless it is meant.
func (s *session) judgeRequest(r *request, h *http.Request) error {
	var violations []validate.Violation
	if r.replaced {
		violations = s.judge.RequestInForce(r.match, h, r.body)
	} else {
		violations = s.judge.Request(r.match, h, r.body)
	}
	if i := slices.IndexFunc(violations, func(v validate.Violation) bool { return v.Kind == validate.Internal }); i >= 0 {
		return fmt.Errorf("cannot judge the request: %s", violations[i].Message)
	}
	if r.invalid {
		if len(violations) == 0 {
			return errors.New("the request is called invalid, but keeps to the contract")
		}
		return nil
	}
	for _, v := range violations {
		if r.excuses(v) {
			r.bent = r.bent || s.box != nil && strings.Contains(r.blamed(v), s.box.Token())
			continue
		}
		whose := "the request breaks the contract"
		if r.replaced {
			whose = "the body given for " + r.match.Operation.ID + " breaks what is documented"
		}
		return fmt.Errorf("%s: %s", whose, v.Message)
	}
	return nil
}

// excuses reports whether a violation is about a value that is not the suite's.
func (r *request) excuses(v validate.Violation) bool {
	if len(r.foreign) == 0 && r.invented == "" {
		return false
	}
	blamed := r.blamed(v)
	return blamed != "" && (v.Kind == validate.Path && blamed == r.invented ||
		slices.ContainsFunc(r.foreign, func(value string) bool { return value != "" && strings.Contains(blamed, value) }))
}

// blamed is the value that a violation is about, "" if it is about none.
func (r *request) blamed(v validate.Violation) string {
	name, _, _ := strings.Cut(v.Instance, "/")
	switch v.Kind {
	case validate.Path:
		return r.match.Params[name]
	case validate.Query:
		_, query, _ := strings.Cut(r.path, "?")
		if values, err := url.ParseQuery(query); err == nil {
			return values.Get(name)
		}
	case validate.Header:
		return r.header.Get(v.Instance)
	case validate.Body:
		return gjson.GetBytes(r.body, dotted(v.Instance)).String()
	}
	return ""
}

// dotted is a JSON pointer as a GJSON path.
func dotted(pointer string) string {
	var parts []string
	for segment := range strings.SplitSeq(strings.TrimPrefix(pointer, "/"), "/") {
		parts = append(parts, gjson.Escape(strings.ReplaceAll(strings.ReplaceAll(segment, "~1", "/"), "~0", "~")))
	}
	return strings.Join(parts, ".")
}

// judgeAnswer holds the answer against the document in force.
func (s *session) judgeAnswer(r *request, a *answer) error {
	given := judge.Answer{Method: r.method, Status: a.Status, Header: a.ResponseHeader, Body: a.ResponseBody}
	if s.judge.Gateway(a.op, given) {
		return fmt.Errorf("a gateway answered with %d, not the target", a.Status)
	}
	findings := s.judge.Response(a.op, given)
	s.cover(a.op, a.Status, mediaType(a.ResponseHeader), len(findings) == 0)
	for _, f := range findings {
		if f.Violation.Kind == validate.Internal {
			return fmt.Errorf("cannot judge the answer: %s", f.Violation.Message)
		}
		for _, owner := range f.Owners {
			s.sight(sighting{requirement: owner, check: s.check, line: s.line, exchange: a.Exchange, violation: f.Violation})
		}
		if len(f.Owners) == 0 {
			a.unowned = append(a.unowned, f)
		}
	}
	if !r.login && len(s.unowned) == 0 {
		s.unowned = a.unowned
	}
	return nil
}
