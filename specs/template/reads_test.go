package template_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"understudy.dev/specs/template"
)

// TestReads wants to know what need not be made for an expression.
func TestReads(t *testing.T) {
	t.Parallel()
	type place struct {
		Base  string            `expr:"base"`
		Bases map[string]string `expr:"bases"`
	}
	scope := template.NewScope(map[string]any{"request": (*place)(nil), "body": nil})
	for src, want := range map[string]bool{
		"request.base":                      false,
		"request.bases.login":               true,
		`request?.bases["login"] ?? "x"`:    true,
		`"x" + request.bases.login`:         true,
		"body.bases":                        false,
		"toJSON(request)":                   true,
		"request.base + toJSON(request)":    true,
		`map([1], request.base)[0]`:         false,
		"body.request == request.base":      false,
		`body[request.base]`:                false,
		`any([1], request.bases.x == "y")`:  true,
		`len(filter(body, # == request))>0`: true,
	} {
		e, err := template.CompileExpr(at, src, scope, template.Any)
		require.NoError(t, err, src)
		assert.Equal(t, want, e.Reads("request", "bases"), src)
		text, err := template.CompileText(at, "a ${"+src+"} b", scope)
		require.NoError(t, err, src)
		assert.Equal(t, want, text.Reads("request", "bases"), src)
	}
	value, err := compileValue(t, `{a: "${quotes}", b: ["x ${problem.status}"]}`)
	require.NoError(t, err)
	assert.True(t, value.Reads("problem", "status"))
	assert.True(t, value.Reads("quotes", "length"), "a name that is read whole shows all its fields")
	assert.False(t, value.Reads("problem", "detail"))
}
