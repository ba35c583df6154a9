package mock_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/tidwall/gjson"

	"understudy.dev/mock"
	"understudy.dev/specs"
)

// A receiver keeps what webhooks bring and answers as told; nil answers 204.
type receiver struct {
	*httptest.Server
	mu     sync.Mutex
	bodies []string
	heads  []http.Header
	answer func(n int) int
}

func receiving(t testing.TB, answer func(n int) int) *receiver {
	r := &receiver{answer: answer}
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		body, _ := io.ReadAll(request.Body)
		r.mu.Lock()
		r.bodies, r.heads = append(r.bodies, string(body)), append(r.heads, request.Header.Clone())
		n, answer := len(r.bodies), r.answer
		r.mu.Unlock()
		status := 204
		if answer != nil {
			status = answer(n)
		}
		w.WriteHeader(status)
	}))
	t.Cleanup(r.Close)
	return r
}

func (r *receiver) got() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]string{}, r.bodies...)
}

// subscribe makes a subscription and gives its id and secret.
func (s *stage) subscribe(t testing.TB, as map[string]string, body string) (id, secret string) {
	t.Helper()
	got := s.send(t, message{method: "POST", url: "/toy/v1/hooks", headers: as, body: body})
	require.Equal(t, 201, got.StatusCode, got.body)
	return got.json("id").String(), got.json("secret").String()
}

func (s *stage) add(t testing.TB, as map[string]string, title string) string {
	t.Helper()
	got := s.send(t, message{method: "POST", url: "/toy/v1/books", headers: as, body: `{"title":"` + title + `"}`})
	require.Equal(t, 201, got.StatusCode, got.body)
	return got.body
}

func hook(url string, events ...string) string {
	return fmt.Sprintf(`{"url":%q,"events":["%s"]}`, url, strings.Join(events, `","`))
}

func TestWebhooks(t *testing.T) {
	t.Parallel()
	api := toy(t)
	play := func(t *testing.T) ([]mock.Delivery, []string) {
		s, r := perform(t, frozen(), api), receiving(t, nil)
		librarian := s.librarian(t)
		id, secret := s.subscribe(t, librarian, hook(r.URL, "book.added"))
		s.subscribe(t, librarian, `{"url":"`+r.URL+`","events":["loan.opened"],"secret":"chosen by the caller"}`)
		book := s.add(t, librarian, "Emma")

		deliveries := s.Deliveries()
		require.Len(t, deliveries, 1, "only one subscription wants it")
		d := deliveries[0]
		assert.Equal(t, "delivered", string(d.State))
		assert.Equal(t, id, d.Subscription)
		assert.Equal(t, "book.added", d.Type)
		body := r.got()[0]
		assert.Equal(t, `{"id":"`+d.Event+`","type":"book.added","sent_at":"2026-01-01T00:00:00Z","data":`+book+`}`, body)
		head := r.heads[0]
		assert.Equal(t, "application/json", head.Get("Content-Type"))
		assert.Equal(t, "book.added", head.Get("X-Library-Event"))
		verifier, err := standardwebhooks.NewWebhook(secret)
		require.NoError(t, err)
		require.NoError(t, verifier.VerifyIgnoringTimestamp([]byte(body), head))
		assert.Empty(t, api.Document.Webhook("book.added").ValidateDelivery(head, []byte(body)))

		// A refused operation tells nobody.
		refused := s.send(t, message{method: "POST", url: "/toy/v1/books", headers: librarian, body: `{"title":""}`})
		assert.Equal(t, 400, refused.StatusCode)
		assert.Len(t, s.Deliveries(), 1)
		s.add(t, librarian, "Persuasion")
		return s.Deliveries(), r.got()
	}
	first, bodies := play(t)
	again, bodiesAgain := play(t)
	assert.Equal(t, bodies, bodiesAgain, "the same requests give the same bytes")
	require.Len(t, again, len(first))
	for i := range first {
		assert.Equal(t, first[i].ID, again[i].ID)
		assert.Equal(t, first[i].Event, again[i].Event)
		assert.Equal(t, first[i].Attempts[0].Headers, again[i].Attempts[0].Headers)
	}
}

