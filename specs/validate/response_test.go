package validate

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestValidateResponse(t *testing.T) {
	t.Parallel()
	const crate = `{"id":1,"name":"c","owner":{"email":"a@b.example"}}`
	asJSON := "Content-Type: application/json"
	kind := "X-Kind: crate"
	tests := []struct {
		name      string
		operation string
		status    int
		header    http.Header
		body      string
		method    string
		want      string
	}{
		{"list", "listCrates", 200, header(asJSON, kind), "[" + crate + "]", "GET", ""},
		{"the writeOnly property is not needed, the readOnly one is", "listCrates", 200, header(asJSON, kind), `[{"name":"c","owner":{"email":"a@b.example"}}]`, "GET", `/0: must have the property "id"`},
		{"required header", "listCrates", 200, header(asJSON), "[]", "GET", "header X-Kind is required"},
		{"header enum", "listCrates", 200, header(asJSON, "X-Kind: box"), "[]", "GET", `header X-Kind: must be "crate", got "box"`},
		{"optional header of another type", "listCrates", 200, header(asJSON, kind, "X-Total: many"), "[]", "GET", "header X-Total: must be an integer, got string"},
		{"optional header out of bounds", "listCrates", 200, header(asJSON, kind, "X-Total: -1"), "[]", "GET", "header X-Total: must be at least 0, got -1"},
		{"optional header list", "listCrates", 200, header(asJSON, kind, "X-List: 1, 2, 3"), "[]", "GET", "header X-List: must have at most 2 items, got 3"},
		{"suffix range", "listCrates", 200, header("Content-Type: application/hal+json", kind), `{}`, "GET", `body: must have the property "items"`},
		{"type range", "listCrates", 200, header("Content-Type: text/csv", kind), "123456", "GET", "body: must be at most 5 characters long, got 6 characters"},
		{"no schema", "listCrates", 200, header("Content-Type: image/png", kind), "\xff", "GET", ""},
		{"empty text", "listCrates", 200, header("Content-Type: text/plain", kind), "", "GET", ""},
		{"undeclared media type", "listCrates", 200, header("Content-Type: image/gif", kind), "x", "GET", `Content-Type must be application/json or application/*+json or text/* or image/png, got "image/gif"`},
		{"no media type", "listCrates", 200, header(kind), "[]", "GET", "Content-Type is missing: must be application/json or application/*+json or text/* or image/png"},
		{"empty body", "listCrates", 200, header(asJSON, kind), "", "GET", "body is missing"},
		{"null body", "listCrates", 200, header(asJSON, kind), "null", "GET", "body: must be an array, got null"},
		{"empty body of a type without a schema", "listCrates", 200, header("Content-Type: image/png", kind), "", "GET", ""},
		{"empty body without a type, one has no schema", "listCrates", 200, header(kind), "", "GET", ""},
		{"empty body without a type, all have schemas", "getCrate", 200, header(), "", "GET", "body is missing"},
		{"empty body of an undeclared type", "getCrate", 200, header("Content-Type: text/html"), "", "GET", "body is missing"},
		{"HEAD has no body", "listCrates", 200, header(asJSON, kind), "", "HEAD", ""},
		{"HEAD still has headers", "listCrates", 200, header(asJSON), "", "HEAD", "header X-Kind is required"},
		{"range of statuses", "listCrates", 404, header("Content-Type: application/problem+json"), `{"error":{"code":404}}`, "GET", `/error: must have the property "message"`},
		{"default without content", "listCrates", 500, header(), "", "GET", ""},
		{"body where default declares none", "listCrates", 500, header(asJSON), "{}", "GET", "no body is declared here"},
		{"anything at all", "shape", 202, header(), "<html>", "POST", ""},
		{"anything at all, broken JSON", "shape", 202, header(asJSON), "{", "POST", ""},
		{"anything at all, nothing", "shape", 202, header(), "", "POST", ""},
		{"undeclared status", "createCrate", 200, header(asJSON), crate, "POST", "status 200 is not declared, only 201, 204"},
		{"body with 204", "createCrate", 204, header(asJSON), crate, "POST", "no body is declared here"},
		{"no body with 204", "createCrate", 204, header(), "", "POST", ""},
		{"2XX", "getCrate", 203, header(asJSON), crate, "GET", ""},
		{"any media type, JSON", "latestCrate", 200, header(asJSON), `{}`, "GET", `body: must have the properties "id", "name", "owner"`},
		{"any media type, not JSON", "latestCrate", 200, header("Content-Type: application/octet-stream"), `{}`, "GET", ""},
		{"not JSON", "createCrate", 201, header(asJSON), "{]", "POST", "cannot read body as JSON: invalid character ']' looking for beginning of object key string at offset 2"},
		{"wrong alternative", "shape", 200, header(asJSON), `{"kind":"square","a":"x"}`, "POST", "/a: must be a number, got string"},
	}
	eachMode(t, func(t *testing.T, d *Document) {
		for _, tt := range tests {
			t.Run(tt.name, func(t *testing.T) {
				got := d.Operation(tt.operation).ValidateResponse(tt.status, tt.header, []byte(tt.body), tt.method)
				assert.Equal(t, tt.want, messages(got))
			})
		}
	})
}

func TestSchemaValidate(t *testing.T) {
	t.Parallel()
	tests := []struct {
		schema, json, want string
	}{
		{"Owner", `{"email":"a@b.example"}`, ""},
		{"Owner", `{"email":"a"}`, `/email: must be a valid email, got "a"`},
		{"Owner", `{`, "cannot read body as JSON: unexpected end of JSON at offset 1"},
		{"Crate", `{"name":"c","owner":{"email":"a@b.example"}}`, `body: must have the properties "id", "secret"`},
		{"Missing", `1`, ""},
		{"Missing", `x`, "cannot read body as JSON: invalid character 'x' looking for beginning of value at offset 1"},
	}
	eachMode(t, func(t *testing.T, d *Document) {
		for _, tt := range tests {
			assert.Equal(t, tt.want, messages(d.Schema(tt.schema).Validate([]byte(tt.json))), "%s %s", tt.schema, tt.json)
		}
	})
}
