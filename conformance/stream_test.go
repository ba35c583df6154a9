package conformance_test

import (
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"understudy.dev/conformance"
)

// streams answers GET /v1/nowhere with an event stream.
func streams(body string) *shop {
	return &shop{before: func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path == "/v1/token" {
			return false
		}
		w.Header().Set("Content-Type", "text/event-stream; charset=utf-8")
		fmt.Fprint(w, body)
		return true
	}}
}

const talk = "data: {\"choices\": [{\"delta\": {\"role\": \"assistant\"}}]}\n\n" +
	": a comment\n\ndata: {\"choices\": [{\"delta\": {\"content\": \"Hi\"}}]}\n\ndata: [DONE]\n\n"

// TestStreams holds that claims look into the array of the events' data.
func TestStreams(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]conformance.Outcome{
		"json 0.choices.0.delta.role == assistant": conformance.Pass,
		"json 1.choices.0.delta.content == Hi":     conformance.Pass,
		"json 2 == [DONE]":                         conformance.Pass,
		"json '#' == 3":                            conformance.Pass,
		"json 2 is string":                         conformance.Pass,
		"! json 3":                                 conformance.Pass,
		"find content == Hi":                       conformance.Pass,
		"! find content == Ho":                     conformance.Pass,
		"capture word 1.choices.0.delta.content\nfind content == {word}": conformance.Pass,
		"json 1.choices.0.delta.content == Ho":                           conformance.Fail,
		"find content == Ho":                                             conformance.Fail,
		"json 3":                                                         conformance.Fail,
	} {
		t.Run(line, func(t *testing.T) {
			t.Parallel()
			c := check(t, streams(talk), "# SHOP-AUTH-2 MUST x\nGET /nowhere\nstatus 200\n"+line+"\n")
			assert.Equal(t, want, c.Outcome, c.Message+c.Got)
		})
	}
}

// TestStreamsInPassing holds that nobody tries to read a stream as JSON where the document has a schema for it.
func TestStreamsInPassing(t *testing.T) {
	t.Parallel()
	document, err := os.ReadFile("testdata/shop/openapi.yaml")
	require.NoError(t, err)
	const list = "        \"200\":\n          description: Things\n          content:\n"
	require.Contains(t, string(document), list)
	streamed := strings.Replace(string(document), list, list+"            text/event-stream: {schema: {type: object}}\n", 1)
	report := (&trial{
		files: map[string]string{
			"openapi.yaml": streamed, "checks": "# SHOP-AUTH-2 MUST x\nas main\nGET /things\nstatus 200\njson 2 == [DONE]\n",
		},
		server: streams(talk), options: conformance.Options{Assumed: true},
	}).run(t)
	assert.Equal(t, map[string]conformance.Outcome{"a/SHOP-AUTH-2": conformance.Pass}, outcomes(report))
}