// A member's request moves a copy and tells of the loan with a secret that is used as it stands.
func TestWebhookOfASeveralStepOperation(t *testing.T) {
	t.Parallel()
	s, r := perform(t, frozen(), toy(t)), receiving(t, nil)
	s.subscribe(t, s.librarian(t), `{"url":"`+r.URL+`","events":["loan.opened"],"secret":"chosen by the caller"}`)
	login := s.send(t, message{method: "POST", url: "/toy/v1/auth/login", media: "application/x-www-form-urlencoded", body: form("email", "ada@library.test", "pin", "1815")})
	member := map[string]string{"Authorization": "Bearer " + login.json("session").String()}
	loan := s.send(t, message{method: "POST", url: "/toy/v1/loans", headers: member, body: `{"copy_id":101}`})
	require.Equal(t, 201, loan.StatusCode, loan.body)
	d := s.Deliveries()[0]
	assert.JSONEq(t, loan.body, gjson.Get(r.got()[0], "data").Raw)
	verifier, err := standardwebhooks.NewWebhookRaw([]byte("chosen by the caller"))
	require.NoError(t, err)
	require.NoError(t, verifier.VerifyIgnoringTimestamp([]byte(d.Body), r.heads[0]))
	refused := s.send(t, message{method: "POST", url: "/toy/v1/loans", headers: member, body: `{"copy_id":101}`})
	require.Equal(t, 409, refused.StatusCode)
	assert.Len(t, s.Deliveries(), 1)
}

func TestWebhooksAreSentAgain(t *testing.T) {
	t.Parallel()
	s := perform(t, frozen(), toy(t))
	r := receiving(t, func(n int) int {
		if n <= 4 {
			return 500
		}
		return 200
	})
	librarian := s.librarian(t)
	id, _ := s.subscribe(t, librarian, hook(r.URL, "book.added"))
	s.add(t, librarian, "Emma")
	s.add(t, librarian, "Persuasion")
	plane := func(method, path, body string) reply {
		return s.send(t, message{method: method, url: "/__admin" + path, body: body, media: "application/json"})
	}
	// Impatient callers get what is due nevertheless.
	require.Equal(t, 200, plane("POST", "/clock", `{"advance":"5s"}`).StatusCode)
	assert.Len(t, r.got(), 2)
	pending := plane("GET", "/deliveries?state=pending", "")
	assert.Equal(t, "2026-01-01T00:00:20Z", pending.json("deliveries.0.next_attempt").String())
	assert.Equal(t, "2", pending.json("deliveries.#").Raw)
	require.Equal(t, 200, plane("POST", "/clock", `{"advance":"1m"}`).StatusCode)
	assert.Len(t, r.got(), 5, "the fourth attempt is the last; the next event is sent")
	list := plane("GET", "/deliveries?subscription="+id, "")
	assert.Equal(t, `["given_up","delivered"]`, list.json("deliveries.#.state").Raw)
	assert.Equal(t, "4", list.json("deliveries.0.attempts.#").Raw)
	given := list.json("deliveries.0.id").String()

	again := plane("POST", "/deliveries/"+given+"/redeliver", "")
	require.Equal(t, 202, again.StatusCode, again.body)
	assert.Equal(t, "pending", again.json("state").String())
	assert.Equal(t, "delivered", string(s.Deliveries()[0].State))
	assert.Equal(t, r.got()[0], r.got()[5])
	assert.Equal(t, "delivered", plane("GET", "/deliveries/"+given, "").json("state").String())

	for _, step := range []struct {
		method, path, body string
		status             int
		want               string
	}{
		{"GET", "/deliveries?type=book.added&limit=1", "", 200, `"type":"book.added"`},
		{"GET", "/deliveries?type=loan.opened", "", 200, `{"deliveries":[],"dropped":0}`},
		{"GET", "/deliveries?state=lost", "", 400, "pending, delivered or given_up"},
		{"GET", "/deliveries?limit=0", "", 400, "limit"},
		{"GET", "/deliveries?kind=x", "", 400, "want api, event, state, subscription, type, limit"},
		{"GET", "/deliveries/dlv_99", "", 404, "dlv_99"},
		{"POST", "/deliveries/dlv_99/redeliver", "", 404, "dlv_99"},
		{"POST", "/deliveries/" + given + "/redeliver", `{"x":1}`, 400, "x"},
	} {
		got := plane(step.method, step.path, step.body)
		assert.Equal(t, step.status, got.StatusCode, step.path)
		assert.Contains(t, got.body, step.want, step.path)
	}

	// What waits for a subscription that is deleted is not sent any more.
	r.mu.Lock()
	r.answer = func(int) int { return 500 }
	r.mu.Unlock()
	s.add(t, librarian, "Sanditon")
	s.Deliveries()
	require.Equal(t, 204, s.send(t, message{method: "DELETE", url: "/toy/v1/hooks/" + id, headers: librarian}).StatusCode)
	s.Advance(time.Minute)
	last := s.Deliveries()[2]
	assert.Equal(t, "the subscription is gone", last.Reason)
	assert.Len(t, r.got(), 7)
}

