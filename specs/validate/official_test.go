package validate

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestOfficial asks the official validator about single parameters: it must be asked where it is right, and must not be
// where it is known to be wrong.
func TestOfficial(t *testing.T) {
	t.Parallel()
	const document = head + `servers: [{url: https://a.example/v1}]
paths:
  /v1/{id}: {get: {parameters: [{name: id, in: path, required: true, schema: {type: integer, pattern: x}}]}}
  /label/{x}: {get: {parameters: [{name: x, in: path, required: true, style: label, schema: {type: integer}}]}}
  /explode: {get: {parameters: [{name: at, in: query, explode: true, schema: {type: string}}]}}
  /empty: {get: {parameters: [{name: n, in: query, allowEmptyValue: true, schema: {type: integer}}]}}
  /union: {get: {parameters: [{name: n, in: query, schema: {type: [integer, string]}}]}}
  /content: {get: {parameters: [{name: n, in: query, content: {text/csv: {schema: {type: object}}}}]}}
  /enum: {get: {parameters: [{name: e, in: query, schema: {enum: [a, ' b'], type: string}}]}}
  /plain: {get: {parameters: [{name: n, in: query, schema: {type: integer}}, {name: H, in: header, schema: {type: integer}}]}}
`
	tests := []struct {
		call call
		want []Violation
	}{
		{call{line: "GET /v1/5"}, nil},
		{call{line: "GET /label/.5"}, nil},
		{call{line: "GET /explode?at=10%3A30"}, nil},
		{call{line: "GET /empty?n="}, nil},
		{call{line: "GET /union?n=x"}, nil},
		{call{line: "GET /enum?e=%20b"}, nil},
		{call{line: "GET /plain?n=5", headers: []string{"H: 5"}}, nil},
		// JSON Schema knows no largest integer; the official validator does, and is the stricter one here.
		{call{line: "GET /plain?n=9223372036854775808"}, []Violation{{
			Kind: Query, Pointer: "/paths/~1plain/get/parameters/0", Instance: "n",
			Message: "query parameter n: Value '9223372036854775808' is not a valid integer",
		}}},
		{call{line: "GET /plain", headers: []string{"H: 9223372036854775808"}}, []Violation{{
			Kind: Header, Pointer: "/paths/~1plain/get/parameters/1", Instance: "H",
			Message: "header H: Value '9223372036854775808' is not a valid integer",
		}}},
		{call{line: "GET /content?n=a"}, []Violation{{
			Kind: Query, Pointer: "/paths/~1content/get/parameters/0/content/text~1csv/schema/type", Instance: "n", Keyword: "type",
			Expected: "object", Got: "string", Message: "query parameter n: must be an object, got string",
		}}},
	}
	for _, o := range []*Options{nil, {Official: true}} {
		d, err := Load("a.yaml", []byte(document), o)
		require.NoError(t, err)
		for _, tt := range tests {
			assert.Equal(t, tt.want, tt.call.judge(t, d), tt.call.line)
		}
	}
}
