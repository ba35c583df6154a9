package validate

import (
	"fmt"
	"net/http"
)

// ValidateRequest judges a request that was routed to op by m. sent is the whole body; r.Body is not read. A nil result
// means valid. It never panics, and it does not look at credentials.
func (op *Operation) ValidateRequest(r *http.Request, m Match, sent []byte) (violations []Violation) {
	defer recovered(&violations)
	violations, sure := op.checkParams(r, m)
	violations = append(violations, op.checkRequestBody(r.Header.Get("Content-Type"), sent)...)
	if len(violations) == 0 && !sure {
		violations = op.official.checkParams(op, r, m)
	}
	return violations
}

// recovered turns a panic into a violation, so that a defect here can neither stop a server nor pass for a yes.
func recovered(violations *[]Violation) {
	if reason := recover(); reason != nil {
		*violations = append(*violations, internal(fmt.Sprint(reason)))
	}
}

func (op *Operation) checkParams(r *http.Request, m Match) (violations []Violation, sure bool) {
	if len(op.params) == 0 {
		return nil, true
	}
	from := &sender{match: m, request: r, header: r.Header}
	if op.takes[Cookie] {
		from.cookies = r.Cookies()
	}
	sure = true
	if op.takes[Query] {
		pairs, bad, ok := parsePairs(r.URL.RawQuery)
		if !ok {
			return []Violation{{
				Kind: Query, Keyword: "encoding", Expected: "percent-encoded UTF-8", Got: display(bad),
				Message: "query: must be percent-encoded UTF-8, got " + display(bad),
			}}, true
		}
		from.pairs = pairs
	}
	for _, p := range op.params {
		wrong, certain := p.check(from)
		violations = append(violations, wrong...)
		sure = sure && certain
	}
	return violations, sure
}

func (op *Operation) checkRequestBody(header string, sent []byte) []Violation {
	switch {
	case op.body == nil && len(sent) > 0:
		return []Violation{extraBody(op.Pointer)}
	case op.body == nil:
		return nil
	case len(sent) == 0 && op.body.required:
		return []Violation{noBody(op.body.pointer+"/required", "required")}
	case len(sent) == 0:
		return nil
	default:
		return op.body.check(header, sent)
	}
}
