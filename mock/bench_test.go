package mock_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"time"

	"understudy.dev/mock"
	"understudy.dev/specs"
)

// warehouse has everything on: limits with headers, tokens with scopes, validation, state, envelopes.
func warehouse(b *testing.B) *specs.API {
	return inline(b, "warehouse", map[string]string{"openapi.yaml": `
openapi: 3.1.0
info: {title: Warehouse, version: "1"}
servers: [{url: "https://api.warehouse.test/v1"}]
security: [{bearer: [read]}]
paths:
  /items:
    get:
      operationId: listItems
      parameters:
        - {name: page, in: query, schema: {type: integer, minimum: 1}}
        - {name: limit, in: query, schema: {type: integer, minimum: 1, maximum: 100}}
      responses: {"200": {description: ok, content: {application/json: {schema: {type: object}}}}}
    post:
      operationId: createItem
      security: [{bearer: [write]}]
      requestBody: {required: true, content: {application/json: {schema: {$ref: "#/components/schemas/Item"}}}}
      responses: {"201": {description: ok, content: {application/json: {schema: {$ref: "#/components/schemas/Item"}}}}}
  /items/{id}:
    get:
      operationId: getItem
      parameters: [{name: id, in: path, required: true, schema: {type: string, pattern: "^itm_[a-z0-9]+$"}}]
      responses: {"200": {description: ok, content: {application/json: {schema: {$ref: "#/components/schemas/Item"}}}}}
  /scarce:
    get: {operationId: scarce, responses: {"200": {description: ok, content: {application/json: {schema: {type: object}}}}}}
components:
  securitySchemes: {bearer: {type: http, scheme: bearer}}
  schemas:
    Item:
      type: object
      required: [name, kind, price]
      additionalProperties: false
      properties:
        id: {type: string, readOnly: true}
        created_at: {type: string, format: date-time, readOnly: true}
        name: {type: string, minLength: 1, maxLength: 200}
        kind: {type: string, enum: [small, medium, large]}
        price: {type: number, minimum: 0}
        size: {type: integer, minimum: 0}
        live: {type: boolean}
        tags: {type: array, maxItems: 10, items: {type: string, minLength: 1}}
        owner: {$ref: "#/components/schemas/Owner"}
        notes: {type: string}
    Owner:
      type: object
      required: [email]
      properties: {email: {type: string, format: email}, name: {type: string}}
`, "profile.yaml": `
request: {id: "req_${random(12)}"}
credentials: {token: {opaque: "tok_${token(24)}"}}
auth: {bearer: {accepts: [token]}}
limits:
  standard:
    except: [scarce]
    key: credential?.id ?? request.address
    requests: 1000000000
    per: 1m
    headers: {X-RateLimit-Limit: "${limit.limit}", X-RateLimit-Remaining: "${limit.remaining}"}
  scarce: {operations: [scarce], key: credential.id, requests: 0, per: 1m, refusal_headers: {Retry-After: "${limit.retry_after}"}}
errors:
  problems: {unauthenticated: {status: 401, message: Get a new token.}, rate_limited: {status: 429, message: Wait.}}
  envelopes: [{body: {error: {code: "${problem.status}", status: "${problem.reason}", message: "${problem.message}", request_id: "${request.id}"}}}]
answers:
  headers: {X-Request-ID: "${request.id}"}
  envelopes: [{verbs: [list], body: {data: "${result}", page: {number: "${page.number}", total: "${page.total}"}}}]
resources:
  items: {schema: Item, id: "itm_${random(12)}", set: {created_at: "${rfc3339(now)}"}}
operations:
  listItems: {list: items, page: {style: number, number: page, size: limit, default: 20, max: 100}}
  scarce: {answer: {}}
`, "seed.yaml": `
credentials: [{kind: token, id: t1, secret: tok_bench, scopes: [read, write]}]
resources:
  items:
` + seeds(40)})
}

const item = `{"name":"A thing to be stored","kind":"medium","price":19.99,"size":4711,"live":true,` +
	`"tags":["one","two","three"],"owner":{"email":"ann@people.example","name":"Ann Example"},"notes":"%s"}`

func seeds(n int) string {
	var all strings.Builder
	for i := range n {
		fmt.Fprintf(&all, "    - {id: itm_%d, name: A thing to be stored, kind: medium, price: 19.99, size: 4711, live: true, tags: [one, two, three], "+
			"owner: {email: ann@people.example, name: Ann Example}, notes: %s, created_at: \"2026-01-01T00:00:00Z\"}\n", i, strings.Repeat("note ", 40))
	}
	return all.String()
}

