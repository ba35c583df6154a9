package wire_test

import (
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"understudy.dev/conformance/internal/wire"
)

// handler answers requests without a network.
type handler func(r *http.Request) (status int, header map[string]string, body string)

func (h handler) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	status, header, body := h(r)
	w := httptest.NewRecorder()
	for name, value := range header {
		w.Header().Set(name, value)
	}
	w.WriteHeader(status)
	_, _ = io.WriteString(w, body)
	return w.Result(), nil
}

func ok(*http.Request) (int, map[string]string, string) { return 200, nil, "{}" }

// time that only goes on when somebody sleeps.
type slowTime struct {
	mu    sync.Mutex
	slept time.Duration
}

func (s *slowTime) now() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return time.Unix(0, 0).Add(s.slept)
}

func (s *slowTime) sleep(ctx context.Context, d time.Duration) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.slept += d
	return ctx.Err()
}

func transport(t *testing.T, change func(*wire.Config)) (*wire.Transport, *slowTime) {
	t.Helper()
	base, err := url.Parse("http://127.0.0.1:1/v1/")
	require.NoError(t, err)
	slow := &slowTime{}
	c := &wire.Config{
		Bases: map[string]*url.URL{"default": base}, RoundTripper: handler(ok), Budget: 1000, Agent: "test/1",
		Redactor: wire.NewRedactor(), Now: slow.now, Sleep: slow.sleep,
	}
	change(c)
	return wire.New(c), slow
}

func get(path string) *wire.Call { return &wire.Call{Base: "default", Method: "GET", Path: path} }

// TestGuard holds what is never sent.
func TestGuard(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		call     wire.Call
		readOnly bool
		want     string
	}{
		"a read":                    {wire.Call{Method: "GET"}, true, ""},
		"a creation":                {wire.Call{Method: "POST"}, false, ""},
		"a creation, read-only":     {wire.Call{Method: "POST"}, true, "read-only"},
		"a login, read-only":        {wire.Call{Method: "POST", Login: true}, true, ""},
		"a change of nothing":       {wire.Call{Method: "PUT", Changes: true}, false, "names no thing"},
		"a change of another's":     {wire.Call{Method: "PUT", Changes: true, Subject: "theirs"}, false, "did not create"},
		"a change of what it found": {wire.Call{Method: "PUT", Changes: true, Subject: "found"}, false, "did not create"},
		"a change of its own":       {wire.Call{Method: "PUT", Changes: true, Subject: "own"}, false, ""},
		"its own, read-only":        {wire.Call{Method: "PUT", Changes: true, Subject: "own"}, true, "read-only"},
		"a change of what is not":   {wire.Call{Method: "DELETE", Changes: true, Subject: "invented"}, false, ""},
		"clean-up":                  {wire.Call{Method: "DELETE", Changes: true, Subject: "theirs", CleanUp: true}, false, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sent := 0
			tr, _ := transport(t, func(c *wire.Config) {
				c.ReadOnly = test.readOnly
				c.RoundTripper = handler(func(r *http.Request) (int, map[string]string, string) { sent++; return ok(r) })
			})
			tr.Ledger.Add(wire.Entry{ID: "own", Claimed: true})
			tr.Ledger.Add(wire.Entry{ID: "found"})
			tr.Ledger.Invent("invented")
			test.call.Base, test.call.Path = "default", "/x?secret=1"
			_, err := tr.Do(t.Context(), &test.call)
			if test.want == "" {
				require.NoError(t, err)
				assert.Equal(t, 1, sent)
				return
			}
			var refused *wire.RefusedError
			require.ErrorAs(t, err, &refused)
			assert.ErrorContains(t, err, test.want)
			assert.NotContains(t, err.Error(), "secret")
			assert.Zero(t, sent)
		})
	}
}

