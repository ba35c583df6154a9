// Package mocktest runs the mock inside a Go test: on a free port of the loopback interface, ended with the test.
//
//	m := mocktest.Start(t, nil, api)
//	resp, err := m.Client.Get(m.URL("toy") + "/health")
//	m.Advance(61 * time.Minute)
//
// Parallel tests share one mock without seeing each other in worlds of their own:
//
//	w := m.World(t, "checkout")
//	resp, err := m.Client.Get(w.URL("toy") + "/health")
//	w.Reset()
//
// It is for tests alone; a program embeds package mock.
package mocktest

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"understudy.dev/mock"
	"understudy.dev/specs"
)

// A Mock is a running mock. It is safe for concurrent use. What goes wrong fails the test.
type Mock struct {
	// Server is the mock itself.
	Server *mock.Server
	// Client sends requests to it, or anywhere. It keeps no cookies and follows no redirects.
	Client *http.Client

	t    testing.TB
	http *httptest.Server
	apis map[string]*specs.API
}

// Start runs a mock of the APIs until the test ends. Nil options are the zero value; it listens on the loopback interface,
// so webhooks are delivered there, and nowhere else but to Options.WebhookTargets.
func Start(t testing.TB, o *mock.Options, apis ...*specs.API) *Mock {
	t.Helper()
	options := mock.Options{}
	if o != nil {
		options = *o
	}
	options.WebhookLoopback, options.WebhookOffline = true, true
	server, err := mock.New(apis, &options)
	if err != nil {
		t.Fatalf("mocktest: %s", err)
	}
	m := &Mock{Server: server, t: t, http: httptest.NewServer(server), apis: map[string]*specs.API{}}
	for _, api := range apis {
		m.apis[api.Name] = api
	}
	m.Client = m.http.Client()
	m.Client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	t.Cleanup(func() {
		// The server first: it ends streams, for which the other one would wait.
		if err := server.Close(); err != nil {
			t.Errorf("mocktest: %s", err)
		}
		m.http.Close()
	})
	return m
}

// Origin is scheme and host of the mock, such as "http://127.0.0.1:41234".
func (m *Mock) Origin() string { return m.http.URL }

// URL is the base URL of an API: what stands in the place of the first documented one, without a slash at the end. A base
// may be named where the API documents several.
func (m *Mock) URL(api string, base ...string) string {
	m.t.Helper()
	return m.at(m.t, "", api, base)
}

// at is the URL of a base below a prefix.
func (m *Mock) at(t testing.TB, prefix, api string, base []string) string {
	t.Helper()
	for _, b := range m.Server.Bases() {
		if b.API == api && (len(base) == 0 || b.Name == base[0]) {
			return m.http.URL + prefix + b.Path
		}
	}
	t.Fatalf("mocktest: there is no base %v of an API %q", base, api)
	return ""
}

// Inputs are the test credentials and other values of an API that the mock accepts, by the names of its inputs.
func (m *Mock) Inputs(api string) map[string]string {
	m.t.Helper()
	inputs := map[string]string{}
	a := m.apis[api]
	if a == nil {
		m.t.Fatalf("mocktest: there is no API %q", api)
		return inputs
	}
	for _, input := range a.Registry.Inputs {
		if input.Seeded != "" {
			inputs[input.Name] = input.Seeded
		}
	}
	return inputs
}

// Advance moves the time of the default world forwards.
func (m *Mock) Advance(d time.Duration) {
	m.t.Helper()
	if err := m.Server.World("").Advance(d); err != nil {
		m.t.Fatalf("mocktest: %s", err)
	}
}

// Fault lets requests to the default world go wrong, until the rule is removed or the world reset, and returns the rule
// with its id.
func (m *Mock) Fault(f mock.Fault) mock.Fault {
	m.t.Helper()
	added, err := m.Server.World("").AddFault(f)
	if err != nil {
		m.t.Fatalf("mocktest: %s", err)
	}
	return added
}

// Reset makes the default world as it was at the start.
func (m *Mock) Reset() { m.Server.World("").Reset() }

// Deliveries lists the webhook deliveries of the default world, oldest first, once no attempt is under way any more.
func (m *Mock) Deliveries() []mock.Delivery {
	m.t.Helper()
	ctx, cancel := context.WithTimeout(m.t.Context(), settleTime)
	defer cancel()
	if err := m.Server.World("").Settle(ctx); err != nil {
		m.t.Fatalf("mocktest: deliveries are still under way: %s", err)
	}
	return m.Server.World("").Deliveries(mock.DeliveryFilter{})
}

// settleTime is longer than an attempt may take.
const settleTime = 90 * time.Second

// Journal lists the exchanges of the default world, oldest first.
func (m *Mock) Journal() []mock.Entry { return m.Server.World("").Journal(mock.Filter{}) }
