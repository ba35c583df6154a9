package conformance_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"understudy.dev/conformance"
)

// hijack closes the connection instead of answering.
func hijack(w http.ResponseWriter, _ *http.Request) bool {
	connection, _, err := w.(http.Hijacker).Hijack()
	if err == nil {
		connection.Close()
	}
	return true
}

// answerWith makes a tweak that changes the answers of one route.
func answerWith(method, prefix string, status int, body any) func(*http.Request, int, any) (int, any) {
	return func(r *http.Request, s int, b any) (int, any) {
		if r.Method == method && strings.HasPrefix(r.URL.Path, "/v1"+prefix) {
			return status, body
		}
		return s, b
	}
}

func TestOutcomes(t *testing.T) {
	t.Parallel()
	const get = "# SHOP-AUTH-2 MUST x\nas main\n"
	tests := map[string]struct {
		script  string
		server  *shop
		outcome conformance.Outcome
		message string
		line    int
	}{
		"a claim that holds":    {get + "GET /things\nstatus 2xx\njson data is array\nheader Content-Type == application/json", nil, conformance.Pass, "", 1},
		"a claim that does not": {get + "GET /things\nstatus 404", nil, conformance.Fail, "status 404", 4},
		"a negated claim":       {get + "GET /things\n! status 200", nil, conformance.Fail, "! status 200", 4},
		"a value":               {get + "GET /things\njson data == 1", nil, conformance.Fail, "json data == 1", 4},
		"a missing header":      {get + "GET /things\nheader X-Thing", nil, conformance.Fail, "header X-Thing", 4},
		"a header":              {get + "GET /things\nheader Content-Type ~ ^text", nil, conformance.Fail, "", 4},
		"no object":             {get + "GET /things\nfind name == nothing", nil, conformance.Fail, "", 4},
		"no token to look into": {get + "GET /things\njwt data header.alg == RS256", nil, conformance.Fail, "", 4},
		"500":                   {get + "GET /things\nstatus 200", &shop{tweak: answerWith("GET", "/things", 500, map[string]any{"error": map[string]any{"code": 500, "message": "x"}})}, conformance.Fail, "", 4},

		"an unset name":                {get + "GET /things/{nothing}\nstatus 404", nil, conformance.Error, "{nothing} is not set", 3},
		"an unset name in a file":      {get + "POST /things b.json\nstatus 404\n-- b.json --\n{\"name\": {nothing}}", nil, conformance.Error, "b.json: {nothing} is not set", 3},
		"a request that is wrong":      {get + "POST /things b.json\nstatus 2xx\n-- b.json --\n{}", nil, conformance.Error, "breaks the contract", 3},
		"an invalid one that is right": {get + "invalid POST /things b.json\nstatus 4xx\n-- b.json --\n{\"name\": \"x\"}", nil, conformance.Error, "keeps to the contract", 3},
		"a foreign word":               {get + "exec ls\nstatus 200", nil, conformance.Error, "unknown command", 3},
		"nothing asserted":             {get + "GET /things\ncapture x data", nil, conformance.Error, "asserts nothing", 1},
		"no such requirement":          {"# SHOP-NOPE MUST x\nGET /things\nstatus 200", nil, conformance.Error, "unknown requirement", 1},
		"no such login":                {"# SHOP-AUTH-2 MUST x\nas mian\nGET /things\nstatus 200", nil, conformance.Error, "no login", 2},
		"no answer yet":                {"# SHOP-AUTH-2 MUST x\nstatus 200", nil, conformance.Error, "no answer yet", 2},
		"a gateway":                    {get + "GET /things\nstatus 200", &shop{tweak: answerWith("GET", "/things", 502, "<html>bad gateway</html>")}, conformance.Error, "gateway", 3},
		"a gateway with its own JSON":  {get + "GET /things\nstatus 200", &shop{tweak: answerWith("GET", "/things", 503, map[string]any{"fault": 1})}, conformance.Error, "gateway", 3},
		"a vendor's 503":               {get + "GET /things\nstatus 200", &shop{tweak: answerWith("GET", "/things", 503, map[string]any{"error": map[string]any{"code": 503, "message": "x"}})}, conformance.Fail, "", 4},
		"no answer":                    {"# SHOP-AUTH-2 MUST x\nGET /things\nstatus 401", &shop{before: hijack}, conformance.Error, "no answer", 2},

		"a failed set-up":        {"GET /things\nstatus 200\n# SHOP-AUTH-2 MUST x\nGET /things\nstatus 401", nil, conformance.NotRun, "set-up failed", 2},
		"a login refused":        {get + "GET /things\nstatus 200", &shop{tweak: answerWith("POST", "/token", 401, map[string]any{"error": map[string]any{"code": 401, "message": "x"}})}, conformance.NotRun, "login main was answered with 401", 2},
		"a login without token":  {get + "GET /things\nstatus 200", &shop{tweak: answerWith("POST", "/token", 200, map[string]any{"expires_in": 3600})}, conformance.NotObserved, "has no token", 2},
		"an assumed requirement": {"# SHOP-LIST-1 MUST x\nas main\nGET /things\njson data is array", nil, conformance.NotRun, "--basis all", 1},

		"no clock":                  {"# SHOP-AUTH-2 MUST x\nneeds clock\nas main\nadvance 61m\nGET /things\nstatus 401", nil, conformance.NotObserved, "--clock-url", 1},
		"limits not allowed":        {"# SHOP-LIMIT-1 MUST x\nneeds limits\nexhaust standard GET /things", nil, conformance.NotObserved, "--allow limits", 1},
		"no input":                  {"# SHOP-AUTH-2 MUST x\nneeds input spare_key\nGET /things\nstatus 401", nil, conformance.NotObserved, "spare_key", 1},
		"a login without its input": {"# SHOP-AUTH-2 MUST x\nas spare\nGET /things\nstatus 200", nil, conformance.NotObserved, "spare_", 2},
		"no base":                   {get + "GET /files\nstatus 200", nil, conformance.NotObserved, "--target files=URL", 1},
		"no id":                     {get + "GET /things\nstatus 200\ncreated thing", nil, conformance.NotObserved, "does not tell the id", 5},
		"nothing to capture":        {get + "GET /things\nstatus 200\ncapture x data.0.id", nil, conformance.NotObserved, "no data.0.id", 5},
		"no header to capture":      {get + "GET /things\nstatus 200\ncapture x header ETag", nil, conformance.NotObserved, "no header ETag", 5},
		"nothing like it":           {get + "GET /things\nstatus 200\ncapture x header Content-Type ~ ^text/(.*)", nil, conformance.NotObserved, "nothing like ^text/", 5},
		"a part of a header":        {get + "GET /things\nstatus 200\ncapture x header Content-Type ~ ^application/(.*)$\n! header Content-Type == {x}\nheader Content-Type ~ {x}\nheader Content-Type == text/{x}", nil, conformance.Fail, "", 8},
		"a part of a value":         {get + "POST /token b.json\nstatus 200\ncapture x token ~ ^tok_\njson token == {x}\n-- b.json --\n{\"key\": {key}, \"secret\": {secret}}", nil, conformance.Fail, "", 6},
		"no feature":                {"# SHOP-AUTH-2 MUST x\nneeds feature files\nGET /things\nstatus 401", nil, conformance.NotApplicable, "does not claim files", 1},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if test.server == nil {
				test.server = &shop{}
			}
			got := check(t, test.server, test.script)
			assert.Equal(t, test.outcome, got.Outcome, got.Message)
			assert.Contains(t, got.Message, test.message)
			assert.Equal(t, test.line, got.Line)
			if got.Outcome == conformance.Fail {
				assert.NotEmpty(t, got.Expected)
				assert.NotEmpty(t, got.Got)
				assert.NotEmpty(t, got.Exchanges)
			}
		})
	}
}

