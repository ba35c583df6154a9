package template_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"math"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"understudy.dev/specs/strict"
	"understudy.dev/specs/template"
)

func compileValue(t testing.TB, src string) (*template.Value, error) {
	t.Helper()
	node, err := strict.Parse("profile.yaml", []byte(src))
	require.NoError(t, err)
	return template.Compile("profile.yaml", node, template.NewScope(samples()))
}

func TestValue(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, src, want string
		constant        bool
	}{
		{"scalars keep their type", `[1, 1.50, -0x10, true, ~, text, "1", 2020-01-01, 1e3, 1e30]`, `[1,1.5,-16,true,null,"text","1","2020-01-01",1000,1e+30]`, true},
		{"nothing", ``, `null`, true},
		{"empty", `{a: {}, b: [], c: ""}`, `{"a":{},"b":[],"c":""}`, true},
		{"order of keys", `{z: 1, a: 2, 200: 3, m: {y: 1, x: 2}}`, `{"z":1,"a":2,"200":3,"m":{"y":1,"x":2}}`, true},
		{"text is encoded", `"<a href=\"x\">\n\t\\ é \u2028 \x01"`, "\"<a href=\\\"x\\\">\\n\\t\\\\ é \\u2028 \\u0001\"", true},
		{"keys are encoded", `{"a\"b<": 1}`, `{"a\"b<":1}`, true},
		{"constant expressions", `["${1 + 1}", "x ${1 + 1}", "${nil}", "${[1, \"<\"]}", "${ {\"b\": 1, \"a\": 2} }"]`, `[2,"x 2",null,[1,"<"],{"a":2,"b":1}]`, true},
		{"literal placeholder", `"$${x} $$${y}"`, `"${x} $${y}"`, true},
		{"a placeholder keeps its type", `["${problem.status}", "${request.ok}", "${none}", "${request.tags}"]`, `[401,true,null,["x"]]`, false},
		{"text with a placeholder is text", `["x${problem.status}", "${problem.status} ", "${request.ok}${1}"]`, `["x401","401 ","true1"]`, false},
		{"text from outside is encoded", `["${body.html}", "\"${body.html}\""]`, `["<b>","\"<b>\""]`, false},
		{"text from outside is encoded within text", `["x ${quotes}", "${quotes}"]`, `["x \"}\\\n","\"}\\\n"]`, false},
		{"raw in an object is copied", `"${ {'a': problem.raw} }"`, `{"a":[1,  2]}`, false},
		{"raw is copied", `{raw: "${body}"}`, `{"raw":` + rawJSON + `}`, false},
		{"raw alone is copied", `${body}`, rawJSON, false},
		{"raw below a map is copied", `${credential.nested.raw}`, `{"x": true}`, false},
		{"raw field is copied", `${problem.raw}`, `[1,  2]`, false},
		{"raw is copied through ??", `["${none ?? body}", "${raw ?? problem.raw}", "${problem.raw ?? 1}"]`, `[` + rawJSON + `,[1,  2],[1,  2]]`, false},
		{"raw is copied through ?:", `"${request.ok ? problem.raw : nil}"`, `[1,  2]`, false},
		{"raw in a list is copied", `${filter(list, .ok)}`, `[{"ok": true,  "n": 1}]`, false},
		{"raw in variables is copied", `${let b = problem.raw; b}`, `[1,  2]`, false},
		{"inside raw", `["${body.z}", "${body.big}", "${body.a}"]`, `[1.5,12345678901234567890,{"c":[3,{"d":"deep"}],"null":null}]`, false},
		{"structs go by their tags", `${problem}`, `{"status":401,"reason":"no_auth","details":null,"raw":[1,  2],"at":"2026-01-31T12:30:15Z","fields":[{"pointer":"/a"},{"pointer":"/b"}]}`, false},
		{"times", `["${clock}", "${problem.at}"]`, `["2026-01-31T12:30:15Z","2026-01-31T12:30:15Z"]`, false},
		{"numbers", `["${credential.age}", "${credential.number}", "${10 / 4}", "${10 / 5}"]`, `[5,1e3,2.5,2]`, false},

		{"optional, absent", `{details?: "${problem.details}"}`, `{}`, false},
		{"optional, raw null", `{a?: "${raw}", b: 1}`, `{"b":1}`, false},
		{"optional, present", `{a?: "${problem.status}"}`, `{"a":401}`, false},
		{"optional, false is present", `{a?: "${!request.ok}"}`, `{"a":false}`, false},
		{"optional, constant null", `{a?: ~, b?: 1}`, `{"b":1}`, true},
		{"optional, objects are never null", `{a?: {b: "${none}"}}`, `{"a":{"b":null}}`, false},
		{"optional, text is never null", `{a?: "x${problem.status}"}`, `{"a":"x401"}`, false},
		{"optional first, then others", `{a?: "${none}", b: "${problem.status}", c: 3}`, `{"b":401,"c":3}`, false},
		{"optional first and present", `{a?: "${request.id}", b: 2, c?: "${none}", d: 4}`, `{"a":"req_1","b":2,"d":4}`, false},
		{"optional last", `{a: 1, b?: "${none}", c?: "${request.id}"}`, `{"a":1,"c":"req_1"}`, false},
		{"only optional", `[{a?: "${none}", b?: "${request.id}", c?: "${none}", d?: "${request.id}"}]`, `[{"b":"req_1","d":"req_1"}]`, false},
		{"optional below", `{a: {b?: "${none}"}, c: {d?: "${request.id}", e: {f?: "${none}"}}}`, `{"a":{},"c":{"d":"req_1","e":{}}}`, false},
		{"a question mark in a key", `{"really??": "${none}", "a?b": 1}`, `{"really?":null,"a?b":1}`, false},

		{"aliases and merges", "a: &a {x: \"${request.id}\"}\nb: *a\nc: {<<: *a, y: 1}\n", `{"a":{"x":"req_1"},"b":{"x":"req_1"},"c":{"x":"req_1","y":1}}`, false},
		{"multi-line text", "|\n  one ${request.id}\n  two\n", `"one req_1\ntwo\n"`, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			value, err := compileValue(t, test.src)
			require.NoError(t, err)
			require.Equal(t, test.constant, value.Constant())
			for range 2 {
				got, err := value.AppendJSON([]byte("before "), values())
				require.NoError(t, err)
				require.Equal(t, "before "+test.want, string(got))
				require.True(t, json.Valid(got[len("before "):]))
			}
			_, err = value.Eval(values())
			require.NoError(t, err)
		})
	}
}

