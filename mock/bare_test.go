package mock_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// A response that the document declares without content has no body, whatever the steps and the envelope give.
func TestNoContentIsNoBody(t *testing.T) {
	t.Parallel()
	s := perform(t, frozen(), inline(t, "post", map[string]string{
		"openapi.yaml": `
openapi: 3.1.0
info: {title: Post, version: "1"}
paths:
  /letters:
    post:
      operationId: send
      responses:
        "200": {description: The letter, content: {application/json: {schema: {type: object}}}}
        "202": {description: Taken}
    get:
      operationId: list
      responses:
        "200": {description: The letters, content: {application/json: {schema: {type: object}}}}
`,
		"profile.yaml": `
answers: {envelopes: [{body: {data: "${result}"}}]}
resources: {letters: {}}
operations:
  send: {create: letters, status: 202, headers: {X-Letter: "${result.id}"}}
  list: {list: letters}
`,
	}))
	sent := s.send(t, message{method: "POST", url: "/post/letters"})
	assert.Equal(t, 202, sent.StatusCode)
	assert.Empty(t, sent.body)
	assert.Empty(t, sent.Header.Get("Content-Type"))
	listed := s.send(t, message{method: "GET", url: "/post/letters"})
	assert.Equal(t, listed.json("data.0.id").String(), sent.Header.Get("X-Letter"))
}
