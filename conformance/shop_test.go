package conformance_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"understudy.dev/conformance"
	"understudy.dev/specs"
)

// shop is a hand-written server for the API in testdata/shop. Its zero value keeps to what is documented and chooses
// for itself where nothing is; the fields make it choose differently, or wrong.
type shop struct {
	// id makes the id of the nth thing, list wraps a list.
	id   func(n int) string
	list func(r *http.Request, things []any) any
	// status of a created thing; bare answers creation without a body but with a Location.
	status int
	bare   bool
	// tweak changes an answer before it is sent. It must not change what it is handed in place.
	tweak func(r *http.Request, status int, body any) (int, any)
	// before answers instead, if it returns true.
	before func(w http.ResponseWriter, r *http.Request) bool
	// limit is what a minute allows outside createToken; 0 is no limit. It is kept on the shop's own clock.
	limit int
	// frozen lets the shop's clock go on only when it is told to.
	frozen bool

	mu       sync.Mutex
	advanced time.Duration
	started  time.Time
	things   []map[string]any
	tokens   map[string]time.Duration
	served   []time.Duration
	seen     []string
	agents   []string
	count    int
}

func (s *shop) now() time.Duration {
	if s.frozen {
		return s.advanced
	}
	return s.advanced + time.Since(s.started)
}

func (s *shop) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.tokens == nil {
		s.tokens, s.started = map[string]time.Duration{}, time.Now()
	}
	if r.URL.Path == "/clock" {
		s.clock(w, r)
		return
	}
	path := strings.TrimPrefix(r.URL.Path, "/v1")
	s.seen = append(s.seen, r.Method+" "+path)
	s.agents = append(s.agents, r.UserAgent())
	if s.before != nil && s.before(w, r) {
		return
	}
	status, body, location := s.answer(r, path)
	if s.tweak != nil {
		status, body = s.tweak(r, status, body)
	}
	if location != "" {
		w.Header().Set("Location", location)
	}
	if text, ok := body.(string); ok {
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, text)
		return
	}
	if body == nil {
		w.WriteHeader(status)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}

func (s *shop) clock(w http.ResponseWriter, r *http.Request) {
	var ask struct{ Advance string }
	_ = json.NewDecoder(r.Body).Decode(&ask)
	by, err := time.ParseDuration(ask.Advance)
	if err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	s.advanced += by
	s.seen = append(s.seen, "advance "+ask.Advance)
	fmt.Fprintf(w, `{"now":"2026-01-01T00:00:00Z","frozen":%v}`, s.frozen)
}

func refusal(status int) (int, any, string) {
	return status, map[string]any{"error": map[string]any{"code": status, "message": http.StatusText(status)}}, ""
}

