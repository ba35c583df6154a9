package served

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v4"
)

func document(t *testing.T, src string) *Document {
	t.Helper()
	var root yaml.Node
	require.NoError(t, yaml.Unmarshal([]byte(src), &root))
	d, err := New(&root, func(url string) (string, bool) {
		if url == "/" {
			return "/zoo", true
		}
		path, ok := strings.CutPrefix(url, "https://zoo.test")
		if sandbox, found := strings.CutPrefix(url, "https://sandbox.zoo.test"); found {
			path, ok = sandbox, true
		}
		return "/zoo" + path, ok
	})
	require.NoError(t, err)
	return d
}

func TestDocument(t *testing.T) {
	t.Parallel()
	for src, want := range map[string]string{
		// values and order
		"{b: 1, a: [1.50, 0x10, true, null, ~, text, 2026-01-01, '1'], 1: \"é<\"}": `{"b":1,"a":[1.50,16,true,null,null,"text","2026-01-01","1"],"1":"é\u003c","servers":[{"url":"ORIGIN/zoo"}]}`,
		// servers at any depth, one of each place unless they have names
		"{servers: [{url: https://zoo.test/v1, description: d}, {url: https://sandbox.zoo.test/v1}, {url: https://zoo.test/v1, x-base: b}]}": `{"servers":[{"url":"ORIGIN/zoo/v1","description":"d"},{"url":"ORIGIN/zoo/v1","x-base":"b"}]}`,
		"{servers: [], paths: {/a: {servers: [{url: https://zoo.test/v2}]}}}":                                                                `{"servers":[],"paths":{"/a":{"servers":[{"url":"ORIGIN/zoo/v2"}]}}}`,
		// what is no server of ours stays
		"{servers: [{url: https://other.test}], example: {servers: [a, b]}}": `{"servers":[{"url":"https://other.test"}],"example":{"servers":["a","b"]}}`,
		"{servers: x}": `{"servers":"x"}`,
		// variables go with what they stood for
		"{servers: [{url: 'https://zoo.test/{v}', variables: {v: {default: a}, host: {default: b}}}]}": `{"servers":[{"url":"ORIGIN/zoo/{v}","variables":{"v":{"default":"a"}}}]}`,
		"{servers: [{url: https://zoo.test, variables: {host: {default: b}}}]}":                        `{"servers":[{"url":"ORIGIN/zoo"}]}`,
		// other files are parts
		"{servers: [], $ref: '#/x-files/a/b', x-files: {a: {b: 1}}}": `{"servers":[],"$ref":"#/x-parts/a/b","x-parts":{"a":{"b":1}}}`,
		// where tokens come from
		"{servers: [], flows: {tokenUrl: https://zoo.test/token, refreshUrl: https://other.test/}}": `{"servers":[],"flows":{"tokenUrl":"ORIGIN/zoo/token","refreshUrl":"https://other.test/"}}`,
	} {
		assert.Equal(t, strings.ReplaceAll(want, "ORIGIN", "http://localhost:1/w/a"), string(document(t, src).For("http://localhost:1/w/a")), src)
	}
}

func TestOriginIsText(t *testing.T) {
	t.Parallel()
	d := document(t, "{servers: [{url: https://zoo.test}]}")
	assert.Equal(t, `{"servers":[{"url":"http://a\"b/zoo"}]}`, string(d.For(`http://a"b`)))
	assert.Equal(t, `{"servers":[{"url":"http://c/zoo"}]}`, string(d.For("http://c")), "for the next caller too")
}

func TestNoNumber(t *testing.T) {
	t.Parallel()
	var root yaml.Node
	require.NoError(t, yaml.Unmarshal([]byte("a: .inf"), &root))
	_, err := New(&root, func(string) (string, bool) { return "", false })
	assert.ErrorContains(t, err, "line 1")
}
