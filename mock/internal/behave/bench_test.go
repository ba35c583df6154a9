package behave

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// benchmark plays one operation of a collection with 1,000 things of about
// half a kilobyte, without any HTTP.
func benchmark(b *testing.B, operation string, r request) {
	w := newThings(b, `
resources: {things: {schema: Thing, id: "t${random(12)}", set: {made: "${rfc3339(now)}"}}}
operations:
  list: {list: things, page: {style: number, number: page, size: size, default: 20, max: 100}}
  create: {create: things}
  read: {read: things}
  change: {update: things}
`, "")
	filler := strings.Repeat("x", 400)
	for range 1000 {
		w.run("create", request{body: fmt.Sprintf(`{"name":%q,"color":"red","size":{}}`, filler)})
	}
	if r.params != nil {
		for e := range w.store.View().From("things", 500) {
			r.params = one("id", e.ID)
			break
		}
	}
	r.body = strings.ReplaceAll(r.body, "FILLER", filler)
	b.ReportAllocs()
	for b.Loop() {
		_, refusal := w.programs.Run(w.call(operation, r))
		if refusal != nil {
			require.FailNow(b, refusal.Error())
		}
	}
}

func BenchmarkRead(b *testing.B)   { benchmark(b, "read", request{params: one("id", "")}) }
func BenchmarkList20(b *testing.B) { benchmark(b, "list", request{query: one("page", 10)}) }
func BenchmarkCreate(b *testing.B) {
	benchmark(b, "create", request{body: `{"name":"FILLER","color":"red"}`})
}
func BenchmarkChange(b *testing.B) {
	benchmark(b, "change", request{params: one("id", ""), body: `{"color":"blue"}`})
}

// BenchmarkCall is what the others pay for making the call itself.
func BenchmarkCall(b *testing.B) {
	w := newThings(b, plainThings, "")
	b.ReportAllocs()
	for b.Loop() {
		w.call("read", request{params: one("id", "x")})
	}
}

func BenchmarkNewWorld(b *testing.B) {
	w := newLibrary(b)
	base, err := w.programs.NewBase(nil)
	require.NoError(b, err)
	b.ReportAllocs()
	for b.Loop() {
		base.NewStore()
	}
}
