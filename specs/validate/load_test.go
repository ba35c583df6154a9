package validate

import (
	"errors"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const head = "openapi: 3.1.0\ninfo: {title: T, version: '1'}\n"

func TestLoadErrors(t *testing.T) {
	t.Parallel()
	withSchema := func(lines string) string {
		return head + "components:\n  schemas:\n    A:\n      " + strings.ReplaceAll(lines, "\n", "\n      ") + "\n"
	}
	tests := []struct {
		name, src string
		want      []string
	}{
		{"empty", "", []string{"a.yaml:1: cannot load: there is nothing in it"}},
		{"no mapping", "- 1", []string{"a.yaml:1: cannot load: the document must be a mapping, got a list"}},
		{"a scalar", "3.1", []string{`a.yaml:1: cannot load: the document must be a mapping, got "3.1"`}},
		{"no version", "info: {}", []string{"a.yaml:1: cannot load: there is no field openapi at the top"}},
		{"broken YAML", "openapi: 3.1.0\na: [\nb: 1\n", []string{"a.yaml:2: cannot load: did not find expected ',' or ']'"}},
		{"broken JSON", "{\n\"openapi\": \"3.1.0\",\n\"a\": [1\n}", []string{"a.yaml:3: cannot load: did not find expected ',' or ']'"}},
		{"Swagger", "swagger: '2.0'", []string{"a.yaml:1: cannot load: this is Swagger 2.0: convert it to OpenAPI 3.1 first"}},
		{"3.0", "openapi: 3.0.3", []string{"a.yaml:1: cannot load: this is OpenAPI 3.0.3, and only 3.1 is read: set openapi to 3.1.1 and write nullable: true as type: [T, 'null'] and exclusiveMinimum: true as a number"}},
		{"3.2", "openapi: 3.2.0", []string{"a.yaml:1: cannot load: this is OpenAPI 3.2.0, and only 3.1 is read"}},
		{"duplicate key", head + "paths:\n  /a: {}\n  /a: {}\n", []string{`a.yaml:5: duplicate key "/a": first on line 4`}},
		{"alias of itself", head + "paths: &p\n  /a: *p\n", []string{"a.yaml:4: the alias *p contains itself"}},
		{"nullable with a type", withSchema("type: string\nnullable: true"), []string{"a.yaml:7: nullable is not a keyword of OpenAPI 3.1: write type: [string, 'null']"}},
		{"nullable without", withSchema("oneOf: [{nullable: true}]"), []string{"a.yaml:6: nullable is not a keyword of OpenAPI 3.1: write anyOf with {type: 'null'} as one alternative"}},
		{"nullable set to false", withSchema("nullable: false"), []string{"a.yaml:6: nullable is not a keyword of OpenAPI 3.1: remove it, a schema whose type has no null refuses null"}},
		{"not a schema", withSchema("properties: {a: 1}"), []string{`a.yaml:6: a schema must be a mapping or a boolean, got "1"`}},
		{"unknown type", withSchema("type: strin"), []string{
			`a.yaml:6: invalid schema: must be one of "array", "boolean", "integer", "null", "number", "object", "string", got "strin"`,
			"a.yaml:6: invalid schema: must be an array, got string",
		}},
		{"negative length", withSchema("type: string\nmaxLength: -1"), []string{"a.yaml:7: invalid schema: must be at least 0, got -1"}},
		{"pattern", withSchema("type: string\npattern: '('"), []string{"a.yaml:7: invalid schema: cannot compile pattern \"(\": error parsing regexp: missing closing ) in `(`"}},
		{"unresolved reference", withSchema("$ref: '#/components/schemas/Aa'"), []string{`a.yaml:6: cannot resolve $ref "#/components/schemas/Aa": there is no /components/schemas/Aa; did you mean A?`}},
		{"unresolved response", head + "paths:\n  /a:\n    get:\n      responses:\n        '200': {$ref: '#/components/responses/X'}\n", []string{`a.yaml:7: cannot resolve $ref "#/components/responses/X": there is no /components/responses/X`}},
		{"reference to a response as a schema", head + "components:\n  responses: {R: {description: r}}\n  schemas:\n    A: {$ref: '#/components/responses/R'}\n", []string{`a.yaml:6: cannot resolve $ref "#/components/responses/R": it names a response, not a schema`}},
		{"reference without a file system", withSchema("$ref: other.yaml#/A"), []string{`a.yaml:6: cannot resolve $ref "other.yaml#/A": it names another file, and no files are given`}},
		{"reference over the network", withSchema("$ref: https://a.example/b.yaml"), []string{`a.yaml:6: cannot resolve $ref "https://a.example/b.yaml": references over the network are not followed`}},
		{"path that is itself", head + "paths:\n  /a: {$ref: '#/paths/~1a'}\n", []string{"a.yaml:4: the reference leads back to itself"}},
		{"unknown anchor", withSchema("$ref: '#none'"), []string{`a.yaml:6: cannot resolve $ref "#none": there is no $anchor none`}},
		{"reference that is no text", withSchema("$ref: [a]"), []string{"a.yaml:6: $ref must be a string, got a list"}},
		{"A is B is A", head + "components:\n  schemas:\n    A: {$ref: '#/components/schemas/B'}\n    B: {$ref: '#/components/schemas/A'}\n", []string{
			"a.yaml:5: no value can satisfy /components/schemas/A: it refers to itself without end",
			"a.yaml:6: no value can satisfy /components/schemas/B: it refers to itself without end",
		}},
		{"required self-reference", withSchema("type: object\nrequired: [next]\nproperties: {next: {$ref: '#/components/schemas/A'}}"), []string{"a.yaml:5: no value can satisfy /components/schemas/A: it refers to itself without end"}},
		{"list of itself", withSchema("type: array\nminItems: 1\nitems: {$ref: '#/components/schemas/A'}"), []string{"a.yaml:5: no value can satisfy /components/schemas/A: it refers to itself without end"}},
		{"all alternatives endless", withSchema("oneOf: [{$ref: '#/components/schemas/A'}, {allOf: [{$ref: '#/components/schemas/A'}]}]"), []string{"a.yaml:5: no value can satisfy /components/schemas/A: it refers to itself without end"}},
		{"duplicate operationId", head + "paths:\n  /a:\n    get: {operationId: x}\n    put:\n      operationId: x\n", []string{`a.yaml:7: duplicate operationId "x": first on line 5`}},
		{"same path twice", head + "paths:\n  /a/{x}:\n    get:\n      parameters: [{name: x, in: path, required: true}]\n  /a/{y}:\n    put: {}\n", []string{"a.yaml:8: PUT /a/{y} cannot be told from GET /a/{x} on line 5"}},
		{"path without a slash", head + "paths:\n  a: {get: {}}\n", []string{`a.yaml:4: path "a" must begin with a slash`}},
		{"braces", head + "paths:\n  /a/{x: {get: {}}\n", []string{`a.yaml:4: path "/a/{x" has braces that do not match up`}},
		{"parameter twice", head + "paths:\n  /{x}/{x}: {get: {}}\n", []string{`a.yaml:4: path "/{x}/{x}" names parameter "x" twice`}},
		{"path parameter that is not in the path", head + "paths:\n  /a:\n    get:\n      parameters:\n        - {name: x, in: path, required: true}\n", []string{`a.yaml:7: path parameter "x" is not in the path /a`}},
		{"place of a parameter", head + "paths:\n  /a:\n    get:\n      parameters:\n        - {name: x, in: body}\n", []string{`a.yaml:7: parameter "x": in must be path, query, header or cookie, got "body"`}},
		{"parameter without a name", head + "paths:\n  /a:\n    get:\n      parameters:\n        - {in: query}\n", []string{"a.yaml:7: a parameter must have a name"}},
		{"style of a parameter", head + "paths:\n  /a:\n    get:\n      parameters:\n        - {name: x, in: header, style: form}\n", []string{`a.yaml:7: header x: style must be one of simple, got "form"`}},
		{"status", head + "paths:\n  /a:\n    get:\n      responses:\n        20: {description: x}\n", []string{`a.yaml:7: a response must be a status such as 200, a range such as 4XX, or default, got "20"`}},
		{"media type", head + "paths:\n  /a:\n    put:\n      requestBody:\n        content:\n          json: {}\n", []string{`a.yaml:8: "json" is not a media type`}},
		{"security scheme", head + "security: [{bearr: []}]\ncomponents: {securitySchemes: {bearer: {type: http, scheme: bearer}}}\npaths: {/a: {get: {}}}\n", []string{`a.yaml:3: unknown security scheme "bearr"; did you mean bearer?`}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			d, err := Load("a.yaml", []byte(tt.src), nil)
			require.Error(t, err)
			assert.Nil(t, d)
			assert.Equal(t, tt.want, strings.Split(err.Error(), "\n"))
			var reason *Error
			require.True(t, errors.As(err, &reason))
			assert.Equal(t, "a.yaml", reason.File)
		})
	}
}