func TestValueRefusedAtLoad(t *testing.T) {
	t.Parallel()
	_, err := compileValue(t, `a: "${problem.statsu}"
b: ["${radnom(1)}", "x ${", 010]
c:
  "${body}": 1
  d: "${clock - clock}"
  e: "${random}"
  f: .nan
  g: "x ${problem}"
  h: 1
  h?: 2
  i: !!binary aGk=
  j: "${1..3 | map(# / 0)}"
`)
	require.EqualError(t, err, "profile.yaml:1: expression `problem.statsu`: problem: unknown field \"statsu\"; did you mean \"status\"?\n"+
		"profile.yaml:2: expression `radnom(1)`: unknown name \"radnom\"; did you mean \"random\"?\n"+
		"profile.yaml:2: a placeholder \"${\" is not closed; write \"$${\" for the text \"${\"\n"+
		"profile.yaml:2: the number 010 is ambiguous; write it without underscores and leading zeros, or quote it\n"+
		"profile.yaml:4: the key \"${body}\" holds a placeholder; only values can\n"+
		"profile.yaml:5: expression `clock - clock`: a function, a duration or bytes have no JSON form; make text or a number of it\n"+
		"profile.yaml:6: expression `random`: a function, a duration or bytes have no JSON form; make text or a number of it\n"+
		"profile.yaml:7: the number NaN has no JSON form\n"+
		"profile.yaml:8: expression `problem`: must be text or a number, got an object\n"+
		"profile.yaml:10: duplicate key \"h\"\n"+
		"profile.yaml:11: the tag !!binary is not supported\n"+
		"profile.yaml:12: the number +Inf has no JSON form")
}

