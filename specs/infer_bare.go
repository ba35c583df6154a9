package specs

import (
	"fmt"
	"slices"
	"strconv"

	yaml "go.yaml.in/yaml/v4"

	"understudy.dev/specs/internal/plain"
	"understudy.dev/specs/strict"
	"understudy.dev/specs/validate"
)

// The credentials of an API without a profile, for tests and nothing else.
const (
	testKind       = "test"
	testPairKind   = "test_pair"
	testCredential = "understudy-test"
	testSecret     = "understudy-test-secret"
)

// inferAuth seeds one credential with every scope for the schemes of the
// document, so that what wants a credential still refuses those without one.
func (l *loader) inferAuth() {
	var scopes []string
	for _, op := range l.doc.Operations() {
		for _, requirement := range op.Security {
			for _, use := range requirement {
				scopes = append(scopes, use.Scopes...)
			}
		}
	}
	slices.Sort(scopes)
	scopes = slices.Compact(scopes)
	p := l.api.Profile
	l.api.Seed = &Seed{Resources: map[string][][]byte{}}
	schemes := l.doc.SecuritySchemes()
	for _, scheme := range sortedKeys(schemes) {
		kind, secret := testKind, testCredential
		switch s := schemes[scheme]; {
		case s.Type == "mutualTLS":
			continue
		case s.Type == "http" && s.Scheme == "basic":
			kind, secret = testPairKind, testSecret
		}
		p.Auth = append(p.Auth, &Acceptance{Scheme: scheme, Accepts: []string{kind}})
		if l.kindOf(kind) != nil {
			continue
		}
		l.kinds = append(l.kinds, kind)
		made := &CredentialKind{Name: kind, Lifetime: strict.Lifetime{Never: true}}
		value := l.text(textNode("${token(32)}"), l.scope(inCredential))
		if kind == testKind {
			made.Opaque = value
		} else {
			made.Secret = value
		}
		p.Credentials = append(p.Credentials, made)
		l.api.Seed.Credentials = append(l.api.Seed.Credentials,
			&SeedCredential{Kind: kind, ID: testCredential, Secret: secret, Scopes: scopes})
	}
}

// inferErrors gives refusals the shape that the document has for them, and
// problem details (RFC 9457) where it has none.
func (l *loader) inferErrors() {
	e := &l.api.Profile.Errors
	if l.prefers(422, 400) {
		for _, row := range problemTable() {
			if r := e.Problems[row.problem]; row.problem.Is(Invalid) && r.Status == 400 && row.problem != Malformed {
				r.Status = 422
			}
		}
	}
	l.documentedRefusals()
	details := mappingNode()
	for _, member := range [][2]string{
		{"type", "about:blank"}, {"title", "${problem.reason}"}, {"status", "${problem.status}"},
		{"detail", "${problem.message}"}, {"instance", "${request.path}"}, {"errors?", "${len(problem.fields) > 0 ? problem.fields : nil}"},
	} {
		details.Content = append(details.Content, textNode(member[0]), textNode(member[1]))
	}
	e.Envelopes = append(e.Envelopes, &Envelope{
		Media: "application/problem+json",
		Body:  l.value(details, l.scope(inRefusal)),
	})
}

// prefers reports whether operations document one status and never the other.
func (l *loader) prefers(status, other int) bool {
	some := false
	for _, op := range l.doc.Operations() {
		if slices.Contains(op.Statuses, strconv.Itoa(other)) {
			return false
		}
		some = some || slices.Contains(op.Statuses, strconv.Itoa(status))
	}
	return some
}

// documentedRefusals makes an envelope for every error that the document
// describes. Operations with the same error for the same problems share one.
func (l *loader) documentedRefusals() {
	e := &l.api.Profile.Errors
	shared := map[string]*Envelope{}
	// An envelope for a problem matches what descends from it as well, so each
	// holds problems of one generation, and the youngest come first.
	generation := map[*Envelope]int{}
	all, ages := Problems(), map[Problem]int{}
	for _, problem := range all {
		ages[problem] = problem.generation()
	}
	for _, op := range l.doc.Operations() {
		byAnswer := map[string][]Problem{}
		found := map[string]answer{}
		for _, problem := range all {
			status, ok := errorKey(op, e.Problems[problem].Status)
			if !ok {
				continue
			}
			schema, media := l.responseSchema(op, status)
			key := fmt.Sprint(ages[problem], media, schema.pointer)
			found[key] = answer{op: op, schema: schema, media: media, content: media != ""}
			byAnswer[key] = append(byAnswer[key], problem)
		}
		for _, key := range sortedKeys(byAnswer) {
			signature := fmt.Sprint(key, byAnswer[key])
			if made := shared[signature]; made != nil {
				made.Operations = append(made.Operations, op.ID)
				continue
			}
			a := found[key]
			made := l.refusalLike(&a, byAnswer[key])
			shared[signature], generation[made] = made, ages[byAnswer[key][0]]
			e.Envelopes = append(e.Envelopes, made)
		}
	}
	slices.SortStableFunc(e.Envelopes, func(a, b *Envelope) int { return generation[b] - generation[a] })
}

// generation counts the ancestors of a problem.
func (p Problem) generation() int {
	n := 0
	for p = p.Parent(); p != ""; p = p.Parent() {
		n++
	}
	return n
}

// errorKey finds the response that an operation documents for a status.
func errorKey(op *validate.Operation, status int) (string, bool) {
	code := strconv.Itoa(status)
	for _, key := range []string{code, code[:1] + "XX", "default"} {
		if slices.Contains(op.Statuses, key) {
			return key, true
		}
	}
	return "", false
}

func (l *loader) refusalLike(a *answer, problems []Problem) *Envelope {
	e := &Envelope{Operations: []string{a.op.ID}, Problems: problems, Media: a.media}
	switch {
	case !a.content:
		e.Media = defaultMedia
	case !isJSON(a.media):
		e.Body = l.value(textNode("${problem.message}"), l.scope(inRefusal))
	default:
		e.Body = l.value(invent(l.root, a.schema, problemField(l.root), 0), l.scope(inRefusal))
	}
	return e
}

// problemField fills the fields that usually tell what is wrong.
func problemField(root *yaml.Node) func(string, located) *yaml.Node {
	rows := []struct {
		kind, value string
		names       []string
	}{
		{"string", "${problem.message}", []string{"message", "detail", "error_description", "description", "msg", "error_message", "errorMessage", "reason"}},
		{"string", "${problem.reason}", []string{"title", "status_text", "statusText"}},
		{"string", "${problem.name}", []string{"code", "error", "error_code", "errorCode", "name"}},
		{"integer", "${problem.status}", []string{"status", "code", "statusCode", "status_code", "error_code"}},
		{"string", "${request.id}", []string{"request_id", "requestId", "trace_id", "traceId"}},
	}
	return func(field string, schema located) *yaml.Node {
		node := schema.resolve(root).node
		for _, constraint := range []string{"enum", "const", "pattern", "maxLength"} {
			if plain.Get(node, constraint) != nil {
				return nil
			}
		}
		for _, row := range rows {
			if slices.Contains(row.names, field) && slices.Contains(typesOf(node), row.kind) {
				return textNode(row.value)
			}
		}
		return nil
	}
}
