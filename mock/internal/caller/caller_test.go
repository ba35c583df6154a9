package caller_test

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"

	"understudy.dev/mock/internal/caller"
)

func TestOf(t *testing.T) {
	t.Parallel()
	forwarded := http.Header{
		"X-Forwarded-For":   {"198.51.100.1, 198.51.100.2", "198.51.100.3:99"},
		"X-Forwarded-Proto": {"https"},
		"X-Forwarded-Host":  {"api.library.test"},
	}
	tests := map[string]struct {
		remote  string
		host    string
		header  http.Header
		secure  bool
		trust   bool
		address string
		origin  string
	}{
		"plain":               {remote: "127.0.0.1:9", host: "localhost:4010", address: "127.0.0.1", origin: "http://localhost:4010"},
		"secure":              {remote: "127.0.0.1:9", host: "localhost", secure: true, address: "127.0.0.1", origin: "https://localhost"},
		"six":                 {remote: "[::1]:9", host: "[::1]:4010", address: "::1", origin: "http://[::1]:4010"},
		"socket":              {remote: "@", host: "x", address: "@", origin: "http://x"},
		"forwarded, believed": {remote: "127.0.0.1:9", host: "x", header: forwarded, trust: true, address: "198.51.100.3", origin: "https://api.library.test"},
		"forwarded, ignored":  {remote: "127.0.0.1:9", host: "x", header: forwarded, address: "127.0.0.1", origin: "http://x"},
		"a strange scheme":    {remote: "127.0.0.1:9", host: "x", header: http.Header{"X-Forwarded-Proto": {"javascript"}}, trust: true, address: "127.0.0.1", origin: "http://x"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := httptest.NewRequest("GET", "/", nil)
			r.RemoteAddr, r.Host = test.remote, test.host
			if test.header != nil {
				r.Header = test.header.Clone()
			}
			if test.secure {
				r.TLS = &tls.ConnectionState{}
			}
			who := caller.Of(r, test.trust)
			assert.Equal(t, test.address, who.Address)
			assert.Equal(t, test.origin, who.Origin())
		})
	}
}

func TestOriginWithoutHost(t *testing.T) {
	t.Parallel()
	r := httptest.NewRequest("GET", "/", nil)
	r.Host = ""
	r = r.WithContext(context.WithValue(r.Context(), http.LocalAddrContextKey, net.Addr(&net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 4010})))
	assert.Equal(t, "http://127.0.0.1:4010", caller.Of(r, false).Origin())
}

func TestLocal(t *testing.T) {
	t.Parallel()
	tests := []struct {
		remote, listener string
		want             bool
	}{
		{"127.0.0.1:9", "127.0.0.1:4010", true},
		{"127.0.0.1:9", "", true},
		{"[::1]:9", "[::1]:4010", true},
		{"[::ffff:127.0.0.1]:9", "", true},
		{"192.0.2.7:9", "192.0.2.1:4010", false},
		{"192.0.2.7:9", "", false},
		{"127.0.0.1:9", "192.0.2.1:4010", false},
		{"@", "", false},
	}
	for _, test := range tests {
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr = test.remote
		if test.listener != "" {
			address, err := net.ResolveTCPAddr("tcp", test.listener)
			assert.NoError(t, err)
			r = r.WithContext(context.WithValue(r.Context(), http.LocalAddrContextKey, net.Addr(address)))
		}
		assert.Equal(t, test.want, caller.Of(r, false).Local(), "%+v", test)
	}
}

func TestLoopback(t *testing.T) {
	t.Parallel()
	for host, want := range map[string]bool{
		"localhost:4010": true, "LOCALHOST": true, "toy.localhost": true, "127.0.0.1:4010": true, "127.1.2.3": true,
		"[::1]:4010": true, "::1": true, "": false, "attacker.test": false, "localhost.attacker.test": false,
		"192.0.2.1": false, "0.0.0.0": false, "127.0.0.1.attacker.test": false,
	} {
		assert.Equal(t, want, caller.Loopback(host), host)
	}
}

func TestHostname(t *testing.T) {
	t.Parallel()
	for host, want := range map[string]string{
		"API.Library.Test:443": "api.library.test", "localhost.": "localhost", "[::1]:80": "::1", "[::1]": "::1", "": "",
	} {
		assert.Equal(t, want, caller.Hostname(host), host)
	}
}
