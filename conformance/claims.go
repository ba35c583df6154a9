package conformance

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"slices"
	"strings"

	"github.com/tidwall/gjson"

	"understudy.dev/conformance/internal/claim"
	"understudy.dev/conformance/internal/fill"
	"understudy.dev/conformance/internal/find"
	"understudy.dev/conformance/internal/script"
)

// status claims that the answer has one of the wanted statuses.
func (s *session) status(_ context.Context, c *script.Command) (*script.Claim, error) {
	a, err := s.answered()
	if err != nil {
		return nil, err
	}
	return &script.Claim{
		Holds:    slices.ContainsFunc(c.Args, func(want string) bool { return script.MatchStatus(want, a.Status) }),
		Expected: "status " + strings.Join(c.Args, " or "),
		Got:      strings.TrimSpace(fmt.Sprintf("%d %s", a.Status, http.StatusText(a.Status))),
	}, nil
}

// header claims something about a header of the answer or delivery.
func (s *session) header(_ context.Context, c *script.Command) (*script.Claim, error) {
	at, err := s.looked()
	if err != nil {
		return nil, err
	}
	compared, want, err := s.comparison(c.Args[1:])
	if err != nil {
		return nil, err
	}
	if name, ok := fill.Only(compared.Value); ok {
		v, _ := s.lookup(name)
		want.Text = v.Text // a header is text, whatever type the value had
	}
	name := http.CanonicalHeaderKey(c.Args[0])
	values := at.header.Values(name)
	result := &script.Claim{Expected: name + ": " + claim.Describe(compared.Op, want), Got: "no " + name}
	if len(values) == 0 {
		return result, nil
	}
	text := strings.Join(values, ", ")
	result.Got = name + ": " + text
	if result.Holds = true; compared.Op != "" {
		result.Holds, err = claim.Text(text, compared.Op, want)
	}
	return result, err
}

// json claims something about a value in the answer.
func (s *session) json(_ context.Context, c *script.Command) (*script.Claim, error) {
	compared, want, err := s.comparison(c.Args[1:])
	if err != nil {
		return nil, err
	}
	value, where, err := s.value(c.Args[0])
	if err != nil {
		return nil, err
	}
	return s.compare(where, value, compared, want)
}

func (s *session) compare(where string, value gjson.Result, compared script.Comparison, want claim.Want) (*script.Claim, error) {
	holds, err := claim.JSON(value, compared.Op, want)
	if err != nil {
		return nil, err
	}
	at, err := s.looked()
	if err != nil {
		return nil, err
	}
	got := claim.Show(value)
	if !value.Exists() && !gjson.ValidBytes(at.content) {
		got = "no JSON"
		if media := mediaType(at.header); media != "" {
			got += " but " + media
		}
	}
	return &script.Claim{Holds: holds, Expected: where + " " + described(compared.Op, want), Got: got}, nil
}

func described(op string, want claim.Want) string {
	if op == "==" {
		return "== " + want.Text
	}
	return claim.Describe(op, want)
}

// value is what a GJSON path gives in the answer, or in what find has found.
func (s *session) value(path string) (value gjson.Result, where string, err error) {
	at, err := s.looked()
	if err != nil {
		return gjson.Result{}, "", err
	}
	if path, err = fill.Text(path, s.lookup); err != nil {
		return gjson.Result{}, "", err
	}
	if path == "@found" || strings.HasPrefix(path, "@found.") {
		if !s.found.Exists() {
			return gjson.Result{}, "", errors.New("find has found nothing in it")
		}
		if path == "@found" {
			return s.found, path, nil
		}
		return s.found.Get(strings.TrimPrefix(path, "@found.")), path, nil
	}
	if !gjson.ValidBytes(at.content) {
		return gjson.Result{}, path, nil
	}
	if path == anID {
		id, _ := find.FirstID(at.content, at.collection)
		return id, path, nil
	}
	return gjson.GetBytes(at.content, path), path, nil
}

// capture keeps a value of the answer, or what a pattern cuts out of it.
func (s *session) capture(_ context.Context, c *script.Command) (*script.Claim, error) {
	at, err := s.looked()
	if err != nil {
		return nil, err
	}
	wanted, err := script.ParseCapture(c.Args)
	if err != nil {
		return nil, err
	}
	kept, where := fill.Value{}, "header "+wanted.Header
	if wanted.Header != "" {
		kept.Text = at.header.Get(wanted.Header)
	} else {
		var value gjson.Result
		if value, where, err = s.value(wanted.Path); err != nil {
			return nil, err
		}
		if value.Type != gjson.Null {
			kept = fill.Value{Text: value.String(), JSON: value.Raw}
		}
	}
	if kept == (fill.Value{}) {
		return nil, &unmetError{NotObserved, fmt.Sprintf("%s has no %s to go on with", at.name, where)}
	}
	if wanted.Pattern != nil {
		text, ok := wanted.Cut(kept.Text)
		if !ok {
			return nil, &unmetError{NotObserved, fmt.Sprintf("the %s of %s has nothing like %s to go on with", where, at.name, wanted.Pattern)}
		}
		kept = fill.Value{Text: text}
	}
	s.values[wanted.Name] = kept
	return nil, nil
}

// jwt claims something about a JSON Web Token in the answer. Its signature is not looked at.
func (s *session) jwt(_ context.Context, c *script.Command) (*script.Claim, error) {
	compared, want, err := s.comparison(c.Args[2:])
	if err != nil {
		return nil, err
	}
	value, where, err := s.value(c.Args[0])
	if err != nil {
		return nil, err
	}
	part, path, _ := strings.Cut(c.Args[1], ".")
	where += " " + c.Args[1]
	decoded, ok := decodeToken(value.String(), part)
	if !ok {
		return &script.Claim{Expected: where + " " + described(compared.Op, want), Got: "no JSON Web Token"}, nil
	}
	return s.compare(where, decoded.Get(path), compared, want)
}

func decodeToken(token, part string) (gjson.Result, bool) {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return gjson.Result{}, false
	}
	text := parts[0]
	if part == "payload" {
		text = parts[1]
	}
	data, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(text, "="))
	if err != nil || !gjson.ValidBytes(data) {
		return gjson.Result{}, false
	}
	return gjson.ParseBytes(data), true
}

// mediaType is the media type of an answer without parameters, "" if there is none.
func mediaType(h http.Header) string {
	value := h.Get("Content-Type")
	if media, _, err := mime.ParseMediaType(value); err == nil {
		return media
	}
	return value
}
