package behave

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/tidwall/gjson"

	"understudy.dev/mock/internal/state"
	"understudy.dev/specs"
)

const owned = `
resources:
  things: {schema: Thing, id: "t${counter()}", unique: [name], touch: {at: "${rfc3339(now)}"}, hidden: [owner]}
operations:
  list: {list: things}
  change: {update: things, where: it.owner == body.me, from: {color: blue}}
  remove: {delete: things, where: it.owner == body.me}
  replace: {update: things, every: "it.owner == body.me", from: "${body.with}", set: {"n?": "${body.step == nil ? nil : it.n + body.step}"}}
  create:
    do:
      - {delete: things, every: "it.owner == body.me", as: gone}
      - answer: {gone: "${gone}", owners: "${map(gone, .owner)}"}
  act:
    do:
      - {update: things, where: "it.color == body.color", from: {color: white}, as: first}
      - {update: things, every: "it.color == 'white'", from: {color: black}, as: all}
      - {delete: things, where: "it.color == 'black'", as: last}
      - answer: {first: "${first.id}", all: "${map(all, .id)}", last: "${last.id}"}
`

const ownedSeed = `
resources:
  things:
    - {id: a, name: A, owner: ann, n: 1, color: red, size: {}}
    - {id: b, name: B, owner: bob, n: 1, color: red, size: {}}
    - {id: c, name: C, owner: ann, n: 5, color: green, size: {}}
`

func TestWhereOfOneThing(t *testing.T) {
	t.Parallel()
	w := newThings(t, owned, ownedSeed)
	for _, operation := range []string{"change", "remove"} {
		other := w.refused(operation, request{params: one("id", "b"), body: `{"me":"ann"}`}, specs.NotFound)
		assert.Equal(t, `there is no "b" in things`, other.Detail, "that it is somebody else's does not show")
		w.refused(operation, request{params: one("id", "z"), body: `{"me":"ann"}`}, specs.NotFound)
		w.refused(operation, request{params: one("id", "a"), body: `{"me":7}`}, specs.NotFound)
	}
	assert.Equal(t, `{"id":"a","name":"A","n":1,"color":"blue","size":{},"at":"2026-01-10T12:00:00Z"}`,
		w.run("change", request{params: one("id", "a"), body: `{"me":"ann"}`}))
	assert.Empty(t, w.run("remove", request{params: one("id", "a"), body: `{"me":"ann"}`}))
	assert.Equal(t, "b c", ids(w.run("list", request{})))
}

// Where nothing names a thing, the first that fits is meant.
func TestWhereInsteadOfAnID(t *testing.T) {
	t.Parallel()
	w := newThings(t, owned, ownedSeed)
	assert.JSONEq(t, `{"first":"a","all":["a"],"last":"a"}`, w.run("act", request{body: `{"color":"red"}`}))
	assert.Equal(t, "nothing in things fits", w.refused("act", request{body: `{"color":"pink"}`}, specs.NotFound).Detail)
	assert.Equal(t, "b c", ids(w.run("list", request{})))
}

func TestUpdateEvery(t *testing.T) {
	t.Parallel()
	w := newThings(t, owned, ownedSeed)
	w.now = noon.Add(time.Hour)
	changed := w.result("replace", request{params: one("id", "b"), body: `{"me":"ann","with":{"size":{"w":2}},"step":10}`})
	assert.Equal(t, `[{"id":"a","name":"A","n":11,"color":"red","size":{"w":2},"at":"2026-01-10T13:00:00Z"},`+
		`{"id":"c","name":"C","n":15,"color":"green","size":{"w":2},"at":"2026-01-10T13:00:00Z"}]`, string(changed.Body),
		"each is changed by what it was, and touched; hidden fields do not show")
	assert.Equal(t, specs.VerbUpdate, changed.Verb)
	assert.Nil(t, changed.Page)
	assert.Equal(t, `{"id":"b","name":"B","owner":"bob","n":1,"color":"red","size":{},"at":"2026-01-10T12:00:00Z"}`, string(w.store.View().Get("things", "b").Raw))

	before := w.store.View()
	assert.Equal(t, `[]`, w.run("replace", request{body: `{"me":"nobody","with":{}}`}))
	assert.Same(t, before, w.store.View())
	// The second one may not take the name of the first, and then neither has it.
	w.refused("replace", request{body: `{"me":"ann","with":{"name":"D"}}`}, specs.Duplicate)
	// It is a change of state, so that a condition that was about the old one does not matter.
	assert.Equal(t, "a c", ids(w.run("replace", request{body: `{"me":"ann","with":{"owner":"bob"}}`})))
	assert.Equal(t, "a b c", ids(w.run("replace", request{body: `{"me":"bob","with":{}}`})))
}

// What a body says is held to the schema, for each thing.
func TestUpdateEverySuits(t *testing.T) {
	t.Parallel()
	w := newThings(t, `
resources: {things: {schema: Thing}}
operations: {act: {update: things, every: it.color != 'grey'}}
`, `resources: {things: [{id: a, color: grey, size: {}}, {id: b, color: red, size: {}}]}`)
	assert.Equal(t, `[{"id":"b","color":"blue","size":{}}]`, w.run("act", request{body: `{"color":"blue","id":"z"}`}))
	assert.Equal(t, "/color", w.refused("act", request{body: `{"color":7}`}, specs.Invalid).Pointer)
}

func TestDeleteEvery(t *testing.T) {
	t.Parallel()
	w := newThings(t, owned, ownedSeed)
	gone := gjson.Parse(w.run("create", request{body: `{"me":"ann"}`}))
	assert.Equal(t, "a c", ids(gone.Get("gone").Raw))
	assert.Equal(t, `[null,null]`, gone.Get("owners").Raw, "hidden fields do not show")
	assert.Equal(t, "b", ids(w.run("list", request{})))
	assert.Equal(t, `{"gone":[],"owners":[]}`, w.run("create", request{body: `{"me":"ann"}`}))
	// Their unique names are free again.
	w.run("replace", request{body: `{"me":"bob","with":{"name":"A"}}`})
}

func TestLibraryReturns(t *testing.T) {
	t.Parallel()
	w := newLibrary(t)
	w.caller = &state.Credential{Kind: "session", ID: "s", Attributes: one("member", "mem_bob")}
	w.refused("returnLoan", request{params: one("loan_id", "loan_1")}, specs.NotFound)
	w.caller = &state.Credential{Kind: "session", ID: "s", Attributes: one("member", "mem_ada")}
	returned := w.run("returnLoan", request{params: one("loan_id", "loan_1")})
	assert.Equal(t, "returned", gjson.Get(returned, "status").String())
	assert.Equal(t, "available", gjson.GetBytes(w.store.View().Get("copies", "102").Raw, "status").String())
	assert.Equal(t, "lost", gjson.GetBytes(w.store.View().Get("copies", "103").Raw, "status").String())
	w.refused("returnLoan", request{params: one("loan_id", "loan_1")}, specs.NotFound)
	assert.Equal(t, `{"forgotten":1}`, w.run("forgetLoans", request{}))
	assert.Equal(t, `{"forgotten":0}`, w.run("forgetLoans", request{}))
}
