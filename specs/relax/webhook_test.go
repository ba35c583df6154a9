package relax_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"understudy.dev/specs/relax"
)

// What a server sends to receivers is relaxed like what it answers.
func TestWebhooks(t *testing.T) {
	t.Parallel()
	const src = `{openapi: 3.1.0, webhooks: {
		a.made: {
			parameters: [{name: X-A, in: header, required: true, schema: {type: string, minLength: 1}}],
			post: {
				parameters: [{$ref: "#/components/parameters/B"}],
				requestBody: {required: true, content: {application/json: {schema: {type: object, required: [id, name]}}}},
				responses: {"200": {description: d}}}},
		a.gone: {post: {requestBody: {$ref: "#/components/requestBodies/Gone"}}},
		a.lost: {$ref: "#/components/pathItems/Lost"},
		a.kept: {$ref: "#/components/nowhere"}},
		components: {
			parameters: {B: {name: X-B, in: header, required: true, schema: {type: integer}}},
			requestBodies: {Gone: {required: true, content: {application/json: {schema: {type: array, items: {type: string}}}}}},
			pathItems: {Lost: {put: {requestBody: {content: {text/plain: {schema: {type: string}}}}}}}}}`
	const schema = "/post/requestBody/content/application~1json/schema"
	got := relax.Derive(node(t, []byte(src)), within("", []string{
		"/webhooks/a.made/parameters/0/required", "/webhooks/a.made/parameters/0/schema/minLength",
		"/webhooks/a.made" + schema + "/required/id",
		"/components/requestBodies/Gone/required", "/components/requestBodies/Gone/content/application~1json",
		"/components/requestBodies/Gone/content/application~1json/schema/items/type",
		"/components/pathItems/Lost/put/requestBody/content/text~1plain/schema/type",
	}))
	require.Empty(t, got.Issues)
	out := value(t, got.Root).(map[string]any)
	require.Equal(t, value(t, node(t, []byte(`{
		a.made: {
			parameters: [{name: X-A, in: header, required: true, schema: {minLength: 1}}],
			post: {
				parameters: [{name: X-B, in: header, schema: {}}],
				requestBody: {content: {application/json: {schema: {required: [id]}}, "*/*": {schema: {required: [id]}}}},
				responses: {"200": {description: d}}}},
		a.gone: {post: {requestBody: {required: true, content: {application/json: {schema: {items: {type: string}}}}}}},
		a.lost: {put: {requestBody: {content: {text/plain: {schema: {type: string}}, "*/*": {}}}}},
		a.kept: {}}`))), out["webhooks"])
	// Requests that the server receives keep what they refer to.
	require.Equal(t, true, out["components"].(map[string]any)["requestBodies"].(map[string]any)["Gone"].(map[string]any)["required"])
	for relaxed, full := range map[string]string{
		"/webhooks/a.made/post/requestBody/content/*~1*/schema/required":     "/webhooks/a.made" + schema + "/required",
		"/webhooks/a.made/post/parameters/0/schema":                          "/components/parameters/B/schema",
		"/webhooks/a.gone/post/requestBody/content/application~1json/schema": "/components/requestBodies/Gone/content/application~1json/schema",
		"/webhooks/a.lost/put/requestBody/content/text~1plain/schema/type":   "/components/pathItems/Lost/put/requestBody/content/text~1plain/schema/type",
		"/webhooks/a.made/parameters/0/schema/minLength":                     "/webhooks/a.made/parameters/0/schema/minLength",
	} {
		require.Equal(t, full, got.Origin(relaxed))
	}
}
