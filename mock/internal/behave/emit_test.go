package behave

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/tidwall/gjson"

	"understudy.dev/mock/internal/state"
	"understudy.dev/specs"
)

func TestEmit(t *testing.T) {
	t.Parallel()
	const openapi = `openapi: 3.1.0
info: {title: T, version: "1"}
paths:
  /made: {post: {operationId: made, requestBody: {content: {application/json: {}}}, responses: {"201": {description: d}}}}
  /said: {post: {operationId: said, requestBody: {content: {application/json: {}}}, responses: {"200": {description: d}}}}
webhooks: {a.made: {}, a.said: {}}
`
	const profile = `resources: {things: {}, hooks: {}}
webhooks: {subscriptions: hooks, url: it.url}
operations:
  made:
    do:
      - {emit: a.said}
      - {create: things}
      - {emit: a.made}
      - {emit: a.said, data: {word: "${body.word}"}}
      - {require: body.word != 'bad', else: conflict}
  said: {emit: a.said, data: "${body.word}"}
`
	api, err := load(t, openapi, profile, "")
	require.NoError(t, err)
	w := newWorld(t, api)
	var events []Event
	var seen *state.Snapshot
	run := func(operation, body string) (*Result, *Refusal) {
		call := w.call(operation, request{body: body})
		call.Emitted = func(all []Event, after *state.Snapshot) {
			events, seen = all, after
			assert.Equal(t, w.store.View().Version(), after.Version(), "what is told is stored already")
		}
		return w.programs.Run(call)
	}
	made, refused := run("made", `{"word":"good"}`)
	require.Nil(t, refused)
	assert.Equal(t, specs.VerbCreate, made.Verb, "an event is no result")
	require.Len(t, events, 3)
	assert.Equal(t, Event{"a.said", []byte("null")}, events[0], "there is no result yet")
	assert.Equal(t, "a.made", events[1].Type)
	assert.Equal(t, string(made.Body), string(events[1].Data))
	assert.Equal(t, Event{"a.said", []byte(`{"word":"good"}`)}, events[2])
	assert.NotNil(t, seen.Get("things", gjson.GetBytes(made.Body, "id").String()))

	events = nil
	_, refused = run("made", `{"word":"bad"}`)
	assert.Equal(t, specs.Conflict, refused.Problem)
	assert.Empty(t, events, "nothing happened")

	_, refused = run("said", `{"word":"x"}`)
	require.Nil(t, refused)
	assert.Equal(t, []Event{{"a.said", []byte(`"x"`)}}, events)
}
