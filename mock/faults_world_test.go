package mock_test

import (
	"encoding/json"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/tidwall/gjson"

	"understudy.dev/mock"
	"understudy.dev/specs"
)

// Off loopback the preferences of a mock want its token; wait is for everybody to send, and is ignored.
func TestPreferWantsTheToken(t *testing.T) {
	t.Parallel()
	server, err := mock.New([]*specs.API{toy(t)}, &mock.Options{AdminToken: "let-me-in"})
	require.NoError(t, err)
	defer server.Close()
	ask := func(prefer string, headers ...string) *httptest.ResponseRecorder {
		r := httptest.NewRequest("GET", "http://mock.test/toy/v1/health", nil)
		r.RemoteAddr = "192.0.2.7:1234"
		r.Header.Set("Prefer", prefer)
		for i := 0; i < len(headers); i += 2 {
			r.Header.Set(headers[i], headers[i+1])
		}
		w := httptest.NewRecorder()
		server.ServeHTTP(w, r)
		return w
	}
	for _, prefer := range []string{"fault=internal", "code=500", "wait=1, fault=reset"} {
		got := ask(prefer)
		assert.Equal(t, 401, got.Code, prefer)
		assert.Equal(t, "urn:understudy:token-wanted", gjson.Get(got.Body.String(), "type").String())
		assert.Equal(t, 401, ask(prefer, "X-Understudy-Token", "wrong").Code)
	}
	assert.Empty(t, server.World("").Journal(mock.Filter{}))
	began := time.Now()
	assert.Equal(t, 200, ask("wait=30").Code)
	assert.Less(t, time.Since(began), 10*time.Second)
	entry := server.World("").Journal(mock.Filter{})[0]
	require.Len(t, entry.Notes, 1)
	assert.Contains(t, entry.Notes[0], "preferences are ignored")
	assert.Equal(t, 200, ask("return=minimal").Code)

	got := ask("code=503", "X-Understudy-Token", "let-me-in")
	assert.Equal(t, 503, got.Code)
	assert.Equal(t, "unavailable", gjson.Get(got.Body.String(), "error.code").String())
	entries := server.World("").Journal(mock.Filter{Status: 503})
	require.Len(t, entries, 1)
	text, err := json.Marshal(entries[0])
	require.NoError(t, err)
	assert.NotContains(t, string(text), "let-me-in", "the token was not meant for the API")
}

// A share meets the same requests after a reset with the same rules, and in a fork it goes on.
func TestShareIsDeterministic(t *testing.T) {
	t.Parallel()
	s := perform(t, frozen(), toy(t))
	fates := func() string {
		s.Fault(mock.Fault{Status: 503, Share: 0.4, AtMostInARow: 2, Operations: []string{"health"}})
		var all strings.Builder
		for range 30 {
			got, err := s.try(t, message{method: "GET", url: "/toy/v1/health"})
			require.NoError(t, err)
			all.WriteString(map[int]string{200: ".", 503: "x"}[got.StatusCode])
		}
		return all.String()
	}
	first := fates()
	assert.Contains(t, first, "x")
	assert.NotContains(t, first, "xxx")
	s.Reset()
	assert.Equal(t, first, fates())
}

// A fork has the faults of its origin, each for itself, and loses them with a reset.
func TestForkedFaults(t *testing.T) {
	t.Parallel()
	s := perform(t, frozen(), toy(t))
	s.Fault(mock.Fault{Status: 503, Times: 2})
	assert.Equal(t, 201, s.admin(t, "POST", "/worlds", `{"name": "fork", "from": "default"}`).StatusCode)
	status := func(prefix string) int {
		got, err := s.try(t, message{method: "GET", url: prefix + "/toy/v1/health"})
		require.NoError(t, err)
		return got.StatusCode
	}
	assert.Equal(t, []int{503, 503, 200}, []int{status("/w/fork"), status("/w/fork"), status("/w/fork")})
	assert.Equal(t, []int{503, 503, 200}, []int{status(""), status(""), status("")})
	s.Server.World("fork").Reset()
	assert.Equal(t, 200, status("/w/fork"))
	other := s.World(t, "other")
	assert.Equal(t, "f1", other.Fault(mock.Fault{Status: 502}).ID)
	other.Snapshot("broken")
	other.Reset()
	assert.Equal(t, 200, status("/w/other"))
	other.Restore("broken")
	assert.Equal(t, 502, status("/w/other"), "a snapshot keeps faults")
	assert.Equal(t, 200, status(""), "worlds share none")
	assert.Empty(t, s.Server.World("fork").Faults())
}
