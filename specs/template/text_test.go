package template_test

import (
	"encoding/json"
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"understudy.dev/specs/template"
)

func TestText(t *testing.T) {
	t.Parallel()
	tests := []struct {
		src, want string
	}{
		{"", ""},
		{"plain", "plain"},
		{"${request.id}", "req_1"},
		{"a ${request.id} b ${problem.status}c", "a req_1 b 401c"},
		{"${problem.reason}${problem.reason}", "no_authno_auth"},
		{"$${request.id}", "${request.id}"},
		{"$$${request.id}", "$${request.id}"},
		{"cost: 5$", "cost: 5$"},
		{"$ {x} {y} }", "$ {x} {y} }"},
		{"a$${b}${request.id}", "a${b}req_1"},
		{"${ {\"a\": {\"b\": \"}\"}}.a.b }", "}"},
		{"${'}' + \"'}\" + `}`}", "}'}}"},
		{`${"a\"}"}`, `a"}`},
		{"${1 /* } */}", "1"},
		{"${1 // }\n}", "1"},
		{"x${1 + 1}y", "x2y"},
		{"${4 / 2}", "2"},
		{"${true} ${1.50} ${1e21} ${-0.000001}", "true 1.5 1000000000000000000000 -0.000001"},
		{"${body.z} ${body.big} ${credential.age} ${credential.number}", "1.5 12345678901234567890 5 1000"},
		{"${clock} ${problem.at}", "2026-01-31T12:30:15Z 2026-01-31T12:30:15Z"},
		{"${body.html}", "<b>"},
		{"${random(4)}", "r4"},
	}
	scope := template.NewScope(samples())
	for _, test := range tests {
		t.Run(test.src, func(t *testing.T) {
			t.Parallel()
			text, err := template.CompileText(at, test.src, scope)
			require.NoError(t, err)
			got, err := text.Render(values())
			require.NoError(t, err)
			require.Equal(t, test.want, got)
		})
	}
}

func TestTextRefused(t *testing.T) {
	t.Parallel()
	const open = `profile.yaml:7: a placeholder "${" is not closed; write "$${" for the text "${"`
	tests := []struct {
		src, atLoad, atRunTime string
	}{
		{src: "a ${b", atLoad: open},
		{src: "${", atLoad: open},
		{src: `${"}`, atLoad: open},
		{src: "${{}", atLoad: open},
		{src: "${1 // }", atLoad: open},
		{src: "${1 /* }", atLoad: open},
		{src: "${}", atLoad: "profile.yaml:7: expression ``: is empty"},
		{src: "${a} ${problem.x}", atLoad: "profile.yaml:7: expression `a`: unknown name \"a\""},
		{src: "${${body}}", atLoad: "is an expression already"},
		{src: "x ${problem}", atLoad: "must be text or a number, got an object"},
		{src: "x ${problem.fields}", atLoad: "must be text or a number, got a list"},
		{src: "x ${clock - clock}", atLoad: "must be text or a number, got a function, a duration or bytes"},
		{src: "x ${random}", atLoad: "must be text or a number"},
		{src: "x ${nil}", atLoad: "null has no text"},
		{src: "x ${none}", atRunTime: "null has no text"},
		{src: "x ${raw}", atRunTime: "null has no text"},
		{src: "x ${body}", atRunTime: "an object has no text"},
		{src: "x ${body.a.c}", atRunTime: "a list has no text"},
		{src: "x ${broken()}", atRunTime: "the source is broken"},
	}
	scope := template.NewScope(samples())
	for _, test := range tests {
		t.Run(test.src, func(t *testing.T) {
			t.Parallel()
			text, err := template.CompileText(at, test.src, scope)
			if test.atLoad != "" {
				require.ErrorContains(t, err, test.atLoad)
				require.Nil(t, text)
				return
			}
			require.NoError(t, err)
			got, err := text.Render(values())
			require.ErrorContains(t, err, "profile.yaml:7: expression `")
			require.ErrorContains(t, err, test.atRunTime)
			require.Empty(t, got)
		})
	}
}

func TestTextReportsEveryPlaceholder(t *testing.T) {
	t.Parallel()
	_, err := template.CompileText(at, "${uno} ${due}", template.NewScope(nil))
	require.EqualError(t, err, "profile.yaml:7: expression `uno`: unknown name \"uno\"\nprofile.yaml:7: expression `due`: unknown name \"due\"")
}

func TestTextUses(t *testing.T) {
	t.Parallel()
	scope := template.NewScope(samples())
	text, err := template.CompileText(at, "a ${body.z} b ${1 + 1} $${clock}", scope)
	require.NoError(t, err)
	require.True(t, text.Uses("body"))
	require.False(t, text.Uses("clock"))
	require.False(t, text.Constant())
	for _, src := range []string{"", "x", "x ${1 + 1} y"} {
		text, err := template.CompileText(at, src, scope)
		require.NoError(t, err)
		require.True(t, text.Constant(), src)
		require.False(t, text.Uses("body"))
	}
}

func TestTextOfEveryKindOfValue(t *testing.T) {
	t.Parallel()
	when := time.Unix(0, 0)
	eight := int8(8)
	tests := []struct {
		value any
		want  string // "" is an error
	}{
		{"a", "a"}, {name("a"), "a"}, {7, "7"}, {int8(-7), "-7"}, {&eight, "8"}, {uint16(7), "7"}, {int64(math.MaxInt64), "9223372036854775807"},
		{1.5, "1.5"}, {float32(0.1), "0.1"}, {1e300, "1" + zeros(300)}, {1e-7, "0.0000001"}, {true, "true"}, {boolean(true), "true"},
		{json.Number("1.50"), "1.50"}, {json.Number("1E2"), "100"}, {json.Number("1e999"), ""},
		{when, "1970-01-01T00:00:00Z"}, {&when, "1970-01-01T00:00:00Z"}, {template.NewRaw([]byte(`"x"`)), "x"}, {template.NewRaw([]byte(`{`)), ""},
		{nil, ""}, {(*string)(nil), ""}, {(*template.Raw)(nil), ""}, {[]int{1}, ""}, {map[string]any{}, ""}, {problem{}, ""}, {time.Second, ""}, {[]byte("x"), ""},
		{math.NaN(), ""}, {math.Inf(1), ""}, {func() {}, ""},
	}
	text, err := template.CompileText(at, "<${none}>", template.NewScope(samples()))
	require.NoError(t, err)
	for _, test := range tests {
		got, err := text.Render(template.Env{"none": test.value})
		if test.want == "" {
			require.Error(t, err, "%T %v", test.value, test.value)
			continue
		}
		require.NoError(t, err)
		require.Equal(t, "<"+test.want+">", got)
	}
}

type boolean bool

func zeros(n int) string {
	out := make([]byte, n)
	for i := range out {
		out[i] = '0'
	}
	return string(out)
}
