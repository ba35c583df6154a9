package strict_test

import (
	"errors"
	"math"
	"reflect"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	yaml "go.yaml.in/yaml/v4"

	"understudy.dev/specs/strict"
)

type shared struct {
	Note string `yaml:"note"`
}

type limit struct {
	shared   `yaml:",inline"`
	At       strict.Pos      `yaml:",pos"`
	Name     string          `yaml:"name,required"`
	Requests int             `yaml:"requests"`
	Per      strict.Duration `yaml:"per"`
	Ignored  string
	Dashed   string `yaml:"-"`
}

func decode(t *testing.T, src string, v any) error {
	t.Helper()
	node, err := strict.Parse("profile.yaml", []byte(src))
	require.NoError(t, err)
	return strict.Decode("profile.yaml", node, v)
}

func TestDecodeStruct(t *testing.T) {
	t.Parallel()
	got := limit{Ignored: "kept", Requests: 7}
	require.NoError(t, decode(t, "# a comment\nname: standard\nper: 1m\nnote: text\n", &got))
	require.Equal(t, limit{
		shared: shared{Note: "text"}, At: strict.Pos{File: "profile.yaml", Line: 2},
		Name: "standard", Requests: 7, Per: strict.Duration(time.Minute), Ignored: "kept",
	}, got)
}

func TestDecodeCollectsAllMistakes(t *testing.T) {
	t.Parallel()
	var v struct {
		Limits strict.Map[limit] `yaml:"limits"`
		List   []limit           `yaml:"list"`
		Plain  map[string]limit  `yaml:"plain"`
		Ratio  float64           `yaml:"ratio"`
		Texts  map[string]string `yaml:"texts"`
		Counts map[int][]int     `yaml:"counts"`
		Any    map[string]any    `yaml:"any"`
		Life   strict.Lifetime   `yaml:"life"`
		Ptr    *limit            `yaml:"ptr"`
	}
	err := decode(t, `limts: {}
limits:
  fast:
    requests: ten
    per: 5 minutes
  slow: {name: 4, requests: [1]}
list:
- requests: 1.5
- three
plain: [a]
ratio: ten
texts: {a: 1, b: true, c: {d: e}, f: 2020-01-01, g: }
counts: {one: [1], 2: [x, 99999999999999999999]}
any: {a: 010, b: 1_000, c: [!!binary aGk=]}
life: forever
ptr: {nam: x, Ignored: y, dashed: z}
`, &v)
	require.EqualError(t, err, `profile.yaml:1: unknown key "limts"; did you mean "limits"?
profile.yaml:3: "fast": missing key "name"
profile.yaml:4: "requests": must be a whole number, got the text "ten"
profile.yaml:5: "per": must be a duration such as 15m, 24h or 7d, got the text "5 minutes"
profile.yaml:6: "name": must be text, got the number 4
profile.yaml:6: "requests": must be a whole number, got a list
profile.yaml:8: item 1 of "list": missing key "name"
profile.yaml:8: "requests": must be a whole number, got the number 1.5
profile.yaml:9: item 2 of "list": must be a mapping, got the text "three"
profile.yaml:10: "plain": must be a mapping, got a list
profile.yaml:11: "ratio": must be a number, got the text "ten"
profile.yaml:12: "a": must be text, got the number 1
profile.yaml:12: "b": must be text, got true
profile.yaml:12: "c": must be text, got a mapping
profile.yaml:12: "g": must be text, got nothing
profile.yaml:13: "one": must be a whole number, got the text "one"
profile.yaml:13: item 1 of "2": must be a whole number, got the text "x"
profile.yaml:13: item 2 of "2": the number 99999999999999999999 is out of range
profile.yaml:14: "a": the number 010 is ambiguous; write it without underscores and leading zeros, or quote it
profile.yaml:14: "b": the number 1_000 is ambiguous; write it without underscores and leading zeros, or quote it
profile.yaml:14: "c": the tag !!binary is not supported
profile.yaml:15: "life": must be a duration such as 15m, 24h or 7d, or never, got the text "forever"
profile.yaml:16: "ptr": missing key "name"
profile.yaml:16: unknown key "nam"; did you mean "name"?
profile.yaml:16: unknown key "Ignored"; known: name, note, per, requests
profile.yaml:16: unknown key "dashed"; known: name, note, per, requests`)
	var all *strict.Errors
	require.ErrorAs(t, err, &all)
	require.Len(t, all.Unwrap(), 26)
	// What could be read was read.
	require.Equal(t, map[string]string{"a": "", "b": "", "c": "", "f": "2020-01-01", "g": ""}, v.Texts)
}

