package conformance_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"understudy.dev/conformance"
)

// every requirement of the shop with a check, so that only what a test adds is found.
const tested = `
# SHOP-AUTH-1 MUST x
GET /things
status 401
# SHOP-AUTH-2 MUST x
GET /things
status 401
# SHOP-ERR-1 MUST x
GET /things
status 401
# SHOP-THING-1 MUST x
GET /things
status 401
# SHOP-THING-2 MUST x
GET /things
status 401
# SHOP-THING-3 SHOULD x
GET /things
status 401
# SHOP-LIMIT-1 MUST x
GET /things
status 401
# SHOP-GADGET-1 MUST x
GET /things
status 401
# SHOP-LIST-1 MUST x
GET /things
status 401
# SHOP-HOOK-1 MUST x
GET /things
status 401
# SHOP-HOOK-2 MUST x
GET /things
status 401
`

func TestLint(t *testing.T) {
	t.Parallel()
	const head = "# SHOP-AUTH-2 MUST x\n"
	tests := map[string]struct{ script, want string }{
		"nothing":                   {head + "as main\nGET /things/{unknown}\nstatus 404", ""},
		"a heading without text":    {"# SHOP-AUTH-2 MUST\nGET /things\nstatus 401", "b.txtar:1: the heading must be"},
		"an unknown requirement":    {"# SHOP-AUTH-3 MUST x\nGET /things\nstatus 401", `b.txtar:1: unknown requirement "SHOP-AUTH-3"; did you mean "SHOP-AUTH-1"?`},
		"another level":             {"# SHOP-AUTH-2 SHOULD x\nGET /things\nstatus 401", "b.txtar:1: SHOP-AUTH-2 is a MUST, not a SHOULD"},
		"no section":                {"GET /things", "b.txtar:1: there is no section"},
		"a built-in of testscript":  {head + "exec ls\nGET /things\nstatus 401", `b.txtar:2: unknown command "exec"`},
		"skip":                      {head + "skip\nGET /things\nstatus 401", `b.txtar:2: unknown command "skip"`},
		"a condition":               {head + "[short] GET /things\nstatus 401", "b.txtar:2: conditions are not for checks"},
		"a misspelt command":        {head + "GET /things\nstatsu 401\nstatus 401", `did you mean "status"?`},
		"an unquoted hash":          {head + "GET /things#x\nstatus 401", "b.txtar:2: an unquoted # cuts the line"},
		"an open quote":             {head + "GET '/things\nstatus 401", "b.txtar:2: a single quote is not closed"},
		"a negated request":         {head + "! GET /things\nstatus 401", "b.txtar:2: GET claims nothing that could be negated"},
		"a negated flood":           {head + "needs limits\n! exhaust standard GET /things", "b.txtar:3: exhaust claims nothing"},
		"nothing asserted":          {head + "GET /things", "b.txtar:1: the section asserts nothing"},
		"needs too late":            {head + "GET /things\nneeds clock\nstatus 401", "b.txtar:3: needs must stand at the beginning"},
		"an unknown need":           {head + "needs time\nGET /things\nstatus 401", "b.txtar:2: must be `needs clock`"},
		"advance without need":      {head + "GET /things\nadvance 1m\nstatus 401", "b.txtar:3: advance wants `needs clock`"},
		"exhaust without need":      {head + "exhaust standard GET /things", "b.txtar:2: exhaust wants `needs limits`"},
		"back in time":              {head + "needs clock\nadvance -1m\nGET /things\nstatus 401", "b.txtar:3: the duration"},
		"an unknown limit":          {head + "needs limits\nexhaust standrad GET /things", `b.txtar:3: unknown limit "standrad"; did you mean "standard"?`},
		"an unknown login":          {head + "as mian\nGET /things\nstatus 401", `b.txtar:2: unknown login "mian"; did you mean "main"?`},
		"an unknown input":          {head + "needs input keey\nGET /things\nstatus 401", `b.txtar:2: unknown input "keey"; did you mean "key"?`},
		"an unknown feature":        {head + "needs feature file\nGET /things\nstatus 401", `b.txtar:2: unknown feature "file"; did you mean "files"?`},
		"an optional input":         {head + "GET /things -u {spare_key}:x\nstatus 401", "b.txtar:2: the input spare_key is optional; say `needs input spare_key`"},
		"an optional input, needed": {head + "needs input spare_key\nGET /things -u {spare_key}:x\nstatus 401", ""},
		"an unknown name":           {head + "GET /things/{thing}\nstatus 401", `b.txtar:2: unknown name "{thing}"`},
		"a name before its capture": {head + "GET /things/{x}\ncapture x id\nstatus 401", `b.txtar:2: unknown name "{x}"`},
		"a captured name":           {head + "GET /things\ncapture x id\nGET /things/{x}\nstatus 401", ""},
		"a name of another section": {head + "GET /things\ncapture x id\nstatus 401\n" + head + "GET /things/{x}\nstatus 401", `b.txtar:6: unknown name "{x}"`},
		"a name in a body":          {head + "invalid POST /things b.json\nstatus 401\n-- b.json --\n{\"name\": {nmae}}", `b.txtar:2: unknown name "{nmae}"`},
		"a name that is taken":      {head + "GET /things\ncapture unique id\nstatus 401", `b.txtar:3: the name "unique" is taken`},
		"no answer yet":             {head + "status 401", "b.txtar:2: there is no answer yet"},
		"an unknown file":           {head + "POST /things nwe.json\nstatus 401\n-- new.json --\n{}", `b.txtar:2: unknown file "nwe.json"; did you mean "new.json"?`},
		"an unused file":            {head + "GET /things\nstatus 401\n-- new.json --\n{}", `b.txtar:4: the file "new.json" is not used`},
		"a file twice":              {head + "POST /things b.json\nstatus 401\n-- b.json --\n{}\n-- b.json --\n{}", `b.txtar:6: the file "b.json" is there already, in line 4`},
		"a relative path":           {head + "GET things\nstatus 401", `b.txtar:2: the path "things" must begin with /`},
		"an unknown option":         {head + "GET /things -X 1\nstatus 401", `b.txtar:2: unknown option "-X"`},
		"a bad header":              {head + "GET /things -H X\nstatus 401", "b.txtar:2: -H \"X\" must be 'Name: value'"},
		"a bad status":              {head + "GET /things\nstatus OK", `b.txtar:3: "OK" is not a status`},
		"an unknown event":          {head + "needs webhooks\nPOST /hooks h.json\ndelivery thing.mad\n-- h.json --\n{\"url\": {receiver}}", `b.txtar:4: unknown event "thing.mad"; did you mean "thing.made"?`},
		"a delivery, told of":       {head + "needs webhooks\nreceiver 500 204\nPOST /hooks h.json\ndelivery thing.made\njson type\nsigned secret\n! delivery thing.gone\n-- h.json --\n{\"url\": {receiver}}", ""},
		"a delivery, not told of":   {head + "needs webhooks\nGET /things\ndelivery thing.made", "b.txtar:4: nothing has told the target of {receiver} yet"},
		"a delivery without need":   {head + "GET /things?to={receiver}\ndelivery thing.made", "b.txtar:2: {receiver} wants `needs webhooks`"},
		"a receiver without need":   {head + "receiver 204\nGET /things\nstatus 401", "b.txtar:2: receiver wants `needs webhooks`"},
		"a receiver of its own":     {head + "needs webhooks\nreceiver 99\nGET /things\nstatus 401", `b.txtar:3: "99" is not a status to answer with`},
		"a receiver in the set-up":  {"receiver 204\n" + head + "needs webhooks\nGET /things\nstatus 401", "b.txtar:1: receiver does not belong into the set-up"},
		"a status of a delivery":    {head + "needs webhooks\nPOST /hooks?{receiver}\ndelivery thing.made\nstatus 200", "b.txtar:5: status looks at an answer, and the last thing is a delivery"},
		"a signature of an answer":  {head + "needs webhooks\nPOST /hooks?{receiver}\ndelivery thing.made\nGET /things\nsigned x", "b.txtar:6: signed looks at a delivery, and the last thing is none"},
		"a signature of silence":    {head + "needs webhooks\nPOST /hooks?{receiver}\n! delivery thing.made\nsigned x", "b.txtar:5: signed looks at a delivery, and the last thing is none"},
		"an input as path":          {head + "needs input shelf\nGET {shelf} -b files\nstatus 401", ""},
		"an input not needed":       {head + "GET {shelf}\nstatus 401", "b.txtar:2: the input shelf is optional"},
		"a capture as path":         {head + "GET /things\ncapture x id\nGET {x}\nstatus 401", "b.txtar:4: {x} is no input; only an input can be a whole path"},
		"a change of an input":      {head + "needs input shelf\nDELETE {shelf}\nstatus 401", "b.txtar:3: {shelf} is somebody else's path"},
		"an unknown base":           {head + "GET /things -b fils\nstatus 401", `b.txtar:2: unknown base "fils"; did you mean "files"?`},
		"a bad operator":            {head + "GET /things\njson x = 1", `b.txtar:3: unknown operator "="`},
		"a bad type":                {head + "GET /things\njson x is text", `b.txtar:3: unknown type "text"`},
		"a bad pattern":             {head + "GET /things\njson x ~ (", "b.txtar:3: cannot read the pattern"},
		"an operator without value": {head + "GET /things\njson x ==", "b.txtar:3: a value must follow =="},
		"another's thing changed":   {head + "needs input shelf\nPUT /things/{shelf} b.json\nstatus 401\n-- b.json --\n{\"name\": \"x\"}", "b.txtar:3: PUT /things/{shelf} would change something"},
		"a collection deleted":      {head + "DELETE /things\nstatus 405", "b.txtar:2: DELETE /things would change something"},
		"a gadget by the query":     {head + "GET /things\ncapture g x\nDELETE /gadgets?gadget={g}\nstatus 404", "b.txtar:4: DELETE /gadgets?gadget={g} would change something"},
		"its own by the query":      {head + "POST /gadgets\ncreated g\nDELETE /gadgets?gadget={g}\nDELETE /gadgets?gadget={unknown}\nstatus 404", ""},
		"a pattern to capture":      {head + "GET /things\ncapture x header Location ~ 'code=([^&]+)'\nGET /things/{x}\nstatus 401", ""},
		"a bad pattern to capture":  {head + "GET /things\ncapture x id ~ (\nstatus 401", "b.txtar:3: cannot read the pattern"},
		"a capture of too much":     {head + "GET /things\ncapture x id == 3\nstatus 401", "b.txtar:3: must be `capture NAME PATH [~ PATTERN]`"},
		"its own thing changed":     {head + "POST /things b.json\ncreated a\nstatus 401\nPUT /things/{a} b.json\nDELETE /things/{unknown}\n-- b.json --\n{\"name\": \"x\"}", ""},
		"wrong in the set-up":       {"GOT /things\n" + head + "GET /things\nstatus 401\n" + head + "GET /things\nstatus 401", `b.txtar:1: unknown command "GOT"; did you mean "GET"?`},
		"time in the set-up":        {"needs clock\n" + head + "GET /things\nstatus 401", "b.txtar:1: needs does not belong into the set-up"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			findings := conformance.Lint(shopAPI(t, map[string]string{"checks": tested, "checks/b.txtar": test.script}))
			if test.want == "" {
				assert.Empty(t, findings)
				return
			}
			require.NotEmpty(t, findings)
			assert.Contains(t, findings[0].Error(), test.want)
			assert.True(t, strings.HasPrefix(findings[0].Error(), "shop/checks/b.txtar:"))
			if name != "an unknown file" { // the other file is unused then
				assert.Len(t, findings, 1)
			}
		})
	}
}

