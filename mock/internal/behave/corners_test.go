package behave

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"understudy.dev/specs"
)

// The corners of the verbs, each with a profile of its own.

const plainThings = `
resources:
  things: {schema: Thing, id: "t${counter()}"}
operations:
  list: {list: things}
  create: {create: things}
  read: {read: things}
  replace: {update: things, mode: replace}
  change: {update: things}
  remove: {delete: things}
`

// What was sent comes back byte for byte: numbers of any size, members that no
// schema knows, the order and the spelling of everything.
func TestBytesSurvive(t *testing.T) {
	t.Parallel()
	w := newThings(t, plainThings, "")
	sent := `"n":12345678901234567890, "f":1.0e+2,"s":"é\/\u00e9" , "color":"red","size":{"deep" : [1,2 ]},"z":null,"a":{"id":"no"}`
	kept := `"n":12345678901234567890,"f":1.0e+2,"s":"é\/\u00e9","color":"red","size":{"deep" : [1,2 ]},"z":null,"a":{"id":"no"}`
	made := w.run("create", request{body: "{" + sent + "}"})
	assert.Equal(t, `{"id":"t1",`+kept+`}`, made)
	at := request{params: one("id", "t1")}
	assert.Equal(t, made, w.run("read", at))
	assert.Equal(t, "["+made+"]", w.run("list", request{}))

	at.body = `{"f":99999999999999999999,"new":{"x":1}}`
	changed := strings.Replace(made, `1.0e+2`, `99999999999999999999`, 1)
	changed = strings.TrimSuffix(changed, "}") + `,"new":{"x":1}}`
	assert.Equal(t, changed, w.run("change", at), "members keep their places")
	at.body = `{"n":null}`
	assert.Equal(t, strings.Replace(changed, `12345678901234567890`, `null`, 1), w.run("change", at), "null is a value")
	at.body = ""
	assert.Equal(t, strings.Replace(changed, `12345678901234567890`, `null`, 1), w.run("change", at), "no body changes nothing")
}

func TestDuplicateMembers(t *testing.T) {
	t.Parallel()
	w := newThings(t, plainThings, "")
	assert.Equal(t, `{"id":"t1","a":2,"b":3,"color":"grey","size":{"w":1,"h":12345678901234567890}}`,
		w.run("create", request{body: `{"a":1,"b":3,"\u0061":2}`}), "the last one counts")
}

func TestManyMembers(t *testing.T) {
	t.Parallel()
	w := newThings(t, plainThings, "")
	var members []string
	for i := range 5000 {
		members = append(members, fmt.Sprintf(`"m%d":%d`, i, i))
	}
	body := strings.Join(members, ",")
	got := w.run("create", request{body: `{` + body + `,"m0":0,"color":"x","size":{"w":2,"h":3}}`})
	assert.Equal(t, `{"id":"t1",`+body+`,"color":"x","size":{"w":2,"h":3}}`, got)
}

func TestDefaults(t *testing.T) {
	t.Parallel()
	w := newThings(t, plainThings, "")
	for body, want := range map[string]string{
		``:                  `"color":"grey","size":{"w":1,"h":12345678901234567890}`,
		`{}`:                `"color":"grey","size":{"w":1,"h":12345678901234567890}`,
		`null`:              `"color":"grey","size":{"w":1,"h":12345678901234567890}`,
		`{"made":"forged"}`: `"color":"grey","size":{"w":1,"h":12345678901234567890}`,
		`{"size":{"w":2,"h":3},"color":"","inner":{}}`:                     `"size":{"w":2,"h":3},"color":"","inner":{"depth":3}`,
		`{"size":{"w":2,"h":3},"color":"","inner":{"again":{"again":{}}}}`: `"size":{"w":2,"h":3},"color":"","inner":{"again":{"again":{"depth":3},"depth":3},"depth":3}`,
		`{"size":{"w":2,"h":3},"color":"","inner":{"depth": 4 ,"x":[ ]}}`:  `"size":{"w":2,"h":3},"color":"","inner":{"depth": 4 ,"x":[ ]}`,
	} {
		w.store.Reset()
		w.entropy.Restore(nil)
		assert.Equal(t, `{"id":"t1",`+want+`}`, w.run("create", request{body: body}), body)
	}
	for _, body := range []string{`[]`, `"x"`, `7`, `true`, `{"size":1}`, `{"inner":[{}]}`, `{"color":null}`} {
		w.refused("create", request{body: body}, specs.Invalid)
	}
}

