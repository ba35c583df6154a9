package wire

import (
	"bytes"
	"context"
	"errors"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Config says how to reach a target and what to spare it.
type Config struct {
	// Bases are the URLs that paths are put behind, by name.
	Bases map[string]*url.URL
	// RoundTripper sends; nil means a plain one without proxy, cookies and redirects.
	RoundTripper http.RoundTripper
	// ClockURL is the target's clock, "" for none.
	ClockURL string
	// Limits are those that the target declares.
	Limits []Limit
	// Budget bounds the requests of the run.
	Budget int
	// ReadOnly refuses unsafe methods, except for logins.
	ReadOnly bool
	// Timeout bounds one request.
	Timeout time.Duration
	// Agent begins the User-Agent.
	Agent string
	// Headers are sent with every request that does not name them itself; one that names them without a value goes without.
	Headers http.Header
	// Redactor learns what must not be printed.
	Redactor *Redactor
	// Now and Sleep are real time unless set. Sleep returns early with the context's error.
	Now   func() time.Time
	Sleep func(ctx context.Context, d time.Duration) error
}

const (
	// largest is how much of an answer is read.
	largest = 16 << 20
	// patience is how long the run waits for a target that answers 429, in real time.
	patience = 2 * time.Minute
	// repeats is how often a request is sent again after a 429.
	repeats = 3
)

// Transport sends the requests of a run. It is safe for concurrent use.
type Transport struct {
	config *Config
	client http.RoundTripper
	clock  *timeline
	pacer  *pacer
	// Ledger holds what the run created.
	Ledger *Ledger

	mu      sync.Mutex
	seq     int
	spent   int
	misses  int
	reached bool
}

// New returns a transport. The config must not change afterwards.
func New(c *Config) *Transport {
	t := &Transport{config: c, client: c.RoundTripper, Ledger: &Ledger{}}
	if t.client == nil {
		t.client = &http.Transport{
			DisableCompression: true, MaxIdleConnsPerHost: 16, IdleConnTimeout: time.Minute,
			TLSHandshakeTimeout: 10 * time.Second, DialContext: (&net.Dialer{Timeout: 10 * time.Second}).DialContext,
		}
	}
	now, sleep := c.Now, c.Sleep
	if now == nil {
		now = time.Now
	}
	if sleep == nil {
		sleep = realSleep
	}
	t.clock = &timeline{real: now, sleep: sleep, start: now()}
	if c.ClockURL != "" {
		t.clock.hook = &hook{url: c.ClockURL, client: t.client}
	}
	t.pacer = newPacer(t.clock, c.Limits)
	return t
}

func realSleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Close ends idle connections of a transport that made its own.
func (t *Transport) Close() {
	if own, ok := t.client.(*http.Transport); ok && t.config.RoundTripper == nil {
		own.CloseIdleConnections()
	}
}

// HasClock reports whether the target offers a clock.
func (t *Transport) HasClock() bool { return t.clock.hook != nil }

// Frozen reports whether the target's clock has said that it moves only when it is told to.
func (t *Transport) Frozen() bool { return t.clock.hook.frozen() }

// Advance moves the target's clock; ErrNoClock if there is none.
func (t *Transport) Advance(ctx context.Context, by time.Duration) error {
	return t.clock.advance(ctx, by)
}

// Elapsed is how much of the target's time has passed since the run began.
func (t *Transport) Elapsed() time.Duration { return t.clock.now() }

// Jumps counts the advances so far, whoever asked for them.
func (t *Transport) Jumps() int { return t.clock.count() }

// Sent counts the requests so far.
func (t *Transport) Sent() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.seq
}

// Left is what is left of the budget.
func (t *Transport) Left() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.config.Budget - t.spent
}

// Unreachable reports whether the target has not given a single answer to several requests.
func (t *Transport) Unreachable() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return !t.reached && t.misses >= 3
}

// Do sends a request and returns the exchange. The error is a *RefusedError, a *BudgetError, a *TransportError or that
// of ctx. A 429 is waited for and the request sent again, a few times.
func (t *Transport) Do(ctx context.Context, c *Call) (*Exchange, error) {
	if err := t.guard(c); err != nil {
		return nil, err
	}
	waited := time.Duration(0)
	for attempt := 0; ; attempt++ {
		if err := t.spend(c); err != nil {
			return nil, err
		}
		if err := t.pacer.wait(ctx, c); err != nil {
			return nil, err
		}
		e, err := t.once(ctx, c)
		if err != nil || e.Status != http.StatusTooManyRequests || c.Provokes {
			return e, err
		}
		pause := retryAfter(e.ResponseHeader, attempt)
		if waited += pause; attempt == repeats || waited > patience && !t.HasClock() {
			e.Refused = true
			return e, nil
		}
		if err := t.clock.pass(ctx, pause, pause); err != nil {
			return nil, err
		}
	}
}

