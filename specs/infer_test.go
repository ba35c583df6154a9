package specs_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"understudy.dev/specs"
	"understudy.dev/specs/template"
)

// bare loads a document of which nothing else is known, and wants it sound.
func bare(t testing.TB, document string) *specs.API {
	t.Helper()
	return with(t, document, "")
}

func with(t testing.TB, document, profile string) *specs.API {
	t.Helper()
	files := fstest.MapFS{"a/openapi.yaml": {Data: []byte(document)}}
	if profile != "" {
		files["a/profile.yaml"] = &fstest.MapFile{Data: []byte(profile)}
	}
	api, err := specs.Load(files, "a")
	require.NoError(t, err)
	return api
}

// told writes the steps of an operation in one line.
func told(b *specs.Behaviour) string {
	var all []string
	for _, s := range b.Steps {
		line := string(s.Verb) + " " + s.Target + s.Pointer
		if s.Of != "" {
			line += fmt.Sprintf(" of %s by %s (%s)", s.Of, s.By, s.OfParam)
		}
		if s.ID != nil {
			line += " id " + s.ID.String()
		}
		if s.Where != nil {
			line += " where"
		}
		if s.Replace {
			line += " replacing"
		}
		if s.Page != nil {
			line += fmt.Sprintf(" page %s=%s size=%s %d..%d", s.Page.Style, s.Page.Number, s.Page.Size, s.Page.Default, s.Page.Max)
		}
		if s.Filter != nil {
			line += " filter " + strings.Join(s.Filter, ",")
		}
		for _, f := range s.Set {
			line += " set " + f.Name
		}
		all = append(all, line)
	}
	return strings.Join(all, "; ")
}

func resource(t testing.TB, api *specs.API, name string) *specs.Resource {
	t.Helper()
	for _, r := range api.Profile.Resources {
		if r.Name == name {
			return r
		}
	}
	require.Fail(t, "no resource "+name)
	return nil
}

func render(t testing.TB, v *template.Value, env template.Env) string {
	t.Helper()
	require.NotNil(t, v)
	out, err := v.AppendJSON(nil, env)
	require.NoError(t, err)
	return string(out)
}

