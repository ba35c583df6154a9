package mock_test

import (
	"compress/gzip"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"understudy.dev/mock"
	"understudy.dev/specs"
	"understudy.dev/specs/validate"
)

// TestDocumentsAreServed reads every document back: it is one file with the same operations, and its servers are here.
func TestDocumentsAreServed(t *testing.T) {
	t.Parallel()
	apis := []*specs.API{toy(t), inline(t, "zoo", map[string]string{
		"openapi.yaml": `
openapi: 3.1.0
info: {title: Zoo, version: "1"}
servers:
  - {url: "https://api.zoo.test/{v}", variables: {v: {default: v1}}}
  - {url: "https://sandbox.zoo.test/{v}", variables: {v: {default: v1}}}
  - {url: "https://upload.zoo.test/up", x-base: upload}
paths:
  /animals: {$ref: "animals.yaml#/list"}
  /photos: {servers: [{url: "https://upload.zoo.test/up"}], post: {operationId: addPhoto, responses: {"204": {description: ok}}}}
components:
  securitySchemes:
    oauth: {type: oauth2, flows: {clientCredentials: {tokenUrl: "https://api.zoo.test/v1/token", refreshUrl: /v1/refresh, scopes: {}}}}
`,
		"animals.yaml": `
list: {get: {operationId: listAnimals, responses: {"200": {description: ok, content: {application/json: {schema: {$ref: "#/animals"}}}}}}}
animals: {type: array, items: {type: string}}
`})}
	for _, name := range specs.Embedded() {
		api, err := specs.Open(name)
		require.NoError(t, err)
		apis = append(apis, api)
	}
	s := perform(t, frozen(), apis...)
	s.post(t, "/__admin/worlds", `{"name":"side"}`, 201)
	for prefix, headers := range map[string]map[string]string{
		"": nil, "/w/side": nil, "/w/default": nil, "header": {mock.WorldHeader: "side"},
	} {
		at := strings.TrimPrefix(prefix, "header")
		if prefix == "header" {
			prefix = "/w/side"
		}
		listed := s.send(t, message{method: "GET", url: at + "/__admin/apis", headers: headers})
		require.EqualValues(t, len(apis), listed.json("apis.#").Int())
		assert.Equal(t, s.Origin()+prefix+"/toy/v1", listed.json(`apis.0.bases.0.url`).String())
		for i, api := range apis {
			entry := listed.json("apis").Array()[i]
			require.Equal(t, api.Name, entry.Get("name").String())
			assert.Equal(t, s.Origin()+prefix+"/__admin/apis/"+api.Name+"/openapi.json", entry.Get("document").String())
			got := s.send(t, message{method: "GET", url: entry.Get("document").String()})
			require.Equal(t, 200, got.StatusCode, got.body)
			doc, err := validate.Load("openapi.json", []byte(got.body), nil)
			require.NoError(t, err, api.Name)
			var want, have []string
			for _, op := range api.Document.Operations() {
				want = append(want, op.ID+" "+op.Method+" "+op.Path)
			}
			for _, op := range doc.Operations() {
				have = append(have, op.ID+" "+op.Method+" "+op.Path)
				for _, server := range op.Servers {
					assert.True(t, strings.HasPrefix(server.URL, s.Origin()+prefix+"/"+api.Name), "%s: %s", op.ID, server.URL)
				}
			}
			assert.Equal(t, want, have, api.Name)
			for _, base := range entry.Get("bases").Array() {
				assert.Contains(t, got.json("servers.#.url").Raw+got.json("paths.@values.#.servers.#.url").Raw, base.Get("url").Raw, base.Raw)
			}
		}
	}
	zoo := s.send(t, message{method: "GET", url: "/__admin/apis/zoo/openapi.json"})
	assert.Equal(t, `["`+s.Origin()+`/zoo/{v}","`+s.Origin()+`/zoo/up"]`, zoo.json("servers.#.url").Raw)
	assert.Equal(t, "upload", zoo.json("servers.1.x-base").String(), "each named base is kept")
	assert.Equal(t, s.Origin()+"/zoo/v1/token", zoo.json("components.securitySchemes.oauth.flows.clientCredentials.tokenUrl").String())
	assert.Equal(t, s.Origin()+"/zoo/v1/refresh", zoo.json("components.securitySchemes.oauth.flows.clientCredentials.refreshUrl").String())
	assert.Equal(t, 404, s.send(t, message{method: "GET", url: "/__admin/apis/none/openapi.json"}).StatusCode)
}

func TestExplorerIsServed(t *testing.T) {
	t.Parallel()
	s := perform(t, frozen(), toy(t))
	get := func(path string, headers ...string) (*http.Response, string) {
		r, err := http.NewRequest("GET", s.Origin()+path, nil)
		require.NoError(t, err)
		r.Header.Set("Accept-Encoding", "identity")
		for i := 0; i < len(headers); i += 2 {
			r.Header.Set(headers[i], headers[i+1])
		}
		got, err := s.Client.Do(r)
		require.NoError(t, err)
		defer got.Body.Close()
		raw, err := io.ReadAll(got.Body)
		require.NoError(t, err)
		return got, string(raw)
	}
	lead, _ := get("/__admin/explorer")
	assert.Equal(t, 308, lead.StatusCode)
	where, err := lead.Location()
	require.NoError(t, err)
	assert.Equal(t, s.Origin()+"/__admin/explorer/", where.String())

	page, body := get("/__admin/explorer/", "Sec-Fetch-Site", "none")
	assert.Equal(t, 200, page.StatusCode)
	assert.Equal(t, "text/html; charset=utf-8", page.Header.Get("Content-Type"))
	assert.Contains(t, page.Header.Get("Content-Security-Policy"), "default-src 'none'; script-src 'self';")
	assert.NotRegexp(t, `(src|href)="(https?:)?//`, body, "nothing from elsewhere")

	plain, script := get("/__admin/explorer/swagger-ui-bundle.js")
	assert.Empty(t, plain.Header.Get("Content-Encoding"))
	assert.Contains(t, script, "SwaggerUIBundle")
	packed, raw := get("/__admin/explorer/swagger-ui-bundle.js", "Accept-Encoding", "br, gzip")
	assert.Equal(t, "gzip", packed.Header.Get("Content-Encoding"))
	assert.Equal(t, "Accept-Encoding", packed.Header.Get("Vary"))
	assert.Less(t, 3*len(raw), len(script))
	unpacked, err := gzip.NewReader(strings.NewReader(raw))
	require.NoError(t, err)
	same, err := io.ReadAll(unpacked)
	require.NoError(t, err)
	assert.True(t, script == string(same))

	for path, status := range map[string]int{
		"/__admin/explorer/LICENSE": 200, "/__admin/explorer/none.js": 404, "/__admin/explorer/..%2Fexplorer.go": 404,
		"/w/default/__admin/explorer/explorer.js": 200, "/w/none/__admin/explorer/": 404,
	} {
		got, _ := get(path)
		assert.Equal(t, status, got.StatusCode, path)
	}
	foreign, _ := get("/__admin/explorer/", "Sec-Fetch-Site", "cross-site")
	assert.Equal(t, 403, foreign.StatusCode)
}
