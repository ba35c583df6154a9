package specs

import (
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"

	"understudy.dev/specs/template"
)

// A place is where a profile holds templates; each sees names of its own.
type place string

const (
	inRequestID     place = "request.id"
	inCredential    place = "credentials"
	inAttributes    place = "attributes of credentials"
	inClaims        place = "claims"
	inAcceptance    place = "auth"
	inLimit         place = "limits"
	inLimitHeaders  place = "headers of limits"
	inProblem       place = "problems"
	inRefusal       place = "envelopes of errors"
	inEveryAnswer   place = "headers of answers"
	inAnswer        place = "envelopes of answers"
	inResource      place = "resources"
	inOperation     place = "operations"
	inWhere         place = "where"
	inUpload        place = "upload"
	inAnswerHeaders place = "headers of operations"
	inEvent         place = "ids of events"
	inDelivery      place = "webhooks"
)

// visible lists the names of each place, beside now and the functions.
func visible(p place) []string {
	exchange := []string{"request", "params", "query", "body", "operation", "credential"}
	switch p {
	case inRequestID:
		return []string{"request"}
	case inCredential:
		return []string{"request", "owner"}
	case inAttributes:
		return []string{"request", "owner", "credential"}
	case inAcceptance:
		return []string{"request", "operation", "credential"}
	case inClaims:
		return append(exchange, "owner")
	case inLimitHeaders:
		return append(exchange, "limit")
	case inProblem, inRefusal:
		return append(exchange, "problem")
	case inAnswer:
		return append(exchange, "result", "page")
	case inOperation:
		return append(exchange, "invent", "limits")
	case inAnswerHeaders:
		return append(exchange, "invent", "limits", "result", "page")
	case inEvent:
		return nil
	case inDelivery:
		return []string{"it"}
	case inWhere:
		return append(exchange, "invent", "limits", "it")
	case inUpload:
		return append(exchange, "invent", "limits", "file")
	}
	return exchange
}

// samples gives every name the type that it has at run time. JSON is nil: its
// shape is unknown until then.
func samples() map[string]any {
	return map[string]any{
		"request":    (*RequestInfo)(nil),
		"params":     map[string]any{},
		"query":      map[string]any{},
		"body":       nil,
		"file":       (*FileInfo)(nil),
		"operation":  map[string]any{},
		"credential": nil,
		"owner":      nil,
		"limit":      (*LimitInfo)(nil),
		"limits":     map[string]any{},
		"invent":     InventFunc(nil),
		"problem":    map[string]any{},
		"result":     nil,
		"page":       (*PageInfo)(nil),
		"it":         nil,
		"parent":     nil,
		"sent":       (*SentInfo)(nil),
		"now":        time.Time{},
		"random":     TextFunc(nil),
		"token":      TextFunc(nil),
		"hex":        TextFunc(nil),
		"digits":     TextFunc(nil),
		"uuid":       UUIDFunc(nil),
		"counter":    CounterFunc(nil),
	}
}

// everywhere lists the names that every place sees.
func everywhere() []string {
	return []string{"now", "random", "token", "hex", "digits", "uuid", "counter"}
}

// scope is what one expression may use. JSON has no known shape when an
// expression is compiled to run, because it stays encoded until somebody looks
// inside; where the contract says what the shape is, checked has it, so that a
// misspelt field is found at load.
type scope struct {
	run, checked *template.Scope
	// refined are the names whose shape only checked knows.
	refined []string
}

// newScope is the scope of a place. Shapes replace samples; those of names that
// the place does not see are left aside. A nil map has none.
func newScope(p place, shapes map[string]any) *scope {
	all, seen := samples(), map[string]any{}
	for _, name := range append(visible(p), everywhere()...) {
		seen[name] = all[name]
		if shape, ok := shapes[name]; ok {
			seen[name] = shape
		}
	}
	return (&scope{}).with(seen)
}

// with adds names. An object as the sample of what may be encoded JSON is for
// the check alone.
func (s *scope) with(names map[string]any) *scope {
	plain := []string{"params", "query", "operation", "problem", "limits"}
	made := &scope{refined: slices.Clone(s.refined)}
	run := maps.Clone(names)
	for name, sample := range names {
		if _, object := sample.(template.Object); object && !slices.Contains(plain, name) {
			made.refined = append(made.refined, name)
			if run[name] = nil; name == "request" {
				run[name] = samples()[name] // It is no JSON.
			}
		}
	}
	made.run = s.run.With(run)
	made.checked = made.run
	if len(made.refined) > 0 {
		made.checked = s.checked.With(names)
	}
	return made
}

// reserved reports whether a step may not give its outcome this name. The names
// of the world's functions may be given: an issued token is best called token.
func reserved(name string) bool {
	_, taken := samples()[name]
	_, function := template.Functions()[name]
	return function || taken && (name == "now" || !slices.Contains(everywhere(), name))
}

// objectOf is the sample of an object with exactly these fields, of any type.
func objectOf(fields ...string) template.Object {
	object := template.Object{}
	for _, field := range fields {
		object[field] = nil
	}
	return object
}

// fieldsOf is the sample of an object with the fields of a struct of this file's
// names, each of the type that it has there.
func fieldsOf(v any) template.Object {
	object := template.Object{}
	t := reflect.TypeOf(v)
	for i := range t.NumField() {
		f := t.Field(i)
		object[f.Tag.Get("expr")] = reflect.Zero(f.Type).Interface()
	}
	return object
}

// extensionNames lists the names under which operations show their extensions.
func extensionNames(extensions ...map[string]any) []string {
	names := map[string]bool{}
	for _, one := range extensions {
		for name := range one {
			names[strings.TrimPrefix(name, "x-")] = true
		}
	}
	return slices.Sorted(maps.Keys(names))
}
