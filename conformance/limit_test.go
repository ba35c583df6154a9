package conformance_test

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"understudy.dev/conformance"
)

// profile is the shop's with another standard limit.
func profile(t *testing.T, requests int) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", "shop", "profile.yaml"))
	require.NoError(t, err)
	return strings.Replace(string(data), "requests: 200", fmt.Sprintf("requests: %d", requests), 1)
}

// gadgetLimit limits the gadgets only.
func gadgetLimit(n int) func(http.ResponseWriter, *http.Request) bool {
	var served atomic.Int64
	return func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path != "/v1/gadgets" || served.Add(1) <= int64(n) {
			return false
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusTooManyRequests)
		_, _ = w.Write([]byte(`{"error":{"code":429,"message":"slow down"}}`))
		return true
	}
}

func TestExhaust(t *testing.T) {
	t.Parallel()
	const (
		flood  = "as main\n# SHOP-LIMIT-1 MUST x\nneeds limits\nexhaust standard GET /things\nstatus 429\njson error.code == 429\n"
		tiered = "as main\n# SHOP-GADGET-1 MUST x\nneeds limits\nexhaust tiered POST /gadgets\nstatus 429\n"
	)
	allow := conformance.Options{AllowLimits: true}
	tests := map[string]struct {
		script   string
		declared int
		server   *shop
		clock    bool
		options  conformance.Options
		inputs   map[string]string
		outcome  conformance.Outcome
		message  string
		served   int
	}{
		"exactly, the clock standing still": {flood, 10, &shop{limit: 10, frozen: true}, true, allow, nil, conformance.Pass, "", 11},
		"one too early":                     {flood, 10, &shop{limit: 9, frozen: true}, true, allow, nil, conformance.Fail, "exhaust", 10},
		"one too late":                      {flood, 10, &shop{limit: 11, frozen: true}, true, allow, nil, conformance.Fail, "exhaust", 11},
		"never":                             {flood, 10, &shop{frozen: true}, true, allow, nil, conformance.Fail, "exhaust", 11},
		"early, the clock going on":         {flood, 10, &shop{limit: 7}, true, allow, nil, conformance.Pass, "", 8},
		"twice as late, without a clock":    {flood, 10, &shop{limit: 20}, false, allow, nil, conformance.Pass, "", 21},
		"never, without a clock":            {flood, 10, &shop{}, false, allow, nil, conformance.Fail, "exhaust", 21},
		"many, side by side":                {flood, 300, &shop{limit: 300}, false, allow, nil, conformance.Pass, "", 301},
		"never of many":                     {flood, 100, &shop{}, false, allow, nil, conformance.Fail, "exhaust", 201},
		"more than the budget":              {flood, 100, &shop{limit: 100}, false, conformance.Options{AllowLimits: true, MaxRequests: 150}, nil, conformance.NotObserved, "needs 201 requests", 0},
		"not allowed":                       {flood, 10, &shop{limit: 10}, false, conformance.Options{}, nil, conformance.NotObserved, "--allow limits", 0},
		"by plan, small":                    {tiered, 10, &shop{frozen: true, before: gadgetLimit(3)}, true, allow, nil, conformance.Pass, "", 4},
		"by plan, big":                      {tiered, 10, &shop{frozen: true, before: gadgetLimit(6)}, true, allow, nil, conformance.Pass, "", 7},
		"by no plan":                        {tiered, 10, &shop{frozen: true, before: gadgetLimit(5)}, true, allow, nil, conformance.Fail, "exhaust", 6},
		"by a plan that nobody has told":    {tiered, 10, &shop{}, false, allow, map[string]string{"key": "key_x", "secret": "secret-x"}, conformance.NotObserved, "is not known", 13},
		"not read-only":                     {flood, 10, &shop{limit: 10}, false, conformance.Options{AllowLimits: true, ReadOnly: true}, nil, conformance.NotRun, "read-only", 0},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			trial := &trial{
				files:  map[string]string{"checks": test.script, "profile.yaml": profile(t, test.declared)},
				server: test.server, options: test.options, clock: test.clock, target: conformance.Target{Inputs: test.inputs},
			}
			got := trial.run(t).Checks[0]
			assert.Equal(t, test.outcome, got.Outcome, "%s: %s, %s", got.Message, got.Expected, got.Got)
			assert.Contains(t, got.Message, test.message)
			served := test.server.requests("GET /things") + test.server.requests("POST /gadgets")
			if test.declared < 100 {
				assert.Equal(t, test.served, served)
			} else {
				assert.GreaterOrEqual(t, served, test.served)
				assert.LessOrEqual(t, served, test.served+8)
			}
		})
	}
}

