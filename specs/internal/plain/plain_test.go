package plain_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v4"

	"understudy.dev/specs/internal/plain"
)

func parse(t *testing.T, src string) *yaml.Node {
	t.Helper()
	var n yaml.Node
	require.NoError(t, yaml.Unmarshal([]byte(src), &n))
	return &n
}

func text(t *testing.T, n *yaml.Node) string {
	t.Helper()
	var v any
	require.NoError(t, n.Decode(&v))
	out, err := yaml.Marshal(v)
	require.NoError(t, err)
	return string(out)
}

func TestCopy(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ src, want string }{
		"scalars":       {"a: 1\nb: [x, null]", "a: 1\nb: [x, null]"},
		"aliases":       {"a: &x {b: 1}\nc: *x\nd: [*x]", "a: {b: 1}\nc: {b: 1}\nd: [{b: 1}]"},
		"merge":         {"x: &x {a: 1, b: 2}\ny: {<<: *x, b: 3}", "x: {a: 1, b: 2}\ny: {b: 3, a: 1}"},
		"several":       {"x: &x {a: 1}\nz: &z {a: 2, b: 2}\ny: {<<: [*x, *z]}", "x: {a: 1}\nz: {a: 2, b: 2}\ny: {a: 1, b: 2}"},
		"quoted merge":  {`"<<": 1`, `"<<": 1`},
		"merged merges": {"x: &x {a: 1}\ny: &y {<<: *x, b: 2}\nz: {<<: *y}", "x: {a: 1}\ny: {b: 2, a: 1}\nz: {b: 2, a: 1}"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, text(t, parse(t, tt.want)), text(t, plain.Copy(parse(t, tt.src))))
		})
	}
}

func TestCopyLeavesTheOriginalAlone(t *testing.T) {
	t.Parallel()
	n := parse(t, "a: &x {b: 1}\nc: *x")
	before := text(t, n)
	c := plain.Copy(n)
	plain.At(c, "/a/b").Value = "2"
	require.Equal(t, before, text(t, n))
	require.Equal(t, "1", plain.At(c, "/c/b").Value, "an alias became a copy of its own")
	require.Equal(t, 1, plain.At(c, "/c").Line, "lines are those of the source")
	require.Nil(t, plain.Copy(nil))
}

func TestView(t *testing.T) {
	t.Parallel()
	n := parse(t, "a: {b: 1}")
	require.Same(t, n.Content[0], plain.View(n), "nothing to replace")
	require.Same(t, n.Content[0], plain.View(n.Content[0]))
	for _, src := range []string{"a: &x {b: 1}\nc: [*x]", "a: {<<: {b: 1}}"} {
		n := parse(t, src)
		require.NotSame(t, n.Content[0], plain.View(n))
		require.Equal(t, text(t, n), text(t, plain.View(n)))
	}
	require.Nil(t, plain.View(nil))
}

func TestCopyEndsOnAnAliasWithinItself(t *testing.T) {
	t.Parallel()
	n := &yaml.Node{Kind: yaml.SequenceNode}
	n.Content = []*yaml.Node{{Kind: yaml.AliasNode, Alias: n}}
	require.Equal(t, "!!null", plain.Copy(n).Content[0].Tag)
}

func TestPointers(t *testing.T) {
	t.Parallel()
	root := plain.Copy(parse(t, "paths:\n  /a~b:\n    get: [x, {y: z}]\n200: ok"))
	require.Equal(t, "/paths/~1a~0b/get", plain.Join("/paths", "/a~b", "get"))
	require.Equal(t, "z", plain.At(root, "/paths/~1a~0b/get/1/y").Value)
	require.Equal(t, "ok", plain.At(root, "/200").Value)
	require.Same(t, root, plain.At(root, ""))
	for _, missing := range []string{"/paths/x", "/paths/~1a~0b/get/2", "/paths/~1a~0b/get/-1", "/paths/~1a~0b/get/x", "/200/x", "/"} {
		require.Nil(t, plain.At(root, missing), missing)
	}
}

func TestTarget(t *testing.T) {
	t.Parallel()
	for ref, want := range map[string]string{
		"#": "", "#/a/b": "/a/b", "#/paths/~1a%7Bid%7D/get": "/paths/~1a{id}/get",
	} {
		got, ok := plain.Target(ref)
		require.True(t, ok, ref)
		require.Equal(t, want, got)
	}
	for _, ref := range []string{"", "a.yaml#/b", "#anchor", "https://x.test/#/a", "#/%zz"} {
		_, ok := plain.Target(ref)
		require.False(t, ok, ref)
	}
}
