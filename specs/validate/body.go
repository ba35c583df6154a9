package validate

import (
	"slices"
	"strings"
)

// body is the declared body of a request or a response.
type body struct {
	pointer  string
	required bool
	media    []*media
	official func(m *media, value any, raw []byte) (reason string, refused bool)
}

var bodySubject = subject{kind: Body}

// check judges a body that was sent.
func (b *body) check(header string, sent []byte) []Violation {
	actual, params, ok := contentType(header)
	m := choose(b.media, actual)
	if !ok || m == nil {
		return []Violation{b.wrongMedia(header)}
	}
	format := formatOf(actual)
	if format == jsonFormat && m.rule != nil && m.rule.fast.Accepts(sent) {
		return nil
	}
	r := reader{m, format, params}
	value, wrong, err := r.read(sent)
	switch {
	case err != nil:
		return []Violation{malformed(format, err)}
	case len(wrong) > 0 || m.rule == nil || format == opaque:
		return wrong
	}
	if violations := m.rule.judge(value, bodySubject); len(violations) > 0 {
		return violations
	}
	if reason, refused := b.official(m, value, sent); refused {
		return []Violation{{Kind: Body, Pointer: m.pointer, Message: "body: " + reason}}
	}
	return nil
}

// mayBeEmpty tells whether no bytes at all can be a body of this content type: an empty text or file is a value, and
// without a schema nothing is said about the body, not even that there is one.
func (b *body) mayBeEmpty(header string) bool {
	actual, _, _ := contentType(header)
	if m := choose(b.media, actual); m != nil {
		f := formatOf(actual)
		return m.rule == nil || f == textFormat || f == opaque
	}
	return slices.ContainsFunc(b.media, func(m *media) bool { return m.rule == nil })
}

// open reports whether nothing is declared about a body of this content type, or of none: */* without a schema.
func (b *body) open(header string) bool {
	anything := func(m *media) bool { return m.declared == "*/*" && m.rule == nil }
	actual, _, ok := contentType(header)
	if !ok {
		return slices.ContainsFunc(b.media, anything)
	}
	m := choose(b.media, actual)
	return m != nil && anything(m)
}

func (b *body) wrongMedia(header string) Violation {
	v := Violation{
		Kind: MediaType, Pointer: b.pointer + "/content", Keyword: "content", Got: header,
		Expected: strings.Join(mediaNames(b.media), " or "),
	}
	switch {
	case header == "":
		v.Message = "Content-Type is missing: must be " + v.Expected
	default:
		v.Message = "Content-Type must be " + v.Expected + ", got " + display(header)
	}
	return v
}

func malformed(f format, err error) Violation {
	name := map[format]string{jsonFormat: "JSON", formFormat: "form", multipartFormat: "multipart"}[f]
	return Violation{Kind: Malformed, Expected: name, Message: "cannot read body as " + name + ": " + err.Error()}
}

// noBody and extraBody word the absence and the presence of a body.
func noBody(pointer, keyword string) Violation {
	return Violation{Kind: NoBody, Pointer: pointer, Keyword: keyword, Expected: "a body", Message: "body is missing"}
}

func extraBody(pointer string) Violation {
	return Violation{Kind: ExtraBody, Pointer: pointer, Expected: "no body", Message: "no body is declared here"}
}
