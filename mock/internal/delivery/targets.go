package delivery

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"time"
)

// TargetOptions say where deliveries may go beside public addresses. A nil *TargetOptions is the zero value.
type TargetOptions struct {
	// Loopback allows the addresses of this machine's loopback interface.
	Loopback bool
	// Offline allows no public address either, and resolves no name that is not listed or one of the loopback interface.
	Offline bool
	// Allow lists host names, addresses and CIDR prefixes that are allowed whatever they are. Redirects are followed to
	// these alone.
	Allow []string
}

// Targets decide where deliveries may go, and connect there. They are checked when a connection is made, against the
// address itself: what a name meant a moment ago does not count. No proxy stands between. They are safe for concurrent use.
type Targets struct {
	loopback, offline bool

	hosts    []string
	networks []netip.Prefix
	client   *http.Client
}

// A refusal is a target that is not allowed.
type refusal struct{ reason string }

func (r *refusal) Error() string { return r.reason }

var hostName = regexp.MustCompile(`^[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_])?\.?$`)

// maxRedirects bounds the redirects of one attempt.
const maxRedirects = 3

// NewTargets makes the rules. An entry of Allow that is neither a host name nor an address nor a prefix is an error.
func NewTargets(o *TargetOptions) (*Targets, error) {
	if o == nil {
		o = &TargetOptions{}
	}
	t := &Targets{loopback: o.Loopback, offline: o.Offline}
	for _, entry := range o.Allow {
		if prefix, err := netip.ParsePrefix(entry); err == nil {
			t.networks = append(t.networks, prefix.Masked())
		} else if addr, err := netip.ParseAddr(strings.Trim(entry, "[]")); err == nil {
			addr = addr.Unmap()
			t.networks = append(t.networks, netip.PrefixFrom(addr, addr.BitLen()))
		} else if hostName.MatchString(entry) {
			t.hosts = append(t.hosts, plainHost(entry))
		} else {
			return nil, fmt.Errorf("cannot allow the webhook target %q: want a host name, an address or a CIDR prefix such as 10.0.0.0/8", entry)
		}
	}
	t.client = &http.Client{
		CheckRedirect: t.redirect,
		Transport: &http.Transport{
			DialContext: t.dial,
			// A connection for each attempt: none outlives the permission it was given.
			DisableKeepAlives:      true,
			DisableCompression:     true,
			MaxResponseHeaderBytes: 64 << 10,
			TLSHandshakeTimeout:    10 * time.Second,
		},
	}
	return t, nil
}

// local reports whether a host is the loopback interface without a doubt.
func local(host string) bool {
	if addr, err := netip.ParseAddr(host); err == nil {
		return addr.Unmap().IsLoopback()
	}
	host = plainHost(host)
	return host == "localhost" || strings.HasSuffix(host, ".localhost")
}

func plainHost(name string) string { return strings.ToLower(strings.TrimSuffix(name, ".")) }

// checkURL wants an address that can be connected to.
func checkURL(u *url.URL) error {
	if u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" {
		return &refusal{"the address is no http or https URL"}
	}
	return nil
}

// named reports whether a host is allowed by its name, or is an address that is.
func (t *Targets) named(host string) bool {
	if addr, err := netip.ParseAddr(host); err == nil {
		return t.listed(addr.WithZone("").Unmap())
	}
	return slices.Contains(t.hosts, plainHost(host))
}

func (t *Targets) listed(addr netip.Addr) bool {
	return slices.ContainsFunc(t.networks, func(n netip.Prefix) bool { return n.Contains(addr) })
}

// redirect follows only to where somebody has explicitly allowed, and only where the event goes along.
func (t *Targets) redirect(r *http.Request, via []*http.Request) error {
	switch {
	case !t.named(r.URL.Hostname()), r.Method != via[0].Method, len(via) > maxRedirects:
		return http.ErrUseLastResponse
	}
	return checkURL(r.URL)
}

// An attemptKey finds, in the context of an attempt, that context itself.
type attemptKey struct{}

// attemptContext is a context that reaches dial: the transport goes on connecting when a request is broken off, for the
// sake of later ones, and keeps only the values.
func attemptContext(ctx context.Context) context.Context {
	return context.WithValue(ctx, attemptKey{}, ctx)
}

func (t *Targets) dial(ctx context.Context, network, address string) (net.Conn, error) {
	dialer := &net.Dialer{Control: t.control}
	host, _, err := net.SplitHostPort(address)
	switch {
	case err != nil:
		return nil, err
	case t.named(host):
		dialer.Control = nil
	case t.offline && !local(host):
		return nil, &refusal{"the target " + host + " is not allowed: deliveries stay on this machine"}
	}
	if attempt, ok := ctx.Value(attemptKey{}).(context.Context); ok {
		ctx = attempt
	}
	return dialer.DialContext(ctx, network, address)
}

// control sees every address that a connection is about to be made to, after its name was resolved.
func (t *Targets) control(_, address string, _ syscall.RawConn) error {
	at, err := netip.ParseAddrPort(address)
	if err != nil {
		return &refusal{"the target " + address + " is not allowed: it is no internet address"}
	}
	addr := at.Addr().WithZone("").Unmap()
	if t.listed(addr) || addr.IsLoopback() && t.loopback {
		return nil
	}
	if what := special(addr); what != "" {
		return &refusal{fmt.Sprintf("the target %s is not allowed: it is %s", addr, what)}
	}
	return nil
}

// special says what an address is that is not for the public, "" if it is one of the public.
func special(addr netip.Addr) string {
	switch {
	case addr.IsLoopback():
		return "a loopback address"
	case addr.IsUnspecified():
		return "unspecified"
	case addr.IsPrivate():
		return "in a private network"
	case addr.IsLinkLocalUnicast():
		return "link-local"
	case addr.IsMulticast():
		return "a multicast address"
	}
	if translated := netip.MustParsePrefix("64:ff9b::/96"); translated.Contains(addr) {
		bytes := addr.As16()
		return special(netip.AddrFrom4([4]byte(bytes[12:]))) // RFC 6052: what is connected to in the end
	}
	for _, r := range reserved {
		if r.prefix().Contains(addr) {
			return r.what
		}
	}
	return ""
}

// A reservation is a block of the registries of special-purpose addresses (RFC 6890).
type reservation struct{ block, what string }

func (r reservation) prefix() netip.Prefix { return netip.MustParsePrefix(r.block) }

var reserved = []reservation{
	{"0.0.0.0/8", "of this network"},
	{"100.64.0.0/10", "in a shared network"},
	{"192.0.0.0/24", "reserved"},
	{"192.0.2.0/24", "for documentation"},
	{"198.18.0.0/15", "for benchmarks"},
	{"198.51.100.0/24", "for documentation"},
	{"203.0.113.0/24", "for documentation"},
	{"240.0.0.0/4", "reserved"},
	{"::/96", "reserved"},
	// These carry an IPv4 address inside, which may be any.
	{"64:ff9b:1::/48", "a translated address"},
	{"2001::/32", "a tunnel"},
	{"2002::/16", "a tunnel"},
	{"100::/64", "reserved"},
	{"2001:db8::/32", "for documentation"},
	{"fec0::/10", "site-local"},
}