// TestLoadRecursion loads documents whose schemas refer to themselves in ways that some value can end.
func TestLoadRecursion(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ schema, good, bad string }{
		"optional property": {"type: object\nproperties: {next: {$ref: '#/components/schemas/A'}, n: {type: integer}}", `{"next":{"n":1}}`, `{"next":{"next":{"n":""}}}`},
		"list":              {"type: array\nitems: {$ref: '#/components/schemas/A'}", `[[],[[]]]`, `[[1]]`},
		"null":              {"type: [object, 'null']\nrequired: [next]\nproperties: {next: {$ref: '#/components/schemas/A'}}", `{"next":null}`, `{"next":{}}`},
		"alternative":       {"oneOf: [{type: string}, {type: array, items: {$ref: '#/components/schemas/A'}}]", `["a",["b"]]`, `[1]`},
		"anchor":            {"$anchor: tree\ntype: object\nproperties: {kids: {type: array, items: {$ref: '#tree'}}}", `{"kids":[{"kids":[]}]}`, `{"kids":[{"kids":1}]}`},
		"id":                {"$id: https://a.example/tree\ntype: object\n$defs: {n: {type: integer}}\nproperties: {n: {$ref: '#/$defs/n'}, kid: {$ref: https://a.example/tree}}", `{"kid":{"n":1}}`, `{"kid":{"n":""}}`},
		"dynamic":           {"$dynamicAnchor: node\ntype: object\nproperties: {kid: {$dynamicRef: '#node'}}", `{"kid":{}}`, `{"kid":1}`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d, err := Load("a.yaml", []byte(head+"components:\n  schemas:\n    A:\n      "+strings.ReplaceAll(tt.schema, "\n", "\n      ")), nil)
			require.NoError(t, err)
			assert.Empty(t, d.Schema("A").Validate([]byte(tt.good)))
			assert.NotEmpty(t, d.Schema("A").Validate([]byte(tt.bad)))
		})
	}
}

