package specs

import (
	"regexp"
	"slices"
	"strings"

	yaml "go.yaml.in/yaml/v4"

	"understudy.dev/specs/strict"
	"understudy.dev/specs/template"
)

// headerName is a token of RFC 9110.
var headerName = regexp.MustCompile("^[A-Za-z0-9!#$%&'*+.^_`|~-]+$")

// profilePos is the place of a node of the profile.
func (l *loader) profilePos(n *yaml.Node) strict.Pos {
	return strict.Pos{File: l.file(profileFile), Line: n.Line}
}

// expr compiles an expression. It is nil for a nil node and after a mistake.
func (l *loader) expr(n *yaml.Node, s *scope, want template.Kind) *template.Expr {
	if n == nil {
		return nil
	}
	pos := l.profilePos(n)
	if n.Kind != yaml.ScalarNode {
		l.errs.Add(pos.Errorf("an expression must be text, got a mapping or list"))
		return nil
	}
	e, err := template.CompileExpr(pos, n.Value, s.run, want)
	if err != nil {
		l.errs.Add(err)
		return nil
	}
	l.note(e)
	if slices.ContainsFunc(s.refined, e.Uses) {
		_, err := template.CompileExpr(pos, n.Value, s.checked, want)
		l.errs.Add(err)
	}
	return e
}

// note remembers what has been compiled: what nothing reads need not be made for
// every request.
func (l *loader) note(compiled interface {
	Uses(name string) bool
	Reads(name, field string) bool
}) {
	l.readsBases = l.readsBases || compiled.Reads("request", "bases")
	l.readsLimits = l.readsLimits || compiled.Uses("limits")
	l.invents = l.invents || compiled.Uses("invent")
}

// text compiles text with placeholders. It is nil for a nil node and after a mistake.
func (l *loader) text(n *yaml.Node, s *scope) *template.Text {
	if n == nil {
		return nil
	}
	pos := l.profilePos(n)
	if n.Kind != yaml.ScalarNode {
		l.errs.Add(pos.Errorf("must be text, got a mapping or list"))
		return nil
	}
	t, err := template.CompileText(pos, n.Value, s.run)
	if err != nil {
		l.errs.Add(err)
		return nil
	}
	l.note(t)
	if slices.ContainsFunc(s.refined, t.Uses) {
		_, err := template.CompileText(pos, n.Value, s.checked)
		l.errs.Add(err)
	}
	return t
}

// value compiles a JSON template. It is nil for a nil node and after a mistake.
func (l *loader) value(n *yaml.Node, s *scope) *template.Value {
	if n == nil {
		return nil
	}
	v, err := template.Compile(l.file(profileFile), n, s.run)
	if err != nil {
		l.errs.Add(err)
		return nil
	}
	l.note(v)
	if slices.ContainsFunc(s.refined, v.Uses) {
		_, err := template.Compile(l.file(profileFile), n, s.checked)
		l.errs.Add(err)
	}
	return v
}

// fields compiles the templates of fields.
func (l *loader) fields(set *strict.Map[*yaml.Node], s *scope) []Field {
	var all []Field
	for key, n := range set.All() {
		bare, optional := strings.CutSuffix(key, "?")
		all = append(all, Field{Name: bare, Value: l.value(n, s), Optional: optional})
	}
	return all
}

// writtenName is the key that declares the field.
func writtenName(f Field) string {
	if f.Optional {
		return f.Name + "?"
	}
	return f.Name
}

// headers compiles the templates of headers.
func (l *loader) headers(set *strict.Map[*yaml.Node], s *scope) []Header {
	var all []Header
	for name, n := range set.All() {
		if !headerName.MatchString(name) {
			l.errs.Add(set.Pos(name).Errorf("%q is no name of a header", name))
		}
		all = append(all, Header{Name: name, Value: l.text(n, s)})
	}
	return all
}

// one resolves a name among known ones and reports whether it is there.
func (l *loader) one(kind string, n name, known []string) bool {
	if slices.Contains(known, n.Text) {
		return true
	}
	if n.Pos.Line == 0 {
		return false
	}
	l.errs.Add(n.Pos.Errorf("%s", strict.Unknown(kind, n.Text, known)))
	return false
}

// selectors resolves patterns of operation ids; one that selects nothing is a mistake.
func (l *loader) selectors(patterns []name) []string {
	for _, p := range patterns {
		if !slices.ContainsFunc(l.operations, func(id string) bool { return Selects([]string{p.Text}, id) }) {
			l.errs.Add(p.Pos.Errorf("%s", strict.Unknown("operation", p.Text, l.operations)))
		}
	}
	return texts(patterns)
}
