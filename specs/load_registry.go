package specs

import (
	"cmp"
	"fmt"
	"regexp"
	"strings"

	yaml "go.yaml.in/yaml/v4"

	"understudy.dev/specs/internal/plain"
	"understudy.dev/specs/strict"
)

var (
	requirementID = regexp.MustCompile(`^[A-Za-z0-9]+(-[A-Za-z0-9.]+)*$`)
	placeholder   = regexp.MustCompile(`\{([A-Za-z_][A-Za-z0-9_]*)\}`)
)

// registry loads requirements.yaml.
func (l *loader) registry() {
	var w registrySyntax
	l.decode(registryFile, &w)
	r := &Registry{Features: map[string]string{}}
	l.api.Registry = r
	if w.OpenAPI != nil && l.one("basis", *w.OpenAPI, []string{string(Documented), string(Assumed)}) {
		r.AllDocumented = w.OpenAPI.Text == string(Documented)
	}
	for source, s := range w.Sources.All() {
		r.Sources = append(r.Sources, &Source{Name: source, Title: s.Title, URL: s.URL})
	}
	for input, i := range w.Inputs.All() {
		if !identifier.MatchString(input) {
			l.errs.Add(w.Inputs.Pos(input).Errorf("%q cannot be written as {%s}; use letters, digits and _", input, input))
		}
		r.Inputs = append(r.Inputs, &Input{Name: input, Text: i.Text, Optional: i.Optional, Seeded: i.Seeded, Public: i.Public})
	}
	for login, s := range w.Logins.All() {
		r.Logins = append(r.Logins, l.login(login, w.Logins.Pos(login), &s, w.Inputs.Keys()))
	}
	for feature, text := range w.Features.All() {
		r.Features[feature] = text
	}
	for id, s := range w.Requirements.All() {
		r.Requirements = append(r.Requirements, l.requirement(id, w.Requirements.Pos(id), &s, w.Sources.Keys()))
	}
}

func (l *loader) login(login string, pos strict.Pos, w *loginSyntax, inputs []string) *Login {
	made := &Login{
		Name:    login,
		Body:    w.Body,
		Form:    orderless(&w.Form),
		Basic:   w.Basic,
		Headers: orderless(&w.Headers),
		Take:    orderless(&w.Take),
		Send:    orderless(&w.Send),
		Pos:     pos,
	}
	if w.Operation != nil && l.one("operation", *w.Operation, l.operations) {
		made.Operation = w.Operation.Text
	}
	if made.Body != nil && made.Form != nil {
		l.errs.Add(pos.Errorf("the login %q has a body and a form; a request has one of them", login))
	}
	if w.Operation == nil && (made.Body != nil || made.Form != nil || w.Basic != "" || made.Take != nil) {
		l.errs.Add(pos.Errorf("the login %q makes no request: it needs \"operation\" for a body, form, basic or take", login))
	}
	given := []any{made.Body, w.Basic}
	for _, texts := range []map[string]string{made.Form, made.Headers} {
		for _, key := range sortedKeys(texts) {
			given = append(given, texts[key])
		}
	}
	l.placeholders(pos, inputs, given...)
	for _, key := range sortedKeys(made.Send) {
		l.placeholders(w.Send.Pos(key), append(sortedKeys(made.Take), inputs...), made.Send[key])
	}
	return made
}

// orderless is a mapping without order; nil for an empty one.
func orderless(m *strict.Map[string]) map[string]string {
	var made map[string]string
	for key, value := range m.All() {
		if made == nil {
			made = map[string]string{}
		}
		made[key] = value
	}
	return made
}

// placeholders wants every {NAME} in the values to be known.
func (l *loader) placeholders(pos strict.Pos, known []string, values ...any) {
	for _, value := range values {
		switch v := value.(type) {
		case string:
			for _, found := range placeholder.FindAllStringSubmatch(v, -1) {
				l.one("input", name{found[1], pos}, known)
			}
		case []any:
			l.placeholders(pos, known, v...)
		case map[string]any:
			for _, key := range sortedKeys(v) {
				l.placeholders(pos, known, v[key])
			}
		}
	}
}

func (l *loader) requirement(id string, pos strict.Pos, w *requirementSyntax, sources []string) *Requirement {
	r := &Requirement{ID: id, Level: Level(w.Level.Text), Basis: Basis(w.Basis.Text), Text: w.Text, Source: w.Source, Pos: pos}
	if !requirementID.MatchString(id) {
		l.errs.Add(pos.Errorf("%q cannot be the id of a requirement; use letters, digits and hyphens", id))
	}
	l.one("level", w.Level, texted([]Level{Must, Should}))
	l.one("basis", w.Basis, texted([]Basis{Documented, Assumed}))
	switch {
	case w.Source != "":
		cited := w.Source[:len(w.Source)-len(strings.TrimLeft(w.Source, wordRunes))]
		l.one("source", name{cited, pos}, sources)
	case r.Basis == Documented:
		l.errs.Add(pos.Errorf("%s is documented, so it needs a source", id))
	}
	for _, n := range w.Facts {
		if f, ok := l.fact(n); ok {
			r.Facts = append(r.Facts, f)
		}
	}
	if w.Excuse != nil {
		reasons := texted([]ExcuseReason{NotHTTP, DashboardOnly, CannotProvoke, NotOnRecord})
		l.one("excuse", w.Excuse.Reason, reasons)
		r.Excuse = &Excuse{Reason: ExcuseReason(w.Excuse.Reason.Text), Text: w.Excuse.Text}
	}
	return r
}

// wordRunes are what the name of a source is made of.
const wordRunes = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-."

// fact reads a fact and wants it to name something.
func (l *loader) fact(n name) (Fact, bool) {
	f, ok := parseFact(n)
	switch {
	case n.Pos.Line == 0:
		return f, false
	case !ok:
		l.errs.Add(n.Pos.Errorf("%q is no fact; write %s#/POINTER or %s#/POINTER", n.Text, openAPIFile, profileFile))
		return f, false
	case f.finds(l.fileRoot(f.File)):
		return f, true
	}
	l.errs.Add(n.Pos.Errorf("%s#%s names nothing: %s", f.File, f.Pointer, l.nearest(f)))
	return f, false
}

// fileRoot is the root of a file that facts point into, nil if it is missing.
func (l *loader) fileRoot(file string) *yaml.Node {
	if file == profileFile {
		return l.api.profileRoot
	}
	return l.root
}

// nearest tells up to where a fact leads.
func (l *loader) nearest(f Fact) string {
	n, at := l.fileRoot(f.File), ""
	if n == nil {
		return "there is no such file"
	}
	for _, segment := range plain.Split(f.Pointer) {
		next := named(n, segment)
		if len(next) == 0 {
			known := mappingKeys(n)
			if n.Kind == yaml.SequenceNode {
				known = textsOf(n)
			}
			message := fmt.Sprintf("%s has no %q", cmp.Or(at, "the document"), segment)
			if near := strict.Suggest(segment, known); near != "" {
				message += fmt.Sprintf("; did you mean %q?", near)
			}
			return message
		}
		n, at = next[0], plain.Join(at, segment)
	}
	return ""
}
