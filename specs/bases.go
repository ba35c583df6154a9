package specs

import (
	"net/url"
	"strings"

	"understudy.dev/specs/validate"
)

// DefaultBase is the name of an API's first base.
const DefaultBase = "default"

// A Base is a documented base URL that has a name: the first one of the
// document, and those with an x-base.
type Base struct {
	Name string
	// URL is as documented; Path is its path, "" or with a leading slash and no trailing one.
	URL, Path string
	// Server is the entry of the document.
	Server validate.Server
}

// Bases lists the named bases of an API, the default one first. There is always one.
func (a *API) Bases() []Base {
	servers := a.Document.Servers()
	for _, op := range a.Document.Operations() {
		servers = append(servers, op.Servers...)
	}
	if len(servers) == 0 {
		servers = []validate.Server{{URL: "/"}}
	}
	bases := []Base{newBase(DefaultBase, servers[0])}
	seen := map[string]bool{"": true, DefaultBase: true, servers[0].Name: true}
	for _, server := range servers {
		if !seen[server.Name] {
			seen[server.Name] = true
			bases = append(bases, newBase(server.Name, server))
		}
	}
	return bases
}

func newBase(name string, server validate.Server) Base {
	base := Base{Name: name, URL: strings.TrimSuffix(server.URL, "/"), Server: server}
	if u, err := url.Parse(server.URL); err == nil {
		base.Path = strings.TrimSuffix(u.Path, "/")
	}
	return base
}
