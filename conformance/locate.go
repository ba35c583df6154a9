package conformance

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/tidwall/gjson"

	"understudy.dev/conformance/internal/claim"
	"understudy.dev/conformance/internal/fill"
	"understudy.dev/conformance/internal/find"
	"understudy.dev/conformance/internal/script"
	"understudy.dev/conformance/internal/wire"
	"understudy.dev/specs"
)

// anID stands for whatever field holds the id, in find, and for the id of the first thing in an answer, as a path.
const anID = "@id"

// maxPages bounds the pages that find looks at after the first.
const maxPages = 20

// created takes the id of what the answer created and enters it into the ledger.
func (s *session) created(_ context.Context, c *script.Command) (*script.Claim, error) {
	a, err := s.answered()
	if err != nil {
		return nil, err
	}
	if a.Status/100 != 2 {
		reason := fmt.Sprintf("nothing was created: answered with %d", a.Status)
		if s.taint != nil {
			reason = s.taint.reason
		}
		return nil, &unmetError{NotObserved, reason}
	}
	field := ""
	if len(c.Args) == 2 {
		field = c.Args[1]
	}
	id, ok := find.Created(a.ResponseHeader.Get("Location"), a.content(), a.collection(), field)
	if !ok {
		return nil, &unmetError{NotObserved, "the answer does not tell the id of what it created"}
	}
	s.values[c.Args[0]] = fill.Value{Text: id.String(), JSON: id.Raw}
	s.wire.Ledger.Add(s.entry(a, id.String(), true))
	s.remember(a.Path, id.String())
	return nil, nil
}

// collection is the path template of what the request was sent to.
func (a *answer) collection() string {
	if a.op != nil {
		return a.op.Path
	}
	return a.Path
}

func (s *session) entry(a *answer, id string, claimed bool) wire.Entry {
	who := nobody
	if s.who != nil {
		who = s.who.login.spec.Name
	}
	return wire.Entry{Base: a.base, Path: a.Path, ID: id, Login: who, Check: s.check.id, Claimed: claimed}
}

// enter keeps the ledger: what a DELETE removed is gone, and what a POST seems to have created is to be removed even if
// the section does not say so.
func (s *session) enter(r *request, a *answer) {
	if a.Status/100 != 2 {
		return
	}
	switch {
	case r.method == http.MethodDelete:
		s.wire.Ledger.Gone(s.subject(r))
	case r.method == http.MethodPost && a.op != nil && s.requestClass(r.method, a.op) == creates &&
		// Other answers may show what was there before.
		(a.Status == http.StatusCreated || a.ResponseHeader.Get("Location") != ""):
		if id, ok := find.Created(a.ResponseHeader.Get("Location"), a.content(), a.collection(), ""); ok {
			s.wire.Ledger.Add(s.entry(a, id.String(), false))
		}
	}
}

// find claims that somewhere in the answer, or on the pages after it, is an object with a field of a value.
func (s *session) find(ctx context.Context, c *script.Command) (*script.Claim, error) {
	at, err := s.looked()
	if err != nil {
		return nil, err
	}
	field, err := fill.Text(c.Args[0], s.lookup)
	if err != nil {
		return nil, err
	}
	compared, want, err := s.comparison(c.Args[1:])
	if err != nil {
		return nil, err
	}
	if _, err := claim.JSON(gjson.Parse("0"), compared.Op, want); err != nil {
		return nil, err // a pattern that cannot be read
	}
	fits := func(v gjson.Result) bool {
		holds, _ := claim.JSON(v, compared.Op, want)
		return holds
	}
	result := &script.Claim{Expected: fmt.Sprintf("an object with %s %s", field, described(compared.Op, want)), Got: "none"}
	s.found = gjson.Result{}
	page := s.last
	if s.heard != nil {
		page = nil // nothing comes after a delivery
	}
	for pages := 0; ; pages++ {
		object, ok := find.Object(at.content, anyFor(field, c.Negated), fits)
		if field == anID && !ok {
			object, ok = find.WithID(at.content, at.collection, fits)
		}
		if ok {
			s.found = object
			result.Holds, result.Got = true, "one"
			return result, nil
		}
		next, more, err := s.nextPage(ctx, page)
		switch {
		case err != nil:
			return nil, err
		case !more:
			if !gjson.ValidBytes(at.content) {
				result.Got = strings.TrimSpace("no JSON " + mediaType(at.header))
			}
			return result, nil
		case next == nil || pages == maxPages || bytes.Equal(next.content(), at.content):
			return nil, &unmetError{NotObserved, "there are more pages than could be looked at"}
		}
		page, at = next, next.view()
	}
}

// anyFor lets an id stand in any field, unless the claim is that it is nowhere: a small number may well be something else.
func anyFor(field string, negated bool) string {
	if field == anID && !negated {
		return "*"
	}
	return field
}

// nextPage gets the page after an answer. It reports whether there is more to see; the page is nil if it could not be
// had.
func (s *session) nextPage(ctx context.Context, a *answer) (next *answer, more bool, err error) {
	if a == nil || a.Method != http.MethodGet || a.Status/100 != 2 {
		return nil, false, nil
	}
	asked, err := url.ParseQuery(a.query)
	if err != nil {
		asked = url.Values{}
	}
	page := find.NextPage(a.ResponseHeader, a.content(), asked, s.pageParameters(a))
	if !page.More {
		return nil, false, nil
	}
	path := ""
	switch {
	case page.URL != "":
		path = s.below(a, page.URL)
	case page.Query != nil:
		path = a.Path + "?" + page.Query.Encode()
	}
	if path == "" {
		return nil, true, nil
	}
	next, err = s.send(ctx, &request{
		method: http.MethodGet, base: a.base, path: path, header: a.Header, theirs: true, provokes: s.check.blast == limits,
	})
	if err != nil || next.Status/100 != 2 {
		return nil, true, err
	}
	return next, true, nil
}

// pageParameters are the names of the query parameters that turn pages.
func (s *session) pageParameters(a *answer) find.Parameters {
	var p find.Parameters
	if a.op == nil {
		return p
	}
	p.Declared = s.judge.QueryParameters(a.op)
	if s.api.Profile == nil || s.api.Profile.Operations[a.op.ID] == nil {
		return p
	}
	for _, step := range s.api.Profile.Operations[a.op.ID].Steps {
		if step.Verb != specs.VerbList || step.Page == nil {
			continue
		}
		switch step.Page.Style {
		case "number":
			p.Page = step.Page.Number
		case "offset":
			p.Offset = step.Page.Number
		case "cursor":
			p.Cursor = step.Page.Number
		}
	}
	return p
}

// below makes a URL of the target's a path below the answer's base, "" if it leads elsewhere.
func (s *session) below(a *answer, target string) string {
	u, err := a.URL.Parse(target)
	if err != nil {
		return ""
	}
	base, err := parseBase(s.bases[a.base])
	if err != nil || u.Host != base.Host || u.Scheme != base.Scheme {
		return ""
	}
	path, ok := strings.CutPrefix(u.EscapedPath(), strings.TrimSuffix(base.EscapedPath(), "/"))
	if !ok || !strings.HasPrefix(path, "/") {
		return ""
	}
	if u.RawQuery != "" {
		path += "?" + u.RawQuery
	}
	return path
}