func TestTrigger(t *testing.T) {
	t.Parallel()
	s, r := perform(t, frozen(), toy(t)), receiving(t, nil)
	book := s.send(t, message{method: "GET", url: "/toy/v1/books/bk_emma", headers: s.reader(t)}).body
	trigger := func(body string) reply {
		return s.send(t, message{method: "POST", url: "/__admin/events", body: body})
	}
	for body, want := range map[string]string{
		`{"data":{}}`:                                  "type is missing",
		`{"type":"book.recalled"}`:                     "data is missing",
		`{"type":"book.recaled","data":{}}`:            `unknown event \"book.recaled\"; did you mean \"book.recalled\"?`,
		`{"type":"book.recalled","data":{"id":1}}`:     "/data: must have the propert",
		`{"type":"book.recalled","data":"x"}`:          "/data: must be an object, got string",
		`{"type":"book.recalled","data":{},"api":"x"}`: `api must be one of toy, got \"x\"`,
		`{"type":"book.recalled","data":`:              "cannot read the body",
	} {
		got := trigger(body)
		assert.Equal(t, 400, got.StatusCode, body)
		assert.Contains(t, got.body, want, body)
	}
	good := `{"api":"toy","type":"book.recalled","data":` + book + `}`
	alone := trigger(good)
	require.Equal(t, 202, alone.StatusCode, alone.body)
	assert.Equal(t, "[]", alone.json("deliveries").Raw, "nobody wants it")
	librarian := s.librarian(t)
	s.subscribe(t, librarian, hook(r.URL, "book.recalled"))
	s.subscribe(t, librarian, hook(r.URL, "book.recalled", "book.added"))
	assert.Equal(t, 400, trigger(`{"type":"book.recalled","data":{}}`).StatusCode)
	got := trigger(good)
	require.Equal(t, 202, got.StatusCode, got.body)
	all := s.Deliveries()
	require.Len(t, all, 2)
	assert.Equal(t, `["`+all[0].ID+`","`+all[1].ID+`"]`, got.json("deliveries").Raw)
	assert.Equal(t, got.json("id").String(), all[0].Event)
	assert.Equal(t, all[0].Event, all[1].Event, "one event for all")
	assert.Equal(t, book, gjson.Get(r.got()[0], "data").Raw)
}

func TestTriggerWithoutWebhooks(t *testing.T) {
	t.Parallel()
	s := perform(t, frozen(), inline(t, "mini", map[string]string{
		"openapi.yaml": "openapi: 3.1.0\ninfo: {title: T, version: '1'}\npaths: {}\nwebhooks: {a.made: {}}\n",
	}))
	got := s.send(t, message{method: "POST", url: "/__admin/events", body: `{"type":"a.made","data":1}`})
	assert.Equal(t, 400, got.StatusCode)
	assert.Contains(t, got.body, "the profile of mini does not say who gets events")
}

// A subscription that cannot be served is seen, and harms no other.
func TestWebhookFaults(t *testing.T) {
	t.Parallel()
	s, r := perform(t, frozen(), inline(t, "mini", map[string]string{
		"openapi.yaml": `openapi: 3.1.0
info: {title: T, version: "1"}
paths:
  /hooks: {post: {operationId: subscribe, requestBody: {content: {application/json: {}}}, responses: {"201": {description: d}}}}
  /made: {post: {operationId: made, responses: {"200": {description: d}}}}
webhooks: {a.made: {}}
`,
		"profile.yaml": `resources: {hooks: {}}
webhooks: {subscriptions: hooks, url: it.url, when: "it.when ?? true", secret: it.secret, headers: {X-For: "${it.id}"}}
operations:
  subscribe: {create: hooks}
  made: {emit: a.made, data: {token: abcdefghij, hello: "${request.method}"}}
`,
	})), receiving(t, nil)
	for _, body := range []string{`{}`, `{"url":7}`, `{"url":"` + r.URL + `","when":"x"}`, `{"url":"` + r.URL + `","secret":[]}`,
		`{"url":"` + r.URL + `","when":false}`, `{"url":"http://10.0.0.1/?token=abcdefgh"}`, `{"url":"` + r.URL + `"}`, `{"url":"` + r.URL + `","secret":"whsec_!"}`} {
		require.Equal(t, 201, s.send(t, message{method: "POST", url: "/hooks", body: body}).StatusCode)
	}
	require.Equal(t, 200, s.send(t, message{method: "POST", url: "/made"}).StatusCode)
	var reasons []string
	for _, d := range s.Deliveries() {
		reasons = append(reasons, d.Reason)
		assert.Equal(t, d.Reason == "", d.State == "delivered")
		assert.NotContains(t, d.URL+d.Body, "abcdefgh", "secrets are hidden as in the journal")
	}
	require.Len(t, reasons, 7)
	for i, want := range []string{"it.url", "must be text, got a number", "must be true or false, got text", "the secret of the subscription is no text",
		"the target 10.0.0.1 is not allowed: deliveries stay on this machine", "", "cannot sign"} {
		assert.Contains(t, reasons[i], want)
	}
	assert.Equal(t, []string{`{"token":"abcdefghij","hello":"POST"}`}, r.got())
}

