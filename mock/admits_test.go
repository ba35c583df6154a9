package mock_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// A condition of the scheme decides about a good credential: where it does not hold, the credential is as unknown as any.
func TestAuthCondition(t *testing.T) {
	t.Parallel()
	s := perform(t, frozen(), inline(t, "gate", map[string]string{
		"openapi.yaml": `
openapi: 3.1.0
info: {title: Gate, version: "1"}
security: [{key: []}, {spare: []}]
paths:
  /things:
    get:
      operationId: list
      responses: {"200": {description: Things}}
    post:
      operationId: make
      security: [{}]
      responses: {"200": {description: A thing}}
components:
  securitySchemes:
    key: {type: apiKey, in: header, name: X-Key}
    spare: {type: apiKey, in: header, name: X-Spare}
`,
		"profile.yaml": `
credentials: {pass: {opaque: "${token(20)}"}}
auth:
  key: {accepts: [pass], when: "request.headers['x-site'] == credential.site and operation.method == 'GET'"}
  spare: {accepts: [pass]}
operations:
  list: {answer: {}}
  make: {answer: {}}
`,
		"seed.yaml": `
credentials:
  - {kind: pass, secret: north, set: {site: north}}
  - {kind: pass, secret: nowhere}
`,
	}))
	for name, test := range map[string]struct {
		headers map[string]string
		want    int
	}{
		"at its site":            {map[string]string{"X-Key": "north", "X-Site": "north"}, 200},
		"at another":             {map[string]string{"X-Key": "north", "X-Site": "south"}, 401},
		"unknown":                {map[string]string{"X-Key": "south", "X-Site": "north"}, 401},
		"without the attribute":  {map[string]string{"X-Key": "nowhere", "X-Site": "north"}, 401},
		"by the other scheme":    {map[string]string{"X-Spare": "north", "X-Site": "south"}, 200},
		"refused by one of them": {map[string]string{"X-Key": "north", "X-Spare": "nowhere"}, 200},
	} {
		got := s.send(t, message{method: "GET", url: "/gate/things", headers: test.headers})
		assert.Equal(t, test.want, got.StatusCode, name)
		if got.StatusCode == 401 {
			assert.NotContains(t, got.body, "north", name)
		}
	}
	refused := s.send(t, message{method: "GET", url: "/gate/things", headers: map[string]string{"X-Key": "north"}})
	assert.Equal(t, 401, refused.StatusCode)
	entries := s.Journal()
	assert.Contains(t, entries[len(entries)-1].Refusal.Detail, "is good, but not here")
}
