package behave

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"understudy.dev/specs"
)

// A step that does not run changes nothing, gives no result, and what it would
// have named is null.
func TestWhen(t *testing.T) {
	t.Parallel()
	w := newThings(t, `
resources: {things: {schema: Thing, id: "t${counter()}"}}
operations:
  act:
    do:
      - {create: things, when: body.make == true, as: made}
      - {update: things, when: "made != nil", id: made.id, set: {color: red}, as: changed}
      - {let: {size: "${made.size.w}", other: 1, uuid: 2}, when: made?.size != nil}
      - {answer: {made: "${made?.id}", color: "${changed?.color}", size: "${size}", other: "${other}", uuid: "${uuid}"}, when: body.tell == true}
  list: {list: things}
  read: {read: things, when: body != nil}
  change: {update: things, when: body.make}
  remove:
    do:
      - {delete: things, when: "params.id != 'kept'"}
      - {require: "params.id != 'kept'", when: "params.id == 'kept'", else: conflict}
`, "")
	before := w.store.View()
	skipped := w.result("act", request{body: `{"make":false}`})
	assert.Nil(t, skipped.Body, "no step has given a result")
	assert.Empty(t, skipped.Verb)
	assert.Equal(t, 200, skipped.Status)
	assert.Same(t, before, w.store.View(), "nothing has changed")
	assert.Equal(t, `{"made":null,"color":null,"size":null,"other":null,"uuid":null}`, w.run("act", request{body: `{"make":false,"tell":true}`}))

	assert.Equal(t, `{"made":"t1","color":"red","size":1,"other":1,"uuid":2}`, w.run("act", request{body: `{"make":true,"tell":true}`}))
	result := w.result("act", request{body: `{"make":true}`})
	assert.Equal(t, specs.VerbUpdate, result.Verb, "the result is that of the last step that ran")
	assert.Contains(t, string(result.Body), `"id":"t2"`)

	at := request{params: one("id", "t1")}
	assert.Nil(t, w.result("read", at).Body, "a single verb has a condition too")
	at.body = "{}"
	assert.Contains(t, w.run("read", at), `"id":"t1"`)
	w.run("remove", at)
	w.refused("read", at, specs.NotFound)
	w.refused("remove", request{params: one("id", "kept")}, specs.Conflict)

	refusal := w.refused("change", request{body: `{"make":null}`}, specs.Internal)
	assert.ErrorContains(t, refusal, "must be true or false, got null", "only true and false are conditions")
}

// What let names is made once, in order, and is JSON as it came.
func TestLet(t *testing.T) {
	t.Parallel()
	w := newThings(t, `
resources: {things: {id: "t${counter()}"}}
operations:
  act:
    do:
      - let:
          given: ${body}
          drawn: ${random(8)}
          nested: {z: "${given.n}", a: ["${drawn}", "${drawn}"], "gone?": "${given.none}"}
          later: ${now + duration('1h')}
          text: n is ${nested.z}
          none: null
      - {create: things, from: "${given}", as: thing}
      - let: {last: "${thing.id}"}
      - answer: {given: "${given}", nested: "${nested}", same: "${nested.a[0] == drawn}", later: "${rfc3339(later)}", text: "${text}", none: "${none ?? 'x'}", last: "${last}"}
`, "")
	got := w.run("act", request{body: `{"z":1.50, "n":12345678901234567890}`})
	assert.Regexp(t, `^\{"given":\{"z":1.50, "n":12345678901234567890\},"nested":\{"z":12345678901234567890,"a":\["(\w{8})","\w{8}"\]\},`+
		`"same":true,"later":"2026-01-10T13:00:00Z","text":"n is 12345678901234567890","none":"x","last":"t1"\}$`, got)
	assert.Equal(t, `{"id":"t1","z":1.50,"n":12345678901234567890}`, string(w.store.View().Get("things", "t1").Raw))
}

// A name that a step gives may be that of a function. What the profile makes
// elsewhere, such as ids, and the answer's words still have the function.
func TestNamesThatHideFunctions(t *testing.T) {
	t.Parallel()
	w := newThings(t, `
credentials: {bearer: {opaque: "b_${token(8)}"}}
resources:
  things: {id: "t${token(4)}", set: {mark: "${token(3)}"}, touch: {seen: "${token(2)}"}}
operations:
  act:
    do:
      - {issue: bearer, as: token}
      - {issue: bearer, as: second}
      - {create: things, from: {by: "${token.id}"}, set: {again: "${token.id}"}, as: thing}
      - {update: things, id: thing.id, set: {value: "${token.value}"}, as: thing2}
      - answer: {token: "${token.value}", thing: "${thing2}"}
    headers: {X-Token: "${token.id}"}
    settle:
      - {create: things, when: sent.complete, from: {settled: "${token.id}"}, as: hex}
      - {create: things, when: not sent.complete, from: {settled: broken}, as: uuid}
      - {update: things, id: hex.id, set: {seen_by: "${token.id} ${uuid?.id ?? 'nobody'}"}}
`, "")
	w.now = noon.Add(time.Minute)
	call := w.call("act", request{})
	result, refusal := w.programs.Run(call)
	if !assert.Nil(t, refusal) {
		return
	}
	assert.Regexp(t, `^\{"token":"(b_\w{8})","thing":\{"id":"t\w{4}","by":"[-0-9a-f]{36}","mark":"\w{3}","seen":"\w{2}","again":"[-0-9a-f]{36}","value":"b_\w{8}"\}\}$`, string(result.Body))
	assert.Regexp(t, `^[-0-9a-f]{36}$`, result.Headers[0].Value)
	if function, ok := call.Env["token"].(func(int) string); assert.True(t, ok, "the function is back for those who answer") {
		assert.Len(t, function(5), 5)
	}

	// What settles an answer sees the names again, and gives the functions back again.
	require.Nil(t, w.programs.Settle(call, specs.SentInfo{Complete: true}))
	things := slices.Collect(w.store.View().All("things"))
	require.Len(t, things, 2)
	assert.Regexp(t, `^\{"id":"t\w{4}","settled":"([-0-9a-f]{36})","mark":"\w{3}","seen":"\w{2}","seen_by":"[-0-9a-f]{36} nobody"\}$`, string(things[1].Raw))
	for _, name := range []string{"token", "hex"} {
		assert.IsType(t, func(int) string { return "" }, call.Env[name], name)
	}
	assert.IsType(t, func() string { return "" }, call.Env["uuid"])
}
