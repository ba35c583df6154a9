package validate

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// depot loads the document that most tests share.
func depot(t testing.TB, o *Options) *Document {
	t.Helper()
	src, err := os.ReadFile("testdata/depot.yaml")
	require.NoError(t, err)
	d, err := Load("depot.yaml", src, o)
	require.NoError(t, err)
	return d
}

// call is a request as a test writes it: "GET /crates?x=1", headers as "Name: value", and a body.
type call struct {
	line    string
	headers []string
	body    string
}

func (c call) request(t testing.TB) *http.Request {
	t.Helper()
	method, target, ok := strings.Cut(c.line, " ")
	require.True(t, ok, "a request line is METHOD TARGET")
	r := httptest.NewRequest(method, target, strings.NewReader(c.body))
	for _, line := range c.headers {
		name, value, _ := strings.Cut(line, ": ")
		r.Header.Add(name, value)
	}
	return r
}

// judge routes a request and gives what is wrong with it.
func (c call) judge(t testing.TB, d *Document) []Violation {
	t.Helper()
	r := c.request(t)
	m, err := d.Route(r.Method, r.URL.EscapedPath())
	require.Equal(t, RouteOK, err, c.line)
	return m.Operation.ValidateRequest(r, m, []byte(c.body))
}

func jsonCall(line, body string) call {
	return call{line: line, headers: []string{"Content-Type: application/json"}, body: body}
}

func header(lines ...string) http.Header {
	h := http.Header{}
	for _, line := range lines {
		name, value, _ := strings.Cut(line, ": ")
		h.Add(name, value)
	}
	return h
}

func messages(violations []Violation) string {
	var b bytes.Buffer
	for i, v := range violations {
		if i > 0 {
			b.WriteString("; ")
		}
		b.WriteString(v.Message)
	}
	return b.String()
}

// eachMode runs a test with and without the fast path: both must give the same verdicts.
func eachMode(t *testing.T, run func(t *testing.T, d *Document)) {
	t.Helper()
	for name, o := range map[string]*Options{"fast": nil, "official": {Official: true}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run(t, depot(t, o))
		})
	}
}
