package conformance_test

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"understudy.dev/conformance"
)

// TestRequests holds how requests are written: bodies, headers, parts, escapes.
func TestRequests(t *testing.T) {
	t.Parallel()
	var got *http.Request
	var body string
	server := &shop{}
	server.before = func(_ http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path == "/v1/token" {
			return false
		}
		data, err := io.ReadAll(r.Body)
		assert.NoError(t, err)
		got, body = r, string(data)
		return false
	}
	send := func(line, files string) {
		t.Helper()
		got, body = nil, ""
		outcome := check(t, server, "# SHOP-AUTH-2 MUST x\nneeds input shelf\n"+line+"\nstatus 4xx\n"+files)
		require.Equal(t, conformance.Pass, outcome.Outcome, outcome.Message)
	}
	send("invalid POST /things b.json", "-- b.json --\n{\"a\": {unique}, \"b\": \"x {shelf}\\\"{shelf}\", \"c\": \"{key}\"}\n")
	assert.JSONEq(t, `{"a": "utest000", "b": "x front\"front", "c": "key_small"}`, body)
	assert.Equal(t, "application/json", got.Header.Get("Content-Type"))
	assert.Contains(t, got.UserAgent(), "understudy-verify/test SHOP-AUTH-2")

	send("invalid POST /things b.form", "-- b.form --\na=1&b={base}\n")
	values, err := url.ParseQuery(body)
	require.NoError(t, err)
	assert.Regexp(t, "^http://.*/v1$", values.Get("b"))
	assert.Equal(t, "application/x-www-form-urlencoded", got.Header.Get("Content-Type"))

	send("invalid POST /nowhere b.txt -H 'X-A: {shelf}' -H 'Content-Type: text/x'", "-- b.txt --\nhi {shelf}\n")
	assert.Equal(t, "hi front\n", body)
	assert.Equal(t, "front", got.Header.Get("X-A"))
	assert.Equal(t, "text/x", got.Header.Get("Content-Type"))

	send("GET /things -u '{shelf}:pass word'", "")
	user, password, _ := got.BasicAuth()
	assert.Equal(t, "front:pass word", user+":"+password)
	assert.Equal(t, "always", got.Header.Get("X-Shop"))

	send("invalid GET /nowhere -H 'X-Shop: now' -H 'Accept:'", "")
	assert.Equal(t, []string{"now"}, got.Header.Values("X-Shop"))
	assert.NotEmpty(t, got.Header.Get("Accept"))

	send("invalid GET /nowhere -H 'x-shop:'", "")
	assert.NotContains(t, got.Header, "X-Shop")
}

func TestRequestParts(t *testing.T) {
	t.Parallel()
	server := &shop{}
	server.before = func(_ http.ResponseWriter, r *http.Request) bool {
		user, password, _ := r.BasicAuth()
		assert.Equal(t, "front:pass#word", user+":"+password)
		assert.NoError(t, r.ParseMultipartForm(1<<20))
		assert.Equal(t, "front door", r.FormValue("place"))
		file, header, err := r.FormFile("file")
		if assert.NoError(t, err) {
			data, _ := io.ReadAll(file)
			assert.Equal(t, "{\"a\": \"utest000\"}\n", string(data))
			assert.Equal(t, "a.json", header.Filename)
		}
		return false
	}
	got := check(t, server, "# SHOP-AUTH-2 MUST x\nneeds input shelf\ninvalid POST /things -u '{shelf}:pass#word' -F 'place={shelf} door' -F file=@a.json\nstatus 4xx\n-- a.json --\n{\"a\": {unique}}\n")
	assert.Equal(t, conformance.Pass, got.Outcome, got.Message)
}

// TestPaths holds that a value stays within its segment.
func TestPaths(t *testing.T) {
	t.Parallel()
	server := &shop{}
	server.before = func(_ http.ResponseWriter, r *http.Request) bool {
		server.agents = append(server.agents, r.URL.EscapedPath()+"?"+r.URL.RawQuery)
		return false
	}
	got := (&trial{
		files:  map[string]string{"checks": "# SHOP-AUTH-2 MUST x\nneeds input shelf\nGET /things/{shelf}?q={shelf}\nstatus 401\n"},
		server: server, target: conformance.Target{Inputs: map[string]string{"key": "k12", "secret": "s12", "shelf": "../a b?c#d&e"}},
	}).run(t).Checks[0]
	assert.Equal(t, conformance.Pass, got.Outcome, got.Message)
	assert.Equal(t, "/v1/things/..%2Fa%20b%3Fc%23d&e?q=..%2Fa+b%3Fc%23d%26e", server.agents[len(server.agents)-1])
}

