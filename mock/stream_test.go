package mock_test

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"understudy.dev/mock"
	"understudy.dev/mock/mocktest"
	"understudy.dev/specs"
)

// speaker is an API that streams, and remembers how far it came.
func speaker(t testing.TB) *specs.API {
	t.Helper()
	return inline(t, "speaker", map[string]string{
		"openapi.yaml": `openapi: 3.1.0
info: {title: Speaker, version: "1"}
paths:
  /speak:
    get:
      operationId: listen
      responses: {"200": {description: d, content: {application/json: {}, text/event-stream: {}}}}
    post:
      operationId: speak
      requestBody: {content: {application/json: {}}}
      responses: {"200": {description: d, content: {application/json: {}, text/event-stream: {}}}}
  /slowly:
    post:
      operationId: slowly
      requestBody: {content: {application/json: {}}}
      responses: {"200": {description: d, content: {text/event-stream: {}}}}
  /endlessly: {get: {operationId: endlessly, responses: {"200": {description: d, content: {text/event-stream: {}}}}}}
  /silently: {get: {operationId: silently, responses: {"200": {description: d, content: {text/event-stream: {}}}}}}
  /haltingly:
    get: {operationId: haltingly, responses: {"200": {description: d, content: {text/event-stream: {}}}}}
  /speeches: {get: {operationId: listSpeeches, responses: {"200": {description: d, content: {application/json: {}}}}}}
  /say: {post: {operationId: say, requestBody: {content: {application/json: {}}}, responses: {"200": {description: d, content: {application/json: {}}}}}}
`,
		"profile.yaml": `limits:
  all: {key: request.address, requests: 100, per: 1m, headers: {X-Left: "${limit.remaining}"}}
answers:
  headers: {X-Request-ID: "${request.id}"}
  envelopes:
    - {operations: [speak], headers: {X-Wrapped: "yes"}, body: {data: "${result}"}}
resources: {speeches: {id: "${counter()}"}}
operations:
  listen:
    do: [{stream: ["${request.id}", {n: 2}], end: over}]
    headers: {Cache-Control: no-store}
    settle: [{create: speeches, from: {events: "${sent.events}", complete: "${sent.complete}"}}]
  speak:
    do: [{stream: "${body.events}", end: over}]
    settle: [{create: speeches, from: {events: "${sent.events}", complete: "${sent.complete}"}}]
  slowly:
    do: [{stream: "${body.events}", end: over, every: 24h}]
    settle: [{create: speeches, from: {events: "${sent.events}", complete: "${sent.complete}", at: "${rfc3339(now)}"}}]
  endlessly:
    do: [{let: {noise: "${repeat('x', 60000)}"}}, {stream: "${map(1..120, noise)}"}]
    settle: [{create: speeches, from: {events: "${sent.events}", complete: "${sent.complete}"}}]
  silently:
    do: [{stream: []}]
    settle: [{create: speeches, from: {events: "${sent.events}", complete: "${sent.complete}"}}]
  haltingly:
    do: [{stream: [1, 2, 3, 4, 5], every: 40ms}]
    settle:
      - {create: speeches, from: {events: "${sent.events}"}}
      - {require: "false", else: conflict, message: Never.}
  say:
    do: [{answer: said}]
    settle: [{create: speeches, from: {events: "${sent.events}", complete: "${sent.complete}"}}]
  listSpeeches: {list: speeches}
`,
	})
}

// A listener reads a stream event by event.
type listener struct {
	*http.Response
	lines *bufio.Reader
}

// listen opens a stream of the default world.
func listen(t testing.TB, m *mocktest.Mock, method, path, body string) *listener {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, m.URL("speaker")+path, strings.NewReader(body))
	require.NoError(t, err)
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	resp, err := m.Client.Do(r)
	require.NoError(t, err)
	t.Cleanup(func() { resp.Body.Close() })
	require.Equal(t, 200, resp.StatusCode)
	return &listener{resp, bufio.NewReader(resp.Body)}
}

// event is the data of the next one, in one line.
func (l *listener) event() (string, error) {
	var data []string
	for {
		line, err := l.lines.ReadString('\n')
		if err != nil {
			return "", err
		}
		line = strings.TrimSuffix(line, "\n")
		if line == "" {
			return strings.Join(data, "|"), nil
		}
		data = append(data, strings.TrimPrefix(line, "data: "))
	}
}

func (l *listener) next(t testing.TB) string {
	t.Helper()
	event, err := l.event()
	require.NoError(t, err)
	return event
}

// speeches is what the settled streams of the default world have left.
func speeches(t testing.TB, m *mocktest.Mock) string {
	t.Helper()
	resp, err := m.Client.Get(m.URL("speaker") + "/speeches")
	require.NoError(t, err)
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	return string(raw)
}

// latest is the newest entry of an operation in the default world.
func latest(t testing.TB, m *mocktest.Mock, operation string) mock.Entry {
	t.Helper()
	entries := m.Server.World("").Journal(mock.Filter{Operation: operation})
	require.NotEmpty(t, entries)
	return entries[len(entries)-1]
}

// eventually waits for what another goroutine does in its own time.
func eventually(t testing.TB, what func() bool, why string) {
	t.Helper()
	require.Eventually(t, what, time.Minute, 2*time.Millisecond, why)
}

func TestStream(t *testing.T) {
	t.Parallel()
	m := mocktest.Start(t, frozen(), speaker(t))
	l := listen(t, m, "POST", "/speak", `{"events": [{"a": "1 \n 2"}, "two\nlines\r\nand\rmore\n", "", [3], null]}`)
	assert.Equal(t, "text/event-stream", l.Header.Get("Content-Type"))
	assert.Equal(t, "no-cache", l.Header.Get("Cache-Control"))
	assert.Empty(t, l.Header.Values("Content-Length"))
	assert.EqualValues(t, -1, l.ContentLength)
	assert.NotEmpty(t, l.Header.Get("X-Request-ID"))
	assert.Equal(t, "99", l.Header.Get("X-Left"), "a stream has the headers of limits")
	assert.Equal(t, "yes", l.Header.Get("X-Wrapped"))
	raw, err := io.ReadAll(l.Body)
	require.NoError(t, err)
	want := "data: {\"a\":\"1 \\n 2\"}\n\n" +
		"data: two\ndata: lines\ndata: and\ndata: more\ndata: \n\n" +
		"data: \n\n" + "data: [3]\n\n" + "data: null\n\n" + "data: over\n\n"
	assert.Equal(t, want, string(raw))
	assert.Equal(t, `[{"id":1,"events":5,"complete":true}]`, speeches(t, m))
	entry := latest(t, m, "speak")
	assert.Equal(t, want, string(entry.Response.Body))
	assert.EqualValues(t, len(want), entry.Response.Size)
	assert.False(t, entry.Open)
	assert.Empty(t, entry.Broken)
	assert.Nil(t, entry.Refusal)
	assert.Equal(t, 200, entry.Status)

	l = listen(t, m, "GET", "/speak", "")
	assert.Equal(t, []string{"no-store"}, l.Header.Values("Cache-Control"), "the profile's own counts")
	assert.Equal(t, l.Header.Get("X-Request-ID"), l.next(t))
	assert.Equal(t, `{"n":2}`, l.next(t))
	assert.Equal(t, "over", l.next(t))
	_, err = l.event()
	assert.ErrorIs(t, err, io.EOF)
}

// The toy says whether it streams by a condition; its document has both media types.
func TestStreamOrNot(t *testing.T) {
	t.Parallel()
	s := perform(t, frozen(), toy(t))
	auth := s.librarian(t)
	all := s.send(t, message{method: "POST", url: "/toy/v1/books/bk_emma/readings?aloud=false", headers: auth})
	assert.JSONEq(t, `{"words":["Emma"]}`, all.body)
	r, err := http.NewRequest("POST", s.URL("toy")+"/books/bk_emma/readings", nil)
	require.NoError(t, err)
	r.Header.Set("Authorization", auth["Authorization"])
	resp, err := s.Client.Do(r)
	require.NoError(t, err)
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	assert.Equal(t, "data: {\"word\":\"Emma\"}\n\ndata: [DONE]\n\n", string(raw))
	assert.Empty(t, s.apis["toy"].Document.Operation("readTitle").ValidateResponse(resp.StatusCode, resp.Header, raw, "POST"))
	readings := s.send(t, message{method: "GET", url: "/toy/v1/books/bk_emma/readings", headers: auth})
	assert.Equal(t, `[[0,true],[1,true]]`, readings.json(`#.[words,finished]`).Raw)
}

// Whoever has read the end marker, or the body of another answer, sees what settle changed.
func TestSettleComesBeforeTheEnd(t *testing.T) {
	t.Parallel()
	m := mocktest.Start(t, nil, speaker(t))
	for i := range 20 {
		l := listen(t, m, "POST", "/speak", `{"events": [1]}`)
		require.Equal(t, "1", l.next(t))
		require.Equal(t, "over", l.next(t))
		require.Equal(t, 2*i+1, strings.Count(speeches(t, m), "id"))
		require.False(t, latest(t, m, "speak").Open)
		l.Body.Close()

		resp, err := m.Client.Post(m.URL("speaker")+"/say", "application/json", nil)
		require.NoError(t, err)
		resp.Body.Close()
		require.Equal(t, 2*i+2, strings.Count(speeches(t, m), "id"))
	}
	assert.Contains(t, speeches(t, m), `{"id":2,"events":0,"complete":true}`)
}

func TestClientGoesAway(t *testing.T) {
	t.Parallel()
	m := mocktest.Start(t, frozen(), speaker(t))
	l := listen(t, m, "POST", "/slowly", `{"events": ["first", "second", "third"]}`)
	assert.Equal(t, "first", l.next(t), "an event goes out as soon as it is there")
	entry := latest(t, m, "slowly")
	assert.True(t, entry.Open)
	assert.Equal(t, "[]", speeches(t, m))
	m.Advance(time.Hour)
	l.Body.Close()
	eventually(t, func() bool { return !latest(t, m, "slowly").Open }, "the stream ends with its client")
	entry = latest(t, m, "slowly")
	assert.Equal(t, "the client went away after 1 of 3 events", entry.Broken)
	assert.Equal(t, "data: first\n\n", string(entry.Response.Body))
	assert.Equal(t, 200, entry.Status)
	assert.Equal(t, `[{"id":1,"events":1,"complete":false,"at":"2026-01-01T01:00:00Z"}]`, speeches(t, m), "settle has a time of its own")
	assert.Equal(t, time.Hour, entry.Duration)
}

// A stream without pauses ends with its client as well, and the journal keeps only its beginning.
func TestClientGoesAwayFromAFlood(t *testing.T) {
	t.Parallel()
	m := mocktest.Start(t, nil, speaker(t))
	l := listen(t, m, "GET", "/endlessly", "")
	require.Len(t, l.next(t), 60_000)
	l.Body.Close()
	eventually(t, func() bool { return !latest(t, m, "endlessly").Open }, "the stream ends with its client")
	entry := latest(t, m, "endlessly")
	assert.Contains(t, entry.Broken, "the client went away after")
	assert.Len(t, entry.Response.Body, 16<<10)
	assert.True(t, entry.Response.Truncated)
	assert.Greater(t, entry.Response.Size, int64(16<<10))
	assert.Contains(t, speeches(t, m), `"complete":false`)
}

func TestResetEndsStreams(t *testing.T) {
	t.Parallel()
	m := mocktest.Start(t, nil, speaker(t))
	l := listen(t, m, "POST", "/slowly", `{"events": ["first", "second"]}`)
	require.Equal(t, "first", l.next(t))
	m.Reset()
	_, err := l.event()
	assert.ErrorIs(t, err, io.ErrUnexpectedEOF, "a stream that breaks off does not look like one that has ended")
	assert.Equal(t, "[]", speeches(t, m), "settle belongs to the old run")
	assert.Empty(t, m.Server.World("").Journal(mock.Filter{Operation: "slowly"}))

	l = listen(t, m, "POST", "/speak", `{"events": [1]}`)
	require.Equal(t, "1", l.next(t))
	assert.Equal(t, "over", l.next(t))
	assert.Equal(t, `[{"id":1,"events":1,"complete":true}]`, speeches(t, m), "the new run streams like the old one")
}

