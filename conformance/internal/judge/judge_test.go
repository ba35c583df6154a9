package judge_test

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"understudy.dev/conformance/internal/judge"
	"understudy.dev/specs"
)

// shop loads the API of the suite's tests; replace changes texts in its files.
func shop(t *testing.T, replace ...string) *specs.API {
	t.Helper()
	fsys := fstest.MapFS{}
	for _, name := range []string{"openapi.yaml", "profile.yaml", "seed.yaml", "requirements.yaml"} {
		data, err := os.ReadFile(filepath.Join("..", "..", "testdata", "shop", name))
		require.NoError(t, err)
		data = []byte(strings.NewReplacer(replace...).Replace(string(data)))
		fsys["shop/"+name] = &fstest.MapFile{Data: data}
	}
	api, err := specs.Load(fsys, "shop")
	require.NoError(t, err)
	return api
}

func answer(method string, status int, media, body string) judge.Answer {
	h := http.Header{}
	if media != "" {
		h.Set("Content-Type", media)
	}
	return judge.Answer{Method: method, Status: status, Header: h, Body: []byte(body)}
}

func owners(findings []judge.Finding) []string {
	var all []string
	for _, f := range findings {
		for _, owner := range f.Owners {
			all = append(all, owner.ID)
		}
	}
	return all
}

func TestResponse(t *testing.T) {
	t.Parallel()
	const envelope = `{"error": {"code": 404, "message": "no"}}`
	api := shop(t)
	documented, err := judge.New(api, false)
	require.NoError(t, err)
	whole, err := judge.New(api, true)
	require.NoError(t, err)
	for name, test := range map[string]struct {
		judge     *judge.Judge
		method    string
		path      string
		answer    judge.Answer
		owners    []string
		ownerless int
	}{
		"an envelope":             {documented, "GET", "/things/x", answer("GET", 404, "application/json", envelope), nil, 0},
		"no message":              {documented, "GET", "/things/x", answer("GET", 404, "application/json", `{"error": {"code": 1}}`), []string{"SHOP-ERR-1"}, 0},
		"no JSON":                 {documented, "GET", "/things/x", answer("GET", 404, "text/html", "<p>"), []string{"SHOP-ERR-1"}, 0},
		"broken JSON":             {documented, "GET", "/things/x", answer("GET", 404, "application/json", "{"), []string{"SHOP-ERR-1"}, 0},
		"no body":                 {documented, "GET", "/things/x", answer("GET", 404, "", ""), []string{"SHOP-ERR-1"}, 0},
		"a documented type":       {documented, "GET", "/things/x", answer("GET", 200, "application/json", `{"size": "big"}`), []string{"SHOP-THING-2"}, 0},
		"assumed names":           {documented, "GET", "/things/x", answer("GET", 200, "application/json", `{"size": 1}`), nil, 0},
		"assumed names, judged":   {whole, "GET", "/things/x", answer("GET", 200, "application/json", `{"size": 1}`), nil, 1},
		"an assumed wrapping":     {documented, "GET", "/things", answer("GET", 200, "application/json", `[]`), nil, 0},
		"the wrapping, judged":    {whole, "GET", "/things", answer("GET", 200, "application/json", `[]`), []string{"SHOP-LIST-1"}, 0},
		"an assumed status":       {documented, "POST", "/things", answer("POST", 202, "", ""), nil, 0},
		"the status, judged":      {whole, "POST", "/things", answer("POST", 202, "", ""), nil, 1},
		"an unlisted status":      {documented, "GET", "/things", answer("GET", 500, "text/plain", "x"), nil, 0},
		"broken JSON of nobody's": {documented, "POST", "/things", answer("POST", 201, "application/json", "{"), nil, 0},
		"outside, an envelope":    {documented, "GET", "/nowhere", answer("GET", 404, "application/json", envelope), nil, 0},
		"outside, another":        {documented, "GET", "/nowhere", answer("GET", 404, "application/json", `{"error": "no"}`), []string{"SHOP-ERR-1"}, 0},
		"outside, a success":      {documented, "GET", "/nowhere", answer("GET", 200, "text/html", "<p>"), nil, 0},
		"outside, a fault":        {documented, "GET", "/nowhere", answer("GET", 500, "text/html", "<p>"), nil, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			match, _ := test.judge.Route(test.method, test.path)
			findings := test.judge.Response(match.Operation, test.answer)
			assert.Equal(t, test.owners, owners(findings))
			if test.owners == nil {
				assert.Len(t, findings, test.ownerless)
			}
		})
	}
}

// TestCommon holds that one operation with another envelope is enough to let answers outside operations be.
func TestCommon(t *testing.T) {
	t.Parallel()
	const files = "          description: Files\n          content:\n            application/json:\n              schema: {type: object}\n"
	for name, test := range map[string]struct {
		refusal string
		owners  []string
	}{
		"the same":       {`        4XX: {$ref: "#/components/responses/Refused"}`, []string{"SHOP-ERR-1"}},
		"another":        {`        4XX: {description: Text, content: {text/html: {}}}`, nil},
		"one status":     {`        "404": {$ref: "#/components/responses/Refused"}`, nil},
		"its own schema": {`        4XX: {description: Own, content: {application/json: {schema: {type: object, required: [error]}}}}`, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			api := shop(t, files+`        4XX: {$ref: "#/components/responses/Refused"}`, files+test.refusal)
			for _, assumed := range []bool{false, true} {
				j, err := judge.New(api, assumed)
				require.NoError(t, err)
				assert.Equal(t, test.owners, owners(j.Response(nil, answer("GET", 418, "application/json", `{"fault": 1}`))), assumed)
			}
		})
	}
}

