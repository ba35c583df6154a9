package mock

import (
	"net/url"
	"strings"
	"sync"

	"understudy.dev/mock/internal/caller"
	"understudy.dev/mock/internal/control"
	"understudy.dev/mock/internal/served"
)

// lazyDocument is written when somebody asks for it.
type lazyDocument func() (*served.Document, error)

func (p *part) newDocument() lazyDocument {
	return sync.OnceValues(func() (*served.Document, error) { return served.New(p.api.Document.Node(), p.served) })
}

// served is where this server serves a documented URL.
func (p *part) served(documented string) (path string, ok bool) {
	for _, server := range p.api.Document.Servers() {
		if server.URL == documented {
			return "/" + p.api.Name + parsePlace(server).path, true
		}
	}
	if documented == "/" && len(p.api.Document.Servers()) == 0 {
		return "/" + p.api.Name, true
	}
	// What is no server stands below one, such as where tokens come from.
	u, err := url.Parse(documented)
	if err == nil && u.Host == "" && strings.HasPrefix(u.Path, "/") {
		return "/" + p.api.Name + u.EscapedPath(), true
	}
	if err != nil || !p.at(caller.Hostname(u.Host)) || !p.has(u.EscapedPath(), caller.Hostname(u.Host)) {
		return "", false
	}
	return "/" + p.api.Name + u.EscapedPath(), true
}

// Served implements control.Server.
func (c controlled) Served(origin string) []control.ServedAPI {
	apis := make([]control.ServedAPI, 0, len(c.s.parts))
	for _, p := range c.s.parts {
		api := control.ServedAPI{Name: p.api.Name, Title: p.api.Document.Title(), Version: p.api.Document.Version()}
		for _, base := range c.s.Bases() {
			if base.API == p.api.Name {
				api.Bases = append(api.Bases, control.ServedBase{Name: base.Name, URL: origin + base.Path})
			}
		}
		apis = append(apis, api)
	}
	return apis
}

// Document implements control.Server.
func (c controlled) Document(api, origin string) ([]byte, error) {
	p := c.s.named[api]
	if p == nil {
		return nil, control.NotFound("no API is called %q; there are %s", api, strings.Join(sortedNames(c.s.named), ", "))
	}
	d, err := p.document()
	if err != nil {
		return nil, err
	}
	return d.For(origin), nil
}
