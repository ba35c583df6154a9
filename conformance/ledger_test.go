package conformance_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"understudy.dev/conformance"
)

const newThing = "\n-- b.json --\n{\"name\": {unique}}\n"

// TestLedger holds that the run removes what it creates and touches nothing else.
func TestLedger(t *testing.T) {
	t.Parallel()
	own := func() []map[string]any { return []map[string]any{{"id": "thg_owners01", "name": "the owner's"}} }
	const head = "# SHOP-THING-1 MUST x\nas main\n"
	tests := map[string]struct {
		script  string
		server  *shop
		outcome conformance.Outcome
		deletes int
		left    string
	}{
		"removed":               {"POST /things b.json\nstatus 2xx\ncreated thing", &shop{things: own()}, conformance.Pass, 1, ""},
		"removed after failure": {"POST /things b.json\ncreated thing\nstatus 404", &shop{things: own()}, conformance.Fail, 1, ""},
		"removed unasked":       {"POST /things b.json\nstatus 2xx", &shop{things: own()}, conformance.Pass, 1, ""},
		"removed by the check":  {"POST /things b.json\ncreated thing\nDELETE /things/{thing}\nstatus 2xx", &shop{things: own()}, conformance.Pass, 1, ""},
		"nothing to remove it":  {"POST /gadgets\nstatus 2xx\ncreated gadget", &shop{things: own()}, conformance.Pass, 0, "offers no way"},
		"not removed": {
			"POST /things b.json\nstatus 2xx\ncreated thing", &shop{things: own(), tweak: answerWith("DELETE", "/things", 403, failure(403))},
			conformance.Pass, 1, "answered with 403",
		},
		"another's changed":         {"GET /things\ncapture id data.0.id\nPUT /things/{id} b.json\nstatus 200", &shop{things: own()}, conformance.Error, 0, ""},
		"another's deleted":         {"GET /things\ncapture id data.0.id\nDELETE /things/{id}\nstatus 200", &shop{things: own()}, conformance.Error, 0, ""},
		"the collection deleted":    {"DELETE /things\nstatus 405", &shop{things: own()}, conformance.Error, 0, ""},
		"another's approved":        {"POST /gadgets/1/approve\nstatus 200", &shop{things: own()}, conformance.Error, 0, ""},
		"its own by the query":      {"POST /gadgets\nstatus 2xx\ncreated gadget\nDELETE /gadgets?gadget={gadget}\nstatus 2xx", &shop{things: own()}, conformance.Pass, 1, ""},
		"another's by the query":    {"GET /things\ncapture id data.0.id\nDELETE /gadgets?gadget={id}\nstatus 404", &shop{things: own()}, conformance.Error, 0, ""},
		"nothing by the query":      {"DELETE /gadgets?gadget={unknown}\nstatus 404", &shop{things: own()}, conformance.Pass, 1, ""},
		"what is not there deleted": {"DELETE /things/{unknown}\nstatus 404", &shop{things: own()}, conformance.Pass, 1, ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			report := (&trial{files: map[string]string{"checks": head + test.script + newThing}, server: test.server}).run(t)
			got := report.Checks[0]
			assert.Equal(t, test.outcome, got.Outcome, got.Message)
			assert.Equal(t, test.deletes, test.server.requests("DELETE"))
			assert.Zero(t, test.server.requests("PUT"))
			assert.Contains(t, test.server.things, own()[0], "the owner's thing")
			if test.left == "" {
				assert.Empty(t, report.Left)
				assert.Len(t, test.server.things, 1)
				return
			}
			require.Len(t, report.Left, 1)
			assert.Contains(t, report.Left[0].Reason, test.left)
			assert.Equal(t, "a/SHOP-THING-1", report.Left[0].Check)
		})
	}
}

// TestInterrupt holds that an interrupted run stops, cleans up, and says so.
func TestInterrupt(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	server := &shop{}
	server.tweak = func(r *http.Request, status int, body any) (int, any) {
		if r.Method == http.MethodGet {
			cancel()
		}
		return status, body
	}
	const script = "# SHOP-THING-1 MUST x\nas main\nPOST /things b.json\ncreated thing\nGET /things\nGET /things/{thing}\nstatus 200\n" +
		"# SHOP-THING-1 MUST y\nas main\nPOST /things b.json\ncreated thing\nstatus 2xx\n" + newThing
	report, err := (&trial{files: map[string]string{"checks": script}, server: server}).try(ctx, t)
	require.NoError(t, err)
	assert.True(t, report.Interrupted)
	assert.Equal(t, 130, report.ExitCode(nil))
	assert.Equal(t, map[string]conformance.Outcome{"a/SHOP-THING-1": conformance.NotRun, "a/SHOP-THING-1/2": conformance.NotRun}, outcomes(report))
	assert.Empty(t, server.things)
	assert.Empty(t, report.Left)
	assert.Equal(t, 1, server.requests("POST /things"))
}

// TestReadOnly holds that a read-only run sends nothing unsafe but logins.
func TestReadOnly(t *testing.T) {
	t.Parallel()
	server := &shop{}
	const script = life + "-- unused.json --\n{}\n"
	report := (&trial{
		files:  map[string]string{"checks": strings.Replace(script, "# SHOP-AUTH-2", "# SHOP-THING-3 SHOULD it is listed\nGET /things\nstatus 200\n\n# SHOP-AUTH-2", 1)},
		server: server, options: conformance.Options{ReadOnly: true},
	}).run(t)
	assert.Equal(t, map[string]conformance.Outcome{
		"a/SHOP-THING-1": conformance.NotRun, "a/SHOP-THING-3": conformance.Pass, "a/SHOP-AUTH-2": conformance.Pass,
	}, outcomes(report))
	for _, seen := range server.seen {
		assert.True(t, strings.HasPrefix(seen, "GET ") || seen == "POST /token", seen)
	}
}

// TestBlast holds what each command makes of a check.
func TestBlast(t *testing.T) {
	t.Parallel()
	for commands, class := range map[string]string{
		"GET /things":                                "reads",
		"as main\nHEAD /things":                      "reads",
		"POST /token b.json":                         "reads",
		"invalid POST /things b.json":                "creates",
		"POST /nowhere b.json":                       "creates",
		"PUT /things/{unknown} b.json":               "changes",
		"POST /gadgets/{unknown}/approve":            "changes",
		"DELETE /things/{unknown}":                   "changes",
		"needs limits\nexhaust standard GET /things": "limits",
		"needs limits\nGET /things":                  "limits",
	} {
		api := shopAPI(t, map[string]string{"checks": "# SHOP-AUTH-2 MUST x\n" + commands + "\nstatus 4xx\n-- b.json --\n{}\n"})
		assert.Equal(t, class, conformance.Checks(api)[0].Blast, commands)
	}
}
