package behave

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"understudy.dev/specs"
	"understudy.dev/specs/template"
)

// Each verb that looks for something says in its own words, with what earlier
// steps have named, that it did not find it.
func TestOtherwise(t *testing.T) {
	t.Parallel()
	const words = `else: forbidden, message: "No ${sought.what} for ${params.id ?? 'you'}", attributes: {code: no_thing, details: {z: "${sought.what}", a: 1}}`
	for name, step := range map[string]string{
		"read":                "{read: things, id: sought.what, " + words + "}",
		"read that is masked": "{read: things, id: \"'there'\", where: it.none == 1, " + words + "}",
		"read without id":     "{read: things, id: body, where: it.none == 1, " + words + "}",
		"update":              "{update: things, id: sought.what, " + words + "}",
		"update of nothing":   "{update: things, id: body, " + words + "}",
		"delete":              "{delete: things, id: sought.what, " + words + "}",
		"transition":          "{transition: things, id: sought.what, to: \"'x'\", " + words + "}",
		"list":                "{list: parts, of: things, by: thing, " + words + "}",
		"create":              "{create: parts, of: things, by: thing, " + words + "}",
		"aggregate":           "{aggregate: parts, of: things, by: thing, count: n, " + words + "}",
		"require":             "{require: sought.what == 'gold', " + words + "}",
		"verify":              "{verify: key, secret: sought.what, " + words + "}",
		"redeem":              "{redeem: key, secret: sought.what, " + words + "}",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newThings(t, `
credentials: {key: {opaque: "k_${token(8)}"}}
errors: {problems: {invalid: {code: bad, details: null}}}
resources: {things: {id: "${uuid()}"}, parts: {id: "${uuid()}"}}
operations:
  remove: {do: [{let: {sought: {what: silver}}}, `+step+`]}
`, `resources: {things: [{id: there}]}`)
			refusal := w.refused("remove", request{params: one("id", "Ada")}, specs.Forbidden)
			assert.Equal(t, "No silver for Ada", refusal.Detail)
			require.NotNil(t, refusal.Message)
			assert.Equal(t, "No silver for Ada", *refusal.Message)
			require.Len(t, refusal.Attributes, 2)
			assert.Equal(t, `"no_thing"`, string(refusal.Attributes["code"].(*template.Raw).Bytes()))
			assert.Equal(t, `{"z":"silver","a":1}`, string(refusal.Attributes["details"].(*template.Raw).Bytes()), "in the order of the profile")
			if name != "require" {
				assert.Error(t, refusal.Err, "people who read the journal learn why")
			}
		})
	}
}

// What is no matter of finding keeps its own words, and so does a step that
// says nothing.
func TestOtherwiseConcernsFindingAlone(t *testing.T) {
	t.Parallel()
	w := newThings(t, `
errors: {problems: {invalid: {code: bad}}}
resources: {things: {id: "t${counter()}", unique: [name]}}
operations:
  create: {create: things}
  change: {update: things, else: forbidden, message: Not here., attributes: {code: gone}}
  act: {transition: things, id: body.id, to: "'on'", moves: {off: [on]}, else: forbidden, message: Not here.}
  read: {read: things, message: ""}
  remove: {delete: things, message: Gone already.}
`, "")
	w.run("create", request{body: `{"name":"a","status":"on"}`})
	w.run("create", request{body: `{"name":"b"}`})
	taken := w.refused("change", request{params: one("id", "t2"), body: `{"name":"a"}`}, specs.Duplicate)
	assert.Nil(t, taken.Message)
	assert.Empty(t, taken.Attributes)
	assert.Nil(t, w.refused("act", request{body: `{"id":"t1"}`}, specs.Conflict).Message)
	assert.Equal(t, "Not here.", *w.refused("act", request{body: `{"id":"t9"}`}, specs.Forbidden).Message)
	gone := w.refused("remove", request{params: one("id", "t9")}, specs.NotFound)
	assert.Equal(t, "Gone already.", gone.Detail)
	assert.EqualError(t, gone.Err, `there is no "t9" in things`, "people who read the journal still learn which")
	silent := w.refused("read", request{params: one("id", "t9")}, specs.NotFound)
	require.NotNil(t, silent.Message)
	assert.Empty(t, *silent.Message, "an empty message is one")
	assert.Equal(t, `there is no "t9" in things`, silent.Detail)
}

func TestElseNothing(t *testing.T) {
	t.Parallel()
	w := newThings(t, `
credentials: {key: {secret: "${token(8)}", lifetime: 1h}}
resources: {things: {schema: Thing, id: "t${counter()}"}}
operations:
  create: {create: things}
  read: {read: things, else: nothing}
  remove:
    do:
      - {read: things, else: nothing, as: hex}
      - {verify: key, id: params.id, secret: "''", else: nothing, as: token}
      - answer: {thing: "${hex}", key: "${token}"}
  act:
    do:
      - {read: things, where: it.name == body.name, else: nothing, as: thing}
      - {verify: key, id: body.key, secret: body.secret, else: nothing, as: key}
      - {create: things, when: thing == nil, from: {name: "${body.name}"}, as: made}
      - answer: {thing: "${(thing ?? made).id}", color: "${thing?.color}", key: "${key?.id}"}
`, `credentials: [{kind: key, id: one, secret: s}]`)
	result := w.result("read", request{params: one("id", "t1")})
	assert.Equal(t, `null`, string(result.Body), "nothing is an outcome")
	assert.Equal(t, specs.VerbRead, result.Verb)
	assert.Equal(t, `{"thing":null,"key":null}`, w.run("remove", request{params: one("id", "t1")}), "not functions")

	assert.Equal(t, `{"thing":"t1","color":null,"key":null}`, w.run("act", request{body: `{"name":"a","key":"one","secret":"x"}`}))
	assert.Equal(t, `{"thing":"t1","color":"grey","key":"one"}`, w.run("act", request{body: `{"name":"a","key":"one","secret":"s"}`}))
	for _, wrong := range []string{`"key":"two","secret":"s"`, `"key":null,"secret":null`, `"key":"one"`} {
		assert.Equal(t, `{"thing":"t1","color":"grey","key":null}`, w.run("act", request{body: `{"name":"a",` + wrong + `}`}), wrong)
	}
	assert.Contains(t, w.run("read", request{params: one("id", "t1")}), `"name":"a"`)
}
