package mock

import (
	"fmt"
	"slices"
	"strconv"
	"sync/atomic"
	"time"

	"understudy.dev/mock/internal/clock"
	"understudy.dev/mock/internal/entropy"
	"understudy.dev/mock/internal/journal"
	"understudy.dev/mock/internal/limit"
	"understudy.dev/mock/internal/state"
)

// DefaultWorld is the name of the world of requests that name none. It is always there.
const DefaultWorld = "default"

// A World is an isolated sandbox inside a server, across all its APIs: state, credentials, limits, clock, seed and journal
// of its own. It is safe for concurrent use.
type World struct {
	server *Server
	name   string
	seed   uint64
	spec   clock.Spec
	// current is replaced as a whole by Reset.
	current atomic.Pointer[run]
}

// A run is a world from its start, or its latest reset, to the next.
type run struct {
	world     *World
	clock     *clock.Clock
	journal   *journal.Journal
	plays     []*playing
	exchanges atomic.Uint64
}

// A playing is one API in one run.
type playing struct {
	run     *run
	part    *part
	store   *state.Store
	entropy *entropy.Source
	limits  *limit.Set
	// functions are what expressions call.
	functions map[string]any
}

func newWorld(s *Server, name string, seed uint64, spec clock.Spec) *World {
	w := &World{server: s, name: name, seed: seed, spec: spec}
	w.current.Store(w.start())
	return w
}

// start makes a run. It costs next to nothing: what exists in a fresh world is shared until it is changed.
func (w *World) start() *run {
	settings := w.server.settings
	r := &run{world: w, clock: clock.New(w.spec, settings.Wall)}
	for _, p := range w.server.parts {
		source := entropy.New(w.seed, w.name+"/"+p.api.Name)
		r.plays = append(r.plays, &playing{
			run: r, part: p, store: p.base.NewStore(), entropy: source, limits: p.limits.NewSet(),
			functions: source.Kind("exchange").Functions(),
		})
	}
	r.journal = journal.New(&journal.Options{
		Entries: settings.Journal, Reveal: settings.Reveal, Names: w.server.secretNames(), Known: r.secrets,
	})
	return r
}

// secrets are all credentials that the run knows.
func (r *run) secrets() []string {
	var all []string
	for _, play := range r.plays {
		for c := range play.store.View().Credentials() {
			all = append(all, c.Value)
		}
	}
	return all
}

// secretNames are the names under which the APIs carry secrets: kinds of credentials that are one secret, and keys.
func (s *Server) secretNames() []string {
	var names []string
	for _, p := range s.parts {
		for _, kind := range p.api.Profile.Credentials {
			if kind.Secret == nil {
				names = append(names, kind.Name)
			}
		}
		for _, scheme := range p.api.Document.SecuritySchemes() {
			if scheme.Type == "apiKey" {
				names = append(names, scheme.ParamName)
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// nextExchange numbers the exchanges of a run.
func (r *run) nextExchange() string {
	return "x" + strconv.FormatUint(r.exchanges.Add(1), 10)
}

// dated reports whether responses carry the world's date instead of the real one.
func (r *run) dated() bool { return r.world.spec != clock.Spec{} }

// Name is the world's name.
func (w *World) Name() string { return w.name }

// Seed is where the world's ids, secrets and samples derive from, together with its name.
func (w *World) Seed() uint64 { return w.seed }

// Now is the world's time.
func (w *World) Now() time.Time { return w.current.Load().clock.Now() }

// Frozen reports whether the world's time passes only by Advance and Set.
func (w *World) Frozen() bool { return w.current.Load().clock.Frozen() }

// Advance moves the world's time forwards and returns after everything due has run. A negative duration is an error and
// changes nothing.
func (w *World) Advance(d time.Duration) error { return w.current.Load().clock.Advance(d) }

// Set moves the world's time to t and returns after everything due has run. A time in its past is an error.
func (w *World) Set(t time.Time) error { return w.current.Load().clock.Set(t) }

// Reset makes the world as it was when it started: state, credentials, limits, journal, ids and clock. When it returns, a
// request that began before can no longer change anything.
func (w *World) Reset() {
	old := w.current.Swap(w.start())
	old.close()
}

// Journal lists the world's exchanges that the filter selects, oldest first.
func (w *World) Journal(f Filter) []Entry { return w.current.Load().journal.Entries(f) }

// Exchange finds one of the world's exchanges by its id, as the response header ExchangeHeader gives it.
func (w *World) Exchange(id string) (Entry, bool) { return w.current.Load().journal.Entry(id) }

// An Entry is one exchange as the journal shows it: secrets are replaced unless Options.Reveal is set.
type Entry = journal.Entry

// A Refusal, in an Entry, is why a request was refused: stage, problem, rule, and where to look.
type Refusal = journal.Refusal

// A Filter selects entries; a zero field selects all.
type Filter = journal.Filter

func (w *World) close() { w.current.Load().close() }

func (r *run) close() {
	// A clock has nothing to close that could fail.
	_ = r.clock.Close()
}

// World finds a world by name; nil if there is none. "" is the default one.
func (s *Server) World(name string) *World {
	if name == "" {
		name = DefaultWorld
	}
	return s.find(name)
}

func (s *Server) find(name string) *World {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.worlds[name]
}

// checkName wants a name that can stand in a path and a header.
func checkName(name string) error {
	ok := len(name) >= 1 && len(name) <= 63
	for i := 0; ok && i < len(name); i++ {
		c := name[i]
		inner := (c == '-' || c == '_') && i > 0 && i < len(name)-1
		ok = c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || inner
	}
	if !ok {
		return fmt.Errorf("the name of a world is 1 to 63 lower-case letters and digits, with - and _ between them, not %q", name)
	}
	return nil
}