// TestJoin holds that no path leads away from its base.
func TestJoin(t *testing.T) {
	t.Parallel()
	base, err := url.Parse("http://host:8080/v1/")
	require.NoError(t, err)
	for path, want := range map[string]string{
		"/a":               "http://host:8080/v1/a",
		"/a%2Fb/%20?q=%2F": "http://host:8080/v1/a%2Fb/%20?q=%2F",
		"//evil.example/a": "http://host:8080/v1//evil.example/a",
		"/@evil.example":   "http://host:8080/v1/@evil.example",
		"/a#b":             "http://host:8080/v1/a",
		"/":                "http://host:8080/v1/",
	} {
		u, err := wire.Join(base, path)
		require.NoError(t, err, path)
		assert.Equal(t, want, u.String())
		assert.Equal(t, "host:8080", u.Host)
	}
	for _, path := range []string{"", "a", "http://evil.example/", "/%zz"} {
		_, err := wire.Join(base, path)
		assert.Error(t, err, path)
	}
}

// TestPace holds that a run keeps to 80 % of a limit, and that checks do not have to wait in their middle.
func TestPace(t *testing.T) {
	t.Parallel()
	limits := func(c *wire.Config) {
		c.Limits = []wire.Limit{{Applies: func(op string) bool { return op == "a" || op == "b" }, Requests: 10, Per: time.Minute}}
	}
	call := func(op string) *wire.Call {
		c := get("/")
		c.Operation = op
		return c
	}
	t.Run("one by one", func(t *testing.T) {
		t.Parallel()
		tr, slow := transport(t, limits)
		for range 8 {
			_, err := tr.Do(t.Context(), call("a"))
			require.NoError(t, err)
		}
		_, err := tr.Do(t.Context(), call("other"))
		require.NoError(t, err)
		assert.Zero(t, slow.slept)
		_, err = tr.Do(t.Context(), call("b"))
		require.NoError(t, err)
		assert.Equal(t, time.Minute, slow.slept)
	})
	t.Run("a check", func(t *testing.T) {
		t.Parallel()
		tr, slow := transport(t, limits)
		for range 5 {
			_, err := tr.Do(t.Context(), call("a"))
			require.NoError(t, err)
		}
		reservation, err := tr.Reserve(t.Context(), false, func() []string { return []string{"a", "a", "b", "b", "other"} })
		require.NoError(t, err)
		defer reservation.Release()
		assert.Equal(t, time.Minute, slow.slept)
		// The two that were not foreseen are within the limit, if not within the share of it.
		for _, op := range []string{"a", "a", "b", "b", "other", "a", "b"} {
			c := call(op)
			c.Reservation = reservation
			_, err := tr.Do(t.Context(), c)
			require.NoError(t, err)
		}
		assert.Equal(t, time.Minute, slow.slept)
	})
	t.Run("more than the limit", func(t *testing.T) {
		t.Parallel()
		tr, slow := transport(t, limits)
		reservation, err := tr.Reserve(t.Context(), false, func() []string { return strings.Split(strings.Repeat("a", 25), "") })
		require.NoError(t, err)
		assert.Zero(t, slow.slept)
		reservation.Release()
		_, err = tr.Reserve(t.Context(), true, func() []string { return []string{"a"} })
		require.NoError(t, err)
		assert.Equal(t, time.Minute, slow.slept)
	})
	t.Run("what provokes", func(t *testing.T) {
		t.Parallel()
		tr, slow := transport(t, limits)
		for range 30 {
			c := call("a")
			c.Provokes = true
			_, err := tr.Do(t.Context(), c)
			require.NoError(t, err)
		}
		assert.Zero(t, slow.slept)
	})
	t.Run("no longer than the context", func(t *testing.T) {
		t.Parallel()
		tr, _ := transport(t, func(c *wire.Config) {
			limits(c)
			c.Sleep = nil
		})
		ctx, cancel := context.WithCancel(t.Context())
		reservation, err := tr.Reserve(ctx, false, func() []string { return strings.Split(strings.Repeat("a", 8), "") })
		require.NoError(t, err)
		reservation.Release()
		time.AfterFunc(time.Millisecond, cancel)
		_, err = tr.Do(ctx, call("a"))
		assert.ErrorIs(t, err, context.Canceled)
	})
}

