// Package control is the control plane of the mock: what a test or a person does to the server itself, under /__admin.
// It answers in its own words (RFC 9457 problem documents) and has an OpenAPI document of its own, served at
// /__admin/openapi.json.
//
// It holds no state: it works on a [Server] and its [World]s, which the server hands in, so that it knows nothing of
// APIs and their stages.
//
//	plane := control.New(server)
//	if p := guard.Plane(r); p != nil {
//		p.Write(w)
//		return
//	}
//	plane.Serve(w, r, world, "/clock")
package control

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"understudy.dev/mock/internal/delivery"
	"understudy.dev/mock/internal/fault"
	"understudy.dev/mock/internal/journal"
)

// Prefix is where the control plane stands, at the root and inside every world.
const Prefix = "/__admin"

// maxBody bounds the body of a request to the control plane.
const maxBody = 1 << 20

// A Server is what the control plane controls.
type Server interface {
	Version() string
	// APIs are in the order in which they are served.
	APIs() []API
	// Worlds are sorted by name, the default world first.
	Worlds() []World
	// CreateWorld and DropWorld refuse with a *Problem. A request that is under way in a world that is dropped is answered.
	CreateWorld(WorldSpec) (World, error)
	DropWorld(name string) error
	// Served lists the APIs for a caller who reaches the server at an origin and a prefix; Document is the OpenAPI
	// document of one of them, in JSON. It refuses with a *Problem.
	Served(origin string) []ServedAPI
	Document(api, origin string) ([]byte, error)
}

// An API is one API that the server plays.
type API struct {
	Name  string `json:"name"`
	Title string `json:"title"`
	// Base is where it is served on this server: "/toy/v1".
	Base string `json:"base"`
	// Operations counts its operations.
	Operations int `json:"operations"`
}

// A WorldSpec says how a world starts.
type WorldSpec struct {
	Name string `json:"name"`
	// Seed is the server's own if it is nil.
	Seed *uint64 `json:"seed"`
	// Clock is "real", an instant, or an instant and ",frozen"; "" is the server's own.
	Clock string `json:"clock"`
	// From is the world that it is a fork of, "" for none: of its present, or of one of its snapshots.
	From     string `json:"from"`
	Snapshot string `json:"snapshot"`
}

// A Snapshot is a moment of a world, kept under a name.
type Snapshot struct {
	Name string `json:"name"`
	// Time is what the world's clock showed.
	Time time.Time `json:"time"`
}

// A World is one world, as far as the control plane is concerned.
type World interface {
	Name() string
	Seed() uint64
	// Reset makes the world as it was when it started. It returns when that is so.
	Reset() error
	// Reseed does the same, from now on with another seed.
	Reseed(seed uint64)
	// ExpiresAt is when, in real time, the world is dropped unless it is used; zero if it is not.
	ExpiresAt() time.Time
	// ListSnapshots has the oldest first. The others refuse with a *Problem. RestoreSnapshot takes a snapshot of the
	// world called from, "" for this one.
	ListSnapshots() []Snapshot
	TakeSnapshot(name string) (Snapshot, error)
	RestoreSnapshot(from, name string) error
	DropSnapshot(name string) error
	Now() time.Time
	Frozen() bool
	// Advance and Set move the clock and return after everything due has run. They refuse with a *Problem.
	Advance(d time.Duration) error
	Set(t time.Time) error
	Journal() *journal.Journal
	// State refuses with a *Problem what names nothing.
	State(StateQuery) ([]Resource, error)
	// Deliveries are those that the filter selects, oldest first, and how many were forgotten.
	Deliveries(delivery.Filter) ([]delivery.Delivery, uint64)
	Delivery(id string) (delivery.Delivery, bool)
	// Redeliver and Trigger refuse with a *Problem.
	Redeliver(id string) (delivery.Delivery, error)
	Trigger(api, event string, data []byte) (Event, error)
	Credentials() []Credential
	// CreateCredential, Revoke and Expire refuse with a *Problem. An empty api means any; one that does not decide
	// is refused.
	CreateCredential(Credential) (Credential, error)
	Revoke(api, id string) (Credential, error)
	Expire(api, id string) (Credential, error)
	// AddFault refuses with a *Problem. Faults are in the order in which they were added.
	AddFault(fault.Rule) (fault.Rule, error)
	Faults() []fault.Rule
	RemoveFault(id string) bool
	ClearFaults()
}

// A Plane answers requests to the control plane. It is immutable.
type Plane struct {
	server Server
	routes []route
}

// A route is one operation of the control plane. Segments of path in braces match anything.
type route struct {
	method string
	path   string
	handle func(*call) (int, any, error)
}

// A call is one request to the control plane.
type call struct {
	plane *Plane
	w     http.ResponseWriter
	r     *http.Request
	world World
	// origin is where the caller reaches the server and its world: "http://localhost:4010/w/side".
	origin string
	params map[string]string
}

