package specs

import (
	"maps"
	"mime"
	"slices"
	"strconv"

	yaml "go.yaml.in/yaml/v4"

	"understudy.dev/specs/strict"
	"understudy.dev/specs/template"
)

// refusals gives every problem what is declared for it, then what its parent
// has, then the default status.
func (l *loader) refusals(w *errorsSyntax) Errors {
	e := Errors{Problems: map[Problem]*Refusal{}}
	for problem := range w.Problems.All() {
		l.one("problem", name{problem, w.Problems.Pos(problem)}, texted(Problems()))
	}
	for _, row := range problemTable() {
		declared, _ := w.Problems.Get(string(row.problem))
		e.Problems[row.problem] = l.refusal(row, e.Problems[row.parent], &declared)
	}
	for i := range w.Envelopes {
		e.Envelopes = append(e.Envelopes, l.refusalEnvelope(&w.Envelopes[i]))
	}
	return e
}

func (l *loader) refusal(row problemRow, parent *Refusal, declared *refusalSyntax) *Refusal {
	if parent == nil {
		parent = &Refusal{}
	}
	r := &Refusal{Status: parent.Status, declared: parent.declared, Message: parent.Message, Attributes: maps.Clone(parent.Attributes)}
	switch {
	case declared.Status != nil:
		r.Status, r.declared = l.status(*declared.Status, 400, 599), true
	case !r.declared:
		r.Status = row.status
	}
	s := l.scope(inProblem)
	if declared.Message != nil {
		r.Message = l.text(declared.Message, s)
	}
	for attribute, n := range declared.Attributes.All() {
		if slices.Contains(refusalKeys(), attribute) {
			continue
		}
		if r.Attributes == nil {
			r.Attributes = map[string]*template.Value{}
		}
		if slices.Contains(problemFields(), attribute) {
			l.errs.Add(declared.Attributes.Pos(attribute).Errorf("the attribute %q would hide problem.%s", attribute, attribute))
		}
		r.Attributes[attribute] = l.value(n, s)
	}
	return r
}

// problemFields are what every problem shows in expressions.
func problemFields() []string {
	return []string{"name", "status", "reason", "detail", "message", "pointer", "fields"}
}

// status reads a status code between two bounds.
func (l *loader) status(n name, least, most int) int {
	code, err := strconv.Atoi(n.Text)
	if err != nil || code < least || code > most {
		l.errs.Add(n.Pos.Errorf("a status must be a number from %d to %d, got %q", least, most, n.Text))
		return 0
	}
	return code
}

func (l *loader) refusalEnvelope(w *refusalEnvelopeSyntax) *Envelope {
	e := l.envelope(w.Pos, w.Operations, &w.Headers, w.Media, w.Body, l.scope(inRefusal))
	for _, problem := range w.Problems {
		if l.one("problem", problem, texted(Problems())) {
			e.Problems = append(e.Problems, Problem(problem.Text))
		}
	}
	return e
}

func (l *loader) answers(w *answersSyntax) Answers {
	a := Answers{Headers: l.headers(&w.Headers, l.scope(inEveryAnswer))}
	for i := range w.Envelopes {
		a.Envelopes = append(a.Envelopes, l.answerEnvelope(&w.Envelopes[i]))
	}
	return a
}

func (l *loader) answerEnvelope(w *answerEnvelopeSyntax) *Envelope {
	e := l.envelope(w.Pos, w.Operations, &w.Headers, w.Media, w.Body, l.scope(inAnswer))
	for _, verb := range w.Verbs {
		if l.one("verb", verb, texted(Verbs())) {
			e.Verbs = append(e.Verbs, Verb(verb.Text))
		}
	}
	return e
}

func (l *loader) envelope(pos strict.Pos, ops []name, headers *strict.Map[*yaml.Node], media *name, body *yaml.Node, s *scope) *Envelope {
	e := &Envelope{
		Operations: l.selectors(ops),
		Headers:    l.headers(headers, s),
		Media:      defaultMedia,
		Body:       l.value(body, s),
		Pos:        pos,
	}
	if media != nil {
		e.Media = media.Text
		if _, _, err := mime.ParseMediaType(media.Text); err != nil {
			l.errs.Add(media.Pos.Errorf("cannot read the media type %q: %w", media.Text, err))
		}
	}
	return e
}