func TestValueRefusedAtRunTime(t *testing.T) {
	t.Parallel()
	for src, want := range map[string]string{
		`{a: 1, b: "${none.x}"}`:      "profile.yaml:1: expression `none.x`: null has no field \"x\"",
		`{a?: "${broken()}"}`:         "profile.yaml:1: expression `broken()`: the source is broken",
		"a: 1\nb: ['x ${none}']":      "profile.yaml:2: expression `none`: null has no text",
		`["${problem.status / 0}"]`:   "profile.yaml:1: expression `problem.status / 0`: the number +Inf has no JSON form",
		`["${[random]}"]`:             "profile.yaml:1: expression `[random]`: a function, a duration or bytes have no JSON form; make text or a number of it",
		`["${credential.missing.x}"]`: "profile.yaml:1: expression `credential.missing.x`: null has no field \"x\"",
	} {
		value, err := compileValue(t, src)
		require.NoError(t, err)
		got, err := value.AppendJSON([]byte("before"), values())
		require.EqualError(t, err, want)
		require.Equal(t, "before", string(got))
		evaluated, err := value.Eval(values())
		require.Error(t, err)
		require.Nil(t, evaluated)
	}
}

func TestValueEval(t *testing.T) {
	t.Parallel()
	for src, want := range map[string]any{
		`${problem.at}`:                          *values()["pointer"].(*problem).At,
		`${body.z}`:                              1.5,
		`${raw}`:                                 nil,
		`{a: "${problem.status}", b?: "${raw}"}`: map[string]any{"a": 401},
		`[1, 2.5, "x"]`:                          []any{1, 2.5, "x"},
		`~`:                                      nil,
	} {
		value, err := compileValue(t, src)
		require.NoError(t, err)
		got, err := value.Eval(values())
		require.NoError(t, err)
		if when, ok := got.(*time.Time); ok {
			got = *when
		}
		require.Equal(t, want, got, src)
	}
	node, err := template.Compile("profile.yaml", nil, nil)
	require.NoError(t, err)
	got, err := node.AppendJSON(nil, nil)
	require.NoError(t, err)
	require.Equal(t, "null", string(got))
}

func TestValueUses(t *testing.T) {
	t.Parallel()
	value, err := compileValue(t, `{a: "x ${body.z}", b?: "${request.id}", c: "${clock}", d: "$${list}"}`)
	require.NoError(t, err)
	for name, want := range map[string]bool{"body": true, "request": true, "clock": true, "list": false, "problem": false} {
		require.Equal(t, want, value.Uses(name), name)
	}
}

type tagged struct {
	embedded
	*absent
	Name  string `expr:"name" json:"other"`
	Plain int
	Inner map[name]uint8  `expr:"inner"`
	Any   map[any]any     `expr:"any"`
	Ptr   *int            `expr:"ptr"`
	Small float32         `expr:"small"`
	Array [2]bool         `expr:"array"`
	Nil   []string        `expr:"nil"`
	Raw   json.RawMessage `expr:"raw"`
	Own   marshaler       `expr:"own"`
	None  *marshaler      `expr:"none"`
	Hide  string          `expr:"-"`
	lower string
}

type embedded struct {
	ID string `expr:"id"`
}

type absent struct {
	Gone string `expr:"gone"`
}

type marshaler struct{ fails bool }

func (m *marshaler) MarshalJSON() ([]byte, error) {
	if m.fails {
		return nil, errors.New("cannot")
	}
	return []byte(`{"own": "<"}`), nil
}