// TestClock holds how a target's clock is moved.
func TestClock(t *testing.T) {
	t.Parallel()
	var asked []string
	tr, slow := transport(t, func(c *wire.Config) {
		c.ClockURL = "http://127.0.0.1/clock"
		c.Limits = []wire.Limit{{Applies: func(string) bool { return true }, Requests: 1, Per: 90 * time.Second}}
		c.RoundTripper = handler(func(r *http.Request) (int, map[string]string, string) {
			if r.URL.Path != "/clock" {
				return ok(r)
			}
			body, err := io.ReadAll(r.Body)
			assert.NoError(t, err)
			assert.Equal(t, "application/json", r.Header.Get("Content-Type"))
			asked = append(asked, string(body))
			return 200, nil, `{"now":"2026-01-01T00:00:00Z","frozen":true}`
		})
	})
	assert.True(t, tr.HasClock())
	assert.False(t, tr.Frozen(), "not before it says so")
	require.NoError(t, tr.Advance(t.Context(), 61*time.Minute))
	assert.True(t, tr.Frozen())
	for range 3 {
		_, err := tr.Do(t.Context(), get("/"))
		require.NoError(t, err)
	}
	assert.Equal(t, []string{`{"advance":"61m"}`, `{"advance":"90s"}`, `{"advance":"90s"}`}, asked)
	assert.Equal(t, 61*time.Minute+180*time.Second, tr.Elapsed())
	assert.Equal(t, 3, tr.Jumps())
	assert.Zero(t, slow.slept)

	without, _ := transport(t, func(*wire.Config) {})
	assert.ErrorIs(t, without.Advance(t.Context(), time.Second), wire.ErrNoClock)
	broken, _ := transport(t, func(c *wire.Config) {
		c.ClockURL = "http://127.0.0.1/clock"
		c.RoundTripper = handler(func(*http.Request) (int, map[string]string, string) { return 403, nil, "" })
	})
	assert.ErrorContains(t, broken.Advance(t.Context(), time.Second), "it answered 403")
}

// TestRetryAfter holds how long a 429 is waited for.
func TestRetryAfter(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		header  map[string]string
		waited  time.Duration
		refused bool
	}{
		"seconds": {map[string]string{"Retry-After": "2"}, 6 * time.Second, true},
		"zero":    {map[string]string{"Retry-After": "0"}, 3 * time.Second, true},
		"a date": {map[string]string{
			"Retry-After": "Thu, 01 Jan 2026 00:00:10 GMT", "Date": "Thu, 01 Jan 2026 00:00:00 GMT",
		}, 30 * time.Second, true},
		"nothing":  {nil, 21 * time.Second, true},
		"nonsense": {map[string]string{"Retry-After": "soon"}, 21 * time.Second, true},
		"too long": {map[string]string{"Retry-After": "86400"}, 0, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tr, slow := transport(t, func(c *wire.Config) {
				c.RoundTripper = handler(func(*http.Request) (int, map[string]string, string) { return 429, test.header, "" })
			})
			e, err := tr.Do(t.Context(), get("/"))
			require.NoError(t, err)
			assert.Equal(t, test.refused, e.Refused)
			assert.Equal(t, test.waited, slow.slept)
		})
	}
}

