// Package caller says who sends a request and how the server looks from there: the client's address, and the scheme and
// host that the client used.
//
// It authenticates nobody: an address is where a connection comes from, nothing more.
//
//	who := caller.Of(r, false)
//	if !who.Local() { ... }
//	location := who.Origin() + "/toys/1"
package caller

import (
	"net"
	"net/http"
	"net/netip"
	"strings"
)

// A Caller is the client's side of one request.
type Caller struct {
	// Address is the client's address without port. Where it is not an IP address (a Unix socket) it is as given.
	Address string
	// Scheme is http or https.
	Scheme string
	// Host is the host the client named, with its port if it gave one.
	Host string
	// listener is the server's own address of the connection, "" if unknown.
	listener string
}

// Of looks at one request. Forwarded headers count only if trustProxy is set: then the last entry of X-Forwarded-For,
// which is the one the nearest proxy wrote, is the address, and X-Forwarded-Proto and X-Forwarded-Host give the origin.
func Of(r *http.Request, trustProxy bool) Caller {
	c := Caller{Address: withoutPort(r.RemoteAddr), Scheme: "http", Host: r.Host}
	if r.TLS != nil {
		c.Scheme = "https"
	}
	if local, ok := r.Context().Value(http.LocalAddrContextKey).(net.Addr); ok && local != nil {
		c.listener = withoutPort(local.String())
		if c.Host == "" {
			// HTTP/1.0 need not name a host; the address that answered is as good.
			c.Host = local.String()
		}
	}
	if !trustProxy {
		return c
	}
	if address := last(r.Header.Values("X-Forwarded-For")); address != "" {
		c.Address = withoutPort(address)
	}
	if scheme := strings.ToLower(last(r.Header.Values("X-Forwarded-Proto"))); scheme == "http" || scheme == "https" {
		c.Scheme = scheme
	}
	if host := last(r.Header.Values("X-Forwarded-Host")); host != "" {
		c.Host = host
	}
	return c
}

// Origin is scheme and host, such as "http://localhost:4010".
func (c Caller) Origin() string { return c.Scheme + "://" + c.Host }

// Local reports whether the request came over the loopback interface. That alone proves little: a page in a browser gets
// there with a host name of its own (DNS rebinding).
func (c Caller) Local() bool {
	return loopbackAddress(c.Address) && (c.listener == "" || loopbackAddress(c.listener))
}

// Loopback reports whether a host, with or without port, names this machine: localhost, a name below it, or a loopback
// address.
func Loopback(host string) bool {
	name := Hostname(host)
	return name == "localhost" || strings.HasSuffix(name, ".localhost") || loopbackAddress(name)
}

// Hostname is a host without its port, brackets and final dot, in lower case.
func Hostname(host string) string {
	return strings.ToLower(strings.TrimSuffix(withoutPort(host), "."))
}

func loopbackAddress(address string) bool {
	// Names are not worth the error that parsing would make.
	if address == "" || !strings.Contains(address, ":") && (address[0] < '0' || address[0] > '9') {
		return false
	}
	ip, err := netip.ParseAddr(address)
	return err == nil && ip.Unmap().IsLoopback()
}

// withoutPort is a host or address without port and brackets. An IPv6 address without brackets has no port.
func withoutPort(host string) string {
	if rest, ok := strings.CutPrefix(host, "["); ok {
		inner, _, _ := strings.Cut(rest, "]")
		return inner
	}
	if i := strings.IndexByte(host, ':'); i >= 0 && strings.IndexByte(host[i+1:], ':') < 0 {
		return host[:i]
	}
	return host
}

// last is the last element of a header that lists them with commas, over several lines or in one.
func last(values []string) string {
	if len(values) == 0 {
		return ""
	}
	value := values[len(values)-1]
	return strings.TrimSpace(value[strings.LastIndexByte(value, ',')+1:])
}
