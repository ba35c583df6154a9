package specs_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"understudy.dev/specs"
)

func TestProblemEnv(t *testing.T) {
	t.Parallel()
	p := &specs.ProblemInfo{
		Name: specs.NotFound, Status: 404, Reason: "Not Found", Detail: "no book", Message: "Nothing there.",
		Attributes: map[string]any{"code": "gone", "status": "hidden"},
	}
	assert.Equal(t, map[string]any{
		"name": "not_found", "status": 404, "reason": "Not Found", "detail": "no book", "message": "Nothing there.",
		"pointer": "", "fields": []specs.FieldError{}, "code": "gone",
	}, p.Env(), "attributes never hide the fields")
}

func TestOperationEnv(t *testing.T) {
	t.Parallel()
	api := toy(t)
	assert.Nil(t, specs.OperationEnv(nil))
	assert.Equal(t, map[string]any{
		"id": "login", "method": "POST", "path": "/auth/login", "tags": api.Document.Operation("login").Tags, "exposure": "public",
	}, specs.OperationEnv(api.Document.Operation("login")))
}

func TestSelects(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		patterns []string
		id       string
		want     bool
	}{
		{nil, "anything", true},
		{nil, "", true},
		{[]string{"*"}, "", true},
		{[]string{"*"}, "a/b", true},
		{[]string{"list*"}, "listBooks", true},
		{[]string{"list*"}, "getList", false},
		{[]string{"*Books"}, "listBooks", true},
		{[]string{"*Book"}, "listBooks", false},
		{[]string{"l*B*s"}, "listBooks", true},
		{[]string{"l*B*s*s"}, "listBooks", false},
		{[]string{"a*a"}, "a", false},
		{[]string{"a", "b"}, "b", true},
		{[]string{""}, "b", false},
		{[]string{"a?"}, "ab", false},
	} {
		assert.Equal(t, tt.want, specs.Selects(tt.patterns, tt.id), "%q %q", tt.patterns, tt.id)
	}
}

func TestEnvelopeSelectors(t *testing.T) {
	t.Parallel()
	e := &specs.Envelope{Operations: []string{"get*"}, Problems: []specs.Problem{specs.Unauthenticated}, Verbs: []specs.Verb{specs.VerbRead}}
	assert.True(t, e.Refuses("getBook", specs.ExpiredCredential), "what descends from a problem is selected with it")
	assert.False(t, e.Refuses("getBook", specs.Forbidden))
	assert.False(t, e.Refuses("", specs.Unauthenticated))
	assert.True(t, e.Wraps("getBook", specs.VerbRead))
	assert.False(t, e.Wraps("getBook", specs.VerbList))
	assert.False(t, e.Wraps("setBook", specs.VerbRead))
	assert.True(t, (&specs.Envelope{}).Wraps("", ""))
}

func TestProblems(t *testing.T) {
	t.Parallel()
	seen := map[specs.Problem]bool{"": true}
	for _, p := range specs.Problems() {
		assert.False(t, seen[p], p)
		assert.True(t, seen[p.Parent()], "%s stands before its parent", p)
		assert.NotEmpty(t, p.Detail())
		assert.True(t, p.Is(p))
		seen[p] = true
	}
	assert.True(t, specs.WrongMethod.Is(specs.NotFound))
	assert.False(t, specs.NotFound.Is(specs.WrongMethod))
	assert.Empty(t, specs.Problem("weather").Detail())
}