func TestKnownFailures(t *testing.T) {
	t.Parallel()
	trial := &trial{
		files: map[string]string{"checks": "# SHOP-AUTH-2 MUST x\nGET /things\nstatus 200\n# SHOP-AUTH-2 MUST y\nGET /things\nstatus 401\n"},
		options: conformance.Options{KnownFailures: map[string]string{
			"a/SHOP-AUTH-2": "bug 12", "a/SHOP-AUTH-2/2": "bug 13",
		}},
	}
	report := trial.run(t)
	assert.Equal(t, map[string]conformance.Outcome{
		"a/SHOP-AUTH-2": conformance.ExpectedFail, "a/SHOP-AUTH-2/2": conformance.UnexpectedPass,
	}, outcomes(report))
	assert.Contains(t, report.Checks[0].Message, "bug 12")
	assert.Equal(t, conformance.NonConformant, report.Verdict)
	assert.Equal(t, 1, report.ExitCode(nil), "an unexpected pass")

	trial.options.KnownFailures = map[string]string{"a/SHOP-AUTH-9": "gone"}
	_, err := trial.try(t.Context(), t)
	assert.ErrorContains(t, err, `did you mean "a/SHOP-AUTH-2"`)
}

// TestVerdict holds the rules about levels, bases and exit codes.
func TestVerdict(t *testing.T) {
	t.Parallel()
	const (
		good     = "# SHOP-AUTH-2 MUST x\nGET /things\nstatus 401\n"
		bad      = "# SHOP-AUTH-2 MUST x\nGET /things\nstatus 200\n"
		should   = "# SHOP-THING-3 SHOULD x\nGET /things\nstatus 200\n"
		assumed  = "# SHOP-LIST-1 MUST x\nas main\nGET /things\njson items is array\n"
		unseen   = "# SHOP-LIMIT-1 MUST x\nneeds limits\nexhaust standard GET /things\n"
		broken   = "# SHOP-GADGET-1 MUST x\nGET /things/{nothing}\nstatus 404\n"
		requires = `
inputs: {key: {text: k, seeded: key_a}, secret: {text: s, seeded: secret-a}}
sources: {g: {title: G}}
logins:
  main: {operation: createToken, body: {key: "{key}", secret: "{secret}"}, take: {token: token}, send: {Authorization: "Bearer {token}"}}
requirements:
  SHOP-AUTH-2: {level: MUST, basis: documented, text: t, source: g}
  SHOP-THING-3: {level: SHOULD, basis: documented, text: t, source: g}
  SHOP-LIST-1: {level: MUST, basis: assumed, text: t}
  SHOP-LIMIT-1: {level: MUST, basis: documented, text: t, source: g}
  SHOP-GADGET-1: {level: SHOULD, basis: documented, text: t, source: g}
  SHOP-KEY-1: {level: MUST, basis: documented, text: t, source: g, excuse: {reason: not-http, text: e}}
`
	)
	drop := func(ids ...string) string {
		lines := strings.Split(requires, "\n")
		var kept []string
		for _, line := range lines {
			gone := false
			for _, id := range ids {
				gone = gone || strings.HasPrefix(line, "  "+id+":")
			}
			if !gone {
				kept = append(kept, line)
			}
		}
		return strings.Join(kept, "\n")
	}
	tests := map[string]struct {
		checks, requirements string
		options              conformance.Options
		verdict              conformance.Verdict
		exit, strict         int
	}{
		"all passed":          {good, drop("SHOP-LIMIT-1", "SHOP-THING-3", "SHOP-GADGET-1"), conformance.Options{}, conformance.Conformant, 0, 0},
		"a MUST failed":       {bad, requires, conformance.Options{}, conformance.NonConformant, 1, 1},
		"a SHOULD failed":     {good + should, drop("SHOP-LIMIT-1", "SHOP-GADGET-1"), conformance.Options{}, conformance.Conformant, 0, 1},
		"not observed":        {good + unseen, drop("SHOP-THING-3", "SHOP-GADGET-1"), conformance.Options{}, conformance.Partial, 0, 1},
		"an error":            {good + broken, drop("SHOP-LIMIT-1", "SHOP-THING-3"), conformance.Options{}, conformance.Conformant, 2, 2},
		"an error and a fail": {bad + broken, requires, conformance.Options{}, conformance.NonConformant, 1, 1},
		"nothing judged":      {unseen, drop("SHOP-THING-3", "SHOP-GADGET-1"), conformance.Options{}, conformance.Partial, 2, 2},
		"no check":            {good, drop("SHOP-THING-3", "SHOP-GADGET-1"), conformance.Options{}, conformance.Partial, 0, 1},
		"assumed is not run":  {good + assumed, drop("SHOP-LIMIT-1", "SHOP-THING-3", "SHOP-GADGET-1"), conformance.Options{}, conformance.Conformant, 0, 0},
		"assumed is judged":   {good + assumed, drop("SHOP-LIMIT-1", "SHOP-THING-3", "SHOP-GADGET-1"), conformance.Options{Assumed: true}, conformance.NonConformant, 1, 1},
		"selected":            {good + bad, requires, conformance.Options{Run: "/2$"}, conformance.NonConformant, 1, 1},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			files := map[string]string{"checks": test.checks, "requirements.yaml": test.requirements}
			report := (&trial{files: files, options: test.options}).run(t)
			assert.Equal(t, test.verdict, report.Verdict)
			assert.Equal(t, test.exit, report.ExitCode(nil))
			strict := test.options
			strict.Strict = true
			report = (&trial{files: files, options: strict}).run(t)
			assert.Equal(t, test.strict, report.ExitCode(&strict), "strict")
			assert.Equal(t, 1, report.Scope.Excused)
			sum := 0
			for _, n := range report.Totals {
				sum += n
			}
			assert.Equal(t, len(report.Checks), sum+report.Scope.Assumed*strings.Count(test.checks, "SHOP-LIST-1"))
		})
	}
}

