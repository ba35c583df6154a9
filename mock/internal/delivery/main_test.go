package delivery

import (
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"understudy.dev/mock/internal/clock"
	"understudy.dev/specs"
)

// No test leaves a goroutine behind: a closed desk has none.
func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var start = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

// A got is a request that a receiver has got.
type got struct {
	header http.Header
	method string
	body   string
}

// A receiver records what it gets and answers as told.
type receiver struct {
	*httptest.Server
	mu  sync.Mutex
	all []got
	// answer gives the status of the nth request, which counts from 1. It is called without a lock.
	answer func(n int, body string) int
}

func newReceiver(t *testing.T, answer func(n int, body string) int) *receiver {
	r := &receiver{answer: answer}
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		body, _ := io.ReadAll(request.Body)
		r.mu.Lock()
		r.all = append(r.all, got{request.Header.Clone(), request.Method, string(body)})
		n := len(r.all)
		r.mu.Unlock()
		w.WriteHeader(r.answer(n, string(body)))
		_, _ = w.Write([]byte("seen"))
	}))
	t.Cleanup(r.Close)
	return r
}

func always(status int) func(int, string) int { return func(int, string) int { return status } }

func (r *receiver) got() []got {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]got{}, r.all...)
}

func (r *receiver) bodies() []string {
	bodies := []string{}
	for _, g := range r.got() {
		bodies = append(bodies, g.body)
	}
	return bodies
}

// A bench is a desk with its frozen clock.
type bench struct {
	*Desk
	t     *testing.T
	clock *clock.Clock
}

func newBench(t *testing.T, o Options, allow *TargetOptions) *bench {
	t.Helper()
	if allow == nil {
		allow = &TargetOptions{Loopback: true}
	}
	targets, err := NewTargets(allow)
	require.NoError(t, err)
	c := clock.New(clock.Spec{Start: start, Frozen: true}, nil)
	o.Clock = c
	b := &bench{Desk: New(targets, &o), t: t, clock: c}
	t.Cleanup(func() {
		b.Close()
		require.NoError(t, c.Close())
	})
	return b
}

func order(subscription, url, body string) *Order {
	return &Order{
		API: "toy", Subscription: subscription, Event: "evt_" + body, Type: "toy.made", Time: start, URL: url, Body: []byte(body),
		Timeout: 2 * time.Second,
		Retry:   specs.Retry{Attempts: 3, First: 5 * time.Second, Factor: 3, Max: time.Minute},
	}
}

// settled is a delivery once nothing is being sent.
func (b *bench) settled(id string) Delivery {
	b.t.Helper()
	require.True(b.t, b.Settle(10*time.Second))
	d, ok := b.Delivery(id)
	require.True(b.t, ok, id)
	return d
}

func (b *bench) advance(d time.Duration) {
	b.t.Helper()
	b.Settle(time.Second)
	require.NoError(b.t, b.clock.Advance(d))
}
