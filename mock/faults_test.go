package mock_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"understudy.dev/mock"
)

// try sends one request over its own connection and reads as much of the answer as there is.
func (s *stage) try(t testing.TB, m message) (reply, error) {
	t.Helper()
	target := m.url
	if strings.HasPrefix(target, "/") {
		target = s.Origin() + target
	}
	r, err := http.NewRequestWithContext(t.Context(), m.method, target, strings.NewReader(m.body))
	require.NoError(t, err)
	if m.body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for name, value := range m.headers {
		r.Header.Set(name, value)
	}
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	resp, err := client.Do(r)
	if err != nil {
		return reply{}, err
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	return reply{Response: resp, body: string(raw)}, err
}

// admin sends JSON to the control plane and checks the answer against its document.
func (s *stage) admin(t testing.TB, method, path, body string) reply {
	t.Helper()
	return s.send(t, message{method: method, url: "/__admin" + path, body: body, media: "application/json"})
}

func TestFaultOfTheControlPlane(t *testing.T) {
	t.Parallel()
	s := perform(t, frozen(), toy(t))
	auth := s.librarian(t)
	added := s.admin(t, "POST", "/faults", `{"api": "toy", "operations": ["listB*"], "problem": "rate_limited", "times": 2, "headers": {"Retry-After": "1"}}`)
	require.Equal(t, 201, added.StatusCode, added.body)
	assert.JSONEq(t, `{"id":"f1","api":"toy","operations":["listB*"],"problem":"rate_limited","times":2,"headers":{"Retry-After":"1"},"hits":0}`, added.body)
	list := message{method: "GET", url: "/toy/v1/books", headers: auth}
	assert.Equal(t, 200, s.send(t, message{method: "GET", url: "/toy/v1/whoami", headers: auth}).StatusCode)
	for i := range 2 {
		got := s.send(t, list)
		assert.Equal(t, 429, got.StatusCode)
		assert.Equal(t, "slow_down", got.json("error.code").String(), "in the API's own words")
		assert.Equal(t, got.Header.Get("X-Request-Id"), got.json("error.request_id").String())
		assert.Equal(t, []string{"1"}, got.Header.Values("Retry-After"))
		assert.Equal(t, "120", got.Header.Get("X-RateLimit-Limit"))
		assert.Equal(t, []string{"118", "117"}[i], got.Header.Get("X-RateLimit-Remaining"), "what goes wrong has counted")
		assert.Empty(t, got.Header.Values("Preference-Applied"))
		refusal := s.refusal(t)
		assert.Equal(t, "fault", refusal.Stage)
		assert.Equal(t, "f1", refusal.Rule)
		assert.Equal(t, "rate_limited", refusal.Problem)
		entry := s.Journal()[len(s.Journal())-1]
		require.NotNil(t, entry.Fault)
		assert.Equal(t, mock.EntryFault{Rule: "f1", Effect: "rate_limited"}, *entry.Fault)
	}
	assert.Equal(t, 200, s.send(t, list).StatusCode)
	assert.EqualValues(t, 2, s.admin(t, "GET", "/faults", "").json("faults.0.hits").Int())

	assert.Equal(t, 201, s.admin(t, "POST", "/faults", `{"status": 503}`).StatusCode)
	assert.Equal(t, 204, s.admin(t, "DELETE", "/faults/f1", "").StatusCode)
	assert.Equal(t, 404, s.admin(t, "DELETE", "/faults/f1", "").StatusCode)
	got, err := s.try(t, message{method: "GET", url: "/toy/v1/nowhere"})
	require.NoError(t, err)
	assert.Equal(t, 503, got.StatusCode, "undocumented routes included")
	assert.Equal(t, 204, s.admin(t, "DELETE", "/faults", "").StatusCode)
	assert.JSONEq(t, `{"faults":[]}`, s.admin(t, "GET", "/faults", "").body)
	assert.Equal(t, 200, s.send(t, list).StatusCode)

	assert.Equal(t, 201, s.admin(t, "POST", "/faults", `{"status": 503}`).StatusCode)
	s.Reset()
	assert.Equal(t, 200, s.send(t, message{method: "GET", url: "/toy/v1/health"}).StatusCode, "a reset ends faults")
}

func TestFaultsThatAreRefused(t *testing.T) {
	t.Parallel()
	s := perform(t, nil, toy(t))
	for body, want := range map[string]string{
		`{}`:                             "a fault needs one of",
		`{"status": 503, "reset": true}`: "not several",
		`{"problem": "teapot"}`:          "unknown problem",
		`{"api": "toi", "status": 500}`:  `did you mean \"toy\"?`,
		`{"operations": ["listBook"], "status": 500}`: `did you mean \"listBooks\"?`,
		`{"operations": ["nope*"], "status": 500}`:    "unknown operation",
		`{"status": 200}`:                         "from 400 to 599",
		`{"status": 0}`:                           "status must be a whole number above 0",
		`{"status": 500, "times": 0}`:             "times must be",
		`{"status": 500, "times": 1.5}`:           "cannot read the body",
		`{"status": 500, "share": 0}`:             "share must be",
		`{"status": 500, "share": 1.01}`:          "share must be",
		`{"status": 500, "at_most_in_a_row": 0}`:  "at_most_in_a_row must be",
		`{"delay": "2"}`:                          "cannot read the delay",
		`{"delay": "-2s"}`:                        "cannot read the delay",
		`{"delay": "2m"}`:                         "delay must be from",
		`{"status": 500, "headers": {"A": "\n"}}`: "no header can",
		`{"statuz": 500}`:                         "statuz",
	} {
		got := s.admin(t, "POST", "/faults", body)
		assert.Equal(t, 400, got.StatusCode, body)
		assert.Contains(t, got.body, want, body)
	}
	assert.Empty(t, s.Server.World("").Faults())
}

// A status becomes the most general problem that has it, and otherwise keeps the words of a request or a server at fault.
func TestFaultOfAStatus(t *testing.T) {
	t.Parallel()
	s := perform(t, frozen(), toy(t))
	for status, code := range map[string]string{
		"400": "invalid_request", "401": "unauthenticated", "402": "fines_due", "403": "forbidden", "404": "not_found", "409": "conflict",
		"413": "too_large", "415": "unsupported_media_type", "429": "slow_down", "500": "internal", "503": "unavailable",
		"418": "invalid_request", "502": "internal", "599": "internal",
	} {
		got, err := s.try(t, message{method: "GET", url: "/toy/v1/health", headers: map[string]string{"Prefer": "code=" + status}})
		require.NoError(t, err)
		assert.Equal(t, status, strings.Fields(got.Status)[0])
		assert.Equal(t, code, got.json("error.code").String(), status)
		assert.Equal(t, status, got.json("error.status").String())
		assert.Equal(t, "code="+status, got.Header.Get("Preference-Applied"))
		refusal := s.refusal(t)
		assert.Equal(t, "fault", refusal.Stage)
		assert.Equal(t, "Prefer", refusal.Rule)
		switch status {
		case "401":
			assert.Equal(t, "Ask for a new token.", got.json("error.message").String(), "the general problem, not one of its kinds")
		case "418":
			assert.Equal(t, "I'm a teapot", got.json("error.message").String())
		case "599":
			assert.Equal(t, "Server Error", got.json("error.message").String())
		}
	}
}

func TestPreferredFaults(t *testing.T) {
	t.Parallel()
	s := perform(t, frozen(), toy(t))
	auth := s.librarian(t)
	got, err := s.try(t, message{method: "POST", url: "/toy/v1/books", body: `{"title": "A"}`, headers: with(auth, "Prefer", "return=minimal, fault=payment_required; x=y, wait=0.01")})
	require.NoError(t, err)
	assert.Equal(t, 402, got.StatusCode)
	assert.Equal(t, "fines_due", got.json("error.code").String())
	assert.Equal(t, "fault=payment_required, wait=0.01", got.Header.Get("Preference-Applied"))
	entry := s.Journal()[len(s.Journal())-1]
	assert.Equal(t, mock.EntryFault{Rule: "Prefer", Effect: "payment_required", Delay: 10 * time.Millisecond}, *entry.Fault)
	assert.Empty(t, entry.Notes)
	assert.EqualValues(t, 3, s.send(t, message{method: "GET", url: "/toy/v1/books", headers: auth}).json("page.total").Int(), "nothing was performed")

	// What cannot be used is ignored, and the journal says so.
	got = s.send(t, message{method: "GET", url: "/toy/v1/health", headers: map[string]string{"Prefer": "code=wrong, fault=rate_limit"}})
	assert.Equal(t, 200, got.StatusCode)
	assert.Empty(t, got.Header.Values("Preference-Applied"))
	entry = s.Journal()[len(s.Journal())-1]
	assert.Nil(t, entry.Fault)
	require.Len(t, entry.Notes, 2)
	assert.Contains(t, entry.Notes[1], `did you mean "rate_limited"?`)

	// What a limit refuses meets no fault.
	s.Fault(mock.Fault{Status: 500, Times: 1, Operations: []string{"login"}})
	for range 3 {
		s.send(t, message{method: "POST", url: "/toy/v1/auth/login", body: `{"email": "a@b.test", "pin": "1234"}`, headers: map[string]string{"Prefer": "code=401"}})
	}
	got = s.send(t, message{method: "POST", url: "/toy/v1/auth/login", body: `{"email": "a@b.test", "pin": "1234"}`, headers: map[string]string{"Prefer": "code=401"}})
	assert.Equal(t, 429, got.StatusCode)
	assert.Equal(t, "limit", s.refusal(t).Stage)
	assert.Empty(t, got.Header.Values("Preference-Applied"))
	assert.Zero(t, s.Server.World("").Faults()[0].Hits)
}

func TestDelay(t *testing.T) {
	t.Parallel()
	s := perform(t, nil, toy(t))
	s.Fault(mock.Fault{Delay: 80 * time.Millisecond, Times: 1, Headers: []mock.FaultHeader{{Name: "X-Slow", Value: "yes"}}})
	began := time.Now()
	got := s.send(t, message{method: "GET", url: "/toy/v1/health"})
	assert.GreaterOrEqual(t, time.Since(began), 80*time.Millisecond)
	assert.Equal(t, 200, got.StatusCode)
	assert.Equal(t, "yes", got.Header.Get("X-Slow"))
	entry := s.Journal()[0]
	assert.Equal(t, mock.EntryFault{Rule: "f1", Delay: 80 * time.Millisecond}, *entry.Fault)
	assert.Nil(t, entry.Refusal)

	// A reset ends what waits, and what has waited changes nothing.
	auth := s.librarian(t)
	s.Fault(mock.Fault{Delay: mock.MaxFaultDelay, Operations: []string{"createBook"}})
	answered := make(chan reply, 1)
	go func() {
		got, err := s.try(t, message{method: "POST", url: "/toy/v1/books", body: `{"title": "A"}`, headers: auth})
		assert.NoError(t, err)
		answered <- got
	}()
	eventually(t, func() bool { return s.Server.World("").Faults()[1].Hits == 1 }, "the request waits")
	s.Reset()
	got = <-answered
	assert.Equal(t, 503, got.StatusCode)
	assert.Equal(t, "unavailable", got.json("error.code").String())
	assert.EqualValues(t, 3, s.send(t, message{method: "GET", url: "/toy/v1/books", headers: s.librarian(t)}).json("page.total").Int())
}

func TestClientGivesUpADelay(t *testing.T) {
	t.Parallel()
	s := perform(t, nil, toy(t))
	s.Fault(mock.Fault{Delay: mock.MaxFaultDelay})
	ctx, giveUp := context.WithCancel(t.Context())
	defer giveUp()
	r, err := http.NewRequestWithContext(ctx, "GET", s.URL("toy")+"/health", nil)
	require.NoError(t, err)
	go func() {
		for s.Server.World("").Faults()[0].Hits == 0 {
			time.Sleep(time.Millisecond)
		}
		giveUp()
	}()
	_, err = s.Client.Do(r)
	require.ErrorIs(t, err, context.Canceled)
	eventually(t, func() bool { return len(s.Journal()) == 1 }, "the request ends with its client")
	assert.Equal(t, "the client went away", s.refusal(t).Detail)
	assert.Equal(t, "fault", s.refusal(t).Stage)
}

func TestResetConnection(t *testing.T) {
	t.Parallel()
	s := perform(t, frozen(), toy(t))
	auth := s.librarian(t)
	s.Fault(mock.Fault{Reset: true, Times: 1})
	_, err := s.try(t, message{method: "POST", url: "/toy/v1/books", body: `{"title": "A"}`, headers: auth})
	require.Error(t, err)
	assert.True(t, errors.Is(err, syscall.ECONNRESET), err)
	entry := s.Journal()[len(s.Journal())-1]
	assert.Zero(t, entry.Status)
	assert.Empty(t, entry.Response.Headers)
	assert.Equal(t, mock.EntryFault{Rule: "f1", Effect: "reset"}, *entry.Fault)
	require.NotNil(t, entry.Refusal)
	assert.Equal(t, "fault", entry.Refusal.Stage)
	assert.EqualValues(t, 3, s.send(t, message{method: "GET", url: "/toy/v1/books", headers: auth}).json("page.total").Int(), "nothing was performed")

	// Where there is no connection to close, the request is given up as net/http wants it.
	r := httptest.NewRequest("GET", "/toy/v1/health", nil)
	r.RemoteAddr, r.Host = "127.0.0.1:1", "127.0.0.1"
	r.Header.Set("Prefer", "fault=reset")
	assert.PanicsWithValue(t, http.ErrAbortHandler, func() { s.Server.ServeHTTP(httptest.NewRecorder(), r) })
}

func TestTruncate(t *testing.T) {
	t.Parallel()
	s := perform(t, frozen(), toy(t))
	auth := s.librarian(t)
	whole := s.send(t, message{method: "GET", url: "/toy/v1/whoami", headers: auth})
	got, err := s.try(t, message{method: "GET", url: "/toy/v1/whoami", headers: with(auth, "Prefer", "fault=truncate")})
	assert.ErrorIs(t, err, io.ErrUnexpectedEOF)
	assert.Equal(t, whole.body[:len(whole.body)/2], got.body)
	assert.EqualValues(t, len(whole.body), got.ContentLength)
	assert.Equal(t, "fault=truncate", got.Header.Get("Preference-Applied"))
	entry := s.Journal()[len(s.Journal())-1]
	assert.Equal(t, 200, entry.Status)
	assert.Contains(t, entry.Broken, "bytes were sent: a fault was asked for")
	assert.Equal(t, got.body, string(entry.Response.Body))
	assert.Equal(t, "truncate", entry.Fault.Effect)
	assert.Nil(t, entry.Refusal)

	// The operation was performed, and a refusal breaks off as well.
	s.Fault(mock.Fault{Truncate: true, Operations: []string{"createBook"}, Times: 2})
	create := message{method: "POST", url: "/toy/v1/books", body: `{"title": "A"}`, headers: auth}
	_, err = s.try(t, create)
	assert.ErrorIs(t, err, io.ErrUnexpectedEOF)
	create.body = `{"titel": "A"}`
	got, err = s.try(t, create)
	assert.ErrorIs(t, err, io.ErrUnexpectedEOF)
	assert.Equal(t, 400, got.StatusCode)
	assert.EqualValues(t, 4, s.send(t, message{method: "GET", url: "/toy/v1/books", headers: auth}).json("page.total").Int())

	// Of an answer without a body there is nothing to cut.
	_, err = s.try(t, message{method: "DELETE", url: "/toy/v1/books/bk_emma", headers: with(auth, "Prefer", "fault=truncate", "X-Desk-Key", "desk_front_door")})
	require.Error(t, err)
	entry = s.Journal()[len(s.Journal())-1]
	assert.Zero(t, entry.Status)
	assert.Contains(t, entry.Broken, "no answer was sent")
	assert.Equal(t, 404, s.send(t, message{method: "GET", url: "/toy/v1/books/bk_emma", headers: auth}).StatusCode)
}

// A stream that is truncated sends some of its events, and settles as broken off.
func TestTruncatedStream(t *testing.T) {
	t.Parallel()
	s := perform(t, frozen(), speaker(t))
	got, err := s.try(t, message{method: "POST", url: "/speaker/speak", body: `{"events": [1, 2, 3, 4, 5]}`, headers: map[string]string{"Prefer": "fault=truncate"}})
	assert.ErrorIs(t, err, io.ErrUnexpectedEOF)
	assert.Equal(t, "data: 1\n\ndata: 2\n\n", got.body)
	assert.Equal(t, "fault=truncate", got.Header.Get("Preference-Applied"))
	assert.Equal(t, `[{"id":1,"events":2,"complete":false}]`, speeches(t, s.Mock))
	assert.Equal(t, "a fault wanted it to break off after 2 of 5 events", latest(t, s.Mock, "speak").Broken)

	got, err = s.try(t, message{method: "POST", url: "/speaker/say", headers: map[string]string{"Prefer": "fault=truncate", "Content-Type": "application/json"}, body: "1"})
	assert.ErrorIs(t, err, io.ErrUnexpectedEOF)
	assert.Equal(t, `"sa`, got.body)
	assert.Contains(t, speeches(t, s.Mock), `{"id":2,"events":0,"complete":false}`)
	_, err = s.try(t, message{method: "POST", url: "/speaker/speak", body: `{"events": [1]}`, headers: map[string]string{"Prefer": "fault=reset"}})
	assert.Error(t, err)
	assert.Equal(t, 2, strings.Count(speeches(t, s.Mock), "id"), "what was not performed is not settled")
}