// New makes a control plane.
func New(server Server) *Plane {
	return &Plane{server: server, routes: []route{
		{"GET", "/health", health},
		{"GET", "/version", version},
		{"GET", "/openapi.json", document},
		{"GET", "/apis", listAPIs},
		{"GET", "/apis/{api}/openapi.json", readAPIDocument},
		{"GET", "/explorer", toExplorer},
		{"GET", "/explorer/", showExplorer},
		{"GET", "/explorer/{file}", showExplorer},
		{"POST", "/reset", reset},
		{"POST", "/seed", reseed},
		{"GET", "/clock", readClock},
		{"POST", "/clock", moveClock},
		{"GET", "/credentials", listCredentials},
		{"POST", "/credentials", createCredential},
		{"POST", "/credentials/{id}/revoke", revokeCredential},
		{"POST", "/credentials/{id}/expire", expireCredential},
		{"GET", "/faults", listFaults},
		{"POST", "/faults", addFault},
		{"DELETE", "/faults", clearFaults},
		{"DELETE", "/faults/{id}", removeFault},
		{"GET", "/deliveries", listDeliveries},
		{"GET", "/deliveries/{id}", readDelivery},
		{"POST", "/deliveries/{id}/redeliver", redeliver},
		{"POST", "/events", triggerEvent},
		{"GET", "/journal", readJournal},
		{"DELETE", "/journal", clearJournal},
		{"GET", "/journal/{id}", readEntry},
		{"GET", "/state", readState},
		{"GET", "/snapshots", listSnapshots},
		{"POST", "/snapshots", takeSnapshot},
		{"DELETE", "/snapshots/{name}", dropSnapshot},
		{"POST", "/snapshots/{name}/restore", restoreSnapshot},
		{"GET", "/worlds", listWorlds},
		{"POST", "/worlds", createWorld},
		{"DELETE", "/worlds/{name}", dropWorld},
	}}
}

// Serve answers one request inside a world. origin is scheme, host and prefix with which the caller reaches it, path what
// follows Prefix, still escaped. The guard has let it in.
func (p *Plane) Serve(w http.ResponseWriter, r *http.Request, world World, origin, path string) {
	c := &call{plane: p, w: w, r: r, world: world, origin: origin}
	status, value, err := p.serve(c, path)
	a, isAsset := value.(*asset)
	switch {
	case err != nil:
		asProblem(err).Write(w)
	case isAsset:
		a.write(w, status)
	case value == nil:
		w.Header().Set("Cache-Control", "no-store")
		w.WriteHeader(status)
	default:
		write(w, status, "application/json", value)
	}
}

func (p *Plane) serve(c *call, path string) (int, any, error) {
	var allowed []string
	for _, route := range p.routes {
		params, ok := match(route.path, path)
		if !ok {
			continue
		}
		if route.method == c.r.Method || route.method == "GET" && c.r.Method == "HEAD" {
			c.params = params
			return route.handle(c)
		}
		allowed = append(allowed, route.method)
	}
	if allowed != nil {
		slices.Sort(allowed)
		p := problem(http.StatusMethodNotAllowed, "wrong-method", "The path does not offer this method",
			"%s takes %s, not %s", path, strings.Join(allowed, " or "), c.r.Method)
		p.allow = strings.Join(allowed, ", ")
		return 0, nil, p
	}
	return 0, nil, NotFound("the control plane has no path %q; see %s/openapi.json", path, Prefix)
}

// match compares an escaped path with a pattern and unescapes the parameters.
func match(pattern, path string) (map[string]string, bool) {
	want, got := strings.Split(pattern, "/"), strings.Split(path, "/")
	if len(want) != len(got) {
		return nil, false
	}
	params := map[string]string{}
	for i, segment := range want {
		if !strings.HasPrefix(segment, "{") {
			if segment != got[i] {
				return nil, false
			}
			continue
		}
		value, err := url.PathUnescape(got[i])
		if err != nil || value == "" {
			return nil, false
		}
		params[strings.Trim(segment, "{}")] = value
	}
	return params, true
}

func asProblem(err error) *Problem {
	if p := (*Problem)(nil); errors.As(err, &p) {
		return p
	}
	return problem(http.StatusInternalServerError, "internal", "An internal error occurred", "%s", err)
}

// body decodes the request's body into value. An empty body leaves it alone. Unknown names are refused: a silent default
// would hide a misspelling.
func (c *call) body(value any) error {
	raw, err := io.ReadAll(http.MaxBytesReader(c.w, c.r.Body, maxBody))
	if tooLarge := (*http.MaxBytesError)(nil); errors.As(err, &tooLarge) {
		return problem(http.StatusRequestEntityTooLarge, "too-large", "The body is too large", "it may have %d bytes", maxBody)
	}
	if err != nil {
		return Invalid("cannot read the body: %s", err)
	}
	if len(raw) == 0 {
		return nil
	}
	d := json.NewDecoder(strings.NewReader(string(raw)))
	d.DisallowUnknownFields()
	if err := d.Decode(value); err != nil {
		return Invalid("cannot read the body: %s", strings.TrimPrefix(err.Error(), "json: "))
	}
	if _, err := d.Token(); err != io.EOF {
		return Invalid("cannot read the body: something follows the JSON value")
	}
	return nil
}
