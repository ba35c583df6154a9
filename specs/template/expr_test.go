package template_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"understudy.dev/specs/strict"
	"understudy.dev/specs/template"
)

// at is where the expressions of the tests stand.
var at = strict.Pos{File: "profile.yaml", Line: 7}

type name string

type problem struct {
	Status  int           `expr:"status"`
	Reason  name          `expr:"reason"`
	Details any           `expr:"details"`
	Raw     *template.Raw `expr:"raw"`
	At      *time.Time    `expr:"at"`
	Fields  []field       `expr:"fields"`
	Secret  string        `expr:"-"`
}

type field struct {
	Pointer string `expr:"pointer"`
}

var errBroken = errors.New("the source is broken")

// samples and values are what the expressions of the tests see.
func samples() map[string]any {
	return map[string]any{
		"problem":    problem{},
		"pointer":    &problem{},
		"request":    template.Object{"id": template.String, "body": nil, "size": template.Number, "ok": template.Bool, "tags": template.List},
		"body":       template.Any,
		"raw":        (*template.Raw)(nil),
		"none":       nil,
		"credential": map[string]any{},
		"list":       []any{},
		"quotes":     "",
		"clock":      time.Time{},
		"random":     func(int) string { return "" },
		"broken":     func() (string, error) { return "", nil },
		"panics":     func() string { return "" },
	}
}

const rawJSON = `{"z": 1.50, "a": {"c": [3, {"d": "deep"}], "null": null}, "html": "<b>", "big": 12345678901234567890}`

func values() template.Env {
	when := time.Date(2026, 1, 31, 13, 30, 15, 999, time.FixedZone("", 3600))
	p := problem{
		Status: 401, Reason: "no_auth", Raw: template.NewRaw([]byte(`[1,  2]`)), At: &when,
		Fields: []field{{"/a"}, {"/b"}}, Secret: "hidden",
	}
	return template.Env{
		"problem": p,
		"pointer": &p,
		"request": map[string]any{"id": "req_1", "body": template.NewRaw([]byte(rawJSON)), "size": 12, "ok": true, "tags": []any{"x"}},
		"body":    template.NewRaw([]byte(rawJSON)),
		"raw":     template.NewRaw([]byte(` null `)),
		"credential": map[string]any{
			"scopes": []string{"read", "write"}, "age": int64(5), "number": json.Number("1e3"),
			"flags": []any{template.NewRaw([]byte("true")), template.NewRaw([]byte("false"))},
			"nested": map[string]any{
				"raw": template.NewRaw([]byte(`{"x": true}`)), "flag": template.NewRaw([]byte(`true`)), "name": template.NewRaw([]byte(`"n"`)),
			},
		},
		"list":   []any{template.NewRaw([]byte(`{"ok": true,  "n": 1}`)), template.NewRaw([]byte(`{"ok": false, "n": 2}`))},
		"quotes": "\"}\\\n",
		"clock":  when,
		"random": func(n int) string { return fmt.Sprint("r", n) },
		"broken": func() (string, error) { return "", errBroken },
		"panics": func() string { panic("out of order") },
	}
}

