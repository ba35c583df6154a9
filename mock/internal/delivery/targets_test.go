package delivery

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestAddresses(t *testing.T) {
	t.Parallel()
	targets, err := NewTargets(&TargetOptions{Allow: []string{"10.1.0.0/16", "fd00::1", "192.168.0.7"}})
	require.NoError(t, err)
	for address, want := range map[string]string{
		"93.184.216.34": "", "2606:2800:220:1::1": "",
		"127.0.0.1": "a loopback address", "127.8.9.1": "a loopback address", "::1": "a loopback address",
		"::ffff:127.0.0.1": "a loopback address", "0.0.0.0": "unspecified", "::": "unspecified", "0.1.2.3": "of this network",
		"10.0.0.1": "in a private network", "10.1.2.3": "", "172.16.5.4": "in a private network",
		"192.168.0.1": "in a private network", "192.168.0.7": "", "::ffff:192.168.0.7": "", "::ffff:10.0.0.1": "in a private network",
		"fd00::1": "", "fd00::2": "in a private network", "169.254.169.254": "link-local", "fe80::1": "link-local", "fe80::1%eth0": "link-local",
		"100.64.0.1": "in a shared network", "224.0.0.1": "a multicast address", "ff02::1": "a multicast address",
		"255.255.255.255": "reserved", "192.0.0.8": "reserved", "198.18.0.1": "for benchmarks", "::7f00:1": "reserved",
		"64:ff9b::a00:1": "in a private network", "64:ff9b::5db8:d822": "", "64:ff9b:1::a00:1": "a translated address", "2002:7f00:1::": "a tunnel", "2001::1": "a tunnel", "fec0::1": "site-local",
		"203.0.113.9": "for documentation", "2001:db8::1": "for documentation",
	} {
		err := targets.control("tcp", netip.AddrPortFrom(netip.MustParseAddr(address), 80).String(), nil)
		if want == "" {
			assert.NoError(t, err, address)
			continue
		}
		refused := (*refusal)(nil)
		require.ErrorAs(t, err, &refused, address)
		assert.Contains(t, err.Error(), "is not allowed: it is "+want, address)
	}
	require.Error(t, targets.control("unix", "/run/socket", nil))
	loopback, err := NewTargets(&TargetOptions{Loopback: true})
	require.NoError(t, err)
	require.NoError(t, loopback.control("tcp", "127.0.0.1:80", nil))
	require.NoError(t, loopback.control("tcp", "[::1]:80", nil))
	require.Error(t, loopback.control("tcp", "10.0.0.1:80", nil))
}

func TestAllowed(t *testing.T) {
	t.Parallel()
	targets, err := NewTargets(&TargetOptions{Allow: []string{"Hooks.Internal.", "10.0.0.0/8", "[::1]", "127.0.0.1"}})
	require.NoError(t, err)
	for host, want := range map[string]bool{
		"hooks.internal": true, "HOOKS.internal.": true, "internal": false, "x.hooks.internal": false, "10.9.9.9": true,
		"11.0.0.1": false, "::1": true, "127.0.0.1": true, "::ffff:127.0.0.1": true, "127.0.0.2": false, "": false,
	} {
		assert.Equal(t, want, targets.named(host), host)
	}
	for _, wrong := range []string{"", "http://host", "host:80", "10.0.0.0/99", "a b", "*"} {
		_, err := NewTargets(&TargetOptions{Allow: []string{wrong}})
		require.ErrorContains(t, err, "cannot allow the webhook target", wrong)
	}
	transport := targets.client.Transport.(*http.Transport)
	assert.Nil(t, transport.Proxy, "a proxy would connect where we may not")
}