// A client that does not read keeps neither a reset nor the end of the server waiting.
func TestResetEndsStreamsThatNobodyReads(t *testing.T) {
	t.Parallel()
	server, err := mock.New([]*specs.API{speaker(t)}, nil)
	require.NoError(t, err)
	ended := make(chan struct{})
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer close(ended)
		server.ServeHTTP(w, r)
	}))
	defer front.Close()
	conn, err := net.Dial("tcp", front.Listener.Addr().String())
	require.NoError(t, err)
	defer conn.Close()
	r, err := http.NewRequest("GET", front.URL+"/speaker/endlessly", nil)
	require.NoError(t, err)
	require.NoError(t, r.Write(conn))
	eventually(t, func() bool { return len(server.World("").Journal(mock.Filter{})) == 1 }, "the stream begins")
	select {
	case <-ended:
		require.Fail(t, "the stream was not held up")
	case <-time.After(200 * time.Millisecond):
	}
	require.NoError(t, server.Close())
	select {
	case <-ended:
	case <-time.After(time.Minute):
		require.Fail(t, "the stream goes on")
	}
	entry := server.World("").Journal(mock.Filter{})[0]
	assert.Contains(t, entry.Broken, "the world was reset or closed")
	assert.False(t, entry.Open)
}

func TestHeadOfAStream(t *testing.T) {
	t.Parallel()
	m := mocktest.Start(t, frozen(), speaker(t))
	resp, err := m.Client.Head(m.URL("speaker") + "/speak")
	require.NoError(t, err)
	raw, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	assert.Empty(t, raw)
	assert.Equal(t, 200, resp.StatusCode)
	assert.Equal(t, "text/event-stream", resp.Header.Get("Content-Type"))
	assert.Empty(t, resp.Header.Values("Content-Length"))
	assert.Equal(t, `[{"id":1,"events":0,"complete":true}]`, speeches(t, m))
	assert.False(t, latest(t, m, "listen").Open)
}

// A settle that is refused changes nothing, and the journal says so. The answer has been given.
func TestSettleRefused(t *testing.T) {
	t.Parallel()
	m := mocktest.Start(t, nil, speaker(t))
	l := listen(t, m, "GET", "/haltingly", "")
	for range 5 {
		l.next(t)
	}
	_, err := l.event()
	require.ErrorIs(t, err, io.EOF)
	assert.Equal(t, "[]", speeches(t, m))
	entry := latest(t, m, "haltingly")
	assert.Equal(t, []string{"settle was not done: conflict: Never."}, entry.Notes)
	assert.Empty(t, entry.Broken)
}

// A stream without events has headers and an end, and no length either.
func TestSilentStream(t *testing.T) {
	t.Parallel()
	m := mocktest.Start(t, nil, speaker(t))
	l := listen(t, m, "GET", "/silently", "")
	assert.Empty(t, l.Header.Values("Content-Length"))
	assert.Equal(t, []string{"chunked"}, l.TransferEncoding)
	_, err := l.event()
	require.ErrorIs(t, err, io.EOF)
	assert.Equal(t, `[{"id":1,"events":0,"complete":true}]`, speeches(t, m))
	entry := latest(t, m, "silently")
	assert.False(t, entry.Open)
	assert.Empty(t, entry.Response.Body)
}

// Streams of one world are nobody else's: dropping it ends them and no others.
func TestDropEndsStreams(t *testing.T) {
	t.Parallel()
	m := mocktest.Start(t, nil, speaker(t))
	resp, err := m.Client.Post(m.Origin()+"/__admin/worlds", "application/json", strings.NewReader(`{"name": "other"}`))
	require.NoError(t, err)
	resp.Body.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, "POST", m.Origin()+"/w/other/speaker/slowly", strings.NewReader(`{"events": [1, 2]}`))
	require.NoError(t, err)
	r.Header.Set("Content-Type", "application/json")
	other, err := m.Client.Do(r)
	require.NoError(t, err)
	defer other.Body.Close()
	first := make([]byte, len("data: 1\n\n"))
	_, err = io.ReadFull(other.Body, first)
	require.NoError(t, err)
	own := listen(t, m, "POST", "/slowly", `{"events": [1, 2]}`)
	require.Equal(t, "1", own.next(t))
	drop, err := http.NewRequest("DELETE", m.Origin()+"/__admin/worlds/"+url.PathEscape("other"), nil)
	require.NoError(t, err)
	resp, err = m.Client.Do(drop)
	require.NoError(t, err)
	resp.Body.Close()
	require.Equal(t, 204, resp.StatusCode)
	raw, err := io.ReadAll(other.Body)
	assert.ErrorIs(t, err, io.ErrUnexpectedEOF)
	assert.Empty(t, raw)
	assert.True(t, latest(t, m, "slowly").Open)
}
