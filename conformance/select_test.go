package conformance_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"understudy.dev/conformance"
)

func marshal(t *testing.T, r *conformance.Report) string {
	t.Helper()
	data, err := json.MarshalIndent(r, "", "  ")
	require.NoError(t, err)
	return string(data)
}

// TestSelect holds what --run selects.
func TestSelect(t *testing.T) {
	t.Parallel()
	const script = "# SHOP-AUTH-2 MUST x\nGET /things\nstatus 401\n# SHOP-AUTH-2 MUST y\nGET /things\nstatus 401\n# SHOP-THING-1 MUST z\nGET /things\nstatus 401\n"
	for pattern, want := range map[string][]string{
		"":                {"a/SHOP-AUTH-2", "a/SHOP-AUTH-2/2", "a/SHOP-THING-1"},
		"SHOP-AUTH-2":     {"a/SHOP-AUTH-2", "a/SHOP-AUTH-2/2"},
		"a/SHOP-AUTH-2/2": {"a/SHOP-AUTH-2/2"},
		"*/2":             {"a/SHOP-AUTH-2/2"},
		"a/*":             {"a/SHOP-AUTH-2", "a/SHOP-AUTH-2/2", "a/SHOP-THING-1"},
		"THING|/2$":       {"a/SHOP-AUTH-2/2", "a/SHOP-THING-1"},
		"SHOP-LIMIT-1":    nil, // a requirement without a check
	} {
		server := &shop{}
		report := (&trial{files: map[string]string{"checks": script}, server: server, options: conformance.Options{Run: pattern}}).run(t)
		var ran []string
		for _, c := range report.Checks {
			if c.Outcome == conformance.Pass {
				ran = append(ran, c.ID)
			} else {
				assert.Equal(t, "not selected", c.Message)
			}
		}
		assert.Equal(t, want, ran, pattern)
		assert.Len(t, server.seen, len(want))
	}
	for _, pattern := range []string{"SHOP-NOPE", "*nope*", "("} {
		_, err := (&trial{files: map[string]string{"checks": script}, options: conformance.Options{Run: pattern}}).try(t.Context(), t)
		assert.Error(t, err, pattern)
	}
}

// TestTargets holds which targets and options are refused before anything is sent.
func TestTargets(t *testing.T) {
	t.Parallel()
	const script = "# SHOP-AUTH-2 MUST x\nGET /things\nstatus 401\n"
	inputs := map[string]string{"key": "key_a", "secret": "secret-a"}
	bases := func(url string) map[string]string { return map[string]string{"default": url} }
	tests := map[string]struct {
		target  conformance.Target
		options conformance.Options
		want    string
	}{
		"production":           {conformance.Target{Bases: bases("https://api.shop.test/v1"), Inputs: inputs}, conformance.Options{}, "say that you mean it with --production"},
		"production elsewhere": {conformance.Target{Bases: bases("http://API.shop.test:8443/other"), Inputs: inputs}, conformance.Options{}, "--production"},
		"a production region":  {conformance.Target{Bases: bases("https://us-2.shop.example/v1"), Inputs: inputs}, conformance.Options{}, "--production"},
		"no base":              {conformance.Target{Bases: map[string]string{}, Inputs: inputs}, conformance.Options{}, "there is no base URL"},
		"an unknown base":      {conformance.Target{Bases: map[string]string{"default": "http://127.0.0.1", "fils": "http://127.0.0.1"}}, conformance.Options{}, `did you mean "files"?`},
		"a base with a user":   {conformance.Target{Bases: bases("http://u:hunter2@127.0.0.1")}, conformance.Options{}, "must hold no user"},
		"a base with a query":  {conformance.Target{Bases: bases("http://127.0.0.1/v1?x=1")}, conformance.Options{}, "must end with its path"},
		"no URL":               {conformance.Target{Bases: bases("127.0.0.1/v1")}, conformance.Options{}, "http"},
		"no inputs elsewhere":  {conformance.Target{Bases: bases("https://staging.example.org")}, conformance.Options{}, "the inputs key, secret are missing"},
		"half of the inputs":   {conformance.Target{Bases: bases("http://127.0.0.1"), Inputs: map[string]string{"key": "k"}}, conformance.Options{}, "the inputs secret are missing"},
		"an unknown input":     {conformance.Target{Bases: bases("http://127.0.0.1"), Inputs: map[string]string{"key": "k", "secret": "s", "sercet": "hunter2"}}, conformance.Options{}, `unknown input "sercet"`},
		"an unknown body":      {conformance.Target{Bases: bases("http://127.0.0.1"), Requests: map[string]any{"createThings": nil}}, conformance.Options{}, `did you mean "createThing"?`},
		"an unknown feature":   {conformance.Target{Bases: bases("http://127.0.0.1"), Features: []string{"file"}}, conformance.Options{}, `did you mean "files"?`},
		"a bad clock":          {conformance.Target{Bases: bases("http://127.0.0.1"), ClockURL: "127.0.0.1"}, conformance.Options{}, "the URL of the clock"},
		"a bad run id":         {conformance.Target{Bases: bases("http://127.0.0.1")}, conformance.Options{ID: "A B"}, "lower-case letters and digits"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test.target.Transport = refusing{t}
			_, err := conformance.Run(t.Context(), shopAPI(t, map[string]string{"checks": script}), test.target, &test.options)
			require.ErrorContains(t, err, test.want)
			assert.NotContains(t, err.Error(), "hunter2")
		})
	}
	for _, host := range []string{"https://api.shop.test.evil.example", "https://shop.test", "http://127.0.0.1"} {
		assert.NoError(t, conformance.CheckBase(host))
	}
	t.Run("production that is meant", func(t *testing.T) {
		t.Parallel()
		server := &shop{}
		report, err := conformance.Run(t.Context(), shopAPI(t, map[string]string{"checks": script}), conformance.Target{
			Bases: bases("https://api.shop.test/v1"), Inputs: inputs, Transport: direct{server},
		}, &conformance.Options{Production: true})
		require.NoError(t, err)
		assert.Equal(t, conformance.Pass, report.Checks[0].Outcome)
	})
}

