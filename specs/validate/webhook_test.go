package validate

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const hooks = `
openapi: 3.1.0
info: {title: Hooks, version: "1"}
paths: {}
webhooks:
  x-note: not one of them
  crate.made:
    parameters:
      - {name: X-Event, in: header, required: true, schema: {const: crate.made}}
      - {name: q, in: query, required: true, schema: {type: string}}
    post:
      summary: A crate was made
      requestBody: {$ref: "#/components/requestBodies/Made"}
  crate.gone: {$ref: "#/components/pathItems/Gone"}
  quiet: {}
components:
  pathItems:
    Gone: {put: {requestBody: {content: {application/json: {schema: {type: object}}, "*/*": {}}}}}
  requestBodies:
    Made: {required: true, content: {application/json: {schema: {$ref: "#/components/schemas/Crate"}}}}
  schemas:
    Crate:
      type: object
      required: [id, secret]
      properties: {id: {type: string, readOnly: true}, secret: {type: string, writeOnly: true}, n: {enum: [1, 2]}}
`

func TestValidateDelivery(t *testing.T) {
	t.Parallel()
	asJSON, event := "Content-Type: application/json", "X-Event: crate.made"
	for _, official := range []bool{false, true} {
		d, err := Load("hooks.yaml", []byte(hooks), &Options{Official: official})
		require.NoError(t, err)
		assert.Equal(t, []string{"crate.made", "crate.gone", "quiet"}, d.Webhooks())
		assert.Nil(t, d.Webhook("crate.lost"))
		made := d.Webhook("crate.made")
		assert.Equal(t, "POST", made.Method)
		assert.Equal(t, "A crate was made", made.Summary)
		assert.Equal(t, "/webhooks/crate.made/post", made.Pointer)
		assert.Equal(t, 7, made.Line)
		assert.Equal(t, "PUT", d.Webhook("crate.gone").Method)
		assert.Equal(t, "/components/pathItems/Gone/put", d.Webhook("crate.gone").Pointer)
		for _, tt := range []struct {
			hook   string
			header http.Header
			body   string
			want   string
		}{
			{"crate.made", header(asJSON, event), `{"id":"a"}`, ""},
			{"crate.made", header(asJSON, event), `{}`, `body: must have the property "id"`},
			{"crate.made", header(asJSON, event), `{"id":"a","n":3}`, `/n: must be one of 1, 2, got 3`},
			{"crate.made", header(asJSON, event), `{"id":`, "cannot read body as JSON: unexpected end of JSON at offset 6"},
			{"crate.made", header(asJSON), `{"id":"a"}`, "header X-Event is required"},
			{"crate.made", header(asJSON, "X-Event: x"), `{"id":"a"}`, `header X-Event: must be "crate.made", got "x"`},
			{"crate.made", header(event), `{"id":"a"}`, "Content-Type is missing: must be application/json"},
			{"crate.made", header(asJSON, event), "", "body is missing"},
			{"crate.gone", header(asJSON), "[]", "body: must be an object, got array"},
			{"crate.gone", header(), "", ""},
			{"crate.gone", header("Content-Type: text/plain"), "anything", ""},
			{"quiet", header(), "anything", ""},
		} {
			violations := d.Webhook(tt.hook).ValidateDelivery(tt.header, []byte(tt.body))
			if tt.want == "" {
				assert.Empty(t, violations, "%s %s", tt.hook, tt.body)
			} else if assert.Len(t, violations, 1, "%s %s", tt.hook, tt.body) {
				assert.Equal(t, tt.want, violations[0].Message)
				assert.NotZero(t, violations[0].Pointer+violations[0].Expected)
			}
		}
		// The official validator knows the schemas: it is asked, and compiles nothing.
		assert.NotNil(t, made.body.media[0].rule.official)
	}
}

func TestWebhookErrors(t *testing.T) {
	t.Parallel()
	_, err := Load("hooks.yaml", []byte("openapi: 3.1.0\ninfo: {title: t, version: '1'}\npaths: {}\nwebhooks:\n  a:\n    post:\n      requestBody:\n        content: {application/json: {schema: {type: objekt}}}\n"), nil)
	require.ErrorContains(t, err, "hooks.yaml:8: invalid schema: ")
}