// pages cuts a list of three into pages of one in some style.
func pages(style string) func(*http.Request, []any) any {
	return func(r *http.Request, _ []any) any {
		q := r.URL.Query()
		page := 1
		for _, name := range []string{"page", "cursor", "offset"} {
			if n, err := strconv.Atoi(strings.TrimPrefix(q.Get(name), "c")); err == nil {
				page = n
			}
		}
		items := []any{map[string]any{"id": fmt.Sprint("thg_0000000", page), "name": fmt.Sprint("n", page)}}
		out := map[string]any{"data": items}
		more := page < 3
		switch style {
		case "url":
			if out["next"] = nil; more {
				out["next"] = fmt.Sprintf("/v1/things?page=%d", page+1)
			}
		case "absolute":
			if more {
				out["links"] = map[string]any{"next": fmt.Sprintf("http://%s/v1/things?page=%d", r.Host, page+1)}
			}
		case "elsewhere":
			out["next"] = "http://elsewhere.example/v1/things?page=2"
		case "cursor":
			out["has_more"] = more
			if more {
				out["next_cursor"] = fmt.Sprint("c", page+1)
			}
		case "pages":
			out["meta"] = map[string]any{"page": page, "pages": 3}
		case "total":
			out["total"] = 3
		case "stuck":
			out["page"], out["pages"] = 1, 2
			out["data"] = []any{}
		case "endless":
			out["meta"] = map[string]any{"page": page, "pages": 1000}
		}
		return out
	}
}

// TestFindPages holds that find looks at all pages, or admits that it has not.
func TestFindPages(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		third, none conformance.Outcome
	}{
		"one":       {conformance.Fail, conformance.Pass},
		"url":       {conformance.Pass, conformance.Pass},
		"absolute":  {conformance.Pass, conformance.Pass},
		"pages":     {conformance.Pass, conformance.Pass},
		"elsewhere": {conformance.NotObserved, conformance.NotObserved},
		"cursor":    {conformance.NotObserved, conformance.NotObserved}, // the contract declares no cursor
		"total":     {conformance.NotObserved, conformance.NotObserved},
		"stuck":     {conformance.NotObserved, conformance.NotObserved},
		"endless":   {conformance.Pass, conformance.NotObserved},
	}
	for style, test := range tests {
		t.Run(style, func(t *testing.T) {
			t.Parallel()
			server := &shop{list: pages(style)}
			got := check(t, server, "# SHOP-THING-1 MUST x\nas main\nGET /things\nfind name == n3\njson @found.id == thg_00000003\n")
			assert.Equal(t, test.third, got.Outcome, got.Message+got.Got)
			got = check(t, &shop{list: pages(style)}, "# SHOP-THING-1 MUST x\nas main\nGET /things\n! find name == nothing\n")
			assert.Equal(t, test.none, got.Outcome, got.Message+got.Got)
			assert.LessOrEqual(t, server.requests("GET"), 21)
		})
	}
}

// TestText holds what people read.
func TestText(t *testing.T) {
	t.Parallel()
	const script = "# SHOP-AUTH-2 MUST without a token there is a 401\nGET /things -H 'X-Key: {secret}'\nstatus 200\n" +
		"# SHOP-AUTH-1 MUST later\nneeds clock\nGET /things\nstatus 401\n# SHOP-ERR-1 MUST fine\nGET /things\nstatus 401\n" +
		"# SHOP-GADGET-1 MUST left\nas main\nPOST /gadgets\nstatus 2xx\ncreated gadget\n"
	trial := &trial{files: map[string]string{"checks": script}}
	report := trial.run(t)
	var text strings.Builder
	require.NoError(t, report.WriteText(&text, nil))
	for _, want := range []string{
		"Shop 1 against http://127.0.0.1:",
		"FAIL  SHOP-AUTH-2 MUST: without a token there is a 401",
		"  required  Without a token there is a 401.",
		"  source    guide, \"Tokens\"",
		"  check     a/SHOP-AUTH-2 (shop/checks/a.txtar:3)",
		"  expected  status 200",
		"  got       401 Unauthorized",
		"    -> 401 application/json",
		"curl -i 'http://127.0.0.1:",
		`-H 'X-Key: '"$SECRET"`,
		"not-observed   needs a clock of the target: --clock-url URL: a/SHOP-AUTH-1",
		"MUST    2 of 9 passed, 1 fail, 5 not-run, 1 not-observed",
		"SHOULD  0 of 1 passed, 1 not-run",
		"1 assumed requirements are not judged",
		"1 requirements are excused",
		"left behind at /gadgets: 7 (the API offers no way to delete it)",
		"verdict: non-conformant",
	} {
		assert.Contains(t, text.String(), want)
	}
	assert.NotContains(t, text.String(), "fine", "what passed is not listed")
	text.Reset()
	require.NoError(t, report.WriteText(&text, &conformance.TextOptions{Verbose: true}))
	assert.Contains(t, text.String(), "pass           a/SHOP-ERR-1  fine")
	assert.Error(t, report.WriteText(brokenWriter{}, nil))
}

type brokenWriter struct{}

func (brokenWriter) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }
