package conformance_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"understudy.dev/conformance"
)

// TestLogins holds that one login serves the whole run until time is moved.
func TestLogins(t *testing.T) {
	t.Parallel()
	read := "# SHOP-AUTH-2 MUST x\nas main\nGET /things\nstatus 200\n"
	t.Run("once", func(t *testing.T) {
		t.Parallel()
		server := &shop{}
		report := (&trial{files: map[string]string{"checks": strings.Repeat(read, 20)}, server: server}).run(t)
		assert.Equal(t, 20, report.Totals[conformance.Pass])
		assert.Equal(t, 1, server.requests("POST /token"))
	})
	t.Run("again after an advance", func(t *testing.T) {
		t.Parallel()
		server := &shop{frozen: true}
		expired := "# SHOP-AUTH-2 MUST x\nneeds clock\nas main\nGET /things\nstatus 200\nadvance 61m\nGET /things\nstatus 401\nas main\nGET /things\nstatus 200\n"
		report := (&trial{files: map[string]string{"checks": read + expired + read}, server: server, clock: true}).run(t)
		assert.Equal(t, 3, report.Totals[conformance.Pass], report.Checks[1].Message)
		assert.Equal(t, 2, server.requests("POST /token"))
		assert.Contains(t, server.seen, "advance 61m")
	})
	t.Run("again after a short advance", func(t *testing.T) {
		t.Parallel()
		// What a target does to its tokens when its clock is moved is its own affair.
		server := &shop{frozen: true}
		moved := "# SHOP-AUTH-2 MUST x\nneeds clock\nadvance 1m\nas main\nGET /things\nstatus 200\n"
		report := (&trial{files: map[string]string{"checks": moved + moved + moved}, server: server, clock: true}).run(t)
		assert.Equal(t, 3, report.Totals[conformance.Pass])
		assert.Equal(t, 3, server.requests("POST /token"))
	})
	t.Run("again when old", func(t *testing.T) {
		t.Parallel()
		// Each check waits 20 minutes for a 429 to pass, by the shop's clock.
		turns := 0
		server := &shop{frozen: true}
		server.before = func(w http.ResponseWriter, r *http.Request) bool {
			if turns++; r.Method != http.MethodGet || turns%2 == 0 {
				return false
			}
			w.Header().Set("Retry-After", "1200")
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(http.StatusTooManyRequests)
			_, _ = w.Write([]byte(`{"error":{"code":429,"message":"slow down"}}`))
			return true
		}
		long := "# SHOP-AUTH-2 MUST x\nas main\n" + strings.Repeat("GET /things\nstatus 200\n", 6)
		report := (&trial{files: map[string]string{"checks": long}, server: server, clock: true}).run(t)
		assert.Equal(t, conformance.Pass, report.Checks[0].Outcome, report.Checks[0].Message)
		assert.Greater(t, server.requests("POST /token"), 1)
	})
	t.Run("nobody", func(t *testing.T) {
		t.Parallel()
		server := &shop{}
		got := check(t, server, "as main\n# SHOP-AUTH-2 MUST x\nas nobody\nGET /things\nstatus 401\n")
		assert.Equal(t, conformance.Pass, got.Outcome)
	})
}

// TestClock holds that the clock is used as the target offers it, and only if it does.
func TestClock(t *testing.T) {
	t.Parallel()
	const script = "# SHOP-AUTH-2 MUST x\nneeds clock\nas main\nadvance 61m\nGET /things\nstatus 401\n"
	t.Run("never guessed at", func(t *testing.T) {
		t.Parallel()
		server := &shop{}
		assert.Equal(t, conformance.NotObserved, check(t, server, script).Outcome)
		assert.Empty(t, server.seen)
	})
	t.Run("out of order", func(t *testing.T) {
		t.Parallel()
		server := &shop{}
		got := (&trial{
			files: map[string]string{"checks": script}, server: server, target: conformance.Target{ClockURL: "http://127.0.0.1:1/clock"},
		}).run(t).Checks[0]
		assert.Equal(t, conformance.Error, got.Outcome)
		assert.Contains(t, got.Message, "cannot advance the clock")
	})
	t.Run("alone", func(t *testing.T) {
		t.Parallel()
		// Checks that move the clock must not meet others: these would see their tokens expire.
		var checks strings.Builder
		for range 5 {
			checks.WriteString("# SHOP-AUTH-2 MUST x\nas main\n" + strings.Repeat("GET /things\nstatus 200\n", 5) + script)
		}
		report := (&trial{files: map[string]string{"checks": checks.String()}, server: &shop{frozen: true}, clock: true}).run(t)
		assert.Equal(t, 10, report.Totals[conformance.Pass])
	})
}