func TestIDs(t *testing.T) {
	t.Parallel()
	const operations = `
operations:
  create: {create: things}
  read: {read: things}
`
	t.Run("a counter passes over seeded ids", func(t *testing.T) {
		t.Parallel()
		w := newThings(t, `resources: {things: {id: "${counter()}"}}`+operations, `resources: {things: [{id: 1}, {id: 2}, {id: 4}]}`)
		assert.Equal(t, `{"id":3}`, w.run("create", request{}))
		assert.Equal(t, `{"id":5}`, w.run("create", request{}))
		assert.Equal(t, `{"id":3}`, w.run("read", request{params: one("id", 3)}), "a typed parameter names it")
		assert.Equal(t, `{"id":3}`, w.run("read", request{params: one("id", "3")}))
	})
	t.Run("an id made of the body may be taken", func(t *testing.T) {
		t.Parallel()
		w := newThings(t, `resources: {things: {id: "${slug(body.name)}"}}`+operations, "")
		assert.Equal(t, `{"id":"the-one","name":"The One!"}`, w.run("create", request{body: `{"name":"The One!"}`}))
		refusal := w.refused("create", request{body: `{"name":"the one"}`}, specs.Duplicate)
		assert.Equal(t, "/id", refusal.Pointer)
		assert.Equal(t, `id "the-one" is taken`, refusal.Detail)
	})
	t.Run("the caller may choose one", func(t *testing.T) {
		t.Parallel()
		w := newThings(t, `resources: {things: {id: "made", key: code, caller_id: true}}`+operations, "")
		assert.Equal(t, `{"code":"mine","a":1}`, w.run("create", request{body: `{"a":1,"code":"mine"}`}))
		w.refused("create", request{body: `{"code":"mine"}`}, specs.Duplicate)
		assert.Equal(t, `{"code":17}`, w.run("create", request{body: `{"code":17}`}))
		assert.Equal(t, `{"code":"made"}`, w.run("create", request{body: `{"code":null}`}))
		w.refused("create", request{body: `{}`}, specs.Duplicate)
		for _, bad := range []string{`""`, `{}`, `[1]`, `true`} {
			assert.Equal(t, "/code", w.refused("create", request{body: `{"code":` + bad + `}`}, specs.Invalid).Pointer)
		}
	})
}

func TestFieldsOfTheServer(t *testing.T) {
	t.Parallel()
	w := newThings(t, `
resources:
  things:
    id: t${counter()}
    set: {by: server, kind: plain}
    touch: {seen: "${body?.n}"}
operations:
  create: {create: things, set: {kind: special, "maybe?": "${body?.maybe}", owner: "${request.id}"}}
  change: {update: things, set: {"maybe?": "${body?.maybe}"}}
  replace: {update: things, mode: replace}
  act: {create: things, from: {by: ignored, n: "${body.n}", owner: me}}
`, "")
	assert.Equal(t, `{"id":"t1","n":1,"by":"server","seen":1,"kind":"special","owner":"req_1"}`,
		w.run("create", request{body: `{"id":"x","by":"me","n":1,"seen":0,"kind":"mine","maybe":null,"owner":"me"}`}))
	at := request{params: one("id", "t1"), body: `{"id":"x","seen":0,"n":2,"by":"me","maybe":"yes"}`}
	assert.Equal(t, `{"id":"t1","n":2,"by":"me","seen":2,"kind":"special","owner":"req_1","maybe":"yes"}`, w.run("change", at))
	at.body = `{"n":3}`
	assert.Equal(t, `{"id":"t1","n":3,"by":"me","seen":3,"kind":"special","owner":"req_1","maybe":"yes"}`, w.run("change", at))
	assert.Equal(t, `{"id":"t1","n":3,"by":"me","seen":3,"kind":"special","owner":"req_1","maybe":"yes"}`, w.run("replace", at),
		"a replaced thing keeps what it was given when it was made")
	assert.Equal(t, `{"id":"t2","n":7,"owner":"me","by":"server","kind":"plain","seen":7}`, w.run("act", request{body: `{"n":7}`}))
}

