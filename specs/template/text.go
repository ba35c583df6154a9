package template

import (
	"fmt"
	"slices"
	"strings"

	"understudy.dev/specs/strict"
)

// Text is compiled text with placeholders. It may be used by several goroutines.
type Text struct {
	parts []textPart
}

// textPart is an expression, or literal text if there is none.
type textPart struct {
	literal string
	escaped []byte // literal for use inside a JSON string
	expr    *Expr
}

// CompileText compiles text with placeholders. Errors are those of
// [CompileExpr], a placeholder that is not closed, and an expression that has no
// text.
func CompileText(pos strict.Pos, src string, scope *Scope) (*Text, error) {
	pieces, err := split(src)
	if err != nil {
		return nil, pos.Errorf("%w", err)
	}
	return compileText(pos, pieces, scope)
}

func compileText(pos strict.Pos, pieces []piece, scope *Scope) (*Text, error) {
	t := &Text{}
	var errs strict.Errors
	for _, piece := range pieces {
		if !piece.placeholder {
			t.add(piece.text)
			continue
		}
		e, err := CompileExpr(pos, piece.text, scope, Any)
		if err != nil {
			errs.Add(err)
			continue
		}
		switch e.form {
		case formList, formObject, formNone:
			errs.Add(e.failed(fmt.Errorf("must be text or a number, got %s", e.form)))
			continue
		}
		if !e.Constant() {
			t.parts = append(t.parts, textPart{expr: e})
			continue
		}
		text, err := e.Text(nil)
		errs.Add(err)
		t.add(text)
	}
	if err := errs.Err(); err != nil {
		return nil, err
	}
	return t, nil
}

func (t *Text) add(literal string) {
	if n := len(t.parts); n > 0 && t.parts[n-1].expr == nil {
		literal = t.parts[n-1].literal + literal
		t.parts = t.parts[:n-1]
	}
	t.parts = append(t.parts, textPart{literal: literal, escaped: appendEscaped(nil, literal)})
}

// Render returns the text. A value that has none is an error.
func (t *Text) Render(env Env) (string, error) {
	if len(t.parts) == 1 {
		return t.parts[0].render(env)
	}
	var b strings.Builder
	for i := range t.parts {
		text, err := t.parts[i].render(env)
		if err != nil {
			return "", err
		}
		b.WriteString(text)
	}
	return b.String(), nil
}

func (p *textPart) render(env Env) (string, error) {
	if p.expr == nil {
		return p.literal, nil
	}
	return p.expr.Text(env)
}

// appendJSON appends the text as a JSON string.
func (t *Text) appendJSON(dst []byte, env Env) ([]byte, error) {
	dst = append(dst, '"')
	for i := range t.parts {
		p := &t.parts[i]
		if p.expr == nil {
			dst = append(dst, p.escaped...)
			continue
		}
		text, err := p.expr.Text(env)
		if err != nil {
			return dst, err
		}
		dst = appendEscaped(dst, text)
	}
	return append(dst, '"'), nil
}

// literal returns the text if it is constant.
func (t *Text) literal() string {
	if len(t.parts) == 0 {
		return ""
	}
	return t.parts[0].literal
}

// Uses reports whether the text reads the name.
func (t *Text) Uses(name string) bool {
	for _, p := range t.parts {
		if p.expr != nil && p.expr.Uses(name) {
			return true
		}
	}
	return false
}

// Reads reports whether the text may read the field of the name.
func (t *Text) Reads(name, field string) bool {
	return slices.ContainsFunc(t.parts, func(p textPart) bool { return p.expr != nil && p.expr.Reads(name, field) })
}

// Constant reports whether the text reads nothing.
func (t *Text) Constant() bool {
	return len(t.parts) == 0 || len(t.parts) == 1 && t.parts[0].expr == nil
}
