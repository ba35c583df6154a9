package mock

import (
	"context"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"understudy.dev/mock/internal/clock"
	"understudy.dev/mock/internal/delivery"
	"understudy.dev/mock/internal/entropy"
	"understudy.dev/mock/internal/fault"
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
	use    use
	// current is replaced as a whole by Reset, Reseed and Restore.
	current atomic.Pointer[run]

	mu sync.Mutex
	// closed is true once nothing of the world may go on by itself.
	closed bool
	// start is what Reset goes back to.
	start     *moment
	snapshots map[string]*Snapshot
}

// A run is a world from its start, its latest reset or restore, to the next.
type run struct {
	world     *World
	seed      uint64
	spec      clock.Spec
	clock     *clock.Clock
	journal   *journal.Journal
	desk      *delivery.Desk
	plays     []*playing
	faults    *fault.Set
	exchanges atomic.Uint64
	// over ends with the run, and with it what its requests wait for and the streams that they are sent.
	over context.Context
	end  context.CancelFunc
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

func newWorld(s *Server, name string, start *moment) *World {
	// Faults are inherited, but a reset ends them all.
	w := &World{server: s, name: name, start: start.faultless(), snapshots: map[string]*Snapshot{}}
	w.current.Store(w.begin(start))
	return w
}

// begin makes a run that goes on from a moment. It costs next to nothing: what exists then is shared until it is changed.
func (w *World) begin(m *moment) *run {
	settings := w.server.settings
	r := &run{world: w, seed: m.seed, spec: m.spec, clock: m.newClock(settings.Wall)}
	r.faults = m.newFaults(entropy.New(m.seed, w.name))
	r.over, r.end = context.WithCancel(context.Background())
	for _, p := range w.server.parts {
		source := entropy.New(m.seed, w.name+"/"+p.api.Name)
		play := &playing{run: r, part: p, entropy: source}
		if m.plays == nil {
			play.store, play.limits = p.base.NewStore(), p.limits.NewSet()
		} else {
			m.plays[p.index].resume(play)
		}
		play.functions = source.Kind("exchange").Functions()
		r.plays = append(r.plays, play)
	}
	r.desk = delivery.New(w.server.settings.targets, &delivery.Options{Clock: r.clock})
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
func (r *run) dated() bool { return r.spec != clock.Spec{} }

// Name is the world's name.
func (w *World) Name() string { return w.name }

// Seed is where the world's ids, secrets and samples derive from, together with its name.
func (w *World) Seed() uint64 { return w.current.Load().seed }

// Now is the world's time.
func (w *World) Now() time.Time { return w.current.Load().clock.Now() }

// Frozen reports whether the world's time passes only by Advance and Set.
func (w *World) Frozen() bool { return w.current.Load().clock.Frozen() }

// Advance moves the world's time forwards and returns after everything due has run. A negative duration is an error and
// changes nothing.
func (w *World) Advance(d time.Duration) error {
	defer w.hold()()
	return w.current.Load().ready().clock.Advance(d)
}

// Set moves the world's time to t and returns after everything due has run. A time in its past is an error.
func (w *World) Set(t time.Time) error {
	defer w.hold()()
	return w.current.Load().ready().clock.Set(t)
}

// ready lets first attempts end that have begun, so that what they lead to is due when it should be.
func (r *run) ready() *run {
	r.desk.Settle(graceForSending)
	return r
}

// Reset makes the world as it was when it started: state, credentials, limits, journal, ids and clock; a fork as it was
// when it was made, apart from faults, which a reset always ends. Its snapshots stay. When Reset returns, a request that began before can no longer change anything.
func (w *World) Reset() {
	w.mu.Lock()
	start := w.start
	w.mu.Unlock()
	w.goTo(start)
}

// Reseed resets the world and lets it derive what it invents from another seed, from now on.
func (w *World) Reseed(seed uint64) {
	w.mu.Lock()
	start := *w.start
	start.seed = seed
	w.start = &start
	w.mu.Unlock()
	w.goTo(&start)
}

// goTo makes another run the present one, at once and as a whole.
func (w *World) goTo(m *moment) {
	defer w.hold()()
	next := w.begin(m)
	w.mu.Lock()
	last, closed := w.current.Swap(next), w.closed
	w.mu.Unlock()
	last.close()
	if closed {
		next.close()
	}
}

// Journal lists the world's exchanges that the filter selects, oldest first.
func (w *World) Journal(f Filter) []Entry { return w.current.Load().journal.Entries(f) }

// Exchange finds one of the world's exchanges by its id, as the response header ExchangeHeader gives it.
func (w *World) Exchange(id string) (Entry, bool) { return w.current.Load().journal.Entry(id) }

// An Entry is one exchange as the journal shows it: secrets are replaced unless Options.Reveal is set.
type Entry = journal.Entry

// A Refusal, in an Entry, is why a request was refused: stage, problem, rule, and where to look.
type Refusal = journal.Refusal

// An EntryFault, in an Entry, is what went wrong on purpose: by which rules, and how.
type EntryFault = journal.Fault

// A Filter selects entries; a zero field selects all.
type Filter = journal.Filter

func (w *World) close() {
	w.mu.Lock()
	w.closed = true
	present := w.current.Load()
	w.mu.Unlock()
	present.close()
}

func (r *run) close() {
	r.end()
	r.desk.Close()
	// A clock has nothing to close that could fail.
	_ = r.clock.Close()
}