// TestComputedFieldsStay holds that nobody changes what the server worked out when it made a thing.
func TestComputedFieldsStay(t *testing.T) {
	t.Parallel()
	w := newThings(t, `
resources: {things: {id: "t${counter()}", set: {made: "${request.id}", active: true}}}
operations:
  create: {create: things}
  change: {update: things}
`, "")
	w.run("create", request{body: `{}`})
	assert.Equal(t, `{"id":"t1","made":"req_1","active":false}`,
		w.run("change", request{params: one("id", "t1"), body: `{"made":"forged","active":false}`}))
}

// TestEqualNumbersAreOneGroup holds that the spelling of a value makes no group.
func TestEqualNumbersAreOneGroup(t *testing.T) {
	t.Parallel()
	w := newThings(t, `
resources: {things: {id: "t${counter()}"}}
operations:
  create: {create: things}
  act: {aggregate: things, group: [n, s], count: c}
`, "")
	for _, body := range []string{`{"n":3,"s":"a"}`, `{"n":3.0,"s":"\u0061"}`, `{"n":0.3e1,"s":"a"}`, `{"n":3.5,"s":"a"}`} {
		w.run("create", request{body: body})
	}
	assert.Equal(t, `[{"n":3,"s":"a","c":3},{"n":3.5,"s":"a","c":1}]`, w.run("act", request{}))
}

func TestReadOnlyFields(t *testing.T) {
	t.Parallel()
	w := newThings(t, `
resources: {things: {schema: Thing, id: a}}
operations:
  create: {create: things, from: {made: "${body.made}", size: {}, color: red}}
  change: {update: things}
  act: {update: things, id: "'a'", from: {made: again}}
`, "")
	assert.Equal(t, `{"id":"a","made":"first","size":{},"color":"red"}`, w.run("create", request{body: `{"made":"first"}`}),
		"a template may write what a caller may not")
	assert.Equal(t, `{"id":"a","made":"first","size":{},"color":"blue"}`,
		w.run("change", request{params: one("id", "a"), body: `{"made":"forged","color":"blue"}`}))
	assert.Equal(t, `{"id":"a","made":"again","size":{},"color":"blue"}`, w.run("act", request{}))
}

func TestHidden(t *testing.T) {
	t.Parallel()
	w := newThings(t, `
resources:
  things: {id: "t${counter()}", hidden: [pin], unique: [pin]}
operations:
  list: {list: things, where: it.pin != "0"}
  create: {create: things}
  read: {read: things, as: found}
  change: {update: things}
  replace: {update: things, mode: replace}
  act:
    do:
      - {read: things, where: it.pin == body.pin, else: unknown_credential, as: found}
      - answer: {found: "${found}", pin: "${found.pin}"}
  remove:
    do:
      - {update: things, from: {a: 2}, as: changed}
      - answer: {changed: "${changed}", pin: "${changed.pin}"}
`, "")
	assert.Equal(t, `{"id":"t1","pin":"1","a":2}`, w.run("create", request{body: `{"pin":"1","a":2}`}), "shown once")
	at := request{params: one("id", "t1")}
	assert.Equal(t, `{"id":"t1","a":2}`, w.run("read", at))
	assert.Equal(t, `[{"id":"t1","a":2}]`, w.run("list", request{}))
	assert.Equal(t, `{"found":{"id":"t1","a":2},"pin":null}`, w.run("act", request{body: `{"pin":"1"}`}))
	assert.Equal(t, `{"changed":{"id":"t1","a":2},"pin":null}`, w.run("remove", at))
	w.refused("act", request{body: `{"pin":"2"}`}, specs.UnknownCredential)
	w.refused("create", request{body: `{"pin":"1"}`}, specs.Duplicate)
	at.body = `{"a":3}`
	assert.Equal(t, `{"id":"t1","a":3}`, w.run("change", at))
	assert.Equal(t, `{"id":"t1","a":3}`, w.run("replace", at))
	assert.Contains(t, w.run("act", request{body: `{"pin":"1"}`}), `"a":3`, "replacing keeps what nobody can see")
	at.body = `{"pin":"0"}`
	assert.Equal(t, `{"id":"t1","a":3}`, w.run("change", at))
	assert.Equal(t, `[]`, w.run("list", request{}))
}