// guard refuses what could do harm.
func (t *Transport) guard(c *Call) error {
	switch c.Method {
	case http.MethodGet, http.MethodHead, http.MethodOptions:
		return nil
	}
	switch {
	case c.CleanUp:
		return nil // the ledger has given the thing out
	case t.config.ReadOnly && !c.Login:
		return &RefusedError{c.Method + " in a read-only run"}
	case c.Changes && c.Subject == "":
		return &RefusedError{c.Method + " " + bare(c.Path) + " names no thing that this run created"}
	case c.Changes && !t.Ledger.Allows(c.Subject):
		return &RefusedError{c.Method + " " + bare(c.Path) + " would change something that this run did not create"}
	}
	return nil
}

func bare(path string) string {
	path, _, _ = strings.Cut(path, "?")
	return path
}

func (t *Transport) spend(c *Call) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !c.CleanUp {
		if t.spent >= t.config.Budget {
			return &BudgetError{t.config.Budget}
		}
		t.spent++
	}
	return nil
}

// once sends the request once.
func (t *Transport) once(ctx context.Context, c *Call) (*Exchange, error) {
	base := t.config.Bases[c.Base]
	if base == nil {
		return nil, &RefusedError{"there is no URL for the base " + strconv.Quote(c.Base)}
	}
	u, err := Join(base, c.Path)
	if err != nil {
		return nil, &RefusedError{err.Error()}
	}
	if t.config.Timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, t.config.Timeout)
		defer cancel()
	}
	r, err := http.NewRequestWithContext(ctx, c.Method, u.String(), bytes.NewReader(c.Body))
	if err != nil {
		return nil, &RefusedError{"the request cannot be made"}
	}
	for name, values := range c.Header {
		r.Header[http.CanonicalHeaderKey(name)] = values
	}
	r.Header.Set("User-Agent", strings.TrimSpace(t.config.Agent+" "+c.Label))
	for name, values := range t.config.Headers {
		if _, named := r.Header[name]; !named {
			r.Header[name] = values
		}
	}
	if r.Header.Get("Accept") == "" {
		r.Header.Set("Accept", "application/json, */*;q=0.8")
	}
	if len(c.Body) == 0 {
		r.Body = http.NoBody
	}
	e := &Exchange{Operation: c.Operation, Path: bare(c.Path), Method: c.Method, URL: u, Header: r.Header, Body: c.Body}
	answer, err := t.client.RoundTrip(r)
	if err == nil {
		defer answer.Body.Close()
		e.Status, e.ResponseHeader = answer.StatusCode, answer.Header
		e.ResponseBody, err = readBody(c.Method, answer)
	}
	t.count(e, err)
	if err != nil {
		return nil, &TransportError{Begun: e.Status != 0, Reason: plainReason(err), Err: err}
	}
	t.config.Redactor.Learn(e)
	return e, nil
}

func (t *Transport) count(e *Exchange, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.seq++
	e.Seq = t.seq
	if err != nil {
		t.misses++
	} else {
		t.reached = true
	}
}

// Join puts an escaped path with query behind a base. The result stays below the base's host.
func Join(base *url.URL, path string) (*url.URL, error) {
	if !strings.HasPrefix(path, "/") {
		return nil, errors.New("the path must begin with /")
	}
	// Parsed behind a host, so that a path beginning with // is no host of its own.
	u, err := url.Parse("http://base" + path)
	if err != nil || u.Host != "base" {
		return nil, errors.New("the path cannot be read")
	}
	prefix := strings.TrimSuffix(base.EscapedPath(), "/")
	joined := prefix + u.EscapedPath()
	u.Scheme, u.Host, u.Fragment = base.Scheme, base.Host, ""
	if u.Path, err = url.PathUnescape(joined); err != nil {
		return nil, errors.New("the path cannot be read")
	}
	u.RawPath = joined
	return u, nil
}

// retryAfter is how long a 429 asks to wait, or a growing time where it does not say.
func retryAfter(h http.Header, attempt int) time.Duration {
	value := h.Get("Retry-After")
	if seconds, err := strconv.Atoi(value); err == nil && seconds >= 0 {
		return time.Duration(max(seconds, 1)) * time.Second
	}
	if at, err := http.ParseTime(value); err == nil {
		// The answer's own date is what the target counts from.
		if from, err := http.ParseTime(h.Get("Date")); err == nil && at.After(from) {
			return at.Sub(from)
		}
	}
	return time.Second << (2 * attempt)
}
