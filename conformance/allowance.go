package conformance

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"understudy.dev/specs"
	"understudy.dev/specs/template"
	"understudy.dev/specs/validate"
)

// minute is the window of a limit that has none of its own.
const minute = time.Minute

// allowances lists how many requests a limit may allow in a window, ascending: one number, or several where that
// depends on who asks and the contract's seeds show different ones. It is empty where the limit bounds nothing.
func (su *suite) allowances(l *specs.Limit, op *validate.Operation, method string, h http.Header) []int {
	var found []int
	for _, credential := range su.callers(h) {
		n, err := l.Requests.Number(su.limitEnv(op, method, h, credential))
		if err == nil && n >= 1 && !slices.Contains(found, int(n)) {
			found = append(found, int(n))
		}
	}
	slices.Sort(found)
	return found
}

// callers lists who may be asking, as limits see it: nobody, or somebody of whom nothing is known, or who is like one
// of the seeds.
func (su *suite) callers(h http.Header) []any {
	if h != nil && !su.presents(h) {
		return []any{nil}
	}
	callers := []any{map[string]any{"state": "good"}}
	if su.api.Seed == nil {
		return callers
	}
	for _, seed := range su.api.Seed.Credentials {
		credential := map[string]any{}
		maps.Copy(credential, seed.Attributes)
		maps.Copy(credential, map[string]any{"kind": seed.Kind, "id": seed.ID, "owner": seed.ID, "scopes": seed.Scopes, "state": "good"})
		callers = append(callers, credential)
	}
	return callers
}

// presents reports whether a request presents a credential.
func (su *suite) presents(h http.Header) bool {
	if h.Get("Authorization") != "" || h.Get("Cookie") != "" {
		return true
	}
	for _, scheme := range su.api.Document.SecuritySchemes() {
		if scheme.In == "header" && h.Get(scheme.ParamName) != "" {
			return true
		}
	}
	return false
}

func (su *suite) limitEnv(op *validate.Operation, method string, h http.Header, credential any) template.Env {
	headers := map[string]string{}
	for name, values := range h {
		headers[strings.ToLower(name)] = strings.Join(values, ", ")
	}
	return template.Env{
		"request":   &specs.RequestInfo{Method: method, Address: "127.0.0.1", Headers: headers},
		"operation": specs.OperationEnv(op), "credential": credential,
		"params": map[string]any{}, "query": map[string]any{}, "now": time.Time{},
	}
}

// pacing is the most that the limits of the contract allow somebody: who is allowed less is told to wait, and does. Limits
// on failures are not paced: checks that fail on purpose are few, and wait as well.
func (su *suite) pacing() []pace {
	if su.api.Profile == nil {
		return nil
	}
	var all []pace
	for _, l := range su.api.Profile.Limits {
		if l.Count == specs.CountFailures || l.Per <= 0 {
			continue
		}
		if found := su.allowances(l, nil, http.MethodGet, nil); len(found) > 0 {
			all = append(all, pace{l, found[len(found)-1]})
		}
	}
	return all
}

type pace struct {
	limit    *specs.Limit
	requests int
}