// BenchmarkAgainstBare compares the mock with a bare net/http handler that writes the same bytes, over loopback, in turns
// within one run. The metric ratio is the mock's throughput as a part of the bare one's.
func BenchmarkAgainstBare(b *testing.B) {
	body := fmt.Sprintf(item, strings.Repeat("note ", 40))
	for _, c := range []struct {
		name, method, path, token, body string
		status                          int
	}{
		{"ReadOne", "GET", "/items/itm_7", "tok_bench", "", 200},
		{"ListOf20", "GET", "/items?limit=20", "tok_bench", "", 200},
		{"Create", "POST", "/items", "tok_bench", body, 201},
		{"Refused401", "GET", "/items/itm_7", "tok_other", "", 401},
		{"Refused429", "GET", "/scarce", "tok_bench", "", 429},
	} {
		b.Run(c.name, func(b *testing.B) {
			api := warehouse(b)
			server, err := mock.New([]*specs.API{api}, nil)
			if err != nil {
				b.Fatal(err)
			}
			defer server.Close()
			played := httptest.NewServer(server)
			defer played.Close()
			send := func(origin string) (*http.Response, []byte) {
				r, err := http.NewRequest(c.method, origin+"/warehouse/v1"+c.path, strings.NewReader(c.body))
				if err != nil {
					b.Fatal(err)
				}
				r.Header.Set("Authorization", "Bearer "+c.token)
				if c.body != "" {
					r.Header.Set("Content-Type", "application/json")
				}
				resp, err := http.DefaultClient.Do(r)
				if err != nil {
					b.Fatal(err)
				}
				raw, err := io.ReadAll(resp.Body)
				if err != nil {
					b.Fatal(err)
				}
				resp.Body.Close()
				if resp.StatusCode != c.status {
					b.Fatalf("%d: %s", resp.StatusCode, raw)
				}
				return resp, raw
			}
			want, raw := send(played.URL)
			want.Header.Del("Date")
			bare := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				_, _ = io.Copy(io.Discard, r.Body)
				for name, values := range want.Header {
					w.Header()[name] = values
				}
				w.WriteHeader(c.status)
				_, _ = w.Write(raw)
			}))
			defer bare.Close()

			const turn = 20
			var took [2]time.Duration
			b.ReportAllocs()
			b.ResetTimer()
			for sent := 0; sent < b.N; sent += turn {
				for i, origin := range []string{played.URL, bare.URL} {
					start := time.Now()
					for range turn {
						send(origin)
					}
					took[i] += time.Since(start)
				}
			}
			b.ReportMetric(float64(took[1])/float64(took[0]), "ratio")
			b.ReportMetric(float64(took[0].Nanoseconds())/float64(b.N), "ns/mock")
			b.ReportMetric(float64(took[1].Nanoseconds())/float64(b.N), "ns/bare")
		})
	}
}

// BenchmarkHandler is the mock without network: what it costs and allocates itself.
func BenchmarkHandler(b *testing.B) {
	body := fmt.Sprintf(item, strings.Repeat("note ", 40))
	for _, c := range []struct{ name, method, path, token, body string }{
		{"ReadOne", "GET", "/items/itm_7", "tok_bench", ""},
		{"ListOf20", "GET", "/items?limit=20", "tok_bench", ""},
		{"Create", "POST", "/items", "tok_bench", body},
		{"Refused401", "GET", "/items/itm_7", "tok_other", ""},
		{"Refused429", "GET", "/scarce", "tok_bench", ""},
	} {
		b.Run(c.name, func(b *testing.B) {
			server, err := mock.New([]*specs.API{warehouse(b)}, nil)
			if err != nil {
				b.Fatal(err)
			}
			defer server.Close()
			r := httptest.NewRequest(c.method, "/warehouse/v1"+c.path, nil)
			r.Header.Set("Authorization", "Bearer "+c.token)
			r.Header.Set("Accept-Encoding", "gzip")
			r.Header.Set("User-Agent", "bench")
			if c.body != "" {
				r.Header.Set("Content-Type", "application/json")
			}
			w := &sink{}
			b.ReportAllocs()
			for b.Loop() {
				r.Body = io.NopCloser(strings.NewReader(c.body))
				w.header = http.Header{}
				server.ServeHTTP(w, r)
			}
		})
	}
}

// sink is a response writer that keeps nothing.
type sink struct{ header http.Header }

func (s *sink) Header() http.Header         { return s.header }
func (s *sink) WriteHeader(int)             {}
func (s *sink) Write(p []byte) (int, error) { return len(p), nil }

// embedded opens every API that the program ships.
func embedded(b *testing.B) []*specs.API {
	var apis []*specs.API
	for _, name := range specs.Embedded() {
		api, err := specs.Open(name)
		if err != nil {
			b.Fatal(err)
		}
		apis = append(apis, api)
	}
	return apis
}

// BenchmarkStart is the time from nothing to the first answer, with all embedded APIs.
func BenchmarkStart(b *testing.B) {
	for b.Loop() {
		server, err := mock.New(embedded(b), nil)
		if err != nil {
			b.Fatal(err)
		}
		w := httptest.NewRecorder()
		server.ServeHTTP(w, httptest.NewRequest("GET", server.Bases()[0].Path, nil))
		if w.Code >= 500 {
			b.Fatal(w.Code)
		}
		server.Close()
	}
}

// BenchmarkReset is a world made as it was at its start.
func BenchmarkReset(b *testing.B) {
	server, err := mock.New([]*specs.API{warehouse(b)}, nil)
	if err != nil {
		b.Fatal(err)
	}
	defer server.Close()
	world := server.World("")
	b.ReportAllocs()
	for b.Loop() {
		world.Reset()
	}
}

// BenchmarkIdle reports what all embedded APIs and a server that plays them hold in memory.
func BenchmarkIdle(b *testing.B) {
	for b.Loop() {
		before := heap()
		apis := embedded(b)
		server, err := mock.New(apis, nil)
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(heap()-before)/(1<<20), "MB")
		runtime.KeepAlive(apis)
		server.Close()
	}
}

// BenchmarkWorld is a world made and dropped.
func BenchmarkWorld(b *testing.B) {
	server, err := mock.New(embedded(b), nil)
	if err != nil {
		b.Fatal(err)
	}
	defer server.Close()
	send := func(method, path, body string, want int) {
		r := httptest.NewRequest(method, "http://localhost/__admin/worlds"+path, strings.NewReader(body))
		r.RemoteAddr = "127.0.0.1:9"
		r.Header.Set("Content-Type", "application/json")
		w := httptest.NewRecorder()
		server.ServeHTTP(w, r)
		if w.Code != want {
			b.Fatalf("%d: %s", w.Code, w.Body)
		}
	}
	for b.Loop() {
		send("POST", "", `{"name":"side"}`, 201)
		send("DELETE", "/side", "", 204)
	}
}

func heap() uint64 {
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return stats.HeapAlloc
}