// TestLintRegistry holds that every requirement has a check or an excuse.
func TestLintRegistry(t *testing.T) {
	t.Parallel()
	findings := conformance.Lint(shopAPI(t, map[string]string{"checks": strings.Replace(tested, "# SHOP-LIMIT-1 MUST", "# SHOP-AUTH-1 MUST", 1)}))
	require.Len(t, findings, 1)
	assert.Equal(t, "SHOP-LIMIT-1 has neither a check nor an excuse", findings[0].Message)
	assert.Equal(t, "shop/requirements.yaml", findings[0].File)
	assert.Positive(t, findings[0].Line)
}

// TestUnreadable holds that a file without sections does not go unnoticed.
func TestUnreadable(t *testing.T) {
	t.Parallel()
	for script, want := range map[string]string{"as main\n": "the file has no section", "as main\n-- --\n": "a file has no name"} {
		got := check(t, &shop{}, script)
		assert.Equal(t, "a", got.ID)
		assert.Equal(t, conformance.Error, got.Outcome)
		assert.Equal(t, want, got.Message)
	}
}

// TestLintedRuns holds that a section with a finding is an error, and is not run.
func TestLintedRuns(t *testing.T) {
	t.Parallel()
	for _, script := range []string{"exec rm -rf /", "[net] GET /things", "env", "stop", "GET /things#x", "! GET /things"} {
		server := &shop{}
		got := check(t, server, "# SHOP-AUTH-2 MUST x\n"+script+"\nGET /things\nstatus 401\n")
		assert.Equal(t, conformance.Error, got.Outcome, script)
		assert.Equal(t, 2, got.Line)
		assert.Empty(t, server.seen)
	}
}
