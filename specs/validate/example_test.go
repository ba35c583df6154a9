package validate_test

import (
	"fmt"
	"net/http"
	"strings"

	"understudy.dev/specs/validate"
)

func Example() {
	doc, err := validate.Load("openapi.yaml", []byte(`
openapi: 3.1.0
info: {title: Crates, version: 1.0.0}
paths:
  /crates/{id}:
    put:
      operationId: putCrate
      parameters: [{name: id, in: path, required: true, schema: {type: integer, minimum: 1}}]
      requestBody:
        content:
          application/json:
            schema: {type: object, required: [name], properties: {name: {type: string}}}
      responses: {'204': {description: stored}}
`), nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	body := `{"name": 5}`
	r, _ := http.NewRequest("PUT", "/crates/0", strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")

	match, _ := doc.Route(r.Method, r.URL.EscapedPath())
	fmt.Println(match.Operation.ID, match.Params["id"])
	for _, v := range match.Operation.ValidateRequest(r, match, []byte(body)) {
		fmt.Printf("%s: %s (line %d)\n", v.Kind, v.Message, doc.Line(v.Pointer))
	}
	// Output:
	// putCrate 0
	// path: path parameter id: must be at least 1, got 0 (line 8)
	// body: /name: must be a string, got number (line 12)
}
