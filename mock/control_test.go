package mock_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"understudy.dev/mock"
)

func TestControlPlane(t *testing.T) {
	t.Parallel()
	options := frozen()
	options.Version = "1.2.3"
	options.Worlds = 2
	s := perform(t, options, toy(t))
	// The steps build on one another.
	steps := []struct {
		method, path, body string
		status             int
		want               string
	}{
		{"GET", "/health", "", 200, `"status":"ok"`},
		{"HEAD", "/health", "", 200, ""},
		{"GET", "/version", "", 200, `"version":"1.2.3","apis":[{"name":"toy","title":"Lending Library","base":"/toy/v1"`},
		{"GET", "/openapi.json", "", 200, `"openapi":"3.1.0"`},
		{"GET", "", "", 404, "no path"},
		{"GET", "/", "", 404, "no path"},
		{"GET", "/nothing", "", 404, "no path"},
		{"PUT", "/clock", "{}", 405, "takes GET or POST"},

		{"GET", "/clock", "", 200, `{"now":"2026-01-01T00:00:00Z","frozen":true}`},
		{"POST", "/clock", `{"advance":"61m"}`, 200, `{"now":"2026-01-01T01:01:00Z","frozen":true}`},
		{"POST", "/clock", `{"set":"2026-01-03T00:00:00+01:00"}`, 200, `{"now":"2026-01-02T23:00:00Z","frozen":true}`},
		{"POST", "/clock", `{"advance":"-1s"}`, 409, "does not go backwards"},
		{"POST", "/clock", `{"set":"2026-01-01T00:00:00Z"}`, 409, "does not go backwards"},
		{"POST", "/clock", `{"advance":"soon"}`, 400, "61m"},
		{"POST", "/clock", `{"advance":"1s","set":"2026-02-01T00:00:00Z"}`, 400, "want"},
		{"POST", "/clock", `{}`, 400, "want"},
		{"POST", "/clock", ``, 400, "want"},
		{"POST", "/clock", `{"advnace":"1s"}`, 400, "advnace"},
		{"POST", "/clock", `{"advance":"1s"} x`, 400, "follows"},
		{"POST", "/clock", `{"advance":`, 400, "cannot read"},
		{"POST", "/clock", strings.Repeat("x", 2<<20), 413, "1048576"},

		{"GET", "/credentials?kind=desk", "", 200, `"api":"toy","kind":"desk"`},
		{"GET", "/credentials?kid=desk", "", 400, "kid"},
		{"POST", "/credentials", `{"kind":"desk","id":"d1","secret":"desk_1"}`, 201, `"secret":"desk_1"`},
		{"POST", "/credentials", `{"kind":"desk","id":"d1","secret":"desk_2"}`, 409, "taken"},
		{"POST", "/credentials", `{"kind":"badge"}`, 400, "key, token, session, desk, code"},
		{"POST", "/credentials", `{"id":"d2"}`, 400, "kind is missing"},
		{"POST", "/credentials", `{"api":"zoo","kind":"desk"}`, 400, "zoo"},
		{"GET", "/credentials?kind=desk", "", 200, `"id":"d1","scopes":[],"state":"good"`},
		{"POST", "/credentials/d1/expire", `{"api":"toy"}`, 200, `"state":"expired"`},
		{"POST", "/credentials/d1/revoke", ``, 200, `"state":"revoked"`},
		{"POST", "/credentials/none/revoke", ``, 404, "none"},
		{"POST", "/credentials/d1/expire", `{"api":"zoo"}`, 400, "zoo"},

		{"POST", "/worlds", `{"name":"side","seed":7,"clock":"2030-01-01T00:00:00Z"}`, 201, `"name":"side","seed":7,"now":"2030-01-01T00:00:00`},
		{"POST", "/worlds", `{"name":"side"}`, 409, "already"},
		{"POST", "/worlds", `{"name":"Bad Name"}`, 400, "lower-case"},
		{"POST", "/worlds", `{"name":""}`, 400, "lower-case"},
		{"POST", "/worlds", `{"name":"other","clock":"noon"}`, 400, "noon"},
		{"POST", "/worlds", `{"name":"other","seed":-1}`, 400, "seed"},
		{"POST", "/worlds", `{"name":"other"}`, 201, `"name":"other","seed":0,"now":"2026-01-01T00:00:00Z","frozen":true`},
		{"POST", "/worlds", `{"name":"third"}`, 409, "2 worlds"},
		{"GET", "/worlds", "", 200, `{"worlds":[{"name":"default"`},
		{"DELETE", "/worlds/other", "", 204, ""},
		{"DELETE", "/worlds/other", "", 404, "other"},
		{"DELETE", "/worlds/default", "", 409, "stays"},
		{"POST", "/worlds", `{"name":"third"}`, 201, "third"},

		{"GET", "/journal", "", 200, `{"entries":[],"dropped":0}`},
		{"GET", "/journal?limit=0", "", 400, "limit"},
		{"GET", "/journal?status=ok", "", 400, "status"},
		{"GET", "/journal?colour=red", "", 400, "colour"},
		{"GET", "/journal/x99", "", 404, "x99"},
		{"DELETE", "/journal", "", 204, ""},

		{"GET", "/state", "", 200, `{"resources":[{"api":"toy","resource":"books","count":3},{"api":"toy","resource":"copies","count":4}`},
		{"GET", "/state?api=toy&resource=members&limit=1", "", 200, `{"resources":[{"api":"toy","resource":"members","count":2,"items":[{"id":"mem_ada"`},
		{"GET", "/state?resource=members", "", 200, `"pin":"[redacted]"`},
		{"GET", "/state?resource=books&offset=2", "", 200, `"count":3,"items":[{"id":"bk_origin"`},
		{"GET", "/state?resource=books&offset=9", "", 200, `"count":3,"items":[]}]`},
		{"GET", "/state?resource=trains", "", 400, "books, copies"},
		{"GET", "/state?api=zoo", "", 400, "zoo"},
		{"GET", "/state?limit=5", "", 400, "wants resource"},
		{"GET", "/state?resource=books&limit=1001", "", 400, "1000"},
		{"GET", "/state?resource=books&offset=-1", "", 400, "offset"},
		{"GET", "/state?kind=books", "", 400, "kind"},

		{"POST", "/reset", `{"hard":true}`, 400, "hard"},
		{"POST", "/reset", ``, 200, `"now":"2026-01-01T00:00:00Z"`},
		{"GET", "/credentials?kind=desk", "", 200, `"credentials":[{"api":"toy","kind":"desk","id":"`},
	}
	for _, step := range steps {
		got := s.send(t, message{method: step.method, url: "/__admin" + step.path, body: step.body, media: "application/json"})
		require.Equal(t, step.status, got.StatusCode, "%s %s %.80s: %s", step.method, step.path, step.body, got.body)
		assert.Contains(t, got.body, step.want, "%s %s %.80s", step.method, step.path, step.body)
	}
	wrong := s.send(t, message{method: "PATCH", url: "/__admin/worlds", media: "application/json"})
	assert.Equal(t, "GET, POST", wrong.Header.Get("Allow"))
}