func TestDecodeScalars(t *testing.T) {
	t.Parallel()
	tests := []struct {
		src  string
		into any
		want any // an error if it is text that starts with "must" or "the"
	}{
		{"12", new(int), 12},
		{"-12", new(int64), int64(-12)},
		{"+12", new(int), 12},
		{"0x1F", new(int), 31},
		{"0o17", new(uint8), uint8(15)},
		{"256", new(uint8), errors.New("the number 256 is out of range")},
		{"-1", new(uint), errors.New("the number -1 is out of range")},
		{"128", new(int8), errors.New("the number 128 is out of range")},
		{"18446744073709551615", new(uint64), uint64(math.MaxUint64)},
		{"18446744073709551615", new(int64), errors.New("the number 18446744073709551615 is out of range")},
		{"18446744073709551615", new(any), errors.New("the number 18446744073709551615 is out of range")},
		{"1.0", new(int), errors.New("must be a whole number, got the number 1.0")},
		{"1", new(float64), 1.0},
		{"1e3", new(float64), 1000.0},
		{"-.5", new(float32), float32(-.5)},
		{"1e999", new(float64), errors.New(`must be a number, got the text "1e999"`)},
		{".inf", new(float64), math.Inf(1)},
		{"-.Inf", new(any), math.Inf(-1)},
		{"true", new(bool), true},
		{"False", new(bool), false},
		{"yes", new(bool), errors.New(`must be true or false, got the text "yes"`)},
		{`"true"`, new(bool), errors.New(`must be true or false, got the text "true"`)},
		{"yes", new(string), "yes"},
		{`"1"`, new(string), "1"},
		{"2020-01-01T10:00:00Z", new(string), "2020-01-01T10:00:00Z"},
		{"2020-01-01", new(any), "2020-01-01"},
		{"1", new(any), 1},
		{"1.5", new(any), 1.5},
		{"on", new(any), "on"},
		{"~", new(any), nil},
		{"!!str 1", new(any), "1"},
		{"!!int ten", new(any), errors.New("the number ten is out of range")},
		{"!color red", new(any), errors.New("the tag !color is not supported")},
		{"[1, a, ~]", new(any), []any{1, "a", nil}},
		{"{a: {b: 1}, 2: ~}", new(any), map[string]any{"a": map[string]any{"b": 1}, "2": nil}},
		{"~", new(string), errors.New("must be text, got nothing")},
		{"~", new(int), errors.New("must be a whole number, got nothing")},
		{"~", new([]int), []int(nil)},
		{"~", new(map[string]int), map[string]int{}},
		{"~", new(*int), (*int)(nil)},
		{"a", new([]string), errors.New(`must be a list, got the text "a"`)},
		{"60", new(strict.Duration), errors.New("must be a duration such as 15m, 24h or 7d, got the number 60")},
		{"never", new(strict.Duration), errors.New(`must be a duration such as 15m, 24h or 7d, got the text "never"`)},
		{"1h", new(time.Duration), errors.New("cannot decode into time.Duration")},
		{"1", new(chan int), errors.New("cannot decode into chan int")},
		{"1", new(error), errors.New("cannot decode into error")},
	}
	for _, test := range tests {
		t.Run(test.src, func(t *testing.T) {
			t.Parallel()
			err := decode(t, test.src, test.into)
			if want, ok := test.want.(error); ok {
				require.EqualError(t, err, "profile.yaml:1: "+want.Error())
				return
			}
			require.NoError(t, err)
			require.Equal(t, test.want, reflect.ValueOf(test.into).Elem().Interface())
		})
	}
}

