package conformance

import (
	"net/http"
	"slices"
	"strings"

	"understudy.dev/conformance/internal/fill"
	"understudy.dev/conformance/internal/script"
	"understudy.dev/specs"
	"understudy.dev/specs/validate"
)

// blast is how much a check can do to a target.
type blast string

// The blast classes, the mildest first.
const (
	reads   blast = "reads"   // sends safe requests and logins
	creates blast = "creates" // creates things of its own
	changes blast = "changes" // changes or deletes things of its own
	limits  blast = "limits"  // provokes limits
)

// classify tells what a section can do, from its commands.
func (su *suite) classify(f *script.File, s *script.Section) (class blast, alone bool) {
	class = reads
	worse := func(b blast) {
		order := []blast{reads, creates, changes, limits}
		if slices.Index(order, b) > slices.Index(order, class) {
			class = b
		}
	}
	for _, c := range f.All(s) {
		switch {
		case c.Verb == "needs" && slices.Equal(c.Args, []string{"clock"}), c.Verb == "advance":
			alone = true
		case c.Verb == "needs" && slices.Equal(c.Args, []string{"limits"}), c.Verb == "exhaust":
			worse(limits)
		}
		if r := c.Request(); r != nil && c.Verb != "exhaust" {
			worse(su.requestClass(r.Method, su.operationOf(r)))
		}
	}
	return class, alone || class != reads
}

// requestClass tells what one request can do. op is nil outside any operation.
func (su *suite) requestClass(method string, op *validate.Operation) blast {
	switch {
	case safe(method), op != nil && su.loginOperations[op.ID]:
		return reads
	case changesThings(su.api.Profile, method, op):
		return changes
	}
	return creates
}

func safe(method string) bool {
	return method == http.MethodGet || method == http.MethodHead || method == http.MethodOptions
}

// changesThings reports whether a request changes or deletes what its path names. A POST does so if its behaviour in
// the contract does: an approval, a transition, a revocation.
func changesThings(profile *specs.Profile, method string, op *validate.Operation) bool {
	switch method {
	case http.MethodPut, http.MethodPatch, http.MethodDelete:
		return true
	case http.MethodPost:
	default:
		return false
	}
	if op == nil || len(op.PathParams) == 0 || profile == nil || profile.Operations[op.ID] == nil {
		return false
	}
	changing := []specs.Verb{specs.VerbUpdate, specs.VerbDelete, specs.VerbTransition, specs.VerbRevoke}
	return slices.ContainsFunc(profile.Operations[op.ID].Steps, func(step *specs.Step) bool {
		return slices.Contains(changing, step.Verb)
	})
}

// operationOf finds the operation of a request before its values are known; nil if there is none.
func (su *suite) operationOf(r *script.Request) *validate.Operation {
	path := su.inputs[r.WholePath()]
	if path == "" {
		var err error
		if path, err = fill.Path(r.Path, func(string) (fill.Value, bool) { return fill.Value{Text: "x"}, true }); err != nil {
			return nil
		}
	}
	path, _, _ = strings.Cut(path, "?")
	match, _ := su.operationAt(r.Base, r.Method, path)
	return match.Operation
}

// operationsOf lists the operations that a section sends requests to, once for each request, logins that are due
// included. A flood counts as one.
func (su *suite) operationsOf(f *script.File, s *script.Section) []string {
	var ids []string
	due := map[string]bool{}
	for _, c := range f.All(s) {
		if c.Verb == "as" {
			if l := su.logins[c.Args[0]]; l != nil && l.spec.Operation != "" && !due[c.Args[0]] && !l.fresh() {
				due[c.Args[0]] = true
				ids = append(ids, l.spec.Operation)
			}
			continue
		}
		r := c.Request()
		if r == nil {
			continue
		}
		id := ""
		if op := su.operationOf(r); op != nil {
			id = op.ID
		}
		ids = append(ids, id)
	}
	return ids
}
