package mock_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A step's own message and attributes stand in the envelope of the API.
func TestStepsWordTheirRefusals(t *testing.T) {
	t.Parallel()
	s := perform(t, frozen(), toy(t))
	login := s.send(t, message{
		method: "POST", url: "/toy/v1/auth/login", media: "application/x-www-form-urlencoded",
		body: form("email", "ada@library.test", "pin", "1815"),
	})
	member := map[string]string{"Authorization": "Bearer " + login.json("session").String()}
	lend := func(body string) reply {
		return s.send(t, message{method: "POST", url: "/toy/v1/loans", headers: member, body: body})
	}
	refused := lend(`{"copy_id":900}`)
	require.Equal(t, 404, refused.StatusCode)
	assert.Equal(t, "There is no copy 900.", refused.json("error.message").String(), "not what is declared for the problem")
	assert.Equal(t, "no_such_copy", refused.json("error.code").String())
	assert.Equal(t, `{"copy_id":900}`, refused.json("error.details").Raw)
	entry := s.refusal(t)
	assert.Equal(t, "read", entry.Rule)
	assert.Contains(t, entry.Detail, `there is no "900" in copies`)

	refused = lend(`{"copy_id":102}`)
	require.Equal(t, 409, refused.StatusCode)
	assert.Equal(t, "conflict", refused.json("error.code").String(), "declared attributes stay where a step names others")
	assert.Equal(t, "Copy 102 is lent.", refused.json("error.message").String())
	assert.Equal(t, `{"copy_id":102,"status":"lent"}`, refused.json("error.details").Raw, "names of earlier steps, in the order of the profile")

	refused = s.send(t, message{method: "GET", url: "/toy/v1/books/none", headers: member})
	assert.Equal(t, "Nothing is at /books/none.", refused.json("error.message").String())
	assert.False(t, refused.json("error.details").Exists())
}

// Declared attributes may read the exchange; those of a step stand in their place, and the declared ones are not even asked.
func TestStepsReplaceAttributes(t *testing.T) {
	t.Parallel()
	s := perform(t, frozen(), inline(t, "words", map[string]string{"openapi.yaml": `
openapi: 3.1.0
info: {title: Words, version: "1"}
servers: [{url: "http://words.test/"}]
paths:
  /things/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: string}}]
    get: {operationId: read, responses: {"200": {description: ok}, default: {description: refused, content: {application/json: {schema: {}}}}}}
    delete: {operationId: remove, responses: {"204": {description: ok}, default: {description: refused, content: {application/json: {schema: {}}}}}}
components: {schemas: {Error: {type: object}}}
`, "profile.yaml": `
request: {id: none}
answers: {headers: {X-Request-ID: "${request.id}"}}
errors:
  problems:
    not_found: {status: 404, message: "declared ${problem.detail} ${problem.fixed?.a[0]}", code: "${params.id}", name_of: "${body.none.deep}", fixed: null}
  envelopes:
    - body: {error: {request_id: "${request.id}", text: "${problem.message} ${problem.code}", code: "${problem.code}", name: "${problem.name_of}", inner: "${problem.fixed?.a}"}}
resources: {things: {id: "${uuid()}"}}
operations:
  read: {read: things, attributes: {name_of: "${params.id} it is", fixed: {a: [1.50]}}}
  remove: {delete: things, message: "", attributes: {name_of: null, code: "${request.method}"}}
`}))
	got := s.send(t, message{method: "GET", url: "/words/things/x"})
	assert.Equal(t, `{"error":{"request_id":"none","text":"declared there is no \"x\" in things 1.5 x","code":"x","name":"x it is","inner":[1.5]}}`, got.body)
	got = s.send(t, message{method: "DELETE", url: "/words/things/x"})
	assert.Equal(t, `{"error":{"request_id":"none","text":" DELETE","code":"DELETE","name":null,"inner":null}}`, got.body)
}