func TestExpr(t *testing.T) {
	t.Parallel()
	tests := []struct {
		src  string
		want any
	}{
		// Names, fields, structs and maps.
		{"problem.status", 401},
		{"pointer.status + 1", 402},
		{"problem.reason", name("no_auth")},
		{"problem.fields[1].pointer", "/b"},
		{"map(problem.fields, .pointer)", []any{"/a", "/b"}},
		{"request.id", "req_1"},
		{"request.size * 2", 24},
		{"request.ok && problem.status == 401", true},
		{"credential.scopes", []string{"read", "write"}},
		{`"read" in credential.scopes`, true},
		{"credential.missing", nil},
		{"credential.age", int64(5)},
		{"none", nil},
		{"none?.field.below", nil},
		{"none ?? 5", 5},
		{"raw", nil},
		{"raw == nil", true},
		{"raw ?? 5", 5},
		{"raw?.field.below", nil},
		{"credential?.owner ?? problem.status", 401},
		{"problem.details", nil},

		// Inside raw values, wherever they stand.
		{"body.z", 1.5},
		{"body.a.c[0]", 3},
		{"body.a.c[1].d", "deep"},
		{`body["a"]["c"][0] + 1`, 4},
		{"body.a.null?.more", nil},
		{"body.big", json.Number("12345678901234567890")},
		{"len(body.a.c)", 2},
		{"request.body.html", "<b>"},
		{"problem.raw[1]", 2},
		{"len(problem.raw)", 2},
		{"1 in problem.raw", true},
		{"credential.nested.raw.x", true},
		{"credential.nested.raw.x ? 1 : 2", 1},
		{"credential.nested.flag ? 1 : 2", 1},
		{"!credential.nested.flag", false},
		{"{(credential.nested.name): 1}.n", 1},
		{"body.a.c[credential.nested.flag ? 0 : 1]", 3},
		{"problem.raw[credential.nested.flag ? 1 : 0:]", []any{2}},
		{"len(filter(credential.flags, #))", 1},
		{"list[1].n", 2},
		{"filter(list, .ok)[0].n", 1},
		{"map(list, .n)", []any{1, 2}},
		{"any(list, .n == 2)", true},
		{"sum(list, .n)", 3},
		{"let b = body; b.z", 1.5},
		{"(none ?? body).z", 1.5},
		{"(request.ok ? body : none).z", 1.5},
		{"{\"of\": body}.of.z", 1.5},
		{"[body][0].z", 1.5},
		{"(body | get(\"a\")).c[0]", 3},

		// Functions.
		{"random(3)", "r3"},
		{"rfc3339(clock)", "2026-01-31T12:30:15Z"},
		{"rfc3339(problem.at)", "2026-01-31T12:30:15Z"},
		{`rfc3339(clock + duration("1d"))`, "2026-02-01T12:30:15Z"},
		{"unix(clock)", 1769862615},
		{`unix(date("1970-01-02"))`, 86400},
		{`rfc3339(date("2026-01-01T00:00:00+01:00"))`, "2025-12-31T23:00:00Z"},
		{`seconds(duration("1500ms"))`, 2},
		{`seconds(duration("15m"))`, 900},
		{`slug("  Ünder Study: 2nd!")`, "nder-study-2nd"},
		{"upper(request.id) + lower(\"X\")", "REQ_1x"},
		{"string(1e21)", "1000000000000000000000"},
		{"string(clock)", "2026-01-31T12:30:15Z"},
		{"toJSON(list[0])", `{"n":1,"ok":true}`},
		{"toJSON(body.html)", `"<b>"`},
		{`fromJSON("[1, 2.0, 9007199254740993]")`, []any{1, 2.0, 9007199254740993}},
		{"keys(body)", []string{"a", "big", "html", "z"}},
		{"values(list[0])", []any{1, true}},
	}
	scope := template.NewScope(samples())
	for _, test := range tests {
		t.Run(test.src, func(t *testing.T) {
			t.Parallel()
			e, err := template.CompileExpr(at, test.src, scope, template.Any)
			require.NoError(t, err)
			for range 2 {
				got, err := e.Eval(values())
				require.NoError(t, err)
				require.Equal(t, test.want, got)
			}
			// As part of a larger expression it never takes a short cut.
			larger, err := template.CompileExpr(at, "request.ok ? ("+test.src+") : nil", scope, template.Any)
			if !strings.HasPrefix(test.src, "let ") {
				require.NoError(t, err)
				got, err := larger.Eval(values())
				require.NoError(t, err)
				require.Equal(t, test.want, got)
			}
		})
	}
}

