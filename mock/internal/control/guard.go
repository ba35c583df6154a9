package control

import (
	"crypto/sha256"
	"crypto/subtle"
	"mime"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"understudy.dev/mock/internal/caller"
)

// TokenHeader carries the token of the control plane where Authorization belongs to an API.
const TokenHeader = "X-Understudy-Token"

// A Guard decides who may use the control plane, and worlds other than the default one. Listening on the loopback
// interface alone protects nothing: any page in a browser can send requests there.
type Guard struct {
	// Hosts are the host names, beside the loopback ones, that the control plane answers to.
	Hosts []string
	// Token is wanted from callers that are not local. Without one, they are refused.
	Token string
	// TrustProxy says that forwarded headers are true.
	TrustProxy bool
}

// Plane judges a request to the control plane. A nil result lets it in.
func (g *Guard) Plane(r *http.Request) *Problem {
	who := caller.Of(r, g.TrustProxy)
	// The name is what the caller wrote itself: a forwarded one proves nothing. An address is not a name that a page
	// could have let point here.
	host := r.Host
	if !address(host) && !caller.Loopback(host) && !slices.ContainsFunc(g.Hosts, func(host string) bool {
		return caller.Hostname(host) == caller.Hostname(r.Host)
	}) {
		return problem(http.StatusForbidden, "foreign-host", "The host name is not accepted",
			"the control plane answers to loopback and configured host names only, not to %q", host)
	}
	if p := sameOrigin(r, who); p != nil {
		return p
	}
	if p := g.token(r, who); p != nil {
		return p
	}
	return jsonOnly(r)
}

// World judges a request to an API that chooses a world. A nil problem lets it in. The request to go on with is without
// the token: it was not meant for the API.
func (g *Guard) World(r *http.Request) (*http.Request, *Problem) {
	if p := g.token(r, caller.Of(r, g.TrustProxy)); p != nil {
		return r, p
	}
	inAuthorization := g.Token != "" && same(bearer(r), g.Token)
	if !inAuthorization && r.Header.Get(TokenHeader) == "" {
		return r, nil
	}
	clean := new(http.Request)
	*clean = *r
	clean.Header = r.Header.Clone()
	clean.Header.Del(TokenHeader)
	if inAuthorization {
		clean.Header.Del("Authorization")
	}
	return clean, nil
}

func sameOrigin(r *http.Request, who caller.Caller) *Problem {
	switch site := r.Header.Get("Sec-Fetch-Site"); site {
	case "", "same-origin", "none":
	default:
		return problem(http.StatusForbidden, "foreign-origin", "The request comes from another site",
			"Sec-Fetch-Site is %q", site)
	}
	for _, origin := range r.Header.Values("Origin") {
		u, err := url.Parse(origin)
		if err != nil || u.Scheme != who.Scheme || !strings.EqualFold(u.Host, who.Host) {
			return problem(http.StatusForbidden, "foreign-origin", "The request comes from another site",
				"Origin is %q, not %q", origin, who.Origin())
		}
	}
	return nil
}

func (g *Guard) token(r *http.Request, who caller.Caller) *Problem {
	switch {
	case g.holds(r) || who.Local():
		return nil
	case g.Token == "":
		return problem(http.StatusForbidden, "local-only", "Only local callers are accepted",
			"this server has no token for callers from elsewhere")
	}
	return problem(http.StatusUnauthorized, "token-wanted", "A token is wanted",
		"callers from elsewhere send the server's token as Authorization: Bearer or as %s", TokenHeader)
}

// address reports whether a host is an IP address, with or without a port.
func address(host string) bool {
	_, err := netip.ParseAddr(strings.Trim(caller.Hostname(host), "[]"))
	return err == nil
}

// holds reports whether the request carries the token.
func (g *Guard) holds(r *http.Request) bool {
	sent := r.Header.Get(TokenHeader)
	if sent == "" {
		sent = bearer(r)
	}
	return g.Token != "" && same(sent, g.Token)
}

func bearer(r *http.Request) string {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return ""
	}
	return token
}

// same compares without telling by its duration where two texts differ.
func same(a, b string) bool {
	x, y := sha256.Sum256([]byte(a)), sha256.Sum256([]byte(b))
	return subtle.ConstantTimeCompare(x[:], y[:]) == 1
}

// jsonOnly refuses what an HTML form could send.
func jsonOnly(r *http.Request) *Problem {
	switch r.Method {
	case http.MethodPost, http.MethodPut, http.MethodPatch:
	default:
		return nil
	}
	if media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || media != "application/json" {
		return problem(http.StatusUnsupportedMediaType, "json-wanted", "JSON is wanted",
			"send Content-Type: application/json, even without a body; got %q", r.Header.Get("Content-Type"))
	}
	return nil
}
