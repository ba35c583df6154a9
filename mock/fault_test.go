package mock

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/tidwall/gjson"

	"understudy.dev/mock/internal/behave"
	"understudy.dev/specs"
)

// TestFaultsOfOurs breaks one stage after another: the API answers in its own words, and the journal has the reason.
func TestFaultsOfOurs(t *testing.T) {
	t.Parallel()
	api, err := specs.LoadDir("../testdata/toy")
	require.NoError(t, err)
	boom := func(*exchange) *refusal { panic("boom") }
	breaks := map[string]struct {
		// change breaks the scene of an operation.
		change func(*scene)
		stage  string
		detail string
		// own is true where the API's own words survive.
		own bool
	}{
		"a panic in a stage": {func(s *scene) { s.stages = []stage{{"first", boom}} }, "first", "panic: boom", true},
		"a panic in render": {func(s *scene) {
			s.stages = []stage{{"last", func(x *exchange) *refusal { x.result = nil; return nil }}}
		}, "render", "panic", true},
		"a template that fails": {func(s *scene) {
			s.stages = []stage{{"last", func(x *exchange) *refusal {
				x.result = &behave.Result{Status: 200, Body: []byte("{}")}
				x.scene.successes = []*specs.Envelope{{Body: api.Profile.Answers.Envelopes[0].Body}}
				return nil
			}}}
		}, "render", "null has no field", true},
		"no words at all": {func(s *scene) {
			s.stages, s.wordings = []stage{{"first", boom}}, nil
		}, "render", "while refusing: panic: boom", false},
	}
	for name, test := range breaks {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, err := New([]*specs.API{api}, nil)
			require.NoError(t, err)
			defer server.Close()
			test.change(server.parts[0].scenes[api.Document.Operation("health")])
			recorder := httptest.NewRecorder()
			server.ServeHTTP(recorder, httptest.NewRequest("GET", "/toy/v1/health", nil))
			resp := recorder.Result()
			body, err := io.ReadAll(resp.Body)
			require.NoError(t, err)
			assert.Equal(t, http.StatusInternalServerError, resp.StatusCode)
			assert.NotContains(t, string(body), "boom")
			assert.Equal(t, test.own, gjson.GetBytes(body, "error.code").String() == "internal", string(body))
			entries := server.World("").Journal(Filter{})
			require.Len(t, entries, 1)
			assert.Equal(t, 500, entries[0].Status)
			require.NotNil(t, entries[0].Refusal)
			assert.Equal(t, test.stage, entries[0].Refusal.Stage)
			assert.Equal(t, "internal", entries[0].Refusal.Problem)
			assert.Contains(t, entries[0].Refusal.Detail, test.detail)
		})
	}
}
