package validate

import (
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// The benchmarks come in pairs: the fast path beside the official one, 1,200 operations beside 4, and loading beside
// what libopenapi alone needs to parse and build the same document.

func benchDocument(b *testing.B, operations int, o *Options) *Document {
	b.Helper()
	d, err := Load("generated.yaml", []byte(generated(operations)), o)
	require.NoError(b, err)
	return d
}

func eachSize(b *testing.B, run func(b *testing.B, d *Document)) {
	for _, operations := range []int{4, 1200} {
		for name, o := range map[string]*Options{"fast": nil, "official": {Official: true}} {
			b.Run(name+"/operations="+strconv.Itoa(operations), func(b *testing.B) {
				d := benchDocument(b, operations, o)
				b.ReportAllocs()
				b.ResetTimer()
				run(b, d)
			})
		}
	}
}

func benchRequest(b *testing.B, d *Document, r *http.Request, body []byte) {
	for b.Loop() {
		m, err := d.Route(r.Method, r.URL.EscapedPath())
		if err != RouteOK || len(m.Operation.ValidateRequest(r, m, body)) > 0 {
			b.Fatal("a good request was refused")
		}
	}
}

func BenchmarkPost(b *testing.B) {
	eachSize(b, func(b *testing.B, d *Document) {
		r := httptest.NewRequest("POST", "/things0", nil)
		r.Header.Set("Content-Type", "application/json")
		benchRequest(b, d, r, []byte(generatedThing(0)))
	})
}

func BenchmarkGet(b *testing.B) {
	eachSize(b, func(b *testing.B, d *Document) {
		benchRequest(b, d, httptest.NewRequest("GET", "/things0/a1b2c3", nil), nil)
	})
}

func BenchmarkList(b *testing.B) {
	eachSize(b, func(b *testing.B, d *Document) {
		benchRequest(b, d, httptest.NewRequest("GET", "/things0?limit=20&tag=red&tag=blue", nil), nil)
	})
}

func BenchmarkRefusal(b *testing.B) {
	eachSize(b, func(b *testing.B, d *Document) {
		r := httptest.NewRequest("POST", "/things0", nil)
		r.Header.Set("Content-Type", "application/json")
		body := []byte(strings.Replace(generatedThing(0), `"size":4711`, `"size":-1`, 1))
		for b.Loop() {
			m, _ := d.Route(r.Method, r.URL.EscapedPath())
			if len(m.Operation.ValidateRequest(r, m, body)) != 1 {
				b.Fatal("a bad request was not refused for one reason")
			}
		}
	})
}

func BenchmarkResponsePage(b *testing.B) {
	thing := strings.Replace(generatedThing(0), "{", `{"id":"t1",`, 1)
	page := []byte("[" + strings.Repeat(thing+",", 19) + thing + "]")
	h := header("Content-Type: application/json")
	eachSize(b, func(b *testing.B, d *Document) {
		op := d.Operation("list0")
		for b.Loop() {
			if len(op.ValidateResponse(200, h, page, "GET")) > 0 {
				b.Fatal("a good response was refused")
			}
		}
	})
}

func BenchmarkLoad(b *testing.B) {
	src := []byte(generated(1200))
	b.Run("document", func(b *testing.B) {
		for b.Loop() {
			_, err := Load("generated.yaml", src, nil)
			require.NoError(b, err)
		}
	})
	b.Run("libopenapi", func(b *testing.B) {
		for b.Loop() {
			parsed, err := parse(src)
			require.NoError(b, err)
			_, err = parsed.BuildV3Model()
			require.NoError(b, err)
		}
	})
}