func TestExprRefusedAtLoad(t *testing.T) {
	t.Parallel()
	tests := []struct {
		src  string
		want template.Kind
		err  string
	}{
		{"", template.Any, "is empty"},
		{"  ", template.Any, "is empty"},
		{"${body}", template.Any, `is an expression already; write it without "${" and "}"`},
		{"problem.status +", template.Any, "unexpected token EOF"},
		{"problm.status", template.Any, `unknown name "problm"; did you mean "problem"?`},
		{"radnom(3)", template.Any, `unknown name "radnom"; did you mean "random"?`},
		{"rfc3393(clock)", template.Any, `unknown name "rfc3393"; did you mean "rfc3339"?`},
		{"fliter(list)", template.Any, `unknown name "fliter"; did you mean "filter"?`},
		{"toJSON(xylophone)", template.Any, `unknown name "xylophone"`},
		{"body == nil ? '' : toJSON(rfc3393(clock) ?? {})", template.Any, `unknown name "rfc3393"; did you mean "rfc3339"?`},
		{"rfc3339(problm)", template.Any, `unknown name "problm"; did you mean "problem"?`},
		{"let problm = problem; string(problm.statsu)", template.Any, `problm: unknown field "statsu"; did you mean "status"?`},
		{"string(problem.statsu)", template.Any, `problem: unknown field "statsu"; did you mean "status"?`},
		{"xylophone", template.Any, `unknown name "xylophone"; known: body, broken, clock, credential, list, none, panics, pointer, problem, quotes, random, raw, request`},
		{"problem.statsu", template.Any, `problem: unknown field "statsu"; did you mean "status"?`},
		{"pointer.zebra", template.Any, `pointer: unknown field "zebra"; known: at, details, fields, raw, reason, status`},
		{"problem.Secret", template.Any, `problem: unknown field "Secret"`},
		{"problem.Status", template.Any, `problem: unknown field "Status"; did you mean "status"?`},
		{"request.idd", template.Any, `request: unknown field "idd"; did you mean "id"?`},
		{"map(problem.fields, .pionter)", template.Any, `#: unknown field "pionter"; did you mean "pointer"?`},
		{"$env", template.Any, "$env is not available; use the names themselves"},
		{`$env["body"]`, template.Any, "$env is not available; use the names themselves"},
		{"now()", template.Any, `unknown name "now"`},
		{`timezone("Local")`, template.Any, `unknown name "timezone"`},
		{"clock.Local()", template.Any, "the time zone of the machine is not available; times are UTC"},
		{"toPairs(body)", template.Any, `unknown name "toPairs"`},
		{`problem.status + "1"`, template.Any, "invalid operation: + (mismatched types int and string)"},
		{`random("x")`, template.Any, "cannot use string as argument (type int) to call random"},
		{"rfc3339(problem.status)", template.Any, "cannot use int as argument (type time.Time) to call rfc3339"},
		{"problem.status", template.Bool, "must be true or false, got a number"},
		{"problem.reason", template.Number, "must be a number, got text"},
		{"problem.status == 1", template.String, "must be text, got true or false"},
		{"clock", template.String, "must be text, got a time"},
		{"problem", template.List, "must be a list, got an object"},
		{"request.id", template.Bool, "must be true or false, got text"},
		{"nil", template.Bool, "must be true or false, got null"},
		{"problem.fields", template.Number, "must be a number, got a list"},
		{`duration("5x")`, template.Any, `cannot read "5x": not a duration`},
		{`date("yesterday")`, template.Any, `"yesterday" is neither an RFC 3339 date-time nor a date`},
		{"[1][2]", template.Any, "index out of range"},
		{"1..100000000", template.Any, "memory budget exceeded"},
	}
	scope := template.NewScope(samples())
	for _, test := range tests {
		t.Run(test.src, func(t *testing.T) {
			t.Parallel()
			e, err := template.CompileExpr(at, test.src, scope, test.want)
			require.Nil(t, e)
			require.ErrorContains(t, err, test.err)
			require.Regexp(t, "^profile\\.yaml:7: expression `", err.Error())
			require.NotContains(t, err.Error(), "\n")
			var located *strict.Error
			require.ErrorAs(t, err, &located)
			require.Equal(t, 7, located.Line)
		})
	}
}

func TestExprRefusedAtRunTime(t *testing.T) {
	t.Parallel()
	tests := []struct {
		src  string
		want template.Kind
		err  string
	}{
		{"none.field", template.Any, `null has no field "field"`},
		{"raw.field", template.Any, `null has no field "field"`},
		{"body.a.null.more", template.Any, `null has no field "more"`},
		{"body.z.more", template.Any, "cannot fetch more from float64"},
		{"body.a.c[7]", template.Any, "index out of range"},
		{"body.z", template.Bool, "must be true or false, got a number"},
		{"body.nothing", template.Bool, "must be true or false, got null"},
		{"body.html", template.Number, "must be a number, got text"},
		{"body.a", template.List, "must be a list, got an object"},
		{"body", template.String, "must be text, got an object"},
		{"body.html + 1", template.Any, "invalid operation: string + int"},
		{"rfc3339(body.html)", template.Any, "rfc3339 takes a time, got text"},
		{"slug(none)", template.Any, "slug takes text, got null"},
		{"keys(problem.raw)", template.Any, "keys takes an object, got a list"},
		{"string(none)", template.Any, "null has no text"},
		{"string(body)", template.Any, "an object has no text"},
		{"broken()", template.Any, "the source is broken"},
		{"panics()", template.Any, "out of order"},
	}
	scope := template.NewScope(samples())
	for _, test := range tests {
		t.Run(test.src, func(t *testing.T) {
			t.Parallel()
			e, err := template.CompileExpr(at, test.src, scope, test.want)
			require.NoError(t, err)
			value, err := e.Eval(values())
			require.Nil(t, value)
			require.ErrorContains(t, err, "profile.yaml:7: expression `"+test.src+"`: ")
			require.ErrorContains(t, err, test.err)
			require.NotContains(t, err.Error(), "\n")
		})
	}
}

func TestExprErrorKeepsItsCause(t *testing.T) {
	t.Parallel()
	e, err := template.CompileExpr(at, `"x" + broken()`, template.NewScope(samples()), template.Any)
	require.NoError(t, err)
	_, err = e.Eval(values())
	require.ErrorIs(t, err, errBroken)
}

