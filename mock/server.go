package mock

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"understudy.dev/mock/internal/caller"
	"understudy.dev/mock/internal/control"
	"understudy.dev/mock/internal/fault"
	"understudy.dev/specs"
)

// WorldHeader chooses a world, as the path prefix /w/NAME does.
const WorldHeader = "X-Understudy-World"

// ExchangeHeader, on every response of an API, is the id of the exchange in the journal, where the reason for a refusal
// stands in full.
const ExchangeHeader = "X-Understudy-Exchange"

const worldPrefix = "/w/"

// A Server plays APIs. It is an http.Handler and an io.Closer, and safe for concurrent use. Several may run in one
// process; they share nothing.
type Server struct {
	settings *settings
	parts    []*part
	named    map[string]*part
	plane    *control.Plane

	mu     sync.RWMutex
	worlds map[string]*World
	closed bool
	// alarm, if watching, rings when a world may have been idle for too long.
	alarm    *time.Timer
	watching bool
}

// New makes a server that plays the APIs, in their order. An API that cannot be played, two of one name, and none at all
// are errors. Close it when it is no longer needed.
func New(apis []*specs.API, o *Options) (*Server, error) {
	settings, err := o.settle()
	if err != nil {
		return nil, fmt.Errorf("cannot start the mock: %w", err)
	}
	s := &Server{settings: settings, named: map[string]*part{}, worlds: map[string]*World{}}
	for _, api := range apis {
		if _, taken := s.named[api.Name]; taken {
			return nil, fmt.Errorf("cannot start the mock: two APIs are named %q", api.Name)
		}
		p, err := compile(api, settings)
		if err != nil {
			return nil, fmt.Errorf("cannot play %s: %w", api.Name, err)
		}
		p.index = len(s.parts)
		s.parts = append(s.parts, p)
		s.named[api.Name] = p
	}
	if len(s.parts) == 0 {
		return nil, errors.New("cannot start the mock: there is no API to play")
	}
	s.plane = control.New(controlled{s})
	s.worlds[DefaultWorld] = newWorld(s, DefaultWorld, beginning(settings.Seed, settings.Clock))
	return s, nil
}

// Close ends what worlds do on their own: clocks, delays and running streams, which break off. Other requests are answered
// as before; the caller stops them.
func (s *Server) Close() error {
	s.mu.Lock()
	s.closed = true
	if s.alarm != nil {
		s.alarm.Stop()
	}
	worlds := slices.Collect(maps.Values(s.worlds))
	s.mu.Unlock()
	for _, w := range worlds {
		w.close()
	}
	return nil
}

// ServeHTTP answers one request: in an API's name where it reaches one, and otherwise with a problem document.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	at, problem := arrive(r)
	if problem != nil {
		problem.Write(w)
		return
	}
	if path, ok := strings.CutPrefix(at.path, control.Prefix); ok && (path == "" || path[0] == '/') {
		s.control(w, r, at, path)
		return
	}
	wishes := fault.Prefer(r.Header["Prefer"])
	if at.named || wishes.Given() {
		if r, problem = s.settings.guard.World(r); problem != nil {
			// What only a mock understands was meant for this one; other preferences may be ignored by everybody.
			if at.named || wishes.Own {
				problem.Write(w)
				return
			}
			wishes.Ignore("preferences are ignored: " + problem.Detail)
		}
	}
	world, leave := s.enterWorld(at.world)
	defer leave()
	if world == nil {
		control.UnknownWorld(at.world).Write(w)
		return
	}
	who := caller.Of(r, s.settings.TrustProxy)
	entry := s.enter(who.Host, at)
	entry.wishes = wishes
	if entry.part == nil {
		control.UnknownAPI(unescaped(at.path), s.basePaths(at.prefix)).Write(w)
		return
	}
	play(w, r, who, world.current.Load(), entry)
}

func (s *Server) control(w http.ResponseWriter, r *http.Request, at arrival, path string) {
	if problem := s.settings.guard.Plane(r); problem != nil {
		problem.Write(w)
		return
	}
	world, leave := s.enterWorld(at.world)
	defer leave()
	if world == nil {
		control.UnknownWorld(at.world).Write(w)
		return
	}
	prefix := at.prefix
	if prefix == "" && world.name != DefaultWorld {
		// The header has chosen it, which what follows a link does not send.
		prefix = worldPrefix + world.name
	}
	s.plane.Serve(w, r, controlledWorld{world}, caller.Of(r, s.settings.TrustProxy).Origin()+prefix, path)
}