func TestControlPlaneIsGuarded(t *testing.T) {
	t.Parallel()
	s := perform(t, frozen(), toy(t))
	for name, test := range map[string]struct {
		message message
		status  int
	}{
		"rebinding":        {message{method: "GET", url: "/__admin/journal", host: "attacker.test"}, 403},
		"documented host":  {message{method: "GET", url: "/__admin/journal", host: "api.library.test"}, 403},
		"foreign origin":   {message{method: "GET", url: "/__admin/journal", headers: map[string]string{"Origin": "http://attacker.test"}}, 403},
		"cross-site":       {message{method: "GET", url: "/__admin/journal", headers: map[string]string{"Sec-Fetch-Site": "cross-site"}}, 403},
		"form":             {message{method: "POST", url: "/__admin/reset", media: "text/plain", body: "{}"}, 415},
		"in another world": {message{method: "POST", url: "/w/default/__admin/reset", media: "text/plain", body: "{}"}, 415},
		"before the world": {message{method: "GET", url: "/w/none/__admin/health", host: "attacker.test"}, 403},
		"unknown world":    {message{method: "GET", url: "/w/none/__admin/health"}, 404},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := s.send(t, test.message)
			assert.Equal(t, test.status, got.StatusCode, got.body)
		})
	}
}

