package conformance_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"

	"understudy.dev/conformance"
)

// TestWholePaths holds that an input can be a whole path, below any base, and that nothing is asked of it.
func TestWholePaths(t *testing.T) {
	t.Parallel()
	const ask = "# SHOP-AUTH-2 MUST x\nneeds input shelf\n"
	for name, test := range map[string]struct {
		script, shelf string
		want          conformance.Outcome
		says, seen    string
	}{
		"no operation":         {ask + "as main\nGET {shelf}\nstatus 404", "/nowhere/a%2Fb?x=1&y=a%20b", conformance.Pass, "", "shop /v1/nowhere/a%2Fb?x=1&y=a%20b"},
		"an operation":         {ask + "as main\nGET {shelf}\nstatus 200\njson data is array", "/things?colour=", conformance.Pass, "", "shop /v1/things?colour="},
		"another base":         {ask + "GET {shelf} -b files\nstatus 200", "/anything", conformance.Pass, "", "files /anything"},
		"its own base":         {ask + "GET /files\nstatus 200", "/x", conformance.Pass, "", "files /files"},
		"not of that base":     {ask + "GET /things -b files\nstatus 200", "/x", conformance.Pass, "", "files /things"},
		"a refusal counts":     {ask + "as main\nGET {shelf}\nstatus 200", "/nowhere", conformance.Fail, "404", "shop /v1/nowhere"},
		"no path":              {ask + "GET {shelf}\nstatus 401", "things", conformance.Error, "the input shelf must be a path that begins with /", ""},
		"not given":            {ask + "GET {shelf}\nstatus 401", "", conformance.NotObserved, "needs the input shelf", ""},
		"another host":         {ask + "GET {shelf}\nstatus 401", "//evil.test/x", conformance.Pass, "", "shop /v1//evil.test/x"},
		"outside, but charged": {ask + "as main\nGET {shelf}\nstatus 404", "/odd", conformance.Pass, "", "shop /v1/odd"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			seen := ""
			server := &shop{}
			server.before = func(w http.ResponseWriter, r *http.Request) bool {
				if r.URL.Path == "/v1/token" {
					return false
				}
				seen = "shop " + r.RequestURI
				if r.URL.Path == "/v1/odd" {
					w.Header().Set("Content-Type", "application/json")
					w.WriteHeader(http.StatusNotFound)
					_, _ = w.Write([]byte(`{"error": {"code": "404"}}`))
					return true
				}
				return false
			}
			files := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				seen = "files " + r.RequestURI
				w.Header().Set("Content-Type", "application/json")
				_, _ = w.Write([]byte("{}"))
			}))
			t.Cleanup(files.Close)
			tr := &trial{files: map[string]string{"checks": test.script}, server: server}
			first := httptest.NewServer(server)
			t.Cleanup(first.Close)
			tr.target.Bases = map[string]string{"default": first.URL + "/v1", "files": files.URL}
			tr.target.Inputs = map[string]string{"key": "key_small", "secret": "secret-small", "shelf": test.shelf}
			report := tr.run(t)
			c := report.Checks[0]
			assert.Equal(t, test.want, c.Outcome, c.Message+c.Got)
			assert.Contains(t, c.Message+c.Got, test.says)
			assert.Equal(t, test.seen, seen)
			if name == "outside, but charged" {
				assert.Equal(t, conformance.Fail, outcomes(report)["passive/SHOP-ERR-1"], "facts of all operations count")
			}
		})
	}
}
