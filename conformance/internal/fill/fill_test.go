package fill_test

import (
	"encoding/json"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"understudy.dev/conformance/internal/fill"
)

func lookup(name string) (fill.Value, bool) {
	v, ok := map[string]fill.Value{
		"text": {Text: "a/b \"c\" & d=e?"}, "n": {Text: "7", JSON: "7"}, "object": {Text: `{"x":1}`, JSON: `{"x":1}`},
		"dots": {Text: ".."}, "line": {Text: "a\r\nb"},
	}[name]
	return v, ok
}

func TestFill(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		fill     func(string, fill.Lookup) (string, error)
		in, want string
	}{
		"text":                    {fill.Text, "<{text}>{n}", `<a/b "c" & d=e?>7`},
		"no placeholder":          {fill.Text, `{"a": 1} {} { n } {1}`, `{"a": 1} {} { n } {1}`},
		"path":                    {fill.Path, "/x/{text}/{n}", "/x/a%2Fb%20%22c%22%20&%20d=e%3F/7"},
		"dots in a path":          {fill.Path, "/x/{dots}/y", "/x/%2E%2E/y"},
		"query":                   {fill.Path, "/x?q={text}", "/x?q=a%2Fb+%22c%22+%26+d%3De%3F"},
		"form":                    {fill.Form, "a={text}&b={n}\n", "a=a%2Fb+%22c%22+%26+d%3De%3F&b=7"},
		"JSON value":              {fill.JSON, `{"a": {text}, "b": {n}, "c": {object}}`, `{"a": "a/b \"c\" \u0026 d=e?", "b": 7, "c": {"x":1}}`},
		"JSON in a string":        {fill.JSON, `{"a": "<{text}{n}>", "b\"": {n}, "{n}": "\\"}`, `{"a": "<a/b \"c\" \u0026 d=e?7>", "b\"": 7, "7": "\\"}`},
		"JSON that is not closed": {fill.JSON, `{"a": "{n}`, `{"a": "7`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := test.fill(test.in, lookup)
			require.NoError(t, err)
			assert.Equal(t, test.want, got)
			_, err = test.fill(test.in+"{nope}", lookup)
			assert.EqualError(t, err, "{nope} is not set")
		})
	}
	_, err := fill.Header("X {line}", lookup)
	assert.ErrorContains(t, err, "line break")
}

func TestBody(t *testing.T) {
	t.Parallel()
	for name, media := range map[string]string{
		"a.json": "application/json", "a.form": "application/x-www-form-urlencoded", "a.txt": "text/plain; charset=utf-8",
	} {
		body, got, err := fill.Body(name, "{n}", lookup)
		require.NoError(t, err)
		assert.Equal(t, "7", body)
		assert.Equal(t, media, got)
	}
	body, media, err := fill.Body("a.bin", "{n}", lookup)
	require.NoError(t, err)
	assert.Equal(t, "{n} application/octet-stream", body+" "+media)
	_, _, err = fill.Body("a.yaml", "", lookup)
	assert.ErrorContains(t, err, `"a.yaml"`)
}

func TestTree(t *testing.T) {
	t.Parallel()
	tree := map[string]any{"a": "{n}", "b": []any{"x{n}", 1, true, nil}, "c": map[string]any{"d": "{object}"}, "e": "{nope}"}
	filled, err := fill.Tree(tree, lookup, func(name string) bool { return name != "nope" })
	require.NoError(t, err)
	encoded, err := json.Marshal(filled)
	require.NoError(t, err)
	assert.JSONEq(t, `{"a": 7, "b": ["x7", 1, true, null], "c": {"d": {"x": 1}}, "e": "{nope}"}`, string(encoded))
	_, err = fill.Tree(tree, lookup, nil)
	assert.EqualError(t, err, "{nope} is not set")
	_, err = fill.Tree([]any{"x{nope}"}, lookup, nil)
	assert.EqualError(t, err, "{nope} is not set")
}

func TestNames(t *testing.T) {
	t.Parallel()
	assert.Equal(t, []string{"a", "b_1"}, fill.Names("{a} {b_1} {a} {1} {a-b} {"))
	name, ok := fill.Only("{a}")
	assert.True(t, ok)
	assert.Equal(t, "a", name)
	_, ok = fill.Only("x{a}")
	assert.False(t, ok)
}

// FuzzEncode holds that no value leaves the place it is put into.
func FuzzEncode(f *testing.F) {
	f.Add("a/../b")
	f.Add(`"}, {"x": "`)
	f.Add("a&b=c#d?e%2F")
	f.Add("..")
	f.Fuzz(func(t *testing.T, value string) {
		value = strings.ToValidUTF8(value, "")
		find := func(string) (fill.Value, bool) { return fill.Value{Text: value}, true }
		body, err := fill.JSON(`{"a": {v}, "b": "{v}"}`, find)
		require.NoError(t, err)
		var decoded map[string]string
		require.NoError(t, json.Unmarshal([]byte(body), &decoded), body)
		assert.Equal(t, map[string]string{"a": value, "b": value}, decoded)
		form, err := fill.Form("a={v}&b=1", find)
		require.NoError(t, err)
		values, err := url.ParseQuery(form)
		require.NoError(t, err)
		assert.Equal(t, url.Values{"a": {value}, "b": {"1"}}, values)
		path, err := fill.Path("/x/{v}/y?q={v}", find)
		require.NoError(t, err)
		u, err := url.Parse("http://host" + path)
		require.NoError(t, err)
		assert.Equal(t, "/x/"+value+"/y", u.Path)
		assert.Equal(t, 3, strings.Count(u.EscapedPath(), "/"))
		assert.Equal(t, url.Values{"q": {value}}, u.Query())
	})
}
