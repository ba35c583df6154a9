package mock

import (
	"strings"

	"understudy.dev/specs"
)

// A base is a named base URL of an API and the place where it is served.
type base struct {
	name  string
	place *place
}

// basesOf lists the named bases of an API among its places. It is empty where nothing reads them.
func basesOf(api *specs.API, places []*place) []base {
	if !api.Profile.Request.ReadsBases {
		return nil
	}
	var bases []base
	for _, documented := range api.Bases() {
		wanted := parsePlace(documented.Server)
		for _, p := range places {
			if p.host == wanted.host && p.path == wanted.path {
				bases = append(bases, base{documented.Name, p})
				break
			}
		}
	}
	return bases
}

// bases are the caller's URLs of the named bases: on the caller's own host and below its prefix. Who came by a documented
// host name finds the other bases at theirs. Nil where nothing reads them.
func (x *exchange) bases(at entry) map[string]string {
	if len(x.part.bases) == 0 {
		return nil
	}
	variables := x.route.place.variables(at.hostname, x.route.base)
	urls := make(map[string]string, len(x.part.bases))
	for _, b := range x.part.bases {
		host := x.who.Host
		if at.hostname != "" && b.place.host != "" && !b.place.at(at.hostname) {
			host = b.place.filled(b.place.host, variables) + port(host)
		}
		urls[b.name] = x.who.Scheme + "://" + host + at.prefix + b.place.filled(b.place.path, variables)
	}
	return urls
}

// port is the port of a documented host name with its colon, "" without one.
func port(host string) string {
	if i := strings.LastIndexByte(host, ':'); i >= 0 {
		return host[i:]
	}
	return ""
}

// variables are the values that a host name and a path give to the variables of the place.
func (p *place) variables(hostname, path string) map[string]string {
	values := map[string]string{}
	read := func(pattern, text, separator string) {
		patterns, parts := strings.Split(pattern, separator), strings.Split(text, separator)
		if len(patterns) != len(parts) {
			return
		}
		for i, pattern := range patterns {
			before, rest, found := strings.Cut(pattern, "{")
			name, after, _ := strings.Cut(rest, "}")
			if found && pattern != parts[i] && fills(pattern, parts[i]) {
				values[name] = parts[i][len(before) : len(parts[i])-len(after)]
			}
		}
	}
	if strings.Contains(p.host, "{") {
		read(p.host, hostname, ".")
	}
	if strings.Contains(p.path, "{") {
		read(p.path, path, "/")
	}
	return values
}

// filled puts values into a host or path of the place: those given, else the documented defaults.
func (p *place) filled(pattern string, values map[string]string) string {
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(pattern, "{")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		name, after, _ := strings.Cut(rest, "}")
		value, given := values[name]
		if !given {
			value = p.defaults[name]
		}
		b.WriteString(value)
		pattern = after
	}
}
