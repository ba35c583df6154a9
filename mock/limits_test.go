package mock_test

import (
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// An operation may tell what its limits say, and says the same as their headers.
func TestLimitsInOperations(t *testing.T) {
	t.Parallel()
	s := perform(t, frozen(), toy(t))
	headers := s.librarian(t)
	for used := range 3 {
		got := s.send(t, message{method: "GET", url: "/toy/v1/limits", headers: headers})
		require.Equal(t, 200, got.StatusCode, got.body)
		assert.EqualValues(t, used+1, got.json("standard.used").Int(), "this request is counted")
		assert.Equal(t, got.Header.Get("X-RateLimit-Remaining"), strconv.FormatInt(got.json("standard.left").Int(), 10))
		assert.Equal(t, "null", got.json("login").Raw, "a limit of another operation")
	}
}

// What a limit of failures says is known before the outcome is; without a limit the numbers are -1.
func TestLimitsOfFailuresAndWithoutALimit(t *testing.T) {
	t.Parallel()
	s := perform(t, frozen(), inline(t, "dice", map[string]string{"openapi.yaml": `
openapi: 3.1.0
info: {title: Dice, version: "1"}
paths:
  /roll: {post: {operationId: roll, responses: {"200": {description: ok, content: {application/json: {schema: {}}}}}}}
  /free: {get: {operationId: free, responses: {"200": {description: ok, headers: {X-Left: {schema: {type: integer}}}, content: {application/json: {schema: {}}}}}}}
`, "profile.yaml": `
limits:
  losses: {operations: [roll], key: "'all'", requests: 3, per: 1m, count: failures}
  open: {operations: [free], key: "'all'", requests: -1, per: 1m}
operations:
  roll:
    do:
      - {require: "request.headers['x-win'] == '1'", else: conflict, message: "${limits.losses.remaining} left"}
      - {answer: "${limits}"}
  free: {answer: "${limits.losses?.remaining ?? limits.open.limit}", headers: {X-Left: "${limits.open.remaining}"}}
`}))
	for _, left := range []string{"3 left", "2 left"} {
		got := s.send(t, message{method: "POST", url: "/roll"})
		assert.Equal(t, 409, got.StatusCode)
		assert.Contains(t, got.body, left)
	}
	won := s.send(t, message{method: "POST", url: "/roll", headers: map[string]string{"X-Win": "1"}})
	assert.EqualValues(t, 1, won.json("losses.remaining").Int(), won.body)
	free := s.send(t, message{method: "GET", url: "/free"})
	assert.Equal(t, "-1", free.body)
	assert.Equal(t, "-1", free.Header.Get("X-Left"))
}
