package conformance_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"understudy.dev/conformance"
)

func failure(status int) any {
	return map[string]any{"error": map[string]any{"code": status, "message": "no"}}
}

// TestAssumedRequests holds that a target may refuse what rests on an assumption of ours, and nothing else.
func TestAssumedRequests(t *testing.T) {
	t.Parallel()
	const (
		plain    = "\n-- b.json --\n{\"name\": {unique}}\n"
		coloured = "\n-- b.json --\n{\"name\": {unique}, \"colour\": \"red\"}\n"
		cut      = "\n-- b.json --\n{\"name\": \n"
		head     = "# SHOP-THING-1 MUST x\nas main\n"
		post     = head + "POST /things b.json\n"
	)
	refuse := func(status int) *shop {
		return &shop{before: func(w http.ResponseWriter, r *http.Request) bool {
			if r.Method != http.MethodPost || r.URL.Path != "/v1/things" {
				return false
			}
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(status)
			_ = json.NewEncoder(w).Encode(failure(status))
			return true
		}}
	}
	tests := map[string]struct {
		script  string
		server  *shop
		outcome conformance.Outcome
		message string
	}{
		"a documented body refused":            {post + "status 2xx" + plain, refuse(422), conformance.Fail, ""},
		"an assumed field refused":             {post + "status 2xx" + coloured, refuse(422), conformance.NotObserved, "field colour is assumed; give a body for createThing"},
		"accepted with the wrong status":       {post + "status 418" + coloured, &shop{}, conformance.Fail, ""},
		"401 is about who asks":                {post + "status 2xx" + coloured, refuse(401), conformance.Fail, ""},
		"500 is a fault":                       {post + "status 2xx" + coloured, refuse(500), conformance.Fail, ""},
		"404 where it must not be":             {post + "! status 404" + coloured, refuse(404), conformance.Fail, ""},
		"another refusal than expected":        {post + "status 403" + coloured, refuse(422), conformance.NotObserved, "colour"},
		"accepted where a refusal must come":   {post + "status 403" + coloured, &shop{}, conformance.Fail, ""},
		"the expected refusal":                 {post + "status 403\njson error.code == 403" + coloured, refuse(403), conformance.Pass, ""},
		"claims after the expected refusal":    {post + "status 403\njson error.code == 1" + coloured, refuse(403), conformance.Fail, ""},
		"claims after another refusal":         {post + "GET /things\nfind name == {unique}" + coloured, refuse(422), conformance.NotObserved, "colour"},
		"created after a refusal":              {post + "created thing\nGET /things/{thing}\nstatus 200" + coloured, refuse(422), conformance.NotObserved, "colour"},
		"what cannot be read rests on nothing": {head + "invalid POST /things b.json\nstatus 400" + cut, refuse(422), conformance.Fail, ""},
		"an assumed parameter":                 {head + "GET /things?colour=red\nstatus 200", &shop{tweak: answerWith("GET", "/things", 400, failure(400))}, conformance.NotObserved, "query parameter colour"},
		"an assumed operation":                 {head + "POST /gadgets/{unknown}/approve\nstatus 404", &shop{tweak: answerWith("POST", "/gadgets", 405, failure(405))}, conformance.NotObserved, "operation approveGadget"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := check(t, test.server, test.script)
			assert.Equal(t, test.outcome, got.Outcome, "%s: %s, %s", got.Message, got.Expected, got.Got)
			assert.Contains(t, got.Message, test.message)
		})
	}
}

// TestGivenRequests holds what the user's own bodies change.
func TestGivenRequests(t *testing.T) {
	t.Parallel()
	const coloured = "\n-- b.json --\n{\"name\": {unique}, \"colour\": \"red\"}\n"
	given := map[string]any{"createThing": map[string]any{"name": "n-{unique}", "shade": "{shelf}", "literal": "{other}", "size": 3}}
	tests := map[string]struct {
		script  string
		given   map[string]any
		outcome conformance.Outcome
		message string
	}{
		"sent instead":                {"POST /things b.json\nstatus 2xx\nfind shade == front\nfind literal ~ other\nfind size == 3" + coloured, given, conformance.Pass, ""},
		"a value that is not sent":    {"POST /things b.json\nstatus 2xx\nfind colour == red" + coloured, given, conformance.NotObserved, "given body does not send"},
		"a value that is sent":        {"POST /things b.json\nstatus 2xx\nfind shade == back" + coloured, given, conformance.Fail, ""},
		"accepted instead of refused": {"POST /things b.json\nstatus 409" + coloured, given, conformance.NotObserved, "createThing is accepted"},
		"an invalid request stays":    {"invalid POST /things b.json\nstatus 400\n-- b.json --\n{\"colour\": 1}\n", given, conformance.Pass, ""},
		"a login stays":               {"POST /token b.json\nstatus 401\n-- b.json --\n{\"key\": \"k\", \"secret\": \"s\"}\n", map[string]any{"createToken": map[string]any{"key": "{key}", "secret": "{secret}"}}, conformance.Pass, ""},
		"a given body that is wrong":  {"POST /things b.json\nstatus 2xx" + coloured, map[string]any{"createThing": map[string]any{"name": 1}}, conformance.Error, "the body given for createThing breaks what is documented"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			script := "# SHOP-THING-1 MUST x\nas main\n" + test.script
			report := (&trial{
				files: map[string]string{"checks": script}, target: conformance.Target{Requests: test.given},
			}).run(t)
			got := report.Checks[0]
			assert.Equal(t, test.outcome, got.Outcome, "%s: %s, %s", got.Message, got.Expected, got.Got)
			assert.Contains(t, got.Message, test.message)
		})
	}
}

