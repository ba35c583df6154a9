package conformance

import (
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
)

// DefaultBase is the name of an API's first base.
const DefaultBase = "default"

// A Target is the server under test.
type Target struct {
	// Name is what the report calls the target; empty means its first base.
	Name string
	// Bases are the URLs that stand for the documented ones, by the name that the API gives them; see DefaultBase.
	Bases map[string]string
	// Inputs are the values that the API's registry asks for. On loopback, a target without any gets the seeded ones.
	Inputs map[string]string
	// Requests are JSON bodies by operation id. They replace those of the checks, except where a check sends an invalid
	// one. {NAME} stands for an input or {unique} as in checks.
	Requests map[string]any
	// Features are the optional parts that the target claims.
	Features []string
	// ClockURL takes POST {"advance": "61m"} and moves the target's clock. Without it there is no clock.
	ClockURL string
	// WebhookURL is what the target shall call to reach Options.WebhookListen, such as the URL of a tunnel. Empty means
	// that address itself, which a target on loopback reaches; others then receive no URL, and nothing is observed.
	WebhookURL string
	// Transport sends the requests; nil means a plain one without proxy, cookies and redirects.
	Transport http.RoundTripper
}

// CheckBase tells what is wrong with a base URL: it must be absolute, http or https, without user, query and fragment.
func CheckBase(base string) error {
	_, err := parseBase(base)
	return err
}

func parseBase(base string) (*url.URL, error) {
	u, err := url.Parse(base)
	switch {
	case err != nil:
		// The library's error repeats the URL, which may hold a password.
		return nil, errors.New("cannot read the URL")
	case u.Scheme != "http" && u.Scheme != "https":
		return nil, errors.New("the URL must begin with http:// or https://")
	case u.Hostname() == "":
		return nil, errors.New("the URL has no host")
	case u.User != nil:
		return nil, errors.New("the URL must hold no user; credentials are inputs")
	case u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		return nil, errors.New("the URL must end with its path")
	}
	return u, nil
}

// loopback reports whether nobody else can be behind the URL.
func loopback(u *url.URL) bool {
	host := strings.ToLower(strings.TrimSuffix(u.Hostname(), "."))
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return true
	}
	address, err := netip.ParseAddr(host)
	return err == nil && address.Unmap().IsLoopback()
}

// checkTarget wraps what is wrong with the target.
func badTarget(format string, args ...any) error {
	return fmt.Errorf("cannot run: "+format, args...)
}
