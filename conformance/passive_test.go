package conformance_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"understudy.dev/conformance"
)

// TestPassive holds that every answer is judged, and that what it breaks goes to who promised it.
func TestPassive(t *testing.T) {
	t.Parallel()
	const (
		lost    = "# SHOP-AUTH-2 MUST x\nas main\nGET /things/{unknown}\nstatus 404\n"
		thing   = "# SHOP-AUTH-2 MUST x\nas main\nPOST /things b.json\ncreated thing\nGET /things/{thing}\nstatus 200\n-- b.json --\n{\"name\": {unique}}\n"
		nowhere = "# SHOP-AUTH-2 MUST x\nas main\nGET /nowhere\nstatus 404\n"
		list    = "# SHOP-AUTH-2 MUST x\nas main\nGET /things\nstatus 200\n"
	)
	shout := func(body any) *shop {
		return &shop{tweak: func(r *http.Request, status int, original any) (int, any) {
			if status/100 == 4 {
				return status, body
			}
			return status, original
		}}
	}
	big := func(r *http.Request, status int, body any) (int, any) {
		if r.Method == http.MethodGet && status == 200 {
			return status, map[string]any{"id": "x", "name": "n", "size": "big"}
		}
		return status, body
	}
	tests := map[string]struct {
		script  string
		server  *shop
		options conformance.Options
		want    map[string]conformance.Outcome
		message string
	}{
		"nothing wrong": {lost, &shop{}, conformance.Options{}, map[string]conformance.Outcome{"a/SHOP-AUTH-2": conformance.Pass}, ""},
		"an envelope without message": {
			lost, shout(map[string]any{"error": map[string]any{"code": 404}}), conformance.Options{},
			map[string]conformance.Outcome{"a/SHOP-AUTH-2": conformance.Pass, "passive/SHOP-ERR-1": conformance.Fail}, "seen in a/SHOP-AUTH-2",
		},
		"no JSON at all": {
			lost, shout("<html>"), conformance.Options{},
			map[string]conformance.Outcome{"a/SHOP-AUTH-2": conformance.Pass, "passive/SHOP-ERR-1": conformance.Fail}, "text/html",
		},
		"a documented type": {
			thing, &shop{tweak: big}, conformance.Options{},
			map[string]conformance.Outcome{"a/SHOP-AUTH-2": conformance.Pass, "passive/SHOP-THING-2": conformance.Fail}, "/size",
		},
		"outside any operation": {
			nowhere, shout(map[string]any{"error": "gone"}), conformance.Options{},
			map[string]conformance.Outcome{"a/SHOP-AUTH-2": conformance.Pass, "passive/SHOP-ERR-1": conformance.Fail}, "/error",
		},
		"an assumed wrapping": {
			list, &shop{list: func(_ *http.Request, things []any) any { return things }}, conformance.Options{},
			map[string]conformance.Outcome{"a/SHOP-AUTH-2": conformance.Pass}, "",
		},
		"an assumed wrapping, judged": {
			list, &shop{list: func(_ *http.Request, things []any) any { return things }}, conformance.Options{Assumed: true},
			map[string]conformance.Outcome{"a/SHOP-AUTH-2": conformance.Pass, "passive/SHOP-LIST-1": conformance.Fail}, "",
		},
		"what nobody owns": {
			thing, &shop{tweak: answerWith("GET", "/things/", 200, map[string]any{"id": "x"})}, conformance.Options{Assumed: true},
			map[string]conformance.Outcome{"a/SHOP-AUTH-2": conformance.Fail}, "an answer breaks the document",
		},
		"not selected": {
			lost, shout("<html>"), conformance.Options{Run: "SHOP-AUTH"},
			map[string]conformance.Outcome{"a/SHOP-AUTH-2": conformance.Pass}, "",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			report := (&trial{files: map[string]string{"checks": test.script}, server: test.server, options: test.options}).run(t)
			assert.Equal(t, test.want, outcomes(report))
			last := report.Checks[len(report.Checks)-1]
			assert.Contains(t, last.Message, test.message)
			if last.Outcome == conformance.Fail {
				assert.Equal(t, "shop/checks/a.txtar", last.File)
				assert.NotEmpty(t, last.Exchanges)
				assert.Equal(t, conformance.NonConformant, report.Verdict)
			}
		})
	}
}

// TestPassiveOnce holds that one requirement is accused once, however often it is broken.
func TestPassiveOnce(t *testing.T) {
	t.Parallel()
	const script = "# SHOP-AUTH-2 MUST x\nGET /things\nstatus 401\nGET /things\nstatus 401\n# SHOP-AUTH-2 MUST y\nGET /things\nstatus 401\n"
	server := &shop{tweak: answerWith("GET", "/things", 401, map[string]any{"error": map[string]any{"code": "401", "message": 1}})}
	report := (&trial{files: map[string]string{"checks": script}, server: server}).run(t)
	require.Len(t, report.Checks, 3)
	passive := report.Checks[2]
	assert.Equal(t, "passive/SHOP-ERR-1", passive.ID)
	assert.Equal(t, 2, passive.Line)
	assert.Len(t, passive.Also, 3, "the other fact, and both in the other check")
	for _, row := range report.Operations {
		assert.Equal(t, conformance.OperationResult{Operation: "listThings", Status: 401, MediaType: "application/json", Attempts: 3}, *row)
	}
	assert.Len(t, report.Operations, 1)
}

// TestWholeDocument holds that a document that is the vendor's own is all promised.
func TestWholeDocument(t *testing.T) {
	t.Parallel()
	const requirements = `
openapi: documented
sources: {g: {title: G}}
inputs: {key: {text: k, seeded: key_a}, secret: {text: s, seeded: secret-a}}
logins:
  main: {operation: createToken, body: {key: "{key}", secret: "{secret}"}, take: {token: token}, send: {Authorization: "Bearer {token}"}}
requirements:
  SHOP-AUTH-2: {level: MUST, basis: documented, text: t, source: g}
`
	files := map[string]string{"requirements.yaml": requirements, "checks": "# SHOP-AUTH-2 MUST x\nas main\nGET /things\nstatus 200\n"}
	bare := &shop{list: func(_ *http.Request, things []any) any { return things }}
	report := (&trial{files: files, server: bare}).run(t)
	assert.Equal(t, conformance.Fail, report.Checks[0].Outcome)
	report = (&trial{files: files, server: &shop{}}).run(t)
	assert.Equal(t, conformance.Pass, report.Checks[0].Outcome, report.Checks[0].Message)
}