// TestErrors holds how a missing answer is worded.
func TestErrors(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/slow":
			<-r.Context().Done()
		case "/large":
			for range 17 {
				_, _ = w.Write(make([]byte, 1<<20))
			}
		case "/cut":
			w.Header().Set("Content-Length", "100")
			_, _ = w.Write([]byte("x"))
		case "/zip":
			assert.Contains(t, r.Header.Get("Accept"), "application/json")
			w.Header().Set("Content-Encoding", "gzip")
			zip := gzip.NewWriter(w)
			_, _ = zip.Write([]byte(`{"a": 1}`))
			_ = zip.Close()
		case "/nozip":
			w.Header().Set("Content-Encoding", "gzip")
			_, _ = w.Write([]byte(`{"a": "no gzip at all"}`))
		case "/away":
			http.Redirect(w, r, "http://elsewhere.example/", http.StatusFound)
		}
	}))
	defer server.Close()
	base, err := url.Parse(server.URL)
	require.NoError(t, err)
	patient := func(timeout time.Duration) *wire.Transport {
		tr, _ := transport(t, func(c *wire.Config) {
			c.Bases, c.RoundTripper, c.Timeout = map[string]*url.URL{"default": base}, nil, timeout
		})
		t.Cleanup(tr.Close)
		return tr
	}
	// Only the request that is never answered may run into its time: a busy machine is slow with the others.
	tr, hasty := patient(time.Minute), patient(200*time.Millisecond)
	for path, want := range map[string]string{
		"/slow": "it took too long", "/large": "larger than", "/cut": "closed in the middle", "/nozip": "not gzip",
	} {
		from := tr
		if path == "/slow" {
			from = hasty
		}
		_, err := from.Do(t.Context(), get(path+"?token=hunter2"))
		var transportError *wire.TransportError
		require.ErrorAs(t, err, &transportError, path)
		assert.ErrorContains(t, err, want)
		assert.NotContains(t, err.Error(), "hunter2")
	}
	e, err := tr.Do(t.Context(), get("/away"))
	require.NoError(t, err)
	assert.Equal(t, 302, e.Status, "redirects are not followed")
	e, err = tr.Do(t.Context(), get("/zip"))
	require.NoError(t, err)
	assert.Equal(t, `{"a": 1}`, string(e.ResponseBody))
	_, err = tr.Do(t.Context(), &wire.Call{Base: "nowhere", Method: "GET", Path: "/"})
	assert.ErrorContains(t, err, `no URL for the base "nowhere"`)
	assert.False(t, tr.Unreachable())
}

// TestBudget holds that clean-up is outside the budget.
func TestBudget(t *testing.T) {
	t.Parallel()
	tr, _ := transport(t, func(c *wire.Config) { c.Budget = 2 })
	for range 2 {
		_, err := tr.Do(t.Context(), get("/"))
		require.NoError(t, err)
	}
	assert.Zero(t, tr.Left())
	_, err := tr.Do(t.Context(), get("/"))
	var budget *wire.BudgetError
	assert.ErrorAs(t, err, &budget)
	clean := get("/")
	clean.CleanUp = true
	_, err = tr.Do(t.Context(), clean)
	require.NoError(t, err)
	assert.Equal(t, 3, tr.Sent())
}

func TestLedger(t *testing.T) {
	t.Parallel()
	var l wire.Ledger
	l.Add(wire.Entry{Path: "/a", ID: "1", Check: "x"})
	l.Add(wire.Entry{Path: "/a", ID: "2", Check: "x", Claimed: true})
	l.Add(wire.Entry{Path: "/a", ID: "1", Check: "x", Claimed: true})
	l.Add(wire.Entry{Path: "/a", ID: "3", Check: "y", Claimed: true})
	assert.True(t, l.Allows("1"), "claimed later")
	l.Gone("2")
	assert.True(t, l.Allows("2"), "what is gone may be asked for")
	taken := l.Take("x")
	require.Len(t, taken, 1)
	assert.Equal(t, wire.Entry{Path: "/a", ID: "1", Check: "x", Claimed: true}, taken[0])
	assert.Len(t, l.Take(""), 1)
	assert.Empty(t, l.Take(""))
}

// TestRedact holds that secrets do not leave by any door.
func TestRedact(t *testing.T) {
	t.Parallel()
	r := wire.NewRedactor()
	r.Add("key", "k3y/with\"quote & more")
	r.Add("pin", "815")
	r.Add("short", "x")
	for text, want := range map[string]string{
		"a k3y/with\"quote & more b":                       "a [redacted key] b",
		"q=k3y%2Fwith%22quote+%26+more":                    "q=[redacted key]",
		"/k3y%2Fwith%22quote%20&%20more/":                  "/[redacted key]/",
		`{"a":"k3y/with\"quote \u0026 more"}`:              `{"a":"[redacted key]"}`,
		"k3y/with&#34;quote &amp; more":                    "[redacted key]",
		"azN5L3dpdGgicXVvdGUgJiBtb3Jl":                     "[redacted key]",
		"pin 815":                                          "pin [redacted pin]",
		"x marks":                                          "x marks",
		"eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.c2lnbmF0dXJl": "[redacted]",
	} {
		assert.Equal(t, want, r.Text(text))
	}
}