func TestLoadFiles(t *testing.T) {
	t.Parallel()
	files := fstest.MapFS{
		"paths/pets.yaml":     {Data: []byte("post:\n  operationId: addPet\n  requestBody: {content: {application/json: {schema: {$ref: ../schemas/pet.yaml}}}}\n  responses: {'204': {$ref: '../openapi.yaml#/components/responses/Done'}}\n")},
		"schemas/pet.yaml":    {Data: []byte("type: object\nrequired: [name]\nproperties:\n  name: {$ref: 'names.yaml#/Name'}\n  friend: {$ref: '#'}\n")},
		"schemas/names.yaml":  {Data: []byte("Name:\n  type: string\n  minLength: 2\n")},
		"schemas/broken.yaml": {Data: []byte("a: [")},
		"schemas/wrong.yaml":  {Data: []byte("type: object\nproperties:\n  a: {$ref: names.yaml#/Nam}\n")},
	}
	src := head + "paths:\n  /pets: {$ref: paths/pets.yaml}\ncomponents:\n  responses: {Done: {description: done}}\n"
	d, err := Load("api/openapi.yaml", []byte(src), &Options{FS: files})
	require.NoError(t, err)
	got := jsonCall("POST /pets", `{"name":"ab","friend":{"name":"a"}}`).judge(t, d)
	require.Len(t, got, 1)
	assert.Equal(t, "/friend/name: must be at least 2 characters long, got 1 character", got[0].Message)
	assert.Equal(t, "/x-files/schemas~1names.yaml/Name/minLength", got[0].Pointer)
	assert.Equal(t, 3, d.Line(got[0].Pointer))
	assert.Empty(t, jsonCall("POST /pets", `{"name":"ab"}`).judge(t, d))
	assert.Empty(t, d.Operation("addPet").ValidateResponse(204, nil, nil, "POST"))

	for ref, want := range map[string]string{
		"schemas/none.yaml":   `api/openapi.yaml:4: cannot resolve $ref "schemas/none.yaml": open schemas/none.yaml: file does not exist`,
		"schemas/wrong.yaml":  `api/schemas/wrong.yaml:3: cannot resolve $ref "names.yaml#/Nam": there is no /x-files/schemas~1names.yaml/Nam; did you mean Name?`,
		"schemas/broken.yaml": `api/openapi.yaml:4: cannot resolve $ref "schemas/broken.yaml": cannot parse schemas/broken.yaml: `,
		"../secret.yaml":      `api/openapi.yaml:4: cannot resolve $ref "../secret.yaml": open ../secret.yaml: `,
	} {
		_, err := Load("api/openapi.yaml", []byte(head+"components:\n  schemas: {A: {$ref: '"+ref+"'}}\n"), &Options{FS: files})
		require.Error(t, err)
		assert.True(t, strings.HasPrefix(err.Error(), want), "%s", err)
	}
}