// Refused is what is connected to, not what it is called.
func TestRefusedTargets(t *testing.T) {
	t.Parallel()
	r := newReceiver(t, always(200))
	port := r.URL[strings.LastIndexByte(r.URL, ':'):]
	for _, host := range []string{"127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "0.0.0.0"} {
		b := newBench(t, Options{}, &TargetOptions{})
		d := b.settled(b.Send(order("one", "http://"+host+port, "x")))
		assert.Equal(t, GivenUp, d.State, host)
		require.Len(t, d.Attempts, 1, "%s: it would be refused again", host)
		assert.True(t, d.Attempts[0].Refused, "%s %s", host, d.Attempts[0].Error)
		assert.Contains(t, d.Reason, "is not allowed: it is ", host)
	}
	assert.Empty(t, r.got())
	for _, allow := range []TargetOptions{{Allow: []string{"localhost"}}, {Allow: []string{"127.0.0.0/8", "::1"}}, {Loopback: true}} {
		b := newBench(t, Options{}, &allow)
		assert.Equal(t, Delivered, b.settled(b.Send(order("one", "http://localhost"+port, "x"))).State)
	}
}

func TestOffline(t *testing.T) {
	t.Parallel()
	r := newReceiver(t, always(200))
	port := r.URL[strings.LastIndexByte(r.URL, ':'):]
	b := newBench(t, Options{}, &TargetOptions{Loopback: true, Offline: true, Allow: []string{"192.0.2.7"}})
	for host, want := range map[string]string{
		"127.0.0.1" + port: "", "localhost" + port: "", "hooks.example.com": "deliveries stay on this machine",
		"93.184.216.34": "deliveries stay on this machine", "localhost.example.com": "deliveries stay on this machine",
		"192.0.2.7": "no answer within 20ms",
	} {
		o := order(host, "http://"+host, host)
		o.Retry.Attempts = 1
		if host == "192.0.2.7" {
			o.Timeout = 20 * time.Millisecond
		}
		d := b.settled(b.Send(o))
		if want == "" {
			assert.Equal(t, Delivered, d.State, "%s: %s", host, d.Reason)
			continue
		}
		assert.Equal(t, GivenUp, d.State, host)
		assert.Equal(t, host != "192.0.2.7", d.Attempts[0].Refused, "%s: %s", host, d.Reason)
		if d.Attempts[0].Refused {
			assert.Contains(t, d.Reason, want)
		}
	}
	closed := newBench(t, Options{}, &TargetOptions{Offline: true})
	assert.Contains(t, closed.settled(closed.Send(order("one", r.URL, "x"))).Reason, "it is a loopback address")
}

func TestRedirects(t *testing.T) {
	t.Parallel()
	final := newReceiver(t, always(200))
	u, err := url.Parse(final.URL)
	require.NoError(t, err)
	for name, tt := range map[string]struct {
		status int
		allow  []string
		to     string
		want   State
	}{
		"not followed":                    {307, nil, final.URL, GivenUp},
		"followed to what is allowed":     {307, []string{"127.0.0.1"}, final.URL, Delivered},
		"permanent":                       {308, []string{"127.0.0.0/8"}, final.URL, Delivered},
		"allowed by another name":         {307, []string{"localhost"}, final.URL, GivenUp},
		"by the name":                     {307, []string{"localhost"}, "http://localhost:" + u.Port(), Delivered},
		"an event is not lost on the way": {302, []string{"127.0.0.1"}, final.URL, GivenUp},
		"another scheme":                  {307, []string{"127.0.0.1"}, "ftp://127.0.0.1/", GivenUp},
		"in circles":                      {307, []string{"127.0.0.1"}, "", GivenUp},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			from := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Location", tt.to)
				if tt.to == "" {
					w.Header().Set("Location", "http://"+r.Host+"/again")
				}
				w.WriteHeader(tt.status)
			}))
			t.Cleanup(from.Close)
			b := newBench(t, Options{}, &TargetOptions{Loopback: true, Allow: tt.allow})
			o := order("one", from.URL, name)
			o.Retry.Attempts = 1
			d := b.settled(b.Send(o))
			assert.Equal(t, tt.want, d.State, "%s", d.Reason)
			assert.Equal(t, tt.want == Delivered, containsBody(final, name))
		})
	}
}

func containsBody(r *receiver, body string) bool {
	for _, b := range r.bodies() {
		if b == body {
			return true
		}
	}
	return false
}
