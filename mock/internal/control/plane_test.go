package control

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"understudy.dev/specs/validate"
)

func TestEveryRouteIsDocumentedAndTheReverse(t *testing.T) {
	t.Parallel()
	doc, err := validate.Load("openapi.yaml", Source(), nil)
	require.NoError(t, err)
	var documented, handled []string
	for _, op := range doc.Operations() {
		documented = append(documented, op.Method+" "+op.Path)
	}
	for _, route := range New(nil).routes {
		handled = append(handled, route.method+" "+route.path)
	}
	slices.Sort(documented)
	slices.Sort(handled)
	assert.Equal(t, documented, handled)
}

func TestDocumentIsJSON(t *testing.T) {
	t.Parallel()
	raw, err := Document()
	require.NoError(t, err)
	doc, err := validate.Load("openapi.json", raw, nil)
	require.NoError(t, err)
	assert.Equal(t, "Understudy control plane", doc.Title())
}

func TestMatch(t *testing.T) {
	t.Parallel()
	tests := []struct {
		pattern, path string
		want          map[string]string
	}{
		{"/clock", "/clock", map[string]string{}},
		{"/clock", "/clock/", nil},
		{"/clock", "", nil},
		{"/journal/{id}", "/journal/x%201", map[string]string{"id": "x 1"}},
		{"/journal/{id}", "/journal/a%2Fb", map[string]string{"id": "a/b"}},
		{"/journal/{id}", "/journal/", nil},
		{"/journal/{id}", "/journal/%zz", nil},
		{"/credentials/{id}/revoke", "/credentials/k/expire", nil},
	}
	for _, test := range tests {
		params, ok := match(test.pattern, test.path)
		assert.Equal(t, test.want != nil, ok, "%+v", test)
		assert.Equal(t, test.want, params, "%+v", test)
	}
}

func TestParseDuration(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]time.Duration{"61m": 61 * time.Minute, "1h30m": 90 * time.Minute, "2d": 48 * time.Hour, "-5s": -5 * time.Second} {
		got, err := parseDuration(text)
		require.NoError(t, err)
		assert.Equal(t, want, got)
	}
	for _, text := range []string{"", "d", "5", "1.5d", "99999999999d", "soon"} {
		_, err := parseDuration(text)
		assert.Error(t, err, text)
	}
}
