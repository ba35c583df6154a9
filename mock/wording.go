package mock

import (
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"understudy.dev/specs"
	"understudy.dev/specs/template"
)

// A wording is how an API words one problem for one operation.
type wording struct {
	status   int
	reason   string
	message  *template.Text
	envelope *specs.Envelope
	// attributes are those that read nothing, computed once; dynamic are the others.
	attributes map[string]any
	dynamic    map[string]*template.Value
	// readsBody is true when one of the templates looks at the request's body.
	readsBody bool
}

// wordings chooses envelopes when an API is compiled, so that nothing is matched during a request. Operations to which the
// same envelopes apply share their table.
type wordings struct {
	errors *specs.Errors
	tables map[string]map[specs.Problem]*wording
}

func newWordings(api *specs.API) *wordings {
	return &wordings{errors: &api.Profile.Errors, tables: map[string]map[specs.Problem]*wording{}}
}

// of is the table of an operation, "" for undocumented routes.
func (ws *wordings) of(operation string) map[specs.Problem]*wording {
	var key strings.Builder
	var envelopes []*specs.Envelope
	for i, envelope := range ws.errors.Envelopes {
		if specs.Selects(envelope.Operations, operation) {
			envelopes = append(envelopes, envelope)
			key.WriteString(strconv.Itoa(i) + ",")
		}
	}
	table, known := ws.tables[key.String()]
	if !known {
		table = map[specs.Problem]*wording{}
		for _, problem := range specs.Problems() {
			table[problem] = ws.word(problem, envelopes)
		}
		ws.tables[key.String()] = table
	}
	return table
}

func (ws *wordings) word(problem specs.Problem, envelopes []*specs.Envelope) *wording {
	w := &wording{status: http.StatusInternalServerError, attributes: map[string]any{}, dynamic: map[string]*template.Value{}}
	if declared := ws.errors.Problems[problem]; declared != nil {
		w.status, w.message = declared.Status, declared.Message
		for name, value := range declared.Attributes {
			if constant, err := value.Eval(nil); value.Constant() && err == nil {
				w.attributes[name] = constant
			} else {
				w.dynamic[name] = value
			}
		}
	}
	w.reason = http.StatusText(w.status)
	for _, envelope := range envelopes {
		if len(envelope.Problems) == 0 || slices.ContainsFunc(envelope.Problems, problem.Is) {
			w.envelope = envelope
			break
		}
	}
	w.readsBody = w.uses("body")
	return w
}

func (w *wording) uses(name string) bool {
	found := w.message != nil && w.message.Uses(name)
	for _, value := range w.dynamic {
		found = found || value.Uses(name)
	}
	if w.envelope != nil {
		found = found || w.envelope.Body != nil && w.envelope.Body.Uses(name)
		for _, h := range w.envelope.Headers {
			found = found || h.Value.Uses(name)
		}
	}
	return found
}

// as words the same with another status, in the words of which the reason is then given.
func (w *wording) as(status int) *wording {
	if status == 0 || status == w.status {
		return w
	}
	other := *w
	other.status, other.reason, other.message = status, reasonOf(status), nil
	return &other
}

// reasonOf is the reason phrase of a status, for one without any that of its class.
func reasonOf(status int) string {
	if text := http.StatusText(status); text != "" {
		return text
	}
	if status < 500 {
		return "Client Error"
	}
	return "Server Error"
}

// wordingFor finds the problem that an API answers with a status: the most general one of several. Without any it is the
// problem of a request or a server at fault, whose words then carry the status.
func (s *scene) wordingFor(status int) specs.Problem {
	found, depth := specs.Invalid, 0
	if status >= 500 {
		found = specs.Internal
	}
	for _, problem := range specs.Problems() {
		w := s.wordings[problem]
		if w == nil || w.status != status {
			continue
		}
		deep := 1
		for p := problem.Parent(); p != ""; p = p.Parent() {
			deep++
		}
		if depth == 0 || deep < depth {
			found, depth = problem, deep
		}
	}
	return found
}

// info is the refusal as templates see it.
func (w *wording) info(r *refusal, env template.Env) (map[string]any, error) {
	info := specs.ProblemInfo{
		Name: r.problem, Status: w.status, Reason: w.reason, Detail: r.detail, Message: r.detail,
		Fields: r.fields, Attributes: w.attributes,
	}
	if info.Detail == "" {
		info.Detail = r.problem.Detail()
		info.Message = info.Detail
	}
	if len(r.fields) > 0 {
		info.Pointer = r.fields[0].Pointer
	}
	if w.message == nil && len(w.dynamic) == 0 && r.message == nil && len(r.attributes) == 0 {
		return info.Env(), nil
	}
	info.Attributes = maps.Clone(w.attributes)
	maps.Copy(info.Attributes, r.attributes)
	if r.message != nil {
		info.Message = *r.message
	}
	// Declared messages and attributes may look at the problem itself.
	env["problem"] = info.Env()
	if w.message != nil && r.message == nil {
		message, err := w.message.Render(env)
		if err != nil {
			return nil, err
		}
		info.Message = message
	}
	for name, value := range w.dynamic {
		if _, replaced := r.attributes[name]; replaced {
			continue
		}
		attribute, err := value.Eval(env)
		if err != nil {
			return nil, err
		}
		info.Attributes[name] = attribute
	}
	return info.Env(), nil
}

// envelopesFor keeps the envelopes that an operation may have.
func envelopesFor(all []*specs.Envelope, operation string) []*specs.Envelope {
	return slices.DeleteFunc(slices.Clone(all), func(e *specs.Envelope) bool {
		return !specs.Selects(e.Operations, operation)
	})
}

func sortedNames[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
