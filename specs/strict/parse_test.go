package strict_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	yaml "go.yaml.in/yaml/v4"

	"understudy.dev/specs/strict"
)

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		src  string
		want string
	}{
		"duplicate key":          {"a: 1\nb:\n  c: 1\n  c: 2\n", `f.yaml:4: duplicate key "c"; the first is on line 3`},
		"duplicate in flow":      {"a: {x: 1,\n  x: 2}\n", `f.yaml:2: duplicate key "x"; the first is on line 1`},
		"duplicate when quoted":  {"200: a\n\"200\": b\n", `f.yaml:2: duplicate key "200"; the first is on line 1`},
		"all duplicates":         {"a: 1\na: 2\nb: 1\nb: 2\n", "f.yaml:2: duplicate key \"a\"; the first is on line 1\nf.yaml:4: duplicate key \"b\"; the first is on line 3"},
		"second document":        {"a: 1\n---\nb: 2\n", "f.yaml:2: a second document starts here; a file holds one"},
		"text after the end":     {"a: 1\n...\nb\n", "f.yaml:3: cannot read YAML: did not find expected <document start>"},
		"tab as indentation":     {"a:\n\tb: 1\n", "f.yaml:2: cannot read YAML: a tab cannot indent; use spaces"},
		"tab after a scalar":     {"a: 1\n\tb: 2\n", "f.yaml:2: cannot read YAML: a tab cannot indent; use spaces"},
		"syntax":                 {"x: 1\na: b: c\n", "f.yaml:2: cannot read YAML: mapping values are not allowed in this context"},
		"unclosed":               {"a: [1, 2\n", "f.yaml:2: cannot read YAML: did not find expected ',' or ']'"},
		"unknown anchor":         {"a: 1\nb: *c\n", "f.yaml:2: cannot read YAML: unknown anchor 'c' referenced"},
		"list as key":            {"? [a]\n: b\n", "f.yaml:1: a key must be text, got a list"},
		"nothing as key":         {"a: 1\n~: b\n", "f.yaml:2: a key must be text, got nothing"},
		"anchor within itself":   {"a: &a\n  b: [*a]\n", `f.yaml:2: anchor "a" contains itself`},
		"merge of text":          {"a: &a text\nb:\n  <<: *a\n", `f.yaml:1: only a mapping can be merged, got the text "text"`},
		"merge twice":            {"a: &a {x: 1}\nb:\n  <<: *a\n  <<: *a\n", `f.yaml:4: duplicate key "<<"; the first is on line 3`},
		"invalid UTF-8":          {"a: 1\nb: \xff\n", "f.yaml:2: not valid UTF-8"},
		"duplicate under anchor": {"a: &a {x: 1, x: 2}\nb: *a\nc: *a\n", `f.yaml:1: duplicate key "x"; the first is on line 1`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			node, err := strict.Parse("f.yaml", []byte(test.src))
			require.EqualError(t, err, test.want)
			require.Nil(t, node)
			var all *strict.Errors
			require.ErrorAs(t, err, &all)
			var first *strict.Error
			require.ErrorAs(t, err, &first)
			require.Same(t, all.List[0], first)
		})
	}
}

func TestParseTakesTabsThatDoNotIndent(t *testing.T) {
	t.Parallel()
	for _, src := range []string{"{\n\t\"a\": [1,\n\t\t2]\n}\n", "a: |\n  x\n  \ty\n", "a:\t1\n"} {
		_, err := strict.Parse("f.yaml", []byte(src))
		require.NoError(t, err, src)
	}
}

func TestParseEmpty(t *testing.T) {
	t.Parallel()
	for _, src := range []string{"", "# only a comment\n", "---\n"} {
		node, err := strict.Parse("f.yaml", []byte(src))
		require.NoError(t, err)
		require.Equal(t, yaml.ScalarNode, node.Kind)
		value := any("before")
		require.NoError(t, strict.Decode("f.yaml", node, &value))
		require.Nil(t, value)
	}
}