func TestValueOfEveryKindOfGoValue(t *testing.T) {
	t.Parallel()
	loop := map[string]any{}
	loop["loop"] = loop
	list := []any{nil}
	list[0] = list
	type node struct {
		Next any `expr:"next"`
	}
	chain := &node{}
	chain.Next = chain
	tests := []struct {
		value any
		want  string // "" is an error
	}{
		{
			tagged{
				embedded: embedded{"1"}, Name: "<n>", Plain: 2, Inner: map[name]uint8{"b": 1, "a": 2}, Any: map[any]any{"x": 1, 2: "y"},
				Small: 0.1, Raw: json.RawMessage(`[1, 2]`), lower: "x",
			},
			`{"id":"1","name":"<n>","Plain":2,"inner":{"a":2,"b":1},"any":{"2":"y","x":1},"ptr":null,"small":0.1,"array":[false,false],"nil":[],"raw":[1,2],"own":{},"none":null}`,
		},
		{&marshaler{}, `{"own":"<"}`},
		{(*marshaler)(nil), `null`},
		{&marshaler{fails: true}, ""},
		{(*time.Time)(nil), `null`},
		{(*problem)(nil), `null`},
		{(*template.Raw)(nil), `null`},
		{template.NewRaw(nil), `null`},
		{int64(math.MinInt64), `-9223372036854775808`},
		{uint64(math.MaxUint64), `18446744073709551615`},
		{1e21, `1e+21`}, {1e20, `100000000000000000000`}, {1e-6, `0.000001`}, {1e-7, `1e-07`}, {0.0, `0`}, {0.1, `0.1`}, {3.0, `3`},
		{json.Number("1.50"), `1.50`}, {json.Number("-1e5"), `-1e5`},
		{json.Number(""), ""}, {json.Number("x"), ""}, {json.Number("true"), ""}, {json.Number("1 "), ""}, {json.Number("01"), ""}, {json.Number(`"1"`), ""},
		{math.NaN(), ""}, {math.Inf(-1), ""}, {float32(math.Inf(1)), ""}, {time.Second, ""}, {[]byte("x"), ""}, {func() {}, ""}, {complex(1, 2), ""}, {make(chan int), ""},
		{map[string]any{"x": time.Second}, ""}, {[]any{math.NaN()}, ""}, {[]error{errors.New("x")}, `[{}]`}, {map[any]any{nil: 1}, ""}, {map[any]any{problem{}.Status: 1}, `{"0":1}`},
		{"\xff\u2029", `"\ufffd\u2029"`},
		{loop, ""}, {list, ""}, {chain, ""},
	}
	value, err := compileValue(t, `["${none}"]`)
	require.NoError(t, err)
	for _, test := range tests {
		got, err := value.AppendJSON(nil, template.Env{"none": test.value})
		if test.want == "" {
			require.Error(t, err, "%T", test.value)
			continue
		}
		require.NoError(t, err)
		require.Equal(t, "["+test.want+"]", string(got))
		require.True(t, json.Valid(got))
	}
}

func TestRaw(t *testing.T) {
	t.Parallel()
	src := []byte(`{"int": 1, "negative": -5, "max": 9223372036854775807, "over": 9223372036854775808, "float": 1.0, "exponent": 1e2,
		"huge": 1e999, "text": "x", "yes": true, "null": null, "list": [1, [2.5]]}`)
	raw := template.NewRaw(src)
	require.Equal(t, src, raw.Bytes())
	want := map[string]any{
		"int": 1, "negative": -5, "max": math.MaxInt64, "over": json.Number("9223372036854775808"), "float": 1.0, "exponent": 100.0,
		"huge": json.Number("1e999"), "text": "x", "yes": true, "null": nil, "list": []any{1, []any{2.5}},
	}
	require.Equal(t, want, raw.Value())
	require.Equal(t, want, raw.Value())

	for _, none := range []*template.Raw{nil, template.NewRaw(nil), template.NewRaw([]byte("null"))} {
		require.Equal(t, "null", string(none.Bytes()))
		require.Nil(t, none.Value())
	}
	for _, invalid := range []string{"{", "1 2", "nul", " "} {
		require.Nil(t, template.NewRaw([]byte(invalid)).Value(), invalid)
	}
	out, err := json.Marshal(template.NewRaw([]byte(`[1]`)))
	require.NoError(t, err)
	require.JSONEq(t, `[1]`, string(out))
}

