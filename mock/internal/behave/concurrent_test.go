package behave

import (
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
)

// Many callers at once: one of those that want the same unique value gets it,
// a copy is lent once, no update is lost, and lists are whole.
func TestConcurrentCallers(t *testing.T) {
	t.Parallel()
	const callers, each = 8, 25
	w := newThings(t, `
resources: {things: {id: "t${counter()}", unique: [name]}}
operations:
  list: {list: things, page: {style: number, number: page, size: size, default: 1000, max: 1000}}
  create: {create: things}
  act:
    do:
      - {read: things, id: "'total'", as: total}
      - {update: things, id: "'total'", from: {n: "${total.n + 1}"}}
`, `resources: {things: [{id: total, n: 0}]}`)
	var won, failed atomic.Int64
	var all sync.WaitGroup
	for range callers {
		all.Go(func() {
			for i := range each {
				_, refusal := w.programs.Run(w.call("create", request{body: fmt.Sprintf(`{"name":"n%d"}`, i)}))
				if refusal == nil {
					won.Add(1)
				} else {
					failed.Add(1)
				}
				_, refusal = w.programs.Run(w.call("act", request{}))
				assert.Nil(t, refusal)
				result, refusal := w.programs.Run(w.call("list", request{}))
				if assert.Nil(t, refusal) {
					assert.Equal(t, result.Page.Total, strings.Count(string(result.Body), `"id":`), "a list shows one moment")
				}
			}
		})
	}
	all.Wait()
	assert.EqualValues(t, each, won.Load())
	assert.EqualValues(t, callers*each-each, failed.Load())
	assert.Equal(t, fmt.Sprintf(`{"id":"total","n":%d}`, callers*each), string(w.store.View().Get("things", "total").Raw))
}