func TestParseMerges(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		src  string
		keys []string
		want map[string]any
	}{
		"keys come where the merge stands": {
			"{first: 1, <<: *a, last: 2}", []string{"first", "x", "y", "last"},
			map[string]any{"first": 1, "x": 1, "y": 2, "last": 2},
		},
		"own keys win, before and after": {
			"{y: own, <<: *a, x: own}", []string{"y", "x"},
			map[string]any{"x": "own", "y": "own"},
		},
		"the earlier of several wins": {
			"{<<: [*b, *a]}", []string{"y", "z", "x"},
			map[string]any{"x": 1, "y": 20, "z": 30},
		},
		"merged mappings may merge": {
			"{<<: *c}", []string{"w", "x", "y"},
			map[string]any{"w": 0, "x": 1, "y": 2},
		},
		"a quoted merge key is a key": {
			`{"<<": 1}`, []string{"<<"}, map[string]any{"<<": 1},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			src := "a: &a {x: 1, y: 2}\nb: &b {y: 20, z: 30}\nc: &c {w: 0, <<: *a}\nmerged: " + test.src
			var all struct {
				A      any                    `yaml:"a"`
				B      any                    `yaml:"b"`
				C      any                    `yaml:"c"`
				Merged strict.Map[*yaml.Node] `yaml:"merged"`
			}
			node, err := strict.Parse("f.yaml", []byte(src))
			require.NoError(t, err)
			require.NoError(t, strict.Decode("f.yaml", node, &all))
			require.Equal(t, test.keys, all.Merged.Keys())
			got := map[string]any{}
			for key, node := range all.Merged.All() {
				var value any
				require.NoError(t, strict.Decode("f.yaml", node, &value))
				got[key] = value
			}
			require.Equal(t, test.want, got)
		})
	}
}

func TestParseReplacesAliases(t *testing.T) {
	t.Parallel()
	node, err := strict.Parse("f.yaml", []byte("a: &a {x: &x [1]}\nb: *a\nc: [*x, *x]\n*k : 1\n"))
	require.ErrorContains(t, err, "unknown anchor 'k'")
	require.Nil(t, node)

	node, err = strict.Parse("f.yaml", []byte("k: &k key\na: &a {x: &x [1]}\nb: *a\nc: [*x, *x]\n*k : 1\n"))
	require.NoError(t, err)
	var got any
	require.NoError(t, strict.Decode("f.yaml", node, &got))
	one := []any{1}
	require.Equal(t, map[string]any{
		"k": "key", "a": map[string]any{"x": one}, "b": map[string]any{"x": one}, "c": []any{one, one}, "key": 1,
	}, got)
	walk(node, func(n *yaml.Node) { require.NotEqual(t, yaml.AliasNode, n.Kind) })
}

func walk(n *yaml.Node, f func(*yaml.Node)) {
	f(n)
	for _, child := range n.Content {
		walk(child, f)
	}
}

func TestParseBoundsAliases(t *testing.T) {
	t.Parallel()
	var bomb strings.Builder
	bomb.WriteString("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n")
	for i := 1; i < 40; i++ {
		fmt.Fprintf(&bomb, "a%d: &a%d [%s]\n", i, i, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*a%d, ", i-1), 10), ", "))
	}
	_, err := strict.Parse("f.yaml", []byte(bomb.String()))
	require.EqualError(t, err, "f.yaml:5: aliases stand for more than 100000 nodes")

	fine := "a: &a [1, 2, 3]\nb: [" + strings.TrimSuffix(strings.Repeat("*a, ", 20_000), ", ") + "]\n"
	_, err = strict.Parse("f.yaml", []byte(fine))
	require.NoError(t, err)
	_, err = strict.Parse("f.yaml", []byte(fine+"c: ["+strings.TrimSuffix(strings.Repeat("*a, ", 6_000), ", ")+"]\n"))
	require.EqualError(t, err, "f.yaml:3: aliases stand for more than 100000 nodes")

	// Many nodes without aliases are no bomb.
	_, err = strict.Parse("f.yaml", []byte("["+strings.Repeat("1,", 150_000)+"1]"))
	require.NoError(t, err)
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		"a: &a {x: 1}\nb: {<<: *a, y: [1, 2.5, ~, true]}\n", "a: &a [*a]", "a: 1\na: 2", "\t", "? [a]\n: b", "<<: [1]",
		"a: 0x1F\nb: 010\nc: !!binary aGk=\nd: .inf\ne: 2020-01-01\nf: 1_000", "--- 1\n--- 2",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		node, err := strict.Parse("f.yaml", src)
		if err != nil {
			var all *strict.Errors
			if !errors.As(err, &all) || len(all.List) == 0 {
				t.Fatalf("%T %v", err, err)
			}
			return
		}
		var value any
		if err := strict.Decode("f.yaml", node, &value); err != nil {
			return
		}
		var into struct {
			A strict.Map[map[string]any] `yaml:"a,required"`
			B []strict.Duration          `yaml:"b"`
			C *strict.Lifetime           `yaml:"c"`
			D float32                    `yaml:"d"`
			E map[int8]bool              `yaml:"e"`
		}
		_ = strict.Decode("f.yaml", node, &into)
	})
}