func TestGateway(t *testing.T) {
	t.Parallel()
	j, err := judge.New(shop(t), false)
	require.NoError(t, err)
	match, _ := j.Route("GET", "/things")
	for body, gateway := range map[string]bool{
		`{"error": {"code": 503, "message": "busy"}}`: false,
		`{"message": "upstream"}`:                     true,
		`<html>`:                                      true,
		``:                                            true,
	} {
		assert.Equal(t, gateway, j.Gateway(match.Operation, answer("GET", 503, "application/json", body)), body)
		assert.Equal(t, gateway, j.Gateway(nil, answer("GET", 503, "application/json", body)), body)
		assert.False(t, j.Gateway(match.Operation, answer("GET", 500, "application/json", body)))
	}
	assert.True(t, j.Gateway(match.Operation, answer("GET", 502, "text/html", `{"error": {"code": 503, "message": "busy"}}`)))
}

func TestRestsOn(t *testing.T) {
	t.Parallel()
	documented, err := judge.New(shop(t), false)
	require.NoError(t, err)
	whole, err := judge.New(shop(t), true)
	require.NoError(t, err)
	own, err := judge.New(shop(t, "sources:\n", "openapi: documented\nsources:\n", "resources:\n", "resources:\n"), false)
	require.NoError(t, err)
	for name, test := range map[string]struct {
		method, path, media, body string
		want                      string
	}{
		"nothing sent":          {"GET", "/things", "", "", ""},
		"a documented body":     {"POST", "/things", "application/json", `{"name": "x"}`, ""},
		"an assumed field":      {"POST", "/things", "application/json", `{"name": "x", "colour": "red"}`, "the body's field colour"},
		"an invented field":     {"POST", "/things", "application/json", `{"name": "x", "shade": 1}`, "the body's field shade"},
		"another media type":    {"POST", "/things", "text/plain", `x`, "the media type text/plain"},
		"what cannot be read":   {"POST", "/things", "application/json", `{"colour":`, ""},
		"an assumed parameter":  {"GET", "/things?colour=red", "", "", "the query parameter colour"},
		"an invented parameter": {"GET", "/things?shade=red", "", "", "the query parameter shade"},
		"an assumed operation":  {"POST", "/gadgets/1/approve", "", "", "the operation approveGadget"},
		"documented as a whole": {"POST", "/token", "application/json", `{"key": "a", "secret": "b"}`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path, _, _ := strings.Cut(test.path, "?")
			match, ok := documented.Route(test.method, path)
			require.True(t, ok)
			r, err := http.NewRequest(test.method, "http://x"+test.path, strings.NewReader(test.body))
			require.NoError(t, err)
			if test.media != "" {
				r.Header.Set("Content-Type", test.media)
			}
			assert.Equal(t, test.want, documented.RestsOn(match.Operation, r, []byte(test.body), nil))
			assert.Empty(t, whole.RestsOn(match.Operation, r, []byte(test.body), nil), "assumptions are judged too")
			if name != "an invented field" && name != "an invented parameter" && name != "another media type" {
				assert.Empty(t, own.RestsOn(match.Operation, r, []byte(test.body), nil), "the document is the vendor's")
			}
		})
	}
}

// TestRestsOnValues holds that a value rests on no assumption of how values look if a document shows it, or if it is not
// the suite's own.
func TestRestsOnValues(t *testing.T) {
	t.Parallel()
	const listed = "      - openapi.yaml#/components/schemas/NewThing/properties/name/type\n"
	j, err := judge.New(shop(t,
		"        name: {type: string, minLength: 1}\n        colour: {", "        name: {type: string, pattern: ^n, examples: [next, 'no']}\n        colour: {examples: [red], ",
		listed, listed+"      - openapi.yaml#/components/schemas/NewThing/properties/name/examples/next\n",
	), false)
	require.NoError(t, err)
	match, ok := j.Route("POST", "/things")
	require.True(t, ok)
	for name, test := range map[string]struct {
		body, want string
		foreign    []string
	}{
		"one that is shown":              {`{"name": "next"}`, "", nil},
		"an example of ours":             {`{"name": "no"}`, "the body's field name", nil},
		"one that is made up":            {`{"name": "new"}`, "the body's field name", nil},
		"one that somebody gave":         {`{"name": "new"}`, "", []string{"other", "new"}},
		"an assumed field all the same":  {`{"name": "next", "colour": "red"}`, "the body's field colour", []string{"red"}},
		"an invented field all the same": {`{"name": "next", "shade": "x"}`, "the body's field shade", []string{"x"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, err := http.NewRequest("POST", "http://x/things", strings.NewReader(test.body))
			require.NoError(t, err)
			r.Header.Set("Content-Type", "application/json")
			assert.Equal(t, test.want, j.RestsOn(match.Operation, r, []byte(test.body), test.foreign))
		})
	}
}

func TestPathForm(t *testing.T) {
	t.Parallel()
	j, err := judge.New(shop(t), false)
	require.NoError(t, err)
	match, _ := j.Route("GET", "/things/thg_00000000")
	assert.Equal(t, judge.PathForm{Pattern: "^thg_[a-z0-9]{8}$", Type: "string"}, j.PathForm(match.Operation, "thing_id"))
	assert.Equal(t, judge.PathForm{}, j.PathForm(match.Operation, "other"))
	list, _ := j.Route("GET", "/things")
	assert.Equal(t, []string{"colour"}, j.QueryParameters(list.Operation))
}