// TestExhaustTwice holds that each flood of a section begins in a window of its own.
func TestExhaustTwice(t *testing.T) {
	t.Parallel()
	const script = "as main\n# SHOP-LIMIT-1 MUST x\nneeds limits\nexhaust standard GET /things\nexhaust standard GET /things\n"
	trial := &trial{
		files: map[string]string{"checks": script, "profile.yaml": profile(t, 10)}, server: &shop{limit: 10, frozen: true}, clock: true,
		options: conformance.Options{AllowLimits: true},
	}
	got := trial.run(t).Checks[0]
	assert.Equal(t, conformance.Pass, got.Outcome, "%s %s", got.Message, got.Got)
}

// TestExhaustLast holds that what provokes limits runs last, and that each flood begins in a window of its own.
func TestExhaustLast(t *testing.T) {
	t.Parallel()
	const script = "as main\n# SHOP-LIMIT-1 MUST x\nneeds limits\nexhaust standard GET /things\n# SHOP-LIMIT-1 MUST y\nneeds limits\nexhaust standard GET /things\n" +
		"# SHOP-THING-1 MUST z\nPOST /things b.json\nstatus 2xx\n" + newThing
	for _, clock := range []bool{true, false} {
		server := &shop{limit: 10, frozen: clock}
		trial := &trial{
			files: map[string]string{"checks": script, "profile.yaml": profile(t, 10)}, server: server, clock: clock,
			options: conformance.Options{AllowLimits: true},
		}
		report := trial.run(t)
		for _, c := range report.Checks {
			assert.Equal(t, conformance.Pass, c.Outcome, "%s: %s", c.ID, c.Message)
		}
		assert.Equal(t, []string{"POST /token", "POST /things"}, withoutAdvances(server.seen)[:2])
		if !clock {
			assert.Greater(t, trial.patience, 50*time.Second, "the second flood waits for a new window")
		}
	}
}

func withoutAdvances(seen []string) []string {
	var kept []string
	for _, one := range seen {
		if !strings.HasPrefix(one, "advance") {
			kept = append(kept, one)
		}
	}
	return kept
}

// TestPacing holds that checks that do not provoke a limit never reach it.
func TestPacing(t *testing.T) {
	t.Parallel()
	const three = "GET /things\nstatus 401\nGET /things\nstatus 401\n"
	// What only reads overlaps; what creates does not, so that to wait in the run's time is to wait in the shop's.
	reading := strings.Repeat("# SHOP-AUTH-2 MUST x\n"+three+"GET /things\nstatus 401\n", 12)
	creating := strings.Repeat("# SHOP-AUTH-2 MUST x\n"+three+"invalid POST /things\nstatus 401\n", 12)
	tests := map[string]struct {
		script        string
		clock, frozen bool
	}{
		"a clock that stands still": {reading, true, true},
		"a clock that goes on":      {reading, true, false},
		"one by one with a clock":   {creating, true, true},
		"no clock":                  {creating, false, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := &shop{limit: 10, frozen: test.frozen}
			trial := &trial{
				files: map[string]string{"checks": test.script, "profile.yaml": profile(t, 10)}, server: server, clock: test.clock,
			}
			for _, c := range trial.run(t).Checks {
				assert.Equal(t, conformance.Pass, c.Outcome, "%s: %s %s", c.ID, c.Message, c.Got)
			}
			assert.Equal(t, 36, server.requests("GET")+server.requests("POST"), "no request was refused and repeated")
			if test.clock {
				assert.Zero(t, trial.patience)
				assert.GreaterOrEqual(t, server.requests("advance 1m"), 4)
			} else {
				assert.Greater(t, trial.patience, 3*time.Minute)
			}
		})
	}
}

// TestTooManyRequests holds that a 429 is waited for where a check does not ask for it.
func TestTooManyRequests(t *testing.T) {
	t.Parallel()
	refuse := func(times int64, after string) func(http.ResponseWriter, *http.Request) bool {
		var count atomic.Int64
		return func(w http.ResponseWriter, r *http.Request) bool {
			if r.Method != http.MethodGet || count.Add(1) > times {
				return false
			}
			if after != "" {
				w.Header().Set("Retry-After", after)
			}
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(http.StatusTooManyRequests)
			_, _ = w.Write([]byte(`{"error":{"code":429,"message":"slow down"}}`))
			return true
		}
	}
	const script = "# SHOP-AUTH-2 MUST x\nGET /things\nstatus 401\n"
	tests := map[string]struct {
		before  func(http.ResponseWriter, *http.Request) bool
		outcome conformance.Outcome
		waited  time.Duration
	}{
		"once":              {refuse(1, "7"), conformance.Pass, 7 * time.Second},
		"without a time":    {refuse(2, ""), conformance.Pass, 5 * time.Second},
		"always":            {refuse(99, "1"), conformance.NotObserved, 3 * time.Second},
		"longer than we do": {refuse(1, "3600"), conformance.NotObserved, 0},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			trial := &trial{files: map[string]string{"checks": script}, server: &shop{before: test.before}}
			got := trial.run(t).Checks[0]
			assert.Equal(t, test.outcome, got.Outcome, got.Message)
			assert.Equal(t, test.waited, trial.patience)
		})
	}
}