func TestWorldsAreIsolated(t *testing.T) {
	t.Parallel()
	s := perform(t, frozen(), toy(t))
	require.Equal(t, 201, s.send(t, message{method: "POST", url: "/__admin/worlds", body: `{"name":"side"}`}).StatusCode)
	mine := s.librarian(t)
	there := s.send(t, message{
		method: "POST", url: "/w/side/toy/v1/auth/token", body: `{"key":"key_librarian","secret":"librarian-secret"}`,
	}).json("token").String()
	theirs := map[string]string{"Authorization": "Bearer " + there}
	assert.NotEqual(t, mine["Authorization"], theirs["Authorization"], "ids derive from the world's name too")

	list := func(prefix string, headers map[string]string) reply {
		return s.send(t, message{method: "GET", url: prefix + "/toy/v1/books", headers: headers})
	}
	assert.Equal(t, 401, list("/w/side", mine).StatusCode, "tokens do not cross")
	assert.Equal(t, 401, list("", theirs).StatusCode)

	created := s.send(t, message{method: "POST", url: "/w/side/toy/v1/books", headers: theirs, body: `{"title":"Only here"}`})
	require.Equal(t, 201, created.StatusCode)
	assert.EqualValues(t, 3, list("", mine).json("page.total").Int())
	assert.EqualValues(t, 4, list("/w/side", theirs).json("page.total").Int())
	byHeader := with(theirs, mock.WorldHeader, "side")
	assert.EqualValues(t, 4, list("", byHeader).json("page.total").Int(), "the header does the same")
	assert.EqualValues(t, 4, list("/w/side", byHeader).json("page.total").Int(), "and may repeat it")
	assert.Equal(t, 400, list("/w/side", with(theirs, mock.WorldHeader, "default")).StatusCode)
	assert.Equal(t, 404, list("/w/none", theirs).StatusCode)
	assert.Equal(t, 404, list("", with(theirs, mock.WorldHeader, "")).StatusCode, "an empty name is no world")
	assert.Equal(t, 404, list("/w/", theirs).StatusCode)

	require.Equal(t, 200, s.send(t, message{method: "POST", url: "/w/side/__admin/clock", body: `{"advance":"2h"}`}).StatusCode)
	assert.Equal(t, 401, list("/w/side", theirs).StatusCode, "the side world's token has expired")
	assert.Equal(t, 200, list("", mine).StatusCode, "this one has not")
	clock := s.send(t, message{method: "GET", url: "/__admin/clock", headers: map[string]string{mock.WorldHeader: "side"}})
	assert.Equal(t, "2026-01-01T02:00:00Z", clock.json("now").String())

	require.Equal(t, 200, s.send(t, message{method: "POST", url: "/w/side/__admin/reset"}.json()).StatusCode)
	assert.Len(t, s.Server.World("side").Journal(mock.Filter{}), 0)
	assert.NotEmpty(t, s.Journal())
	require.Equal(t, 204, s.send(t, message{method: "DELETE", url: "/__admin/worlds/side"}).StatusCode)
	assert.Equal(t, 404, list("/w/side", theirs).StatusCode)
	assert.Nil(t, s.Server.World("side"))
}

// json makes a message without a body one that the guard lets through.
func (m message) json() message {
	m.media = "application/json"
	return m
}

func TestRemoteCallersNeedTheToken(t *testing.T) {
	t.Parallel()
	options := frozen()
	options.TrustProxy, options.AdminToken = true, "admin-token"
	s := perform(t, options, toy(t))
	remote := map[string]string{"X-Forwarded-For": "192.0.2.7"}
	get := func(url string, headers map[string]string) reply {
		return s.send(t, message{method: "GET", url: url, headers: headers})
	}
	assert.Equal(t, 200, get("/toy/v1/health", remote).StatusCode, "the default world is for everybody")
	denied := get("/__admin/health", remote)
	assert.Equal(t, 401, denied.StatusCode)
	assert.NotEmpty(t, denied.Header.Get("WWW-Authenticate"))
	assert.Equal(t, 401, get("/w/default/toy/v1/health", remote).StatusCode)
	assert.Equal(t, 401, get("/toy/v1/health", with(remote, mock.WorldHeader, "default")).StatusCode)
	for _, header := range []string{"Authorization", "X-Understudy-Token"} {
		value := map[string]string{"Authorization": "Bearer admin-token", "X-Understudy-Token": "admin-token"}[header]
		assert.Equal(t, 200, get("/__admin/health", with(remote, header, value)).StatusCode, header)
		assert.Equal(t, 200, get("/w/default/toy/v1/health", with(remote, header, value)).StatusCode, header)
	}
	auth := with(with(remote, "X-Understudy-Token", "admin-token"), "Authorization", s.librarian(t)["Authorization"])
	assert.Equal(t, 200, get("/w/default/toy/v1/books", auth).StatusCode, "the API's credential stands beside the token")
	for _, entry := range s.Journal() {
		assert.NotContains(t, fmt.Sprintf("%+v", entry), "admin-token")
	}
}