// TestRequirementOutcome holds that a requirement is as good as its worst check.
func TestRequirementOutcome(t *testing.T) {
	t.Parallel()
	const (
		pass  = "# SHOP-AUTH-2 MUST x\nGET /things\nstatus 401\n"
		fail  = "# SHOP-AUTH-2 MUST x\nGET /things\nstatus 200\n"
		blind = "# SHOP-AUTH-2 MUST x\nneeds clock\nGET /things\nstatus 401\n"
		wrong = "# SHOP-AUTH-2 MUST x\nGET /{x}\nstatus 401\n"
		idle  = "# SHOP-AUTH-2 MUST x\nneeds feature files\nGET /things\nstatus 401\n"
	)
	for checks, outcome := range map[string]conformance.Outcome{
		pass + pass:                 conformance.Pass,
		pass + idle:                 conformance.Pass,
		idle:                        conformance.NotApplicable,
		pass + blind:                conformance.NotObserved,
		pass + blind + fail:         conformance.Fail,
		pass + blind + fail + wrong: conformance.Error,
	} {
		report := (&trial{files: map[string]string{"checks": checks}}).run(t)
		for _, requirement := range report.Requirements {
			if requirement.ID == "SHOP-AUTH-2" {
				assert.Equal(t, outcome, requirement.Outcome, checks)
				assert.Len(t, requirement.Checks, strings.Count(checks, "#"))
			}
		}
	}
}