func TestDecodePointersAndNodes(t *testing.T) {
	t.Parallel()
	var v struct {
		Name *string    `yaml:"name"`
		None *string    `yaml:"none"`
		Raw  *yaml.Node `yaml:"raw"`
		Null *yaml.Node `yaml:"nothing"`
	}
	require.NoError(t, decode(t, "name: x\nnone:\nraw: {a: 1}\nnothing: ~\n", &v))
	require.Equal(t, "x", *v.Name)
	require.Nil(t, v.None)
	require.Equal(t, yaml.MappingNode, v.Raw.Kind)
	require.Equal(t, "!!null", v.Null.ShortTag())
}

func TestDecodeNothingStillMissesKeys(t *testing.T) {
	t.Parallel()
	var l limit
	require.EqualError(t, decode(t, "", &l), `profile.yaml:1: missing key "name"`)
	require.EqualError(t, strict.Decode("profile.yaml", nil, &l), `profile.yaml: missing key "name"`)
}

func TestDecodeMistakesOfTheProgram(t *testing.T) {
	t.Parallel()
	var unexported struct {
		name string `yaml:"name"` //nolint:unused // The test is about it.
	}
	var twice struct {
		A string `yaml:"a"`
		B string `yaml:"a"`
	}
	var option struct {
		A string `yaml:"a,omitempty"`
	}
	require.ErrorContains(t, decode(t, "name: x", &unexported), "is not exported")
	require.ErrorContains(t, decode(t, "a: x", &twice), `has the key "a" twice`)
	require.ErrorContains(t, decode(t, "a: x", &option), "which has no meaning")
	require.ErrorContains(t, decode(t, "a: x", option), "not a pointer")
	require.ErrorContains(t, decode(t, "a: x", (*limit)(nil)), "not a pointer")
}

// headers decodes itself: a single text is a list of one.
type headers []string

func (h *headers) DecodeNode(d *strict.Context, node *yaml.Node) {
	var one string
	switch {
	case node.Kind == yaml.SequenceNode:
		if !d.Decode(node, (*[]string)(h)) {
			*h = nil
		}
	case d.Decode(node, &one):
		*h = headers{one}
		if one == "" {
			d.Errorf(node, "%s: an empty header at %s", d.File(), d.Pos(node))
		}
		if one == "bad" {
			d.Add(&strict.Error{File: d.File(), Line: 99, Message: "bad"})
			d.Add(nil)
		}
	}
}

func TestDecoder(t *testing.T) {
	t.Parallel()
	var v struct {
		Headers headers   `yaml:"headers"`
		Pointer *headers  `yaml:"pointer"`
		List    []headers `yaml:"list"`
	}
	require.NoError(t, decode(t, "headers: a\npointer: ~\nlist: [a, [b, c]]\n", &v))
	require.Equal(t, headers{"a"}, v.Headers)
	require.Nil(t, v.Pointer)
	require.Equal(t, []headers{{"a"}, {"b", "c"}}, v.List)

	require.EqualError(t, decode(t, "headers: ''\npointer: bad\nlist:\n- 3\n- [4]\n", &v), `profile.yaml:1: profile.yaml: an empty header at profile.yaml:1
profile.yaml:4: item 1 of "list": must be text, got the number 3
profile.yaml:5: item 1 of "list": must be text, got the number 4
profile.yaml:99: bad`)
}

func TestPosIsWhereTheKeyStands(t *testing.T) {
	t.Parallel()
	var v struct {
		Map  strict.Map[limit] `yaml:"map"`
		List []limit           `yaml:"list"`
	}
	require.NoError(t, decode(t, "map:\n  a:\n    # why\n    name: x\nlist:\n  - note: y\n    name: z\n", &v))
	a, ok := v.Map.Get("a")
	require.True(t, ok)
	require.Equal(t, 2, a.At.Line)
	require.Equal(t, 6, v.List[0].At.Line)
}
