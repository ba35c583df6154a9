package behave

import (
	"maps"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"understudy.dev/mock/internal/credential"
	"understudy.dev/mock/internal/entropy"
	"understudy.dev/mock/internal/state"
	"understudy.dev/specs"
	"understudy.dev/specs/template"
)

var noon = time.Date(2026, 1, 10, 12, 0, 0, 0, time.UTC)

// A world is one API with its state.
type world struct {
	t        testing.TB
	api      *specs.API
	programs *Programs
	store    *state.Store
	entropy  *entropy.Source
	now      time.Time
	// caller is what expressions see as credential.
	caller *state.Credential
}

func newWorld(t testing.TB, api *specs.API) *world {
	t.Helper()
	programs, err := Compile(api)
	require.NoError(t, err)
	base, err := programs.NewBase(&BaseOptions{Seed: 1, Now: noon})
	require.NoError(t, err)
	return &world{t: t, api: api, programs: programs, store: base.NewStore(), entropy: entropy.New(1, "main"), now: noon}
}

// newLibrary is a world of the toy API.
func newLibrary(t testing.TB) *world {
	t.Helper()
	api, err := specs.LoadDir("../../../testdata/toy")
	require.NoError(t, err)
	return newWorld(t, api)
}

// load reads an API from the text of its files.
func load(t testing.TB, openapi, profile, seed string) (*specs.API, error) {
	t.Helper()
	files := fstest.MapFS{"mini/openapi.yaml": {Data: []byte(openapi)}}
	if profile != "" {
		files["mini/profile.yaml"] = &fstest.MapFile{Data: []byte(profile)}
	}
	if seed != "" {
		files["mini/seed.yaml"] = &fstest.MapFile{Data: []byte(seed)}
	}
	return specs.Load(files, "mini")
}

// things is a document for the corners of the language: every operation takes
// and gives anything.
const things = `
openapi: 3.1.0
info: {title: Things, version: "1"}
paths:
  /things:
    get:
      operationId: list
      parameters:
        - {name: sort, in: query, schema: {type: string}}
        - {name: order, in: query, schema: {type: string}}
        - {name: page, in: query, schema: {}}
        - {name: size, in: query, schema: {}}
        - {name: color, in: query, schema: {type: array}}
        - {name: n, in: query, schema: {}}
      responses: {"200": {description: ok}}
    post:
      operationId: create
      responses: {"201": {description: ok}}
  /things/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: string}}]
    get: {operationId: read, responses: {"200": {description: ok}}}
    put: {operationId: replace, responses: {"200": {description: ok}}}
    patch: {operationId: change, responses: {"200": {description: ok}}}
    delete: {operationId: remove, responses: {"204": {description: ok}}}
  /act:
    post: {operationId: act, responses: {"200": {description: ok}}}
  /upload:
    post:
      operationId: upload
      requestBody: {content: {multipart/form-data: {schema: {type: object}}}}
      responses: {"201": {description: ok}}
components:
  schemas:
    Thing:
      type: object
      properties:
        id: {}
        name: {type: string}
        color: {type: string, default: grey}
        size: {type: object, default: {w: 1, h: 12345678901234567890}}
        made: {type: string, readOnly: true}
        inner: {$ref: "#/components/schemas/Inner"}
    Account:
      type: object
      required: [name, password]
      properties:
        name: {type: string}
        password: {type: string, writeOnly: true}
    Inner:
      allOf:
        - {type: object, properties: {depth: {type: integer, default: 3}, again: {$ref: "#/components/schemas/Inner"}}}
`

// newThings is a world of that document with a profile.
func newThings(t testing.TB, profile, seed string) *world {
	t.Helper()
	api, err := load(t, things, profile, seed)
	require.NoError(t, err)
	return newWorld(t, api)
}

// A request is what a test sends.
type request struct {
	params, query map[string]any
	body          string
	parts         []Part
}

func (w *world) call(operation string, r request) *Call {
	op := w.api.Document.Operation(operation)
	require.NotNil(w.t, op, operation)
	env := template.Env{
		"request": &specs.RequestInfo{ID: "req_1", Base: "http://localhost/v1"}, "operation": specs.OperationEnv(op),
		"params": r.params, "query": r.query,
	}
	if w.caller != nil {
		env["credential"] = credential.Env(w.caller)
	}
	c := &Call{
		Operation: operation, Env: env, Params: r.params, Query: r.query, Parts: r.parts,
		Store: w.store, Entropy: w.entropy, Now: w.now,
	}
	if r.body != "" {
		c.Body = []byte(r.body)
		env["body"] = template.NewRaw(c.Body)
	}
	return c
}

// run performs an operation that must not be refused, and gives its body.
func (w *world) run(operation string, r request) string {
	w.t.Helper()
	return string(w.result(operation, r).Body)
}

func (w *world) result(operation string, r request) *Result {
	w.t.Helper()
	result, refusal := w.programs.Run(w.call(operation, r))
	if refusal != nil {
		require.FailNow(w.t, "refused", "%s: %s", operation, refusal)
	}
	return result
}

// refused performs an operation that must be refused with a problem, and must
// not have changed anything.
func (w *world) refused(operation string, r request, want specs.Problem) *Refusal {
	w.t.Helper()
	before := w.store.View()
	result, refusal := w.programs.Run(w.call(operation, r))
	require.Nil(w.t, result)
	require.Equal(w.t, want, refusal.Problem, refusal)
	assert.NotEmpty(w.t, refusal.Detail)
	assert.Same(w.t, before, w.store.View(), "a refusal changes nothing")
	return refusal
}

// as sends the following requests with a seeded credential.
func (w *world) as(kind, id string) {
	w.caller = w.store.View().Credential(kind, id)
	require.NotNil(w.t, w.caller)
}

func one(name string, value any) map[string]any { return map[string]any{name: value} }

func both(a, b map[string]any) map[string]any {
	all := maps.Clone(a)
	maps.Copy(all, b)
	return all
}

// ids are the values of "id" in a list, as written.
func ids(list string) string {
	var all []string
	for _, part := range strings.Split(list, `"id":`)[1:] {
		end := strings.IndexAny(part, ",}")
		all = append(all, strings.Trim(part[:end], `"`))
	}
	return strings.Join(all, " ")
}