func TestAggregates(t *testing.T) {
	t.Parallel()
	const seed = `
resources:
  things:
    - {id: a, color: red, n: 0.1, m: 9007199254740993}
    - {id: b, color: blue, n: 5, m: 1}
    - {id: c, color: red, n: 0.2, m: "x"}
    - {id: d, n: -3}
    - {id: e, color: null, n: 1.5e2}
`
	for profile, want := range map[string]string{
		`{aggregate: things, group: [color], count: count, sum: {n: n, big: m}}`: `[{"color":"red","count":2,"n":0.3,"big":9007199254740993},` +
			`{"color":"blue","count":1,"n":5,"big":1},{"color":null,"count":2,"n":147,"big":0}]`,
		`{aggregate: things, count: all}`:                                     `{"all":5}`,
		`{aggregate: things, where: it.id == 'no', count: all, sum: {n: n}}`:  `{"all":0,"n":0}`,
		`{aggregate: things, where: it.id == 'no', group: [color], count: c}`: `[]`,
		`{aggregate: things, where: it.n > 4, group: [color, n], count: c}`:   `[{"color":"blue","n":5,"c":1},{"color":null,"n":150,"c":1}]`,
	} {
		w := newThings(t, "resources: {things: {}}\noperations: {act: "+profile+"}", seed)
		assert.Equal(t, want, w.run("act", request{}), profile)
	}
}

func TestTransitionsWithoutMoves(t *testing.T) {
	t.Parallel()
	w := newThings(t, `
resources: {things: {touch: {seen: "${body?.status}"}}}
operations:
  change: {transition: things, as: moved, set: {was: "${body?.was}"}}
  act: {do: [{transition: things, id: body.id, field: color, to: body.to, as: moved}, {answer: "${moved.color}"}]}
`, `resources: {things: [{id: a, status: old, big: 9007199254740993}]}`)
	at := request{params: one("id", "a"), body: `{"status":"new","was":"old"}`}
	assert.Equal(t, `{"id":"a","status":"new","big":9007199254740993,"seen":"new","was":"old"}`, w.run("change", at))
	at.body = `{}`
	assert.Equal(t, "/status", w.refused("change", at, specs.Invalid).Pointer)
	assert.Equal(t, `"red"`, w.run("act", request{body: `{"id":"a","to":"red"}`}))
	w.refused("act", request{body: `{"id":"a"}`}, specs.Invalid)
	w.refused("act", request{body: `{"id":"b","to":"red"}`}, specs.NotFound)
	w.refused("act", request{body: `{"to":"red"}`}, specs.NotFound)
}

// A transaction that is refused halfway leaves nothing behind, credentials
// included.
func TestAllOrNothing(t *testing.T) {
	t.Parallel()
	w := newThings(t, `
resources: {things: {id: "t${counter()}"}}
credentials: {pass: {opaque: "p_${token(8)}"}}
operations:
  act:
    do:
      - {create: things, as: made}
      - {update: things, id: made.id, from: {twice: true}}
      - {issue: pass, as: pass}
      - {delete: things, id: "'gone'"}
`, "")
	w.refused("act", request{}, specs.NotFound)
	assert.Zero(t, w.store.View().Len("things"))
	for range w.store.View().Credentials() {
		t.Error("a credential was left behind")
	}
}

func TestRequire(t *testing.T) {
	t.Parallel()
	w := newThings(t, `
operations:
  act:
    do:
      - {require: body.a == 1}
      - {require: body.b == 1, else: payment_required}
      - {require: body.c == 1, else: conflict, message: "c is ${body.c}, not 1."}
      - answer: {done: true}
`, "")
	assert.Equal(t, specs.Invalid.Detail(), w.refused("act", request{body: `{"a":2}`}, specs.Invalid).Detail)
	assert.Equal(t, specs.VerbRequire, w.refused("act", request{body: `{"a":1,"b":2}`}, specs.PaymentRequired).Verb)
	assert.Equal(t, "c is 3, not 1.", w.refused("act", request{body: `{"a":1,"b":1,"c":3}`}, specs.Conflict).Detail)
	assert.Equal(t, `{"done":true}`, w.run("act", request{body: `{"a":1,"b":1,"c":1}`}))
}

