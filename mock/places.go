package mock

import (
	"net/url"
	"strings"

	"understudy.dev/mock/internal/caller"
	"understudy.dev/specs"
	"understudy.dev/specs/validate"
)

// A place is one documented base of an API: a host and a path, as its servers have them.
type place struct {
	// host is the documented host name in lower case, "" for none and for loopback ones. A label in braces stands for
	// any label.
	host string
	// path is "" or begins with a slash and does not end with one. A segment in braces stands for any segment.
	path string
	// segments are those of path.
	segments []string
	// defaults are the documented values of variables in braces.
	defaults map[string]string
	// name is the place's x-base, "default" for the first.
	name string
	// operations are those documented here. Nil means all.
	operations map[*validate.Operation]bool
}

// placesOf lists the places of an API, in document order without repetitions. There is always one.
func placesOf(api *specs.API) []*place {
	var places []*place
	find := func(server validate.Server) *place {
		p := parsePlace(server)
		for _, known := range places {
			if known.host == p.host && known.path == p.path {
				if known.name == "" {
					known.name = p.name
				}
				return known
			}
		}
		places = append(places, p)
		return p
	}
	operations := api.Document.Operations()
	for _, server := range api.Document.Servers() {
		find(server)
	}
	for _, op := range operations {
		servers := op.Servers
		if len(servers) == 0 {
			servers = []validate.Server{{URL: "/"}}
		}
		for _, server := range servers {
			find(server).operations[op] = true
		}
	}
	if len(places) == 0 {
		find(validate.Server{URL: "/"})
	}
	if places[0].name == "" {
		places[0].name = "default"
	}
	for _, p := range places {
		if len(p.operations) == len(operations) {
			p.operations = nil
		}
	}
	return places
}

func parsePlace(server validate.Server) *place {
	host, path := "", server.URL
	if _, rest, found := strings.Cut(server.URL, "://"); found {
		host, path = rest, ""
		if i := strings.IndexAny(rest, "/?#"); i >= 0 {
			host, path = rest[:i], rest[i:]
		}
	}
	if i := strings.IndexAny(path, "?#"); i >= 0 {
		path = path[:i]
	}
	p := &place{path: strings.Trim(path, "/"), defaults: map[string]string{}, name: server.Name, operations: map[*validate.Operation]bool{}}
	if p.path != "" {
		p.segments = strings.Split(p.path, "/")
		p.path = "/" + p.path
	}
	if _, name, found := strings.Cut(host, "@"); found {
		host = name
	}
	for variable, value := range server.Defaults {
		// Host names are compared in lower case, their variables with them.
		p.defaults[variable], p.defaults[strings.ToLower(variable)] = value, value
	}
	if !caller.Loopback(host) {
		p.host = caller.Hostname(host)
	}
	return p
}

// cut takes the place's path off an escaped path, which begins with a slash. What is left is "" or begins with one.
func (p *place) cut(path string) (rest string, ok bool) {
	if !strings.Contains(p.path, "{") {
		rest, ok = strings.CutPrefix(path, p.path)
		return rest, ok && (rest == "" || rest[0] == '/')
	}
	rest = path
	for _, segment := range p.segments {
		if rest == "" {
			return "", false
		}
		got := rest[1:]
		next := ""
		if i := strings.IndexByte(got, '/'); i >= 0 {
			got, next = got[:i], got[i:]
		}
		if got == "" || !fills(segment, got) {
			return "", false
		}
		rest = next
	}
	return rest, true
}

// at reports whether a host name, in lower case and without port, is this place's.
func (p *place) at(hostname string) bool {
	if p.host == "" || !strings.Contains(p.host, "{") {
		return p.host != "" && p.host == hostname
	}
	want, got := strings.Split(p.host, "."), strings.Split(hostname, ".")
	if len(want) != len(got) {
		return false
	}
	for i := range want {
		if got[i] == "" || !fills(want[i], got[i]) {
			return false
		}
	}
	return true
}

// fills reports whether got is an instance of a segment or label, which may hold one variable in braces.
func fills(pattern, got string) bool {
	before, rest, found := strings.Cut(pattern, "{")
	if !found {
		return pattern == got
	}
	_, after, _ := strings.Cut(rest, "}")
	return len(got) > len(before)+len(after) && strings.HasPrefix(got, before) && strings.HasSuffix(got, after)
}

// offers reports whether an operation is documented at this place.
func (p *place) offers(op *validate.Operation) bool { return p.operations == nil || p.operations[op] }

// unescaped is a path as people write it; what cannot be decoded stays.
func unescaped(path string) string {
	if plain, err := url.PathUnescape(path); err == nil {
		return plain
	}
	return path
}
