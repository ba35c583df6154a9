package mock

import (
	"net/http"
	"slices"
	"strings"

	"understudy.dev/specs"
	"understudy.dev/specs/validate"
)

// refuseRoute refuses what reaches the API but none of its operations.
func refuseRoute(x *exchange) *refusal {
	if x.route.err == validate.UnknownMethod {
		allowed := strings.Join(x.route.match.Allowed, ", ")
		return &refusal{
			problem: specs.WrongMethod, rule: "method", expected: allowed, got: x.r.Method,
			headers: []header{{"Allow", allowed}},
		}
	}
	return &refusal{problem: specs.UnknownRoute, rule: "path", got: x.r.Method + " " + x.request.Path}
}

// validateRequest wants a request that the document allows.
func validateRequest(x *exchange) *refusal {
	x.receive()
	if x.body.problem != nil {
		return x.body.problem
	}
	violations := x.scene.operation.ValidateRequest(x.r, x.route.match, x.body.raw)
	if len(violations) == 0 {
		x.body.valid = true
		return nil
	}
	slices.SortStableFunc(violations, func(a, b validate.Violation) int { return rank(a.Kind) - rank(b.Kind) })
	first := violations[0]
	refused := &refusal{
		problem: problemOf(first.Kind), rule: first.Keyword, pointer: first.Pointer, instance: first.Instance,
		expected: first.Expected, got: first.Got, detail: first.Message,
	}
	if first.Kind == validate.Internal {
		refused.private, refused.detail = first.Message, ""
		return refused
	}
	for _, v := range violations {
		refused.fields = append(refused.fields, fieldsOf(v)...)
	}
	return refused
}

// problemOf is the problem that a violation is. Internal is never the sender's fault.
func problemOf(kind validate.Kind) specs.Problem {
	switch kind {
	case validate.Malformed:
		return specs.Malformed
	case validate.MediaType:
		return specs.UnsupportedMediaType
	case validate.Path, validate.Query, validate.Header, validate.Cookie:
		return specs.InvalidParameter
	case validate.NoBody, validate.ExtraBody, validate.Body:
		return specs.Invalid
	}
	return specs.Internal
}

// rank puts first what makes the rest meaningless.
func rank(kind validate.Kind) int {
	return slices.Index([]validate.Kind{
		validate.Internal, validate.MediaType, validate.Malformed, validate.Path, validate.Query, validate.Header,
		validate.Cookie, validate.NoBody, validate.ExtraBody, validate.Body,
	}, kind)
}

// fieldsOf names the fields that a violation is about: for a missing one its own place, not that of its parent.
func fieldsOf(v validate.Violation) []specs.FieldError {
	if len(v.Missing) == 0 || v.Kind != validate.Body {
		return []specs.FieldError{{Pointer: v.Instance, Message: v.Message}}
	}
	fields := make([]specs.FieldError, 0, len(v.Missing))
	for _, name := range v.Missing {
		name = strings.NewReplacer("~", "~0", "/", "~1").Replace(name)
		fields = append(fields, specs.FieldError{Pointer: v.Instance + "/" + name, Message: "must be present"})
	}
	return fields
}

// bodiless reports whether a status never has a body.
func bodiless(status int) bool {
	return status < 200 || status == http.StatusNoContent || status == http.StatusNotModified
}