func TestFaults(t *testing.T) {
	t.Parallel()
	w := newThings(t, `
resources: {things: {}}
operations:
  list: {list: things, where: it.n > 1}
  act: {answer: {text: "it is ${body.x}"}}
`, `resources: {things: [{id: a, n: x}]}`)
	refusal := w.refused("act", request{body: `{"x":[]}`}, specs.Internal)
	assert.Equal(t, specs.Internal.Detail(), refusal.Detail, "the caller learns nothing")
	require.ErrorContains(t, refusal, "profile.yaml")
	w.refused("list", request{}, specs.Internal)

	_, unknown := w.programs.Run(&Call{Operation: "nothing", Store: w.store})
	assert.Equal(t, specs.Internal, unknown.Problem)
}

func TestSamples(t *testing.T) {
	t.Parallel()
	w := newThings(t, `
operations:
  read: {sample: Account}
  act: {do: [{sample: Thing, as: thing}, {answer: {color: "${thing.color}"}}]}
`, "")
	first := w.run("read", request{params: one("id", "1")})
	assert.Equal(t, first, w.run("read", request{params: one("id", "1")}))
	var others []string
	for i := range 20 {
		others = append(others, w.run("read", request{params: one("id", i+2)}))
	}
	assert.NotEqual(t, strings.Repeat(first, 20), strings.Join(others, ""), "another thing is another sample")
	assert.Contains(t, w.run("act", request{}), `"color":`)
	assert.Contains(t, first, `"name":`)
	assert.NotContains(t, first, "password", "write-only members are not shown")
}

func TestNoResultNoBody(t *testing.T) {
	t.Parallel()
	w := newThings(t, plainThings, `resources: {things: [{id: a}]}`)
	removed := w.result("remove", request{params: one("id", "a")})
	assert.Nil(t, removed.Body)
	assert.Empty(t, removed.Verb)
	assert.Equal(t, 204, removed.Status)
}

func TestSeeds(t *testing.T) {
	t.Parallel()
	w := newThings(t, `
credentials: {pass: {opaque: "p_${token(8)}", lifetime: 1h}}
resources:
  things: {schema: Thing, set: {made: "${rfc3339(now)}", name: "${body.code}"}, touch: {seen: 1}, key: code}
operations: {list: {list: things}}
`, `
credentials: [{kind: pass, secret: hello, scopes: [a], set: {tier: 2}}]
resources:
  things:
    - {code: x, made: earlier, n: 9007199254740993}
    - {name: named, code: y, color: red, size: {}}
`)
	assert.Equal(t, `[{"code":"x","made":"earlier","n":9007199254740993,"color":"grey","size":{"w":1,"h":12345678901234567890},"name":"x","seen":1},`+
		`{"code":"y","name":"named","color":"red","size":{},"made":"2026-01-10T12:00:00Z","seen":1}]`, w.run("list", request{}))
	c := w.store.View().Presented("hello")
	require.NotNil(t, c)
	assert.True(t, c.Seeded)
	assert.True(t, c.ExpiresAt.IsZero(), "a seed lasts")
	assert.Equal(t, map[string]any{"tier": 2}, c.Attributes)
}

// An id that was not sent names nothing; it does not widen a search.
func TestIDsThatNameNothing(t *testing.T) {
	t.Parallel()
	w := newThings(t, `
resources: {things: {id: "t${counter()}"}}
operations:
  act: {read: things, id: body.id, where: it.color == 'red'}
  create: {update: things, id: int(body.id), where: it.color == 'red', from: {color: blue}}
  upload: {delete: things, id: body.id, where: it.color == 'red'}
  read: {read: things, id: nil, where: it.color == 'red'}
  change: {read: things, where: it.color == 'red'}
`, `resources: {things: [{id: one, color: red}]}`)
	for _, body := range []string{`{}`, `{"id":null}`, `{"id":["one"]}`, `{"id":"x"}`} {
		w.refused("act", request{body: body}, specs.NotFound)
		w.refused("create", request{body: body}, specs.NotFound)
		w.refused("upload", request{body: body}, specs.NotFound)
	}
	at := request{params: one("id", "other")}
	assert.Equal(t, `{"id":"one","color":"red"}`, w.run("read", at), "with nil the condition searches below any path")
	w.refused("change", at, specs.NotFound)
}