// TestSecrets plants a canary in every secret of a run and looks for it in everything that a run gives away.
func TestSecrets(t *testing.T) {
	t.Parallel()
	const canary = "c4n4ry\"&ü/%+"
	server := &shop{}
	// The target is as indiscreet as can be: it repeats what it was sent wherever it can, and refuses.
	server.before = func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path == "/v1/token" && r.Header.Get("X-Fail") == "" {
			w.Header().Set("Content-Type", "application/json")
			fmt.Fprintf(w, `{"token":"tok_%s","expires_in":3600,"refresh_token":"ref_c4n4ry_0123"}`, "c4n4ry_0123456789")
			return true
		}
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Location", "/v1/things/tok_c4n4ry_0123456789?key="+r.URL.Query().Get("key"))
		w.Header().Set("Set-Cookie", "sid=c4n4ry_cookie; Path=/")
		w.WriteHeader(http.StatusInternalServerError)
		fmt.Fprintf(w, `{"error":{"code":"%s","message":%q,"token":"c4n4ry_inner"}}`, r.Header.Get("Authorization"), r.URL.String())
		return true
	}
	const script = `
# SHOP-AUTH-2 MUST a token and a key everywhere
as main
GET /things?key={key} -H 'X-Key: {secret}'
status 200

# SHOP-AUTH-2 MUST basic
GET /things -u {key}:{secret}
json error.code == {secret}

# SHOP-AUTH-2 MUST what was captured
as main
GET /things
capture seen error.code
json error.message == {seen}

# SHOP-AUTH-1 MUST the login itself
POST /token pair.json -H 'X-Fail: 1'
status 200

# SHOP-AUTH-1 MUST what does not fit
POST /token broken.json
status 2xx

# SHOP-THING-1 MUST a part
as main
invalid POST /things -F secret={secret} -F key=@pair.json
status 2xx

# SHOP-THING-1 MUST find
as main
GET /things
find * == {secret}

-- pair.json --
{"key": {key}, "secret": {secret}}
-- broken.json --
{"key": {key}, "secret": [{secret}]}
`
	var events strings.Builder
	trial := &trial{
		files: map[string]string{"checks": script}, server: server,
		target: conformance.Target{Inputs: map[string]string{"key": "key_" + canary, "secret": "secret-" + canary}},
	}
	trial.options.Progress = func(e conformance.Event) { fmt.Fprintf(&events, "%+v\n", e) }
	report := trial.run(t)
	assert.Equal(t, 6, report.Totals[conformance.Fail]-1, "all but the wrong request fail, and one passively")
	var text strings.Builder
	assert.NoError(t, report.WriteText(&text, nil))
	assert.NoError(t, report.WriteText(&text, &conformance.TextOptions{Verbose: true}))
	encoded := marshal(t, report)
	for name, output := range map[string]string{"text": text.String(), "json": encoded, "events": events.String()} {
		for line := range strings.SplitSeq(output, "\n") {
			assert.NotContains(t, line, "c4n4ry", name)
			assert.NotContains(t, line, "YzRuNHJ5", name+": base64")
		}
	}
	assert.Contains(t, text.String(), "[redacted")
	assert.Contains(t, text.String(), `'"$SECRET"'`, "the curl line leaves a variable")
}
