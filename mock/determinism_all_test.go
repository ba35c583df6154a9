package mock_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"understudy.dev/mock"
	"understudy.dev/mock/mocktest"
	"understudy.dev/specs"
)

// TestEveryOperationGivesTheSameBytes drives all operations of each API twice, hours apart, and wants all bytes again from
// another server, after a reset, and after a restored snapshot: ids, tokens, order, dates, headers.
func TestEveryOperationGivesTheSameBytes(t *testing.T) {
	t.Parallel()
	apis := map[string]*specs.API{"toy": toy(t)}
	for _, name := range specs.Embedded() {
		api, err := specs.Open(name)
		require.NoError(t, err)
		apis[name] = api
	}
	for name, api := range apis {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			options := &mock.Options{Clock: mock.Clock{Start: epoch, Frozen: true}, Reveal: true}
			// Another API beside it makes every server answer below prefixes, and must not matter.
			first := mocktest.Start(t, options, api, inline(t, "other", map[string]string{"openapi.yaml": "openapi: 3.1.0\ninfo: {title: Other, version: \"1\"}\npaths: {}"}))
			drive := func(m *mocktest.Mock) *driver {
				d := newDriver(m, api)
				d.drive(t)
				m.Advance(90 * time.Minute)
				d.drive(t)
				return d
			}
			_, err := first.Server.World("").Snapshot("fresh")
			require.NoError(t, err)
			once := drive(first)
			want, good := once.log.String(), once.good
			for _, op := range api.Document.Operations() {
				assert.Contains(t, want, "== "+op.ID+" ")
			}
			assert.GreaterOrEqual(t, 2*len(good), len(api.Document.Operations()), "most operations must succeed, or nothing is proved: %v", good)

			same(t, want, drive(mocktest.Start(t, options, api)).log.String(), "another server")
			first.Reset()
			same(t, want, drive(first).log.String(), "after a reset")
			require.NoError(t, first.Server.World("").Restore("fresh"))
			same(t, want, drive(first).log.String(), "after a restored snapshot")
		})
	}
}

// same shows only where two logs part.
func same(t *testing.T, want, got, when string) {
	t.Helper()
	a, b := strings.Split(want, "\n"), strings.Split(got, "\n")
	operation := ""
	for i := range min(len(a), len(b)) {
		if strings.HasPrefix(a[i], "== ") {
			operation = a[i]
		}
		if !assert.Equal(t, a[i], b[i], "%s, in %s", when, operation) {
			return
		}
	}
	assert.Len(t, b, len(a), when)
}
