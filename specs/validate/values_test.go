package validate

import (
	"encoding/json"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestValues(t *testing.T) {
	t.Parallel()
	doc, err := Load("openapi.yaml", []byte(`
openapi: 3.1.0
info: {title: t, version: "1"}
paths:
  /shelves/{shelf}/{name}:
    get:
      operationId: read
      parameters:
        - {name: shelf, in: path, required: true, schema: {type: integer}}
        - {name: name, in: path, required: true, schema: {type: string}}
        - {name: page, in: query, schema: {type: integer}}
        - {name: price, in: query, schema: {type: number}}
        - {name: new, in: query, schema: {type: boolean}}
        - {name: tag, in: query, schema: {type: array, items: {type: integer}}}
        - {name: X-Count, in: header, schema: {type: integer}}
      responses: {"200": {description: ok}}
`), nil)
	require.NoError(t, err)
	for _, test := range []struct {
		target      string
		path, query map[string]any
	}{
		{"/shelves/7/a%2Fb", map[string]any{"shelf": 7, "name": "a/b"}, nil},
		{"/shelves/x/7", map[string]any{"shelf": "x", "name": "7"}, nil},
		{
			"/shelves/7/a?page=2&price=1.5&new=true&tag=1&tag=2&other=3", map[string]any{"shelf": 7, "name": "a"},
			map[string]any{"page": 2, "price": 1.5, "new": true, "tag": []any{1, 2}},
		},
		{
			"/shelves/123456789012345678901/a?page=two", map[string]any{"shelf": json.Number("123456789012345678901"), "name": "a"},
			map[string]any{"page": "two"},
		},
		{"/shelves/7/a?page=%zz", map[string]any{"shelf": 7, "name": "a"}, nil},
	} {
		t.Run(test.target, func(t *testing.T) {
			t.Parallel()
			r := httptest.NewRequest("GET", "http://library.test/", nil)
			target, rawQuery, _ := strings.Cut(test.target, "?")
			r.URL.RawQuery = rawQuery
			m, routeErr := doc.Route("GET", target)
			require.Equal(t, RouteOK, routeErr)
			path, query := m.Operation.Values(r, m)
			assert.Equal(t, test.path, path)
			assert.Equal(t, test.query, query)
		})
	}
}