const nested = `openapi: 3.1.0
info: {title: Blog, version: "1"}
paths:
  /users:
    get:
      operationId: listUsers
      parameters:
        - {name: page, in: query, schema: {type: integer}}
        - {name: per_page, in: query, schema: {type: integer, maximum: 9}}
        - {name: name, in: query, schema: {type: string}}
        - {name: deep, in: query, schema: {type: boolean}}
      responses:
        "200":
          description: Users
          content:
            application/json:
              schema:
                type: object
                required: [data, total, object]
                properties:
                  object: {const: list}
                  data: {type: array, items: {$ref: "#/components/schemas/User"}}
                  total: {type: integer}
                  has_more: {type: boolean}
                  next: {type: [string, "null"]}
    post:
      operationId: createUser
      requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/NewUser"}}}}
      responses:
        "201":
          description: The user
          content: {application/json: {schema: {type: object, properties: {user: {$ref: "#/components/schemas/User"}}}}}
  /users/search:
    post:
      operationId: searchUsers
      responses: {"200": {description: Found, content: {application/json: {schema: {type: array, items: {$ref: "#/components/schemas/User"}}}}}}
  /users/{userId}:
    parameters: [{name: userId, in: path, required: true, schema: {type: integer}}]
    get: {operationId: getUser, responses: {"200": {$ref: "#/components/responses/User"}}}
    put: {operationId: replaceUser, requestBody: {$ref: "#/components/requestBodies/User"}, responses: {"200": {$ref: "#/components/responses/User"}}}
    patch: {operationId: changeUser, requestBody: {$ref: "#/components/requestBodies/User"}, responses: {"202": {description: Later}}}
    delete: {operationId: deleteUser, responses: {"204": {description: Gone}}}
  /users/{userId}/posts:
    parameters: [{name: userId, in: path, required: true, schema: {type: integer}}]
    get:
      operationId: listPosts
      parameters:
        - {name: offset, in: query, schema: {type: integer}}
        - {name: limit, in: query, schema: {type: integer, default: 5}}
      responses: {"200": {description: Posts, content: {application/json: {schema: {type: array, items: {$ref: "#/components/schemas/Post"}}}}}}
    post:
      operationId: createPost
      requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/Post"}}}}
      responses: {"201": {description: The post, content: {application/json: {schema: {$ref: "#/components/schemas/Post"}}}}}
  /users/{userId}/posts/{postId}:
    parameters:
      - {name: userId, in: path, required: true, schema: {type: integer}}
      - {name: postId, in: path, required: true, schema: {type: string}}
    get: {operationId: getPost, responses: {"200": {description: The post, content: {application/json: {schema: {$ref: "#/components/schemas/Post"}}}}}}
    patch: {operationId: changePost, responses: {"204": {description: Changed}}}
    delete: {operationId: deletePost, responses: {"200": {description: What it was, content: {application/json: {schema: {$ref: "#/components/schemas/Post"}}}}}}
  /users/{userId}/letters:
    parameters: [{name: userId, in: path, required: true, schema: {type: integer}}]
    post:
      operationId: createLetter
      requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/Letter"}}}}
      responses: {"201": {description: The letter, content: {application/json: {schema: {$ref: "#/components/schemas/Letter"}}}}}
  /users/{userId}/letters/{letterId}:
    parameters:
      - {name: userId, in: path, required: true, schema: {type: integer}}
      - {name: letterId, in: path, required: true, schema: {type: string}}
    get: {operationId: getLetter, responses: {"200": {description: The letter, content: {application/json: {schema: {$ref: "#/components/schemas/Letter"}}}}}}
  /rooms/{roomId}/chairs:
    parameters: [{name: roomId, in: path, required: true, schema: {type: string}}]
    get: {operationId: listChairs, responses: {"200": {description: Chairs, content: {application/json: {schema: {type: array, items: {type: object, properties: {id: {type: string}}}}}}}}}
    post: {operationId: createChair, responses: {"201": {description: The chair, content: {application/json: {schema: {type: object, properties: {id: {type: string}}}}}}}}
  /status:
    get: {operationId: status, responses: {"200": {description: Words, content: {text/plain: {schema: {type: string}}}}}}
  /report:
    get: {operationId: report, responses: {"200": {description: A report, content: {application/hal+json: {schema: {$ref: "#/components/schemas/Post"}}}}}}
  /ping:
    post: {operationId: ping, responses: {"204": {description: Pong}}}
components:
  responses:
    User: {description: The user, content: {application/json: {schema: {$ref: "#/components/schemas/User"}}}}
  requestBodies:
    User: {content: {application/json: {schema: {$ref: "#/components/schemas/NewUser"}}}}
  schemas:
    NewUser:
      type: object
      required: [name]
      properties: {name: {type: string}, role: {enum: [reader, writer]}}
    User:
      allOf:
        - {$ref: "#/components/schemas/NewUser"}
        - type: object
          required: [id, created_at, role, score]
          properties:
            id: {type: integer}
            created_at: {type: string, format: date-time}
            updated_at: {type: string, format: date-time}
            score: {type: number, minimum: 1}
    Post: {type: object, properties: {id: {type: string, example: post_8f6a7b9c, readOnly: true}, user_id: {type: integer}, text: {type: string}}}
    Letter: {type: object, required: [letterId, text, sent_at], properties: {letterId: {type: string}, text: {type: string}, sent_at: {type: string, format: date-time, readOnly: true}}}
`

func TestNaturalBehaviours(t *testing.T) {
	t.Parallel()
	api := bare(t, nested)
	for operation, want := range map[string]string{
		"listUsers":    "list users page number=page size=per_page 9..9 filter name",
		"createUser":   "create users",
		"searchUsers":  "sample /paths/~1users~1search/post/responses/200/content/application~1json/schema",
		"getUser":      "read users",
		"replaceUser":  "update users replacing",
		"changeUser":   "update users",
		"deleteUser":   "delete users",
		"listPosts":    "list posts of users by user_id (userId) page offset=offset size=limit 5..100",
		"createPost":   "create posts of users by user_id (userId)",
		"getPost":      "read posts where",
		"changePost":   "read posts where; update posts",
		"deletePost":   "read posts where; delete posts",
		"createLetter": "create letters of users by user_id (userId); read letters id made['letterId']",
		"getLetter":    "read letters where",
		"listChairs":   "list chairs where",
		"createChair":  "create chairs set room_id; read chairs id made['id']",
		"status":       "sample /paths/~1status/get/responses/200/content/text~1plain/schema",
		"report":       "sample Post",
		"ping":         "",
	} {
		b := api.Profile.Operations[operation]
		require.NotNil(t, b, operation)
		assert.Equal(t, want, told(b), operation)
		assert.True(t, b.Inferred)
	}
	assert.Equal(t, 202, api.Profile.Operations["changeUser"].Status)
}