// refusing is a transport that nothing must use.
type refusing struct{ t *testing.T }

func (r refusing) RoundTrip(request *http.Request) (*http.Response, error) {
	r.t.Errorf("%s %s was sent", request.Method, request.URL)
	return nil, http.ErrServerClosed
}

// direct serves requests without a network.
type direct struct{ handler http.Handler }

func (d direct) RoundTrip(r *http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	d.handler.ServeHTTP(w, r)
	return w.Result(), nil
}

// TestSecondBase holds that each operation goes to the base under which it is documented.
func TestSecondBase(t *testing.T) {
	t.Parallel()
	server := &shop{}
	trial := &trial{
		files:  map[string]string{"checks": "# SHOP-AUTH-2 MUST x\nneeds feature files\nGET /files\nstatus 401\nGET /things\nstatus 401\n"},
		server: server, target: conformance.Target{
			Bases:     map[string]string{"default": "http://localhost/v1", "files": "http://files.localhost/deep/er/"},
			Features:  []string{"files"},
			Transport: direct{server},
		},
	}
	assert.Equal(t, conformance.Pass, trial.run(t).Checks[0].Outcome)
	assert.Equal(t, []string{"GET /deep/er/files", "GET /things"}, server.seen)
}

// TestUnreachable holds that a target that never answers is not asked for ever.
func TestUnreachable(t *testing.T) {
	t.Parallel()
	script := strings.Repeat("# SHOP-AUTH-2 MUST x\ninvalid POST /nowhere\nstatus 401\n", 10)
	report := (&trial{files: map[string]string{"checks": script}, target: conformance.Target{
		Bases: map[string]string{"default": "http://127.0.0.1:1"},
	}}).run(t)
	assert.Equal(t, 3, report.Totals[conformance.Error])
	assert.Equal(t, 7, report.Totals[conformance.NotRun])
	assert.Equal(t, 2, report.ExitCode(nil))
	assert.Contains(t, report.Checks[0].Message, "connection refused")
}

// TestBudget holds that the budget bounds a run.
func TestBudget(t *testing.T) {
	t.Parallel()
	server := &shop{}
	script := strings.Repeat("# SHOP-AUTH-2 MUST x\ninvalid POST /nowhere\nstatus 401\n", 10)
	report := (&trial{files: map[string]string{"checks": script}, server: server, options: conformance.Options{MaxRequests: 4}}).run(t)
	assert.Equal(t, 4, report.Totals[conformance.Pass])
	assert.Equal(t, 6, report.Totals[conformance.NotObserved])
	assert.Len(t, server.seen, 4)
	assert.Equal(t, 4, report.Requests)
}

// TestSameAgain holds that the same run gives the same report.
func TestSameAgain(t *testing.T) {
	t.Parallel()
	times := regexp.MustCompile(`"(started|duration_ns|date|Date|url|curl|default|name)": .*`)
	ports := regexp.MustCompile(`127\.0\.0\.1:[0-9]+`)
	var first string
	for range 3 {
		report := (&trial{
			files:  map[string]string{"checks": life, "checks/b.txtar": life},
			server: &shop{tweak: answerWith("GET", "/things", 200, map[string]any{"error": 1})}, options: conformance.Options{Assumed: true},
		}).run(t)
		got := ports.ReplaceAllString(times.ReplaceAllString(marshal(t, report), ""), "")
		if first == "" {
			first = got
		}
		assert.Equal(t, first, got)
	}
	assert.Contains(t, first, `"schema": "understudy/report/v1"`)
}

// TestEvents holds that progress is told, one event at a time.
func TestEvents(t *testing.T) {
	t.Parallel()
	var kinds []conformance.EventKind
	done := 0
	trial := &trial{files: map[string]string{"checks": life}}
	trial.options.Progress = func(e conformance.Event) {
		kinds = append(kinds, e.Kind)
		if e.Kind == conformance.CheckFinished {
			done++
			assert.Equal(t, done, e.Done)
			assert.Equal(t, conformance.Pass, e.Outcome)
		}
		assert.Equal(t, 2, e.Total)
	}
	trial.run(t)
	assert.Equal(t, conformance.RunStarted, kinds[0])
	assert.Equal(t, []conformance.EventKind{conformance.CleaningUp, conformance.RunFinished}, kinds[len(kinds)-2:])
	assert.Equal(t, 2, done)
}