// TestAlike holds that a refusal counts where the same was accepted before, whoever made the body, if somebody else asks.
func TestAlike(t *testing.T) {
	t.Parallel()
	const (
		post = "POST /things b.json\nstatus 2xx\n"
		body = "\n-- b.json --\n{\"name\": {unique}, \"colour\": \"red\"}\n"
	)
	given := map[string]any{"createThing": map[string]any{"name": "n-{unique}", "shade": "grey"}}
	for name, test := range map[string]struct {
		script  string
		given   map[string]any
		outcome conformance.Outcome
		message string
	}{
		"the same from somebody else":         {post + "as spare\nalike " + post, nil, conformance.Fail, ""},
		"the same again":                      {post + "alike " + post, nil, conformance.Fail, ""},
		"expected":                            {post + "as spare\nalike POST /things b.json\nstatus 403\n", nil, conformance.Pass, ""},
		"nothing before":                      {"alike " + post, nil, conformance.Error, "no request to createThing was accepted before"},
		"the user's body from somebody else":  {post + "as spare\nalike " + post, given, conformance.Fail, ""},
		"the user's body again":               {post + "alike " + post, given, conformance.NotObserved, "stands for those of the check"},
		"the user's body with nothing before": {"alike " + post, given, conformance.NotObserved, "stands for those of the check"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			posts := 0
			server := &shop{before: func(w http.ResponseWriter, r *http.Request) bool {
				if r.Method != http.MethodPost || r.URL.Path != "/v1/things" {
					return false
				}
				if posts++; posts == 1 {
					return false
				}
				w.Header().Set("Content-Type", "application/json")
				w.WriteHeader(http.StatusForbidden)
				_ = json.NewEncoder(w).Encode(failure(http.StatusForbidden))
				return true
			}}
			got := (&trial{
				files: map[string]string{"checks": "# SHOP-THING-1 MUST x\nas main\n" + test.script + body}, server: server,
				target: conformance.Target{Requests: test.given, Inputs: map[string]string{
					"key": "key_small", "secret": "secret-small", "spare_key": "key_big", "spare_secret": "secret-big",
				}},
			}).run(t).Checks[0]
			assert.Equal(t, test.outcome, got.Outcome, "%s: %s, %s", got.Message, got.Expected, got.Got)
			assert.Contains(t, got.Message, test.message)
		})
	}
}

// TestUnknown holds that {unknown} keeps to the contract, and to the form of the target's own ids where it must.
func TestUnknown(t *testing.T) {
	t.Parallel()
	const get = "# SHOP-THING-1 MUST x\nas main\nGET /things/{unknown}\nstatus 404\n"
	uuids := func(n int) string { return "8d8ac610-566d-4ef0-9c22-186b2a5ed79" + string(rune('0'+n)) }
	strict := func(w http.ResponseWriter, r *http.Request) bool {
		id := strings.TrimPrefix(r.URL.Path, "/v1/things/")
		if id == r.URL.Path || strings.Count(id, "-") == 4 {
			return false
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusBadRequest)
		_, _ = w.Write([]byte(`{"error":{"code":400,"message":"no id"}}`))
		return true
	}
	t.Run("the contract's form", func(t *testing.T) {
		t.Parallel()
		server := &shop{}
		assert.Equal(t, conformance.Pass, check(t, server, get).Outcome)
		assert.Equal(t, 1, server.requests("GET /things/thg_"))
	})
	t.Run("the target's form", func(t *testing.T) {
		t.Parallel()
		server := &shop{before: strict, id: uuids, things: []map[string]any{{"id": uuids(1), "name": "a"}}}
		got := check(t, server, get)
		assert.Equal(t, conformance.Pass, got.Outcome, got.Message)
		assert.Equal(t, 2, server.requests("GET /things/"))
	})
	t.Run("a form that cannot be learnt", func(t *testing.T) {
		t.Parallel()
		got := check(t, &shop{before: strict}, get)
		assert.Equal(t, conformance.NotObserved, got.Outcome)
		assert.Contains(t, got.Message, "the form of ids is assumed")
	})
	t.Run("refused though it has the form", func(t *testing.T) {
		t.Parallel()
		server := &shop{
			things: []map[string]any{{"id": uuids(1), "name": "a"}},
			tweak: func(r *http.Request, status int, body any) (int, any) {
				if status == http.StatusNotFound {
					return http.StatusBadRequest, failure(http.StatusBadRequest)
				}
				return status, body
			},
		}
		assert.Equal(t, conformance.Fail, check(t, server, get).Outcome)
	})
	t.Run("nothing that may exist is changed", func(t *testing.T) {
		t.Parallel()
		server := &shop{
			before: strict, things: []map[string]any{{"id": "17", "name": "a"}},
		}
		got := check(t, server, "# SHOP-THING-1 MUST x\nas main\nDELETE /things/{unknown}\nstatus 404\n")
		assert.Equal(t, conformance.NotObserved, got.Outcome)
		assert.Equal(t, 1, server.requests("DELETE"))
	})
}
