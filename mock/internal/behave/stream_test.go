package behave

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"understudy.dev/mock/internal/state"
	"understudy.dev/specs"
)

// streaming is an API whose one operation may stream.
func streaming(t testing.TB, profile string) *world {
	t.Helper()
	api, err := load(t, `openapi: 3.1.0
info: {title: T, version: "1"}
paths:
  /act:
    post:
      operationId: act
      requestBody: {content: {application/json: {}}}
      responses: {"200": {description: d, content: {application/json: {}, text/event-stream: {}}}}
`, "resources: {things: {id: 't${counter()}'}}\noperations:\n  act:\n    "+strings.ReplaceAll(strings.TrimSpace(profile), "\n", "\n    "), "")
	require.NoError(t, err)
	return newWorld(t, api)
}

func TestStream(t *testing.T) {
	t.Parallel()
	w := streaming(t, `
do:
  - {answer: {one: answer}}
  - {stream: "${body.events}", end: "over ${len(body.events)}", every: 20ms, when: body.events != nil}
  - {answer: last, when: body.last != nil}
headers: {X-Events: "${len(result)}"}
`)
	result := w.result("act", request{body: `{"events": [ {"a" :
  1}, "two\nlines", 3, null, [ ] , "" ]}`})
	require.NotNil(t, result.Stream)
	assert.Equal(t, specs.VerbStream, result.Verb)
	var events []string
	for _, event := range result.Stream.Events {
		events = append(events, string(event))
	}
	assert.Equal(t, []string{`{"a":1}`, "two\nlines", "3", "null", "[]", ""}, events)
	assert.Equal(t, "over 6", string(result.Stream.End))
	assert.Equal(t, 20*time.Millisecond, result.Stream.Pause)
	assert.Equal(t, []Header{{"X-Events", "6"}}, result.Headers, "the result of a stream is the list of its events")

	assert.Nil(t, w.result("act", request{body: `{}`}).Stream)
	last := w.result("act", request{body: `{"events": [1], "last": true}`})
	assert.Nil(t, last.Stream, "the last step that has a result gives it")
	assert.Equal(t, `"last"`, string(last.Body))

	assert.Empty(t, w.result("act", request{body: `{"events": []}`}).Stream.Events)
	refusal := w.refused("act", request{body: `{"events": {"a": 1}}`}, specs.Internal)
	require.Error(t, refusal.Err)
	assert.Contains(t, refusal.Err.Error(), "must be a list")
}

func TestStreamWithoutEnd(t *testing.T) {
	t.Parallel()
	w := streaming(t, `stream: ["a", "b"]`)
	stream := w.result("act", request{}).Stream
	require.NotNil(t, stream)
	assert.Nil(t, stream.End)
	assert.Zero(t, stream.Pause)
	assert.False(t, w.programs.Settles("act"))
	assert.Nil(t, w.programs.Settle(w.call("act", request{}), specs.SentInfo{}), "what does not settle does nothing")
}

func TestSettle(t *testing.T) {
	t.Parallel()
	w := streaming(t, `
do:
  - {create: things, from: {reserved: true}, as: thing}
  - {stream: "${body.events}"}
settle:
  - {update: things, id: thing.id, from: {reserved: false, events: "${sent.events}", complete: "${sent.complete}", at: "${rfc3339(now)}"}}
  - {require: body.fail != true, else: conflict, message: "${thing.id} fails"}
`)
	require.True(t, w.programs.Settles("act"))
	call := w.call("act", request{body: `{"events": [1, 2]}`})
	_, refusal := w.programs.Run(call)
	require.Nil(t, refusal)
	assert.JSONEq(t, `{"id":"t1","reserved":true}`, string(w.store.View().Get("things", "t1").Raw))
	call.Now = noon.Add(time.Minute)
	require.Nil(t, w.programs.Settle(call, specs.SentInfo{Events: 1}))
	assert.JSONEq(t, `{"id":"t1","reserved":false,"events":1,"complete":false,"at":"2026-01-10T12:01:00Z"}`,
		string(w.store.View().Get("things", "t1").Raw))

	call = w.call("act", request{body: `{"events": [], "fail": true}`})
	_, refusal = w.programs.Run(call)
	require.Nil(t, refusal)
	before := w.store.View()
	refusal = w.programs.Settle(call, specs.SentInfo{Complete: true})
	require.NotNil(t, refusal)
	assert.Equal(t, specs.Conflict, refusal.Problem)
	assert.Equal(t, "t2 fails", refusal.Detail)
	assert.Equal(t, specs.VerbRequire, refusal.Verb)
	assert.Same(t, before, w.store.View(), "all of settle happens, or nothing")
}

func TestSettleTellsEvents(t *testing.T) {
	t.Parallel()
	api, err := load(t, `openapi: 3.1.0
info: {title: T, version: "1"}
paths: {/act: {post: {operationId: act, responses: {"200": {description: d, content: {application/json: {}}}}}}}
webhooks: {done: {}}
`, `resources: {hooks: {}}
webhooks: {subscriptions: hooks, url: it.url}
operations: {act: {answer: [1], settle: [{emit: done}, {emit: done, data: "${sent.complete}"}]}}
`, "")
	require.NoError(t, err)
	w := newWorld(t, api)
	call := w.call("act", request{})
	var told []string
	call.Emitted = func(events []Event, _ *state.Snapshot) {
		for _, e := range events {
			told = append(told, e.Type+" "+string(e.Data))
		}
	}
	_, refusal := w.programs.Run(call)
	require.Nil(t, refusal)
	assert.Empty(t, told)
	require.Nil(t, w.programs.Settle(call, specs.SentInfo{Complete: true}))
	assert.Equal(t, []string{"done [1]", "done true"}, told, "what is told without data is the operation's result")
}