// An arrival is where a request wants to go, before any API is chosen.
type arrival struct {
	// world is the name of the world, named whether the request says so.
	world string
	named bool
	// prefix is what chose the world in the path, path the escaped rest, which begins with a slash.
	prefix, path string
}

func arrive(r *http.Request) (arrival, *control.Problem) {
	at := arrival{world: DefaultWorld, path: r.URL.EscapedPath()}
	if !strings.HasPrefix(at.path, "/") {
		at.path = "/" + at.path
	}
	inPath := false
	if rest, ok := strings.CutPrefix(at.path, worldPrefix); ok {
		name, _, _ := strings.Cut(rest, "/")
		at.world, at.named, inPath = unescaped(name), true, true
		at.prefix, at.path = at.path[:len(worldPrefix)+len(name)], rest[len(name):]
		if at.path == "" {
			at.path = "/"
		}
	}
	for _, name := range r.Header.Values(WorldHeader) {
		if (inPath || at.named) && name != at.world {
			return at, control.AmbiguousWorld(at.world, name)
		}
		at.world, at.named = name, true
	}
	return at, nil
}

// An entry is the API that a request reaches, and how.
type entry struct {
	part *part
	// prefix is what chose world and API in the path, path the escaped rest.
	prefix, path string
	// hostname, if not "", restricts the places to those of this host.
	hostname string
	// wishes are the faults that the request prefers.
	wishes fault.Wishes
}

// enter chooses the API: by a documented host name, by NAME.localhost, by the first segment of the path, or because there
// is only one.
func (s *Server) enter(host string, at arrival) entry {
	hostname := caller.Hostname(host)
	if caller.Loopback(host) {
		if p := s.named[strings.TrimSuffix(hostname, ".localhost")]; p != nil && strings.HasSuffix(hostname, ".localhost") {
			return entry{part: p, prefix: at.prefix, path: at.path}
		}
	} else if p := s.atHost(hostname, at.path); hostname != "" && p != nil {
		return entry{part: p, prefix: at.prefix, path: at.path, hostname: hostname}
	}
	root := entry{prefix: at.prefix, path: at.path}
	if len(s.parts) == 1 {
		root.part = s.parts[0]
	}
	name, _, _ := strings.Cut(at.path[1:], "/")
	p := s.named[name]
	if p == nil {
		return root
	}
	prefixed := entry{part: p, prefix: at.prefix + "/" + name, path: at.path[1+len(name):]}
	// A path of the only API may begin with its name, as /notes of an API called notes.
	if root.part != nil && p.nested && !p.knows(prefixed.path) && (p.knows(root.path) || !p.has(prefixed.path, "") && p.has(root.path, "")) {
		return root
	}
	return prefixed
}

// atHost prefers, where several APIs share a host name, the one that has a place for the path.
func (s *Server) atHost(hostname, path string) *part {
	var first *part
	for _, p := range s.parts {
		switch {
		case p.has(path, hostname):
			return p
		case first == nil && p.at(hostname):
			first = p
		}
	}
	return first
}

// A Base is where one documented base URL of an API is served.
type Base struct {
	API string
	// Name is the base's x-base, "default" for the first one of an API.
	Name string
	// Path is where it is served on this server: "/toy/v1".
	Path string
	// Host is the documented host name that chooses it, "" if there is none.
	Host string
}

// Bases lists the bases of all APIs, in the order of the APIs and their documents. A base without a name of its own is
// not listed, except the first.
func (s *Server) Bases() []Base {
	var bases []Base
	for _, p := range s.parts {
		for _, place := range p.places {
			if place.name != "" {
				bases = append(bases, Base{API: p.api.Name, Name: place.name, Path: "/" + p.api.Name + place.path, Host: place.host})
			}
		}
	}
	return bases
}

func (s *Server) basePaths(prefix string) []string {
	var paths []string
	for _, base := range s.Bases() {
		paths = append(paths, prefix+base.Path)
	}
	return paths
}