func TestStringsAreWrittenAsByEncodingJSON(t *testing.T) {
	t.Parallel()
	value, err := compileValue(t, `${none}`)
	require.NoError(t, err)
	for r := rune(0); r < 0x3000; r++ {
		requireSameString(t, value, "a"+string(r)+"b")
	}
	for _, s := range []string{"", "\xff", "a\xc3", "\xed\xa0\x80", "\U0001F600", "\ufffd", "\"\\/"} {
		requireSameString(t, value, s)
	}
}

func requireSameString(t *testing.T, value *template.Value, s string) {
	t.Helper()
	got, err := value.AppendJSON(nil, template.Env{"none": s})
	require.NoError(t, err)
	var want bytes.Buffer
	encoder := json.NewEncoder(&want)
	encoder.SetEscapeHTML(false)
	require.NoError(t, encoder.Encode(s))
	require.Equal(t, want.String(), string(got)+"\n")
}

func FuzzValue(f *testing.F) {
	for _, seed := range []string{
		`{error: {code: "${problem.status}", a?: "${none}", message: "x ${body.html}"}}`, `["${body ?? raw}", "$${x}", 1.5, ~]`,
		`${filter(list, .ok)}`, `{a?: "${raw}", "b??": "${toJSON(body)}", c: "${credential.scopes}"}`, `"${let x = body; x.a.c[0]}"`,
		`${map(problem.fields, .pointer)}`, `{x: "${1e300 * 10}"}`, "a: &a [${clock}]\nb: *a", `"${groupBy(list, .n)}"`, `"${request.ok ? {} : [nil]}"`,
	} {
		f.Add(seed, "text")
	}
	scope := template.NewScope(samples())
	f.Fuzz(func(t *testing.T, src, text string) {
		node, err := strict.Parse("profile.yaml", []byte(src))
		if err != nil {
			return
		}
		value, err := template.Compile("profile.yaml", node, scope)
		if err != nil {
			return
		}
		env := values()
		env["none"] = text
		out, err := value.AppendJSON(nil, env)
		if err != nil {
			if len(out) != 0 {
				t.Fatalf("output with an error: %q", out)
			}
			return
		}
		if !json.Valid(out) || !utf8.Valid(out) {
			t.Fatalf("%q renders %q", src, out)
		}
		again, err := value.AppendJSON(nil, env)
		if err != nil || !bytes.Equal(out, again) {
			t.Fatalf("%q renders %q, then %q (%v)", src, out, again, err)
		}
		if value.Constant() {
			alone, err := value.AppendJSON(nil, nil)
			if err != nil || !bytes.Equal(out, alone) {
				t.Fatalf("%q is constant but renders %q without values (%v)", src, alone, err)
			}
		}
	})
}

// TestKeep wants JSON to stay as it came, and everything else to keep its type.
func TestKeep(t *testing.T) {
	t.Parallel()
	body := template.NewRaw([]byte(`{"z": 1.50, "big": 12345678901234567890}`))
	env := template.Env{"body": body}
	for src, want := range map[string]string{
		"${body}":             `{"z": 1.50, "big": 12345678901234567890}`,
		"{b: '${body.big}'}":  `{"b":12345678901234567890}`,
		"[1, x, '${body.z}']": `[1,"x",1.5]`,
		"null":                `null`,
	} {
		v, err := compileValue(t, src)
		require.NoError(t, err, src)
		value, err := v.Keep(env)
		require.NoError(t, err, src)
		raw, ok := value.(*template.Raw)
		require.True(t, ok, src)
		require.Equal(t, want, string(raw.Bytes()), src)
	}
	at := time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC)
	v, err := compileValue(t, "${clock}")
	require.NoError(t, err)
	value, err := v.Keep(template.Env{"clock": at})
	require.NoError(t, err)
	require.Equal(t, at, value)
}
