package judge

import (
	"fmt"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"understudy.dev/specs"
	"understudy.dev/specs/validate"
)

// Judge judges by one API. It is safe for concurrent use.
type Judge struct {
	api   *specs.API
	full  *validate.Document
	force *validate.Document
	// assumed is true when the assumed requirements are judged too.
	assumed bool
	facts   *facts
	shapes  *shapes
}

// New returns a judge: by what the vendor documents, or by everything where assumed is set.
func New(api *specs.API, assumed bool) (*Judge, error) {
	j := &Judge{api: api, full: api.Document, force: api.Document, assumed: assumed, facts: newFacts(api.Registry)}
	if !assumed {
		documented, err := api.Documented()
		if err != nil {
			return nil, fmt.Errorf("cannot judge by what is documented: %w", err)
		}
		j.force = documented
	}
	j.shapes = newShapes(j.full.Node(), j.facts)
	return j, nil
}

// An Answer is what a target sent.
type Answer struct {
	Method string
	Status int
	Header http.Header
	Body   []byte
}

// A Finding is a fact that an answer broke.
type Finding struct {
	// Owners are the requirements whose fact it is. Without any it is the document's: all of it is documented, or
	// assumptions are judged too.
	Owners    []*specs.Requirement
	Violation validate.Violation
}

// Route finds the operation of a request. Outside any operation it reports false.
func (j *Judge) Route(method, escapedPath string) (validate.Match, bool) {
	match, err := j.full.Route(method, escapedPath)
	return match, err == validate.RouteOK
}

// Request judges a request of the suite by the whole document.
func (j *Judge) Request(m validate.Match, r *http.Request, body []byte) []validate.Violation {
	return m.Operation.ValidateRequest(r, m, body)
}

// RequestInForce judges a request by the document in force. The match may be of either document.
func (j *Judge) RequestInForce(m validate.Match, r *http.Request, body []byte) []validate.Violation {
	op := j.force.Operation(m.Operation.ID)
	if op == nil {
		return nil
	}
	m.Operation = op
	return op.ValidateRequest(r, m, body)
}

// Response judges an answer by the document in force. Outside any operation (op is nil) it is judged by what all
// operations of the document have in common.
func (j *Judge) Response(op *validate.Operation, a Answer) []Finding {
	var violations []validate.Violation
	if op == nil {
		violations = j.common(a)
	} else if inForce := j.force.Operation(op.ID); inForce != nil {
		violations = inForce.ValidateResponse(a.Status, a.Header, a.Body, a.Method)
	}
	return j.findings(violations, func() string {
		if op == nil {
			return ""
		}
		return j.content(op, a.Status)
	})
}

// Delivery judges what a target sent to tell of an event, by the document in force.
func (j *Judge) Delivery(event string, h http.Header, body []byte) []Finding {
	webhook := j.force.Webhook(event)
	if webhook == nil {
		return nil
	}
	return j.findings(webhook.ValidateDelivery(h, body), func() string {
		return j.shapes.resolve(j.shapes.root.at(j.full.Webhook(event).Pointer).child("requestBody")).child("content").pointer
	})
}

// findings leaves out what nobody has promised. content is the pointer for violations that blame no keyword, "" if
// there is none.
func (j *Judge) findings(violations []validate.Violation, content func() string) []Finding {
	var findings []Finding
	for _, v := range violations {
		switch {
		case v.Kind == validate.Internal:
		case v.Pointer == "" && content() != "":
			v.Pointer = content()
		case !j.assumed:
			v.Pointer = j.api.Origin(v.Pointer)
		}
		owners := j.facts.owners(v)
		if v.Kind != validate.Internal && !j.promised(owners) {
			continue
		}
		findings = append(findings, Finding{owners, v})
	}
	return findings
}

// promised reports whether a violation with these owners may be held against a target: where only documents count,
// somebody must have documented the fact.
func (j *Judge) promised(owners []*specs.Requirement) bool {
	return j.assumed || j.facts.all || len(owners) > 0 && owners[0].Basis == specs.Documented
}

// content is the pointer of what an operation declares of the body of an answer, for violations that blame no keyword.
func (j *Judge) content(op *validate.Operation, status int) string {
	responses := j.shapes.root.at(op.Pointer).child("responses")
	text := strconv.Itoa(status)
	for _, key := range responses.keys() {
		if key == text || strings.EqualFold(key, text[:1]+"XX") || key == "default" {
			return j.shapes.resolve(responses.child(key)).child("content").pointer
		}
	}
	return responses.pointer
}

// common lists the violations that an error answer would be of every operation, each by the same keyword. One operation
// that says nothing about such an answer, or allows it, is enough to leave it alone.
func (j *Judge) common(a Answer) []validate.Violation {
	if a.Status < 400 || a.Method == http.MethodHead {
		return nil
	}
	var shared []validate.Violation
	for i, op := range j.force.Operations() {
		if !declares(op, a.Status) {
			return nil
		}
		found := op.ValidateResponse(a.Status, a.Header, a.Body, a.Method)
		if i == 0 {
			shared = found
			continue
		}
		shared = slices.DeleteFunc(shared, func(v validate.Violation) bool {
			return !slices.ContainsFunc(found, func(other validate.Violation) bool {
				return other.Pointer == v.Pointer && other.Kind == v.Kind && other.Instance == v.Instance
			})
		})
	}
	return shared
}

func declares(op *validate.Operation, status int) bool {
	text := strconv.Itoa(status)
	return slices.ContainsFunc(op.Statuses, func(declared string) bool {
		return declared == text || declared == "default" || strings.EqualFold(declared, text[:1]+"XX")
	})
}

// Gateway reports whether an answer is likely not the target's own: 502, 503 or 504 in a shape that is not that of any
// error of the operation (of any operation where op is nil).
func (j *Judge) Gateway(op *validate.Operation, a Answer) bool {
	if a.Status != http.StatusBadGateway && a.Status != http.StatusServiceUnavailable && a.Status != http.StatusGatewayTimeout {
		return false
	}
	media, _, err := mime.ParseMediaType(a.Header.Get("Content-Type"))
	if err != nil || !strings.HasSuffix(media, "json") {
		return true
	}
	operations := j.full.Operations()
	if op != nil {
		operations = []*validate.Operation{op}
	}
	return !slices.ContainsFunc(operations, func(op *validate.Operation) bool { return enveloped(op, a) })
}

// enveloped reports whether an answer has the shape of some error that the operation declares. The values in it, which
// may repeat the status, do not matter.
func enveloped(op *validate.Operation, a Answer) bool {
	for _, declared := range op.Statuses {
		status := a.Status
		switch {
		case declared == "default":
		case strings.EqualFold(declared, "4XX"):
			status = http.StatusBadRequest
		case strings.EqualFold(declared, "5XX"):
			status = http.StatusInternalServerError
		default:
			n, err := strconv.Atoi(declared)
			if err != nil || n < 400 {
				continue
			}
			status = n
		}
		misshapen := slices.ContainsFunc(op.ValidateResponse(status, a.Header, a.Body, a.Method), func(v validate.Violation) bool {
			return v.Kind != validate.Header && (v.Kind != validate.Body || v.Keyword == "type" || v.Keyword == "required")
		})
		if !misshapen {
			return true
		}
	}
	return false
}