func TestDocument(t *testing.T) {
	t.Parallel()
	d := depot(t, nil)
	assert.Equal(t, []string{"Depot", "1.0.0", "3.1.0"}, []string{d.Title(), d.Version(), d.OpenAPI()})
	assert.Equal(t, []Server{
		{URL: "https://depot.example/v1", Description: "live", Name: "main"}, {URL: "https://sandbox.depot.example/v1"}, {URL: "https://edge.depot.example"},
	}, d.Servers())
	assert.Equal(t, 1, d.Line("/openapi"))
	assert.Equal(t, 0, d.Line("/nothing"))
	assert.NotNil(t, d.Node())
	assert.Nil(t, d.Schema("None"))
	assert.Nil(t, d.Operation("none"))
	assert.Equal(t, &Scheme{Name: "bearer", Type: "http", Scheme: "bearer", Pointer: "/components/securitySchemes/bearer"}, d.SecuritySchemes()["bearer"])

	var ids []string
	for _, op := range d.Operations() {
		ids = append(ids, op.ID)
		assert.Equal(t, op, d.Operation(op.ID))
		assert.Equal(t, d.Line(op.Pointer), op.Line)
	}
	assert.Equal(t, []string{
		"listCrates", "createCrate", "getCrate", "deleteCrate", "latestCrate", "get_crates_crateId_labels_lang_ext", "points",
		"form", "upload", "shape", "value", "plain",
	}, ids)

	list := d.Operation("listCrates")
	assert.Equal(t, []any{"GET", "/crates", "List crates", "/paths/~1crates/get"}, []any{list.Method, list.Path, list.Summary, list.Pointer})
	assert.Equal(t, []string{"crates"}, list.Tags)
	assert.Equal(t, map[string]any{"x-stage": "beta"}, list.Extensions)
	assert.Equal(t, []string{"200", "4XX", "default"}, list.Statuses)
	assert.Equal(t, d.Servers()[:2], list.Servers)
	assert.Equal(t, []Requirement{{{Name: "bearer", Scheme: d.SecuritySchemes()["bearer"]}}}, list.Security)

	get := d.Operation("getCrate")
	assert.Equal(t, 200, get.SuccessStatus)
	assert.Equal(t, []string{"crateId"}, get.PathParams)
	require.Len(t, get.Security, 2)
	assert.Empty(t, get.Security[0])
	assert.Equal(t, []string{"read", "write"}, get.Security[1][1].Scopes)

	latest := d.Operation("latestCrate")
	assert.Empty(t, latest.Security)
	assert.Equal(t, []Server{{URL: "https://edge.depot.example"}}, latest.Servers)
	assert.Equal(t, []string{"application/json"}, d.Operation("createCrate").RequestMedia)
	assert.Equal(t, 201, d.Operation("createCrate").SuccessStatus)
	assert.Equal(t, 0, d.Operation("get_crates_crateId_labels_lang_ext").SuccessStatus)
}

func TestMadeIDs(t *testing.T) {
	t.Parallel()
	d, err := Load("a.yaml", []byte(head+"paths:\n  /a-b: {get: {}}\n  /a/b: {get: {}}\n  /c: {get: {operationId: get_a_b}}\n  /: {put: {}}\n"), nil)
	require.NoError(t, err)
	var ids []string
	for _, op := range d.Operations() {
		ids = append(ids, op.ID)
	}
	assert.Equal(t, []string{"get_a_b_2", "get_a_b_3", "get_a_b", "put"}, ids)
}
