package conformance_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"understudy.dev/conformance"
)

// life is a check of everything that the shop documents about things.
const life = `
as main

# SHOP-THING-1 MUST a thing lives from creation to deletion
POST /things new.json
status 2xx
created thing
GET /things/{thing}
status 200
find name == {unique}
GET /things
find name == {unique}
PUT /things/{thing} changed.json
status 2xx
GET /things/{thing}
find name == 'changed {unique}'
DELETE /things/{thing}
status 2xx
GET /things/{thing}
status 404
GET /things/{unknown}
status 404

# SHOP-AUTH-2 MUST without a token there is a 401
as nobody
GET /things
status 401
json error.code == 401

-- new.json --
{"name": {unique}}
-- changed.json --
{"name": "changed {unique}"}
`

// TestFreedoms holds that servers that differ only where nothing is documented pass alike.
func TestFreedoms(t *testing.T) {
	t.Parallel()
	for name, server := range map[string]*shop{
		"as assumed":     {},
		"another status": {status: http.StatusOK},
		"uuids": {id: func(n int) string {
			return strings.Repeat("0", 8) + "-0000-4000-8000-00000000000" + string(rune('0'+n))
		}},
		"numbers":     {id: func(n int) string { return string(rune('0' + n)) }},
		"a bare list": {list: func(_ *http.Request, things []any) any { return things }},
		"another wrapping": {list: func(_ *http.Request, things []any) any {
			return map[string]any{"things": map[string]any{"all": things}}
		}},
		"only a Location":    {bare: true},
		"more fields":        {tweak: addField},
		"paged with Link":    {list: func(_ *http.Request, things []any) any { return map[string]any{"items": things, "total": len(things)} }},
		"accepted, not made": {status: http.StatusAccepted},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			report := (&trial{files: map[string]string{"checks": life}, server: server}).run(t)
			for _, c := range report.Checks {
				assert.Equal(t, conformance.Pass, c.Outcome, "%s: %s %s", c.ID, c.Message, c.Got)
			}
			assert.Empty(t, report.Left)
			assert.Empty(t, server.things)
		})
	}
}

func addField(_ *http.Request, status int, body any) (int, any) {
	if object, ok := body.(map[string]any); ok {
		out := map[string]any{"request_id": "r1"}
		for key, value := range object {
			out[key] = value
		}
		return status, out
	}
	return status, body
}