// TestPrint holds what people see of an exchange, and that secrets are learnt from it.
func TestPrint(t *testing.T) {
	t.Parallel()
	r := wire.NewRedactor()
	tr, _ := transport(t, func(c *wire.Config) {
		c.Redactor = r
		c.RoundTripper = handler(func(*http.Request) (int, map[string]string, string) {
			return 200, map[string]string{"Content-Type": "application/json", "Set-Cookie": "sid=cookie-value-1; Path=/"},
				`{"access_token": "issued-token-1", "token_type": "Bearer", "pin": "81", "note": "it's fine"}`
		})
	})
	e, err := tr.Do(t.Context(), &wire.Call{
		Base: "default", Method: "POST", Path: "/a?api_key=query-secret-1&q=1", Label: "TOY-1",
		Header: http.Header{"Authorization": {"Basic dXNlcjpiYXNpYy1zZWNyZXQtMQ=="}, "Content-Type": {"application/json"}, "X-Api-Key": {"abc"}},
		Body:   []byte(`{"client_secret": "body-secret-1", "password": "pw", "name": "it's me"}`),
	})
	require.NoError(t, err)
	p := r.Print(e)
	assert.Equal(t, "test/1 TOY-1", p.Header["User-Agent"])
	all := fmt.Sprintf("%+v", p) + r.Text("issued-token-1 basic-secret-1 cookie-value-1 body-secret-1")
	for _, secret := range []string{"issued-token-1", "basic-secret-1", "dXNlcj", "cookie-value-1", "body-secret-1", "query-secret-1", `"pw"`, "abc"} {
		assert.NotContains(t, all, secret)
	}
	assert.Contains(t, p.ResponseBody, `"token_type": "Bearer"`)
	assert.Contains(t, p.ResponseBody, `"note": "it's fine"`)
	assert.Contains(t, p.Curl, "curl -i -X POST 'http://127.0.0.1:1/v1/a?api_key='")
	assert.Contains(t, p.Curl, `-H 'Authorization: Basic '"$BASIC"`)
	assert.Contains(t, p.Curl, `it'\''s me`)

	e.Body, e.ResponseBody = []byte{0xff, 0x00, 0x01}, []byte(strings.Repeat("long ", 5000))
	p = r.Print(e)
	assert.Equal(t, "(3 bytes)", p.Body)
	assert.Contains(t, p.Curl, "--data-binary @BODY")
	assert.Less(t, len(p.ResponseBody), 5000)
	assert.Contains(t, p.ResponseBody, "(25000 bytes)")
}

// FuzzRedact holds that a secret is found in whatever it is written in.
func FuzzRedact(f *testing.F) {
	f.Add("hunter2!", "a ", " b")
	f.Add("\"\\<&", "{", "}")
	f.Fuzz(func(t *testing.T, secret, before, after string) {
		if len(secret) < 6 || strings.Contains("[redacted name]", secret) {
			return // too short to be told from other texts
		}
		r := wire.NewRedactor()
		r.Add("name", secret)
		for _, form := range []string{secret, url.QueryEscape(secret), url.PathEscape(secret)} {
			got := r.Text(before + form + after)
			if strings.Contains(got, form) && !strings.Contains(before+after, form) {
				t.Fatalf("%q is left in %q", form, got)
			}
		}
	})
}

var errAny = errors.New("any")

func TestTransportError(t *testing.T) {
	t.Parallel()
	err := &wire.TransportError{Reason: "x", Err: errAny}
	assert.ErrorIs(t, err, errAny)
	assert.EqualError(t, err, "no answer: x")
}
