package tree

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v4"
)

func parse(t *testing.T, src string) *yaml.Node {
	t.Helper()
	var n yaml.Node
	require.NoError(t, yaml.Unmarshal([]byte(src), &n))
	return Content(&n)
}

const sample = `a: 1
b:
  - x
  - {"k/~1": deep}
base: &base {p: 1, q: 2}
more: {<<: *base, q: 3, r: *base}
both: {<<: [{p: 4}, *base]}
`

func TestAtAndLine(t *testing.T) {
	t.Parallel()
	root := parse(t, sample)
	tests := []struct {
		pointer, value string
		line           int
		nearest        string
	}{
		{"/a", "1", 1, "/a"},
		{"/b/0", "x", 3, "/b/0"},
		{"/b/1/k~1~01", "deep", 4, "/b/1/k~1~01"},
		{"/more/p", "1", 5, "/more/p"},
		{"/more/q", "3", 6, "/more/q"},
		{"/more/r/q", "2", 5, "/more/r/q"},
		{"/both/p", "4", 7, "/both/p"},
		{"/both/q", "2", 5, "/both/q"},
		{"/b/2", "", 0, "/b"},
		{"/b/00", "", 0, "/b"},
		{"/b/-1/x", "", 0, "/b"},
		{"/a/b/c", "", 0, "/a"},
		{"/none", "", 0, ""},
		{"none", "", 0, ""},
	}
	for _, tt := range tests {
		n := At(root, tt.pointer)
		assert.Equal(t, tt.line != 0, n != nil, tt.pointer)
		if n != nil {
			assert.Equal(t, tt.value, n.Value, tt.pointer)
		}
		assert.Equal(t, tt.line, Line(root, tt.pointer), tt.pointer)
		if tt.pointer[0] == '/' {
			assert.Equal(t, tt.nearest, Nearest(root, tt.pointer))
		}
	}
	assert.Equal(t, 1, Line(root, ""))
	assert.Nil(t, At(nil, "/a"))
}

func TestReaders(t *testing.T) {
	t.Parallel()
	n := parse(t, "text: x\nnone: ~\nyes: true\nno: false\nquoted: 'true'\nlist: [a, b]\n")
	assert.Equal(t, []any{"x", "", "", "true"}, []any{Text(n, "text"), Text(n, "none"), Text(n, "list"), Text(n, "yes")})
	assert.Equal(t, []bool{true, false, false, false}, []bool{True(n, "yes"), True(n, "no"), True(n, "quoted"), True(n, "missing")})
	assert.Equal(t, []string{"a", "b"}, Texts(n, "list"))
	assert.Nil(t, Items(Get(n, "text")))
	assert.True(t, IsMap(n))
	assert.True(t, IsList(Get(n, "list")))
	assert.False(t, IsMap(nil) || IsList(nil))
}

func TestValue(t *testing.T) {
	t.Parallel()
	tests := map[string]string{
		"{a: 1, b: [true, ~, 'x']}":   `{"a":1,"b":[true,null,"x"]}`,
		"9007199254740993":            `9007199254740993`,
		"1.50":                        `1.50`,
		"0x10":                        `16`,
		"1e3":                         `1e3`,
		"2026-01-02":                  `"2026-01-02"`,
		"{200: ok}":                   `{"200":"ok"}`,
		"'01'":                        `"01"`,
		"{x: &a [1], y: *a}":          `{"x":[1],"y":[1]}`,
		"{base: &b {p: 1}, <<: *b}":   `{"base":{"p":1},"p":1}`,
		"{x: &a {p: 1}, y: {<<: *a}}": `{"x":{"p":1},"y":{"p":1}}`,
	}
	for src, want := range tests {
		n := parse(t, src)
		v, err := Value(n)
		require.NoError(t, err, src)
		got, err := json.Marshal(v)
		require.NoError(t, err)
		assert.Equal(t, want, string(got), src)
		again, err := Value(Copy(n))
		require.NoError(t, err)
		assert.Equal(t, v, again)
	}
	for _, src := range []string{".inf", "{a: [.nan]}"} {
		_, err := Value(parse(t, src))
		assert.Error(t, err, src)
	}
	v, err := Value(nil)
	assert.NoError(t, err)
	assert.Nil(t, v)
	assert.Nil(t, Copy(nil))
}

func TestCheck(t *testing.T) {
	t.Parallel()
	bomb := "a0: &n0 [x, x]\n"
	for i := range 40 {
		bomb += fmt.Sprintf("a%[1]d: &n%[1]d [*n%[2]d, *n%[2]d]\n", i+1, i)
	}
	tests := []struct {
		src  string
		want []Problem
	}{
		{sample, nil},
		{"a: 1\nb: {c: 1,\n  c: 2}\na: 3\n", []Problem{{4, `duplicate key "a": first on line 1`}, {3, `duplicate key "c": first on line 2`}}},
		{"a: &x\n  b: *x\n", []Problem{{2, "the alias *x contains itself"}}},
		{"? [a]\n: 1\n", []Problem{{1, "a key must be a scalar"}}},
		{bomb, []Problem{{1, "the document's aliases multiply to more than 20000000 values"}}},
	}
	for _, tt := range tests {
		var got []Problem
		for _, p := range Check(parse(t, tt.src)) {
			got = append(got, *p)
			assert.Equal(t, p.Message, p.Error())
		}
		assert.Equal(t, tt.want, got)
	}
}

func TestEscape(t *testing.T) {
	t.Parallel()
	for _, key := range []string{"", "a", "a/b", "~", "~1", "a~/b"} {
		assert.Equal(t, key, Unescape(Escape(key)))
	}
}
