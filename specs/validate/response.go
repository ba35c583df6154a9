package validate

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
)

// response is one declared response.
type response struct {
	key     string // "200", "4XX" or "default"
	pointer string
	headers []*param
	body    body
}

// ValidateResponse judges a response to a request with the given method. sent is the whole body. A nil result means
// valid. It never panics.
//
// The status must be declared, by itself, by its range or by default. Declared headers must be there if required and fit
// their schemas in any case. A body must be sent where one with a schema is declared, and only where one is declared; HEAD,
// 1xx, 204 and 304 have none.
func (op *Operation) ValidateResponse(status int, h http.Header, sent []byte, method string) (violations []Violation) {
	defer recovered(&violations)
	r := op.response(status)
	if r == nil {
		return []Violation{{
			Kind: Status, Pointer: op.Pointer + "/responses", Keyword: "responses", Got: strconv.Itoa(status),
			Expected: strings.Join(op.Statuses, ", "),
			Message:  fmt.Sprintf("status %d is not declared, only %s", status, strings.Join(op.Statuses, ", ")),
		}}
	}
	from := &sender{header: h}
	for _, header := range r.headers {
		wrong, _ := header.check(from)
		violations = append(violations, wrong...)
	}
	if method == http.MethodHead {
		return violations
	}
	return append(violations, r.checkBody(status, h, sent)...)
}

// response finds what is declared for a status: the status itself, its range, or the default.
func (op *Operation) response(status int) *response {
	for _, key := range []string{strconv.Itoa(status), strconv.Itoa(status/100) + "XX", "default"} {
		if r := op.responses[key]; r != nil {
			return r
		}
	}
	return nil
}

func (r *response) checkBody(status int, h http.Header, sent []byte) []Violation {
	header := h.Get("Content-Type")
	bodiless := status < 200 || status == http.StatusNoContent || status == http.StatusNotModified
	switch {
	case len(r.body.media) == 0 || bodiless:
		if len(sent) > 0 {
			return []Violation{extraBody(r.pointer)}
		}
		return nil
	case len(sent) == 0 && r.body.mayBeEmpty(header):
		return nil
	case len(sent) == 0:
		return []Violation{noBody(r.pointer+"/content", "content")}
	case r.body.open(header):
		return nil
	default:
		return r.body.check(header, sent)
	}
}
