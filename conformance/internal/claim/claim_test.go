package claim_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/tidwall/gjson"

	"understudy.dev/conformance/internal/claim"
)

func TestJSON(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		got, op, want string
		loose, holds  bool
	}{
		{`1`, "==", "1", false, true},
		{`1.0`, "==", "1", false, true},
		{`9007199254740993`, "==", "9007199254740992", false, false},
		{`"1"`, "==", "1", false, false},
		{`"1"`, "==", `"1"`, false, true},
		{`"1"`, "==", "1", true, true},
		{`1`, "==", `"1"`, true, true},
		{`true`, "==", `"true"`, true, false},
		{`"Bearer"`, "==", "Bearer", false, true},
		{`"a b"`, "==", "a b", false, true},
		{`null`, "==", "null", false, true},
		{`null`, "==", "false", false, false},
		{`{"a": 1, "b": [1, 2]}`, "==", `{"b": [1.0, 2], "a": 1}`, false, true},
		{`{"a": 1}`, "==", `{"a": 1, "b": 2}`, false, false},
		{`[1, 2]`, "==", `[2, 1]`, false, false},
		{`1`, "!=", "2", false, true},
		{`1`, "!=", "1", false, false},
		{``, "!=", "1", false, false}, // what is not there is not different
		{``, "==", "null", false, false},
		{``, "", "", false, false},
		{`null`, "", "", false, true},
		{`2`, "<", "10", false, true},
		{`10`, "<=", "10", false, true},
		{`"2"`, "<", `"10"`, false, false},
		{`"2"`, ">", "10", true, false},
		{`2`, ">", `"1"`, false, false},
		{`"2026-01-01T00:00:00Z"`, "<", `"2026-01-01T00:00:00+01:00"`, false, false},
		{`"2026-01-01T00:00:00Z"`, ">=", `"2025-12-31T23:00:00-01:00"`, false, true},
		{`1e999999999`, ">", "1", false, false}, // a number that nobody can hold
		{`"abc"`, "~", "^a.c$", false, true},
		{`"abc"`, "~", "^b", false, false},
		{`123`, "~", "^12", false, true},
		{`"abc"`, "contains", "bc", false, true},
		{`["a", 1]`, "contains", "1", false, true},
		{`["a", 1]`, "contains", `"1"`, false, false},
		{`{"a.b": 1}`, "contains", "a.b", false, true},
		{`"x"`, "is", "string", false, true},
		{`1.0`, "is", "integer", false, true},
		{`1.5`, "is", "integer", false, false},
		{`1.5`, "is", "number", false, true},
		{`true`, "is", "boolean", false, true},
		{`[]`, "is", "array", false, true},
		{`{}`, "is", "object", false, true},
		{`{}`, "is", "array", false, false},
		{`null`, "is", "null", false, true},
		{``, "is", "null", false, false},
	} {
		var got gjson.Result
		if test.got != "" {
			got = gjson.Parse(test.got)
		}
		holds, err := claim.JSON(got, test.op, claim.Want{Text: test.want, Loose: test.loose})
		require.NoError(t, err)
		assert.Equal(t, test.holds, holds, "%s %s %s", test.got, test.op, test.want)
	}
	_, err := claim.JSON(gjson.Parse("1"), "~", claim.Want{Text: "("})
	assert.ErrorContains(t, err, "cannot read the pattern")
}

func TestText(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		got, op, want string
		holds         bool
	}{
		{"30", "==", "30", true},
		{"Bearer", "==", "bearer", false},
		{"30", "!=", "31", true},
		{"9", "<", "10", true},
		{"a", "<", "b", true},
		{"application/json; charset=utf-8", "~", "^application/json", true},
		{"a, b", "contains", "b", true},
		{"a, b", "contains", "c", false},
	} {
		holds, err := claim.Text(test.got, test.op, claim.Want{Text: test.want})
		require.NoError(t, err)
		assert.Equal(t, test.holds, holds, "%s %s %s", test.got, test.op, test.want)
	}
}

func TestWords(t *testing.T) {
	t.Parallel()
	assert.Equal(t, "nothing", claim.Show(gjson.Result{}))
	assert.Equal(t, `"x"`, claim.Show(gjson.Result{Type: gjson.String, Str: "x"}))
	assert.Less(t, len(claim.Show(gjson.Parse(`"`+strings.Repeat("é", 1000)+`"`))), 400)
	for op, want := range map[string]string{"": "something", "==": "1", "is": "a value of type 1", "~": "a text like 1", "<": "< 1"} {
		assert.Equal(t, want, claim.Describe(op, claim.Want{Text: "1"}))
	}
}
