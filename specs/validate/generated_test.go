package validate

import (
	"fmt"
	"strings"
)

// generated is a document with n operations on n/4 resources, each with schemas of its own that share others: what a
// large API looks like.
func generated(n int) string {
	var paths, schemas strings.Builder
	for i := range n / 4 {
		fmt.Fprintf(&paths, `  /things%[1]d:
    get:
      operationId: list%[1]d
      parameters:
        - {name: limit, in: query, schema: {type: integer, minimum: 1, maximum: 100}}
        - {name: tag, in: query, schema: {type: array, maxItems: 5, items: {type: string, maxLength: 20}}}
      responses:
        '200': {description: ok, content: {application/json: {schema: {type: array, items: {$ref: '#/components/schemas/Thing%[1]d'}}}}}
    post:
      operationId: create%[1]d
      requestBody:
        required: true
        content: {application/json: {schema: {$ref: '#/components/schemas/Thing%[1]d'}}}
      responses:
        '201': {description: made, content: {application/json: {schema: {$ref: '#/components/schemas/Thing%[1]d'}}}}
        4XX: {$ref: '#/components/responses/Error'}
  /things%[1]d/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: string, pattern: '^[a-z0-9]+$', maxLength: 36}}]
    get:
      operationId: get%[1]d
      responses:
        '200': {description: ok, content: {application/json: {schema: {$ref: '#/components/schemas/Thing%[1]d'}}}}
    patch:
      operationId: update%[1]d
      requestBody:
        content:
          application/json:
            schema:
              type: object
              minProperties: 1
              properties:
                name: {type: string, minLength: 1}
                owner: {$ref: '#/components/schemas/Owner'}
      responses:
        '200': {description: ok, content: {application/json: {schema: {$ref: '#/components/schemas/Thing%[1]d'}}}}
`, i)
		fmt.Fprintf(&schemas, `    Thing%[1]d:
      type: object
      description: A thing of kind %[1]d, with the fields that things have and some that only its kind has.
      required: [id, name, kind%[1]d, owner]
      additionalProperties: false
      properties:
        id: {type: string, readOnly: true, maxLength: 36}
        name: {type: string, minLength: 1, maxLength: 80, description: What people call it}
        kind%[1]d: {type: string, enum: [small, medium, large]}
        size: {type: integer, minimum: 0, maximum: 1000000}
        price: {type: number, minimum: 0}
        live: {type: boolean}
        created: {type: string, format: date-time}
        tags: {type: array, maxItems: 10, uniqueItems: true, items: {type: string, maxLength: 20}}
        owner: {$ref: '#/components/schemas/Owner'}
        parts: {type: array, items: {$ref: '#/components/schemas/Thing%[1]d'}}
        pay: {oneOf: [{$ref: '#/components/schemas/Card'}, {$ref: '#/components/schemas/Bank'}]}
`, i)
	}
	return head + "paths:\n" + paths.String() + `components:
  responses:
    Error: {description: refused, content: {application/json: {schema: {$ref: '#/components/schemas/Error'}}}}
  schemas:
    Error: {type: object, required: [message], properties: {message: {type: string}, code: {type: integer}}}
    Owner:
      type: object
      required: [email]
      properties: {email: {type: string, format: email}, team: {type: string, pattern: '^[a-z]+$'}}
    Card:
      type: object
      required: [type, number]
      properties: {type: {const: card}, number: {type: string, pattern: '^[0-9]{12,19}$'}}
    Bank:
      type: object
      required: [type, iban]
      properties: {type: {const: bank}, iban: {type: string, maxLength: 34}}
` + schemas.String()
}

// generatedThing is a valid body for createN.
func generatedThing(i int) string {
	return fmt.Sprintf(`{"name":"A thing to be stored","kind%d":"medium","size":4711,"price":19.99,"live":true,`+
		`"created":"2026-01-02T03:04:05Z","tags":["red","green","blue"],"owner":{"email":"ada@people.example","team":"core"},`+
		`"pay":{"type":"bank","iban":"DE02120300000000202051"},"parts":[{"id":"p1","name":"part one","kind%[1]d":"small",`+
		`"owner":{"email":"bob@people.example"}},{"id":"p2","name":"part two","kind%[1]d":"large","size":12,`+
		`"owner":{"email":"eve@people.example"}}]}`, i)
}