func TestNaturalResources(t *testing.T) {
	t.Parallel()
	api := bare(t, nested)
	users := resource(t, api, "users")
	assert.Equal(t, "User", users.Schema)
	assert.Equal(t, "id", users.Key)
	assert.False(t, users.CallerID)
	one := specs.CounterFunc(func() int { return 1 })
	assert.Equal(t, "1", render(t, users.ID, template.Env{"counter": one}))
	set := map[string]string{}
	body := map[string]any{"name": "Ada", "role": "writer"}
	for _, f := range users.Set {
		if f.Name != "created_at" {
			set[f.Name] = render(t, f.Value, template.Env{"body": body})
		}
	}
	assert.Equal(t, map[string]string{"role": `"writer"`, "score": "1"}, set)
	assert.Equal(t, `"reader"`, render(t, users.Set[0].Value, template.Env{}), "what is not sent is invented")
	require.Len(t, users.Touch, 1)
	assert.Equal(t, "updated_at", users.Touch[0].Name)

	posts := resource(t, api, "posts")
	text := specs.TextFunc(func(n int) string { return strings.Repeat("x", n) })
	assert.Equal(t, `"post_xxxxxxxx"`, render(t, posts.ID, template.Env{"random": text}))
	assert.Empty(t, posts.Hidden, "the schema has a field for the parent")

	letters := resource(t, api, "letters")
	assert.Equal(t, "letterId", letters.Key)
	assert.True(t, letters.CallerID, "the id may be sent")
	assert.Equal(t, []string{"user_id"}, letters.Hidden)
	require.Len(t, letters.Set, 1, "what is sent is not invented")
	assert.Equal(t, "sent_at", letters.Set[0].Name)
	assert.Equal(t, []string{"room_id"}, resource(t, api, "chairs").Hidden)
}

// answering finds the envelope for an answer of an operation, nil if there is none.
func answering(api *specs.API, operation string) *specs.Envelope {
	for _, e := range api.Profile.Answers.Envelopes {
		if e.Wraps(operation, api.Profile.Operations[operation].Result()) {
			return e
		}
	}
	return nil
}

func TestNaturalAnswers(t *testing.T) {
	t.Parallel()
	api := bare(t, nested)
	result := template.NewRaw([]byte(`[{"id":1}]`))
	page := &specs.PageInfo{Total: 7, More: true, Next: nil}
	assert.JSONEq(t, `{"object": "list", "data": [{"id": 1}], "total": 7, "has_more": true, "next": null}`,
		render(t, answering(api, "listUsers").Body, template.Env{"result": result, "page": page}))
	assert.JSONEq(t, `{"user": [{"id": 1}]}`, render(t, answering(api, "createUser").Body, template.Env{"result": result}))
	assert.Nil(t, answering(api, "getUser"))
	assert.Nil(t, answering(api, "listPosts"))
	assert.Nil(t, answering(api, "deleteUser").Body)
	assert.Nil(t, answering(api, "changeUser").Body)
	assert.Nil(t, answering(api, "ping").Body)
	assert.Equal(t, "text/plain", answering(api, "status").Media)
	assert.Equal(t, "application/hal+json", answering(api, "report").Media)
}

func TestDeclaredResourcesGetNaturalBehaviours(t *testing.T) {
	t.Parallel()
	api := with(t, nested, `
resources:
  posts: {schema: Post, id: "p-${counter()}"}
  letters: {schema: Letter}
  rooms: {}
answers:
  envelopes: [{verbs: [read], body: {it: "${result}"}}]
operations:
  getUser: {answer: {id: 1}}
`)
	assert.Equal(t, "read posts where", told(api.Profile.Operations["getPost"]))
	assert.Equal(t, "answer ", told(api.Profile.Operations["getUser"]))
	assert.False(t, api.Profile.Operations["getUser"].Inferred)
	// Chairs belong to a declared room, by a hidden field.
	assert.Equal(t, "create chairs of rooms by room_id (roomId); read chairs id made['id']", told(api.Profile.Operations["createChair"]))
	// Seeds of a declared resource know nothing of a field that nobody declared.
	assert.Equal(t, "create letters", told(api.Profile.Operations["createLetter"]))
	assert.Empty(t, resource(t, api, "letters").Hidden)
	assert.Equal(t, []specs.Verb{specs.VerbRead}, answering(api, "getPost").Verbs, "what is declared goes first")
	assert.Empty(t, api.Profile.Auth, "with a profile no credential is invented")
	assert.Empty(t, api.Profile.Errors.Envelopes)
}

