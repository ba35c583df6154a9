package mock

import (
	"slices"
	"strings"

	"understudy.dev/specs/validate"
)

// A route is what routing finds: the place, the path below it, and the operation or the reason why there is none.
type route struct {
	place *place
	// base is the place's path as the caller wrote it.
	base string
	// path is the escaped path below the place, beginning with a slash.
	path  string
	match validate.Match
	err   validate.RouteError
}

// has reports whether a path lies at one of the places, those of a host if it is not "".
func (p *part) has(path, hostname string) bool {
	for _, place := range p.places {
		if hostname != "" && !place.at(hostname) {
			continue
		}
		if _, ok := place.cut(path); ok {
			return true
		}
	}
	return false
}

// nests reports whether one of the documented paths, base included, may begin with the API's own name.
func (p *part) nests() bool {
	for _, place := range p.places {
		for _, op := range p.api.Document.Operations() {
			first, _, _ := strings.Cut(strings.TrimPrefix(place.path+op.Path, "/"), "/")
			if place.offers(op) && (first == p.api.Name || strings.Contains(first, "{")) {
				return true
			}
		}
	}
	return false
}

// knows reports whether a path is documented at one of the places, with whatever method.
func (p *part) knows(path string) bool { return p.find("", path, "").err != validate.UnknownPath }

// at reports whether a host name is that of one of the places.
func (p *part) at(hostname string) bool {
	return slices.ContainsFunc(p.places, func(place *place) bool { return place.at(hostname) })
}

// find routes a method and an escaped path. Where places nest, the longer one is tried first, and the first that offers
// the operation wins.
func (p *part) find(method, path, hostname string) route {
	found := route{place: p.places[0], base: p.places[0].path, path: path, err: validate.UnknownPath}
	if !strings.HasPrefix(found.path, "/") {
		found.path = "/" + found.path
	}
	reached := false
	for _, place := range p.longest {
		if hostname != "" && !place.at(hostname) {
			continue
		}
		rest, ok := place.cut(path)
		if !ok {
			continue
		}
		r := p.below(place, method, "/"+strings.TrimPrefix(rest, "/"))
		r.base = path[:len(path)-len(rest)]
		if r.err == validate.RouteOK {
			return r
		}
		if !reached || r.err == validate.UnknownMethod && found.err == validate.UnknownPath {
			found, reached = r, true
		}
	}
	return found
}

// below routes at one place: an operation that is documented elsewhere does not exist there.
func (p *part) below(place *place, method, path string) route {
	r := route{place: place, path: path}
	r.match, r.err = p.api.Document.Route(method, path)
	if place.operations == nil || r.err == validate.UnknownPath {
		return r
	}
	if r.err == validate.RouteOK {
		if place.offers(r.match.Operation) {
			return r
		}
		// The path may still have other methods here.
		r.match, r.err = p.api.Document.Route("", path)
	}
	allowed := slices.DeleteFunc(slices.Clone(r.match.Allowed), func(method string) bool {
		m, err := p.api.Document.Route(method, path)
		return err != validate.RouteOK || !place.offers(m.Operation)
	})
	r.match = validate.Match{Allowed: allowed}
	if len(allowed) == 0 {
		r.err = validate.UnknownPath
	}
	return r
}