func TestExprOfInvalidRaw(t *testing.T) {
	t.Parallel()
	for _, src := range []string{"body.x", "body?.x + 1", "[body]", "body"} {
		e, err := template.CompileExpr(at, src, template.NewScope(samples()), template.Any)
		require.NoError(t, err)
		for _, invalid := range []string{"{", `{"x": 1} 2`} {
			_, err = e.Eval(template.Env{"body": template.NewRaw([]byte(invalid))})
			require.Error(t, err, "%s of %s", src, invalid)
		}
	}
}

func TestExprAccessors(t *testing.T) {
	t.Parallel()
	scope := template.NewScope(samples())
	compile := func(src string, want template.Kind) *template.Expr {
		e, err := template.CompileExpr(at, src, scope, want)
		require.NoError(t, err)
		return e
	}

	yes, err := compile("body.z > 1", template.Bool).Bool(values())
	require.NoError(t, err)
	require.True(t, yes)
	_, err = compile("body.z", template.Any).Bool(values())
	require.ErrorContains(t, err, "must be true or false, got a number")
	_, err = compile("broken()", template.Any).Bool(values())
	require.ErrorIs(t, err, errBroken)

	for src, want := range map[string]float64{
		"body.z": 1.5, "problem.status": 401, "credential.age": 5, "credential.number": 1000, "body.big": 12345678901234567890, "raw ?? 3": 3,
	} {
		got, err := compile(src, template.Number).Number(values())
		require.NoError(t, err, src)
		require.InDelta(t, want, got, 0, src)
	}
	_, err = compile("body.html", template.Any).Number(values())
	require.ErrorContains(t, err, "must be a number, got text")
	_, err = compile("raw", template.Any).Number(values())
	require.ErrorContains(t, err, "must be a number, got null")
	_, err = compile("broken()", template.Any).Number(values())
	require.ErrorIs(t, err, errBroken)

	e := compile(" body.z + request.size ", template.Number)
	require.Equal(t, "body.z + request.size", e.String())
	require.Equal(t, at, e.Pos())
	require.True(t, e.Uses("body"))
	require.True(t, e.Uses("request"))
	require.False(t, e.Uses("problem"))
	require.Equal(t, map[string]bool{"body": true, "request": true}, e.Names())
	require.False(t, e.Constant())
	require.True(t, compile("1 + 1", template.Number).Constant())
	require.True(t, compile("random(1)", template.String).Uses("random"))
	require.True(t, compile("let x = clock; unix(x)", template.Number).Uses("clock"))
	require.False(t, compile("let x = clock; unix(x)", template.Number).Uses("x"))
	require.Equal(t, "true or false, a number, text, a list, any value",
		fmt.Sprintf("%s, %s, %s, %s, %s", template.Bool, template.Number, template.String, template.List, template.Any))
}

func TestExprIsSafeForConcurrentUse(t *testing.T) {
	t.Parallel()
	scope := template.NewScope(samples())
	e, err := template.CompileExpr(at, `body.z + request.size > 1 && any(list, .n == 2) && rfc3339(clock) != ""`, scope, template.Bool)
	require.NoError(t, err)
	env := values()
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			for range 50 {
				ok, err := e.Bool(env)
				assert.NoError(t, err)
				assert.True(t, ok)
				_, err = template.CompileExpr(at, "problem.status + pointer.status", scope, template.Number)
				assert.NoError(t, err)
			}
		})
	}
	group.Wait()
}

func TestScope(t *testing.T) {
	t.Parallel()
	var none *template.Scope
	require.Empty(t, none.Names())
	_, err := template.CompileExpr(at, "x", none, template.Any)
	require.ErrorContains(t, err, `unknown name "x"`)
	e, err := template.CompileExpr(at, `slug("A b")`, none, template.String)
	require.NoError(t, err)
	text, err := e.Text(nil)
	require.NoError(t, err)
	require.Equal(t, "a-b", text)

	first := template.NewScope(map[string]any{"a": 1, "b": ""})
	second := first.With(map[string]any{"b": 1, "c": nil})
	require.Equal(t, []string{"a", "b"}, first.Names())
	require.Equal(t, []string{"a", "b", "c"}, second.Names())
	_, err = template.CompileExpr(at, "b + 1", first, template.Any)
	require.Error(t, err)
	_, err = template.CompileExpr(at, "b + 1", second, template.Any)
	require.NoError(t, err)

	// The functions of every expression may be given, and need not be.
	all := template.NewScope(template.Functions())
	require.Empty(t, all.Names())
	hiding := template.NewScope(map[string]any{"keys": template.Object{"id": 1}})
	e, err = template.CompileExpr(at, "keys.id", hiding, template.Number)
	require.NoError(t, err)
	id, err := e.Number(template.Env{"keys": map[string]any{"id": 3}})
	require.NoError(t, err)
	require.InDelta(t, 3, id, 0)
	_, err = template.CompileExpr(at, `slug("x")`, all, template.String)
	require.NoError(t, err)
}