func TestJournal(t *testing.T) {
	t.Parallel()
	options := frozen()
	options.Journal = 5
	s := perform(t, options, toy(t))
	auth := s.librarian(t)
	s.send(t, message{method: "POST", url: "/toy/v1/books", headers: auth, body: `{"title":1}`})
	s.Advance(time.Second)
	got := s.send(t, message{method: "GET", url: "/toy/v1/books?limit=1", headers: auth})

	entry := s.send(t, message{method: "GET", url: "/__admin/journal/" + got.Header.Get(mock.ExchangeHeader)})
	for path, want := range map[string]string{
		"world": "default", "api": "toy", "operation": "listBooks", "method": "GET", "path": "/toy/v1/books?limit=1",
		"status": "200", "time": "2026-01-01T00:00:01Z", "response.body": got.body,
		"request.headers.Authorization.0": "Bearer [redacted]", "refusal": "",
	} {
		assert.Equal(t, want, entry.json(path).String(), path)
	}
	refused := s.send(t, message{method: "GET", url: "/__admin/journal?status=400&operation=createBook"})
	for path, want := range map[string]string{
		"entries.#": "1", "entries.0.request.body": `{"title":1}`,
		"entries.0.refusal.stage": "validate", "entries.0.refusal.problem": "invalid", "entries.0.refusal.rule": "type",
		"entries.0.refusal.pointer":  "/components/schemas/Book/properties/title/type",
		"entries.0.refusal.instance": "/title", "entries.0.refusal.expected": "string", "entries.0.refusal.got": "number",
	} {
		assert.Equal(t, want, refused.json(path).String(), path)
	}
	whole := fmt.Sprintf("%+v", s.Journal())
	assert.NotContains(t, whole, "librarian-secret")
	assert.NotContains(t, whole, strings.TrimPrefix(auth["Authorization"], "Bearer "))

	for range 10 {
		s.send(t, message{method: "GET", url: "/toy/v1/health"})
	}
	all := s.send(t, message{method: "GET", url: "/__admin/journal"})
	assert.EqualValues(t, 5, all.json("entries.#").Int())
	assert.EqualValues(t, 8, all.json("dropped").Int())
	assert.EqualValues(t, 2, s.send(t, message{method: "GET", url: "/__admin/journal?limit=2"}).json("entries.#").Int())
	require.Equal(t, 204, s.send(t, message{method: "DELETE", url: "/__admin/journal"}).StatusCode)
	assert.Empty(t, s.Journal())
}

func TestJournalReveals(t *testing.T) {
	t.Parallel()
	options := frozen()
	options.Reveal = true
	s := perform(t, options, toy(t))
	auth := s.librarian(t)
	assert.Contains(t, string(s.Journal()[0].Request.Body), "librarian-secret")
	s.send(t, message{method: "GET", url: "/toy/v1/books", headers: auth})
	assert.Equal(t, auth["Authorization"], s.Journal()[1].Request.Headers.Get("Authorization"))
}

// TestResetIsDoneWhenItAnswers lets a request that began before a reset end after it.
func TestResetIsDoneWhenItAnswers(t *testing.T) {
	t.Parallel()
	s := perform(t, frozen(), toy(t))
	auth := s.librarian(t)["Authorization"]
	conn, err := net.Dial("tcp", strings.TrimPrefix(s.Origin(), "http://"))
	require.NoError(t, err)
	defer conn.Close()
	_, err = io.WriteString(conn, "POST /toy/v1/books HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"+
		"Content-Length: 13\r\nExpect: 100-continue\r\nAuthorization: "+auth+"\r\n\r\n")
	require.NoError(t, err)
	reader := bufio.NewReader(conn)
	line, err := reader.ReadString('\n')
	require.NoError(t, err)
	require.Equal(t, "HTTP/1.1 100 Continue\r\n", line, "the request is under way")
	_, err = reader.ReadString('\n')
	require.NoError(t, err)

	require.Equal(t, 200, s.send(t, message{method: "POST", url: "/__admin/reset"}.json()).StatusCode)
	_, err = io.WriteString(conn, `{"title":"a"}`)
	require.NoError(t, err)
	late, err := http.ReadResponse(reader, nil)
	require.NoError(t, err)
	defer late.Body.Close()
	assert.Equal(t, 201, late.StatusCode, "it is answered")

	assert.Empty(t, s.Journal(), "and leaves no trace")
	got := s.send(t, message{method: "GET", url: "/toy/v1/books", headers: s.librarian(t)})
	assert.EqualValues(t, 3, got.json("page.total").Int())
	assert.Equal(t, "119", got.Header.Get("X-RateLimit-Remaining"))
}