// A receiver that resets the world breaks off its own delivery; nothing of it is left.
func TestReceiverMayReset(t *testing.T) {
	t.Parallel()
	s := perform(t, frozen(), toy(t))
	done := make(chan struct{})
	var once sync.Once
	r := receiving(t, func(int) int {
		s.send(t, message{method: "POST", url: "/__admin/clock", body: `{"advance":"1s"}`})
		s.send(t, message{method: "POST", url: "/__admin/reset", media: "application/json"})
		once.Do(func() { close(done) })
		return 500
	})
	librarian := s.librarian(t)
	s.subscribe(t, librarian, hook(r.URL, "book.added"))
	s.add(t, librarian, "Emma")
	select {
	case <-done:
	case <-time.After(10 * time.Second):
		require.Fail(t, "the receiver waits for itself")
	}
	assert.Empty(t, s.Deliveries())
	s.Advance(time.Hour)
	assert.Empty(t, s.Deliveries())
	assert.Len(t, r.got(), 1)
}

func TestDropEndsDeliveries(t *testing.T) {
	t.Parallel()
	s := perform(t, frozen(), toy(t))
	arrived, block := make(chan struct{}, 1), make(chan struct{})
	r := receiving(t, func(int) int { arrived <- struct{}{}; <-block; return 200 })
	t.Cleanup(func() { close(block) })
	require.Equal(t, 201, s.send(t, message{method: "POST", url: "/__admin/worlds", body: `{"name":"side"}`}).StatusCode)
	side := map[string]string{mock.WorldHeader: "side"}
	token := s.send(t, message{method: "POST", url: "/toy/v1/auth/token", headers: side, body: `{"key":"key_librarian","secret":"librarian-secret"}`})
	as := with(side, "Authorization", "Bearer "+token.json("token").String())
	s.subscribe(t, as, hook(r.URL, "book.added"))
	s.add(t, as, "Emma")
	<-arrived
	began := time.Now()
	require.Equal(t, 204, s.send(t, message{method: "DELETE", url: "/__admin/worlds/side"}).StatusCode)
	assert.Less(t, time.Since(began), 4*time.Second, "it does not wait for the receiver")
	assert.Empty(t, s.Deliveries(), "worlds do not share deliveries")
}

func TestWebhookTargetsAreClosedByDefault(t *testing.T) {
	t.Parallel()
	r := receiving(t, nil)
	server, err := mock.New(apisOf(toy(t)), frozen())
	require.NoError(t, err)
	defer server.Close()
	web := httptest.NewServer(server)
	defer web.Close()
	post := func(path, token, body string) string {
		request, err := http.NewRequest("POST", web.URL+path, strings.NewReader(body))
		require.NoError(t, err)
		request.Header.Set("Content-Type", "application/json")
		request.Header.Set("Authorization", "Bearer "+token)
		resp, err := web.Client().Do(request)
		require.NoError(t, err)
		defer resp.Body.Close()
		raw, err := io.ReadAll(resp.Body)
		require.NoError(t, err)
		return string(raw)
	}
	token := gjson.Get(post("/v1/auth/token", "", `{"key":"key_librarian","secret":"librarian-secret"}`), "token").String()
	post("/v1/hooks", token, hook(r.URL, "book.added"))
	post("/v1/books", token, `{"title":"Emma"}`)
	require.NoError(t, server.World("").Settle(t.Context()))
	all := server.World("").Deliveries(mock.DeliveryFilter{})
	require.Len(t, all, 1)
	assert.True(t, all[0].Attempts[0].Refused)
	assert.Contains(t, all[0].Reason, "the target 127.0.0.1 is not allowed: it is a loopback address")
	assert.Empty(t, r.got())

	_, err = mock.New(apisOf(toy(t)), &mock.Options{WebhookTargets: []string{"a b"}})
	require.ErrorContains(t, err, `cannot start the mock: cannot allow the webhook target "a b"`)
}

func apisOf(apis ...*specs.API) []*specs.API { return apis }