func (s *shop) answer(r *http.Request, path string) (status int, body any, location string) {
	if path == "/token" {
		return s.token(r)
	}
	if s.limit > 0 {
		s.served = slices.DeleteFunc(s.served, func(at time.Duration) bool { return at+time.Minute <= s.now() })
		if len(s.served) >= s.limit {
			return refusal(http.StatusTooManyRequests)
		}
		s.served = append(s.served, s.now())
	}
	until, ok := s.tokens[strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")]
	if !ok || until <= s.now() {
		return refusal(http.StatusUnauthorized)
	}
	id, one := strings.CutPrefix(path, "/things/")
	switch {
	case path == "/things" && r.Method == http.MethodGet:
		return http.StatusOK, s.listed(r), ""
	case path == "/things" && r.Method == http.MethodPost:
		return s.create(r)
	case path == "/gadgets" && r.Method == http.MethodPost:
		return http.StatusCreated, map[string]any{"gadget": map[string]any{"gadget_id": 7}}, ""
	case path == "/gadgets" && r.Method == http.MethodDelete && r.URL.Query().Get("gadget") == "7":
		return http.StatusNoContent, nil, ""
	case one:
		return s.thing(r, id)
	}
	return refusal(http.StatusNotFound)
}

func (s *shop) token(r *http.Request) (int, any, string) {
	var pair struct{ Key, Secret string }
	if json.NewDecoder(r.Body).Decode(&pair) != nil {
		return refusal(http.StatusBadRequest)
	}
	if !strings.HasPrefix(pair.Key, "key_") || pair.Secret != "secret-"+strings.TrimPrefix(pair.Key, "key_") {
		return refusal(http.StatusUnauthorized)
	}
	s.count++
	token := fmt.Sprintf("tok_%024d", s.count)
	s.tokens[token] = s.now() + time.Hour
	return http.StatusOK, map[string]any{"token": token, "expires_in": 3600}, ""
}

func (s *shop) listed(r *http.Request) any {
	things := []any{}
	for _, thing := range s.things {
		things = append(things, thing)
	}
	if s.list != nil {
		return s.list(r, things)
	}
	return map[string]any{"data": things}
}

func (s *shop) create(r *http.Request) (int, any, string) {
	thing := map[string]any{}
	if json.NewDecoder(r.Body).Decode(&thing) != nil || thing["name"] == nil {
		return refusal(http.StatusBadRequest)
	}
	s.count++
	id := fmt.Sprintf("thg_%08d", s.count)
	if s.id != nil {
		id = s.id(s.count)
	}
	thing["id"] = id
	s.things = append(s.things, thing)
	status := http.StatusCreated
	if s.status != 0 {
		status = s.status
	}
	if s.bare {
		return status, nil, "/v1/things/" + id
	}
	return status, map[string]any{"result": thing}, ""
}

func (s *shop) thing(r *http.Request, id string) (int, any, string) {
	i := slices.IndexFunc(s.things, func(thing map[string]any) bool { return thing["id"] == id })
	if i < 0 {
		return refusal(http.StatusNotFound)
	}
	switch r.Method {
	case http.MethodGet:
		return http.StatusOK, s.things[i], ""
	case http.MethodPut:
		changed := map[string]any{}
		_ = json.NewDecoder(r.Body).Decode(&changed)
		changed["id"] = id
		s.things[i] = changed
		return http.StatusOK, changed, ""
	case http.MethodDelete:
		s.things = slices.Delete(s.things, i, i+1)
		return http.StatusNoContent, nil, ""
	}
	return refusal(http.StatusMethodNotAllowed)
}

// requests counts the requests that begin with a text.
func (s *shop) requests(prefix string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for _, seen := range s.seen {
		if strings.HasPrefix(seen, prefix) {
			n++
		}
	}
	return n
}

// shopAPI loads testdata/shop with other files in the place of its own; "checks" is short for one check file.
func shopAPI(t *testing.T, files map[string]string) *specs.API {
	t.Helper()
	fsys := fstest.MapFS{}
	for _, name := range []string{"openapi.yaml", "profile.yaml", "seed.yaml", "requirements.yaml"} {
		data, err := os.ReadFile(filepath.Join("testdata", "shop", name))
		require.NoError(t, err)
		fsys["shop/"+name] = &fstest.MapFile{Data: data}
	}
	for name, text := range files {
		if name == "checks" {
			name = "checks/a.txtar"
		}
		fsys["shop/"+name] = &fstest.MapFile{Data: []byte(strings.TrimLeft(text, "\n"))}
	}
	api, err := specs.Load(fsys, "shop")
	require.NoError(t, err)
	return api
}

// trial is a run of checks against a server.
type trial struct {
	files   map[string]string
	server  http.Handler
	target  conformance.Target
	options conformance.Options
	clock   bool

	// patience is how long the run has waited; its time goes on by that much.
	mu       sync.Mutex
	patience time.Duration
}

func (tr *trial) now() time.Time {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	return time.Now().Add(tr.patience)
}

// sleep waits in the run's time, and in that of the shop.
func (tr *trial) sleep(ctx context.Context, d time.Duration) error {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	tr.patience += d
	if s, ok := tr.server.(*shop); ok {
		s.mu.Lock()
		s.advanced += d
		s.mu.Unlock()
	}
	return ctx.Err()
}

// run runs the trial. What the run must never do is checked here, for every trial.
func (tr *trial) run(t *testing.T) *conformance.Report {
	t.Helper()
	report, err := tr.try(t.Context(), t)
	require.NoError(t, err)
	for _, c := range report.Checks {
		if c.Outcome != conformance.Pass && c.Outcome != conformance.NotRun {
			assert.NotEmpty(t, c.Message+c.Expected, c.ID)
		}
		assert.Positive(t, c.Line, c.ID)
	}
	return report
}

func (tr *trial) try(ctx context.Context, t *testing.T) (*conformance.Report, error) {
	t.Helper()
	if tr.server == nil {
		tr.server = &shop{}
	}
	server := httptest.NewServer(tr.server)
	t.Cleanup(server.Close)
	if tr.target.Bases == nil {
		tr.target.Bases = map[string]string{"default": server.URL + "/v1"}
	}
	if tr.clock {
		tr.target.ClockURL = server.URL + "/clock"
	}
	if tr.options.ID == "" {
		tr.options.ID = "test"
	}
	tr.options.Now, tr.options.Sleep = tr.now, tr.sleep
	return conformance.Run(ctx, shopAPI(t, tr.files), tr.target, &tr.options)
}

// check runs one script and returns its first check.
func check(t *testing.T, server http.Handler, text string) *conformance.CheckResult {
	t.Helper()
	return (&trial{files: map[string]string{"checks": text}, server: server}).run(t).Checks[0]
}

func outcomes(r *conformance.Report) map[string]conformance.Outcome {
	all := map[string]conformance.Outcome{}
	for _, c := range r.Checks {
		all[c.ID] = c.Outcome
	}
	return all
}