const secured = `openapi: 3.1.0
info: {title: Safe, version: "1"}
security: [{key: []}, {oauth: [write, read]}]
paths:
  /doors:
    get:
      operationId: listDoors
      responses:
        "200": {description: Doors}
        "401": {description: Who are you}
        "413": {description: No, content: {application/json: {schema: {type: object, required: [big], properties: {big: {const: true}}}}}}
        "422": {description: No, content: {application/json: {schema: {$ref: "#/components/schemas/Error"}}}}
        "4XX": {description: No, content: {application/json: {schema: {$ref: "#/components/schemas/Error"}}}}
  /windows:
    get:
      operationId: listWindows
      security: [{pair: []}]
      responses: {"200": {description: Windows}}
components:
  securitySchemes:
    key: {type: apiKey, in: header, name: X-Key}
    oauth: {type: oauth2, flows: {clientCredentials: {tokenUrl: "https://x.test", scopes: {read: r, write: w}}}}
    pair: {type: http, scheme: basic}
    wire: {type: mutualTLS}
  schemas:
    Error:
      type: object
      required: [error, trace]
      properties:
        error: {type: object, required: [code, message], properties: {code: {type: integer}, message: {type: string}, kind: {type: string}}}
        trace: {type: string, minLength: 6}
`

func TestInferredAuth(t *testing.T) {
	t.Parallel()
	api := bare(t, secured)
	accepts := map[string][]string{}
	for _, a := range api.Profile.Auth {
		accepts[a.Scheme] = a.Accepts
	}
	assert.Equal(t, map[string][]string{"key": {"test"}, "oauth": {"test"}, "pair": {"test_pair"}}, accepts)
	require.Len(t, api.Seed.Credentials, 2)
	assert.Equal(t, []string{"read", "write"}, api.Seed.Credentials[0].Scopes)
	assert.NotNil(t, api.Profile.Credentials[0].Opaque)
	assert.NotNil(t, api.Profile.Credentials[1].Secret)
	assert.NotEmpty(t, api.Seed.Credentials[0].Secret)
}

func TestInferredErrors(t *testing.T) {
	t.Parallel()
	api := bare(t, secured)
	refusing := func(operation string, problem specs.Problem) *specs.Envelope {
		for _, e := range api.Profile.Errors.Envelopes {
			if e.Refuses(operation, problem) {
				return e
			}
		}
		return nil
	}
	assert.Equal(t, 422, api.Profile.Errors.Problems[specs.InvalidParameter].Status, "only 422 is documented, no 400")
	assert.Equal(t, 400, api.Profile.Errors.Problems[specs.Malformed].Status)
	problem := (&specs.ProblemInfo{Name: specs.NotFound, Status: 404, Reason: "Not Found", Message: "Nothing there."}).Env()
	env := template.Env{"problem": problem, "request": &specs.RequestInfo{Path: "/doors"}}
	assert.JSONEq(t, `{"error": {"code": 404, "message": "Nothing there."}, "trace": "textxx"}`,
		render(t, refusing("listDoors", specs.NotFound).Body, env))
	assert.Nil(t, refusing("listDoors", specs.MissingCredential).Body, "the 401 is documented without a body")
	assert.JSONEq(t, `{"big": true}`, render(t, refusing("listDoors", specs.TooLarge).Body, env), "the documented 413 goes before that of its parent")
	unknown := refusing("listWindows", specs.NotFound)
	assert.Equal(t, "application/problem+json", unknown.Media)
	assert.JSONEq(t, `{"type": "about:blank", "title": "Not Found", "status": 404, "detail": "Nothing there.", "instance": "/doors"}`,
		render(t, unknown.Body, env))
	assert.Equal(t, unknown, refusing("", specs.UnknownRoute))
	assert.Equal(t, unknown, refusing("listDoors", specs.Internal))
}
