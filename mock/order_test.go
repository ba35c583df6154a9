package mock_test

import (
	"fmt"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"understudy.dev/mock"
	"understudy.dev/specs"
)

// desk has one operation that every stage can refuse, in an order and with an allowance of choice.
func desk(t testing.TB, order string, requests int) *specs.API {
	return inline(t, "desk", map[string]string{"openapi.yaml": `
openapi: 3.1.0
info: {title: Desk, version: "1"}
paths:
  /notes:
    post:
      operationId: write
      security: [{bearer: [write]}]
      requestBody: {required: true, content: {application/json: {schema: {type: object, required: [text]}}}}
      responses: {"201": {description: ok, content: {application/json: {schema: {type: object}}}}}
components:
  securitySchemes: {bearer: {type: http, scheme: bearer}}
  schemas:
    Note: {type: object, required: [text]}
`, "profile.yaml": `
order: [` + order + `]
credentials:
  token: {opaque: "tok_${token(20)}", lifetime: 1h}
auth: {bearer: {accepts: [token]}}
limits:
  small: {key: request.address, requests: ` + strconv.Itoa(requests) + `, per: 1m, refusal_headers: {Retry-After: "${limit.retry_after}"}}
errors:
  envelopes: [{body: {error: "${problem.name}"}}]
operations:
  write: {answer: {}}
`, "seed.yaml": `
credentials: [{kind: token, id: t1, secret: tok_reader, scopes: [read]}]
`})
}

func TestOrderOfTheProfile(t *testing.T) {
	t.Parallel()
	// The request is bad in every way, so that the first stage shows.
	bad := message{method: "POST", url: "/desk/notes", body: `{}`, headers: map[string]string{"Authorization": "Bearer nonsense"}}
	known := bad
	known.headers = map[string]string{"Authorization": "Bearer tok_reader"}
	for order, want := range map[string][2]string{
		"limit, authenticate, authorize, validate": {"limit rate_limited", "limit rate_limited"},
		"authenticate, limit, authorize, validate": {"authenticate unknown_credential", "limit rate_limited"},
		"authenticate, authorize, limit, validate": {"authenticate unknown_credential", "authorize insufficient_scope"},
		"validate, limit, authenticate, authorize": {"validate invalid", "validate invalid"},
		"authorize, authenticate, validate, limit": {"authenticate unknown_credential", "authorize insufficient_scope"},
	} {
		t.Run(order, func(t *testing.T) {
			t.Parallel()
			s := perform(t, frozen(), desk(t, order, 0))
			for i, m := range []message{bad, known} {
				s.send(t, m)
				why := s.refusal(t)
				assert.Equal(t, want[i], why.Stage+" "+why.Problem)
			}
		})
	}
}

func TestLimitHeaders(t *testing.T) {
	t.Parallel()
	s := perform(t, frozen(), toy(t))
	auth := s.reader(t) // the first request of the address, not of the key
	for i := range 60 {
		got := s.send(t, message{method: "GET", url: "/toy/v1/books", headers: auth})
		require.Equal(t, 200, got.StatusCode, got.body)
		assert.Equal(t, "60", got.Header.Get("X-RateLimit-Limit"))
		assert.Equal(t, fmt.Sprint(59-i), got.Header.Get("X-RateLimit-Remaining"))
		assert.Equal(t, fmt.Sprint(epoch.Add(time.Minute).Unix()), got.Header.Get("X-RateLimit-Reset"))
		assert.Empty(t, got.Header.Get("Retry-After"))
	}
	got := s.send(t, message{method: "GET", url: "/toy/v1/books", headers: auth})
	assert.Equal(t, 429, got.StatusCode)
	assert.Equal(t, "60", got.Header.Get("Retry-After"))
	assert.Equal(t, "0", got.Header.Get("X-RateLimit-Remaining"))
	assert.Equal(t, "standard", s.refusal(t).Rule)
	assert.Equal(t, "60 in 1m0s", s.refusal(t).Expected)

	assert.Equal(t, 200, s.send(t, message{method: "GET", url: "/toy/v1/health"}).StatusCode, "health is excepted")
	assert.Equal(t, 404, s.send(t, message{method: "GET", url: "/toy/v1/nowhere"}).StatusCode, "the address has its own allowance")
	s.Advance(59 * time.Second)
	got = s.send(t, message{method: "GET", url: "/toy/v1/books", headers: auth})
	assert.Equal(t, "1", got.Header.Get("Retry-After"))
	s.Advance(time.Second)
	assert.Equal(t, 200, s.send(t, message{method: "GET", url: "/toy/v1/books", headers: auth}).StatusCode)
}

func TestUndocumentedRoutesCount(t *testing.T) {
	t.Parallel()
	s := perform(t, frozen(), toy(t))
	for range 60 {
		require.Equal(t, 404, s.send(t, message{method: "GET", url: "/toy/v1/nowhere"}).StatusCode)
	}
	got := s.send(t, message{method: "GET", url: "/toy/v1/nowhere"})
	assert.Equal(t, 429, got.StatusCode)
	assert.Equal(t, "60", got.Header.Get("Retry-After"))
}

func TestFailuresAreSettledByTheirOutcome(t *testing.T) {
	t.Parallel()
	s := perform(t, frozen(), toy(t))
	login := func(pin string) reply {
		return s.send(t, message{
			method: "POST", url: "/toy/v1/auth/login", media: "application/x-www-form-urlencoded",
			body: form("email", "ada@library.test", "pin", pin),
		})
	}
	for range 2 {
		assert.Equal(t, 401, login("0000").StatusCode)
	}
	assert.Equal(t, 200, login("1815").StatusCode, "a success clears the count")
	for range 3 {
		got := login("0000")
		assert.Equal(t, 401, got.StatusCode)
		assert.Equal(t, "invalid_login", got.json("error").String())
		assert.Equal(t, `Form realm="library"`, got.Header.Get("WWW-Authenticate"))
	}
	waits := []string{}
	for range 4 {
		got := login("1815")
		assert.Equal(t, 429, got.StatusCode, "even the right one waits")
		assert.Equal(t, "backing_off", s.refusal(t).Problem)
		waits = append(waits, got.Header.Get("Retry-After"))
		var seconds int
		_, err := fmt.Sscan(waits[len(waits)-1], &seconds)
		require.NoError(t, err)
		s.Advance(time.Duration(seconds) * time.Second)
		assert.Equal(t, 401, login("0000").StatusCode)
	}
	assert.Equal(t, []string{"1", "2", "4", "8"}, waits)
}

// TestLimitsByTheBody has one allowance of failures for each e-mail address, which stands in the body.
func TestLimitsByTheBody(t *testing.T) {
	t.Parallel()
	s := perform(t, frozen(), toy(t))
	login := func(email, pin string) int {
		return s.send(t, message{
			method: "POST", url: "/toy/v1/auth/login", media: "application/x-www-form-urlencoded",
			body: form("email", email, "pin", pin),
		}).StatusCode
	}
	for range 3 {
		assert.Equal(t, 401, login("ada@library.test", "0000"))
	}
	assert.Equal(t, 429, login("ada@library.test", "1815"))
	assert.Equal(t, 200, login("bob@library.test", "1859"))
}

// TestLimitsByTheStateOfACredential counts what is sent with an ended credential as that of its sender's address: whoever
// has a key that was stolen and then revoked uses up nothing of its owner.
func TestLimitsByTheStateOfACredential(t *testing.T) {
	t.Parallel()
	s := perform(t, frozen(), inline(t, "gate", map[string]string{"openapi.yaml": `
openapi: 3.1.0
info: {title: Gate, version: "1"}
paths:
  /pair: {get: {operationId: pair, security: [{basic: []}], responses: {"200": {description: ok, content: {application/json: {schema: {type: object}}}}}}}
  /key: {get: {operationId: key, security: [{bearer: []}], responses: {"200": {description: ok, content: {application/json: {schema: {type: object}}}}}}}
components:
  securitySchemes: {basic: {type: http, scheme: basic}, bearer: {type: http, scheme: bearer}}
`, "profile.yaml": `
credentials: {pair: {id: "${hex(4)}", secret: "${token(8)}"}, key: {opaque: "${token(8)}", set: {plan: small, seats: "${credential.plan == 'large' ? 9 : 1}"}}}
auth: {basic: {accepts: [pair]}, bearer: {accepts: [key]}}
limits:
  all:
    key: "credential?.state == 'good' ? 'members' : 'strangers'"
    requests: "credential?.state == 'good' ? 5 : -1"
    per: 1m
    headers: {X-Used: "${limit.used}", X-State: "${credential?.state}"}
operations:
  pair: {answer: {state: "${credential.state}"}}
  key: {answer: {state: "${credential.state}", plan: "${credential.plan}", seats: "${credential.seats}"}}
`, "seed.yaml": `
credentials:
  - {kind: pair, id: p, secret: right}
  - {kind: key, secret: good, set: {plan: large}}
  - {kind: key, secret: late, expires_at: "2026-06-01T00:00:00+02:00"}
  - {kind: key, secret: old, expires_at: "2020-01-01T00:00:00Z"}
  - {kind: key, secret: stolen, revoked: true}
`}))
	for _, test := range []struct {
		path, authorization string
		status              int
		used, state         string
	}{
		{"/key", "Bearer good", 200, "1", "good"},
		{"/key", "Bearer late", 200, "2", "good"},
		{"/pair", basicHeader("p:right"), 200, "3", "good"},
		{"/key", "Bearer old", 401, "1", ""},
		{"/key", "Bearer stolen", 401, "2", ""},
		{"/key", "Bearer unheard", 401, "3", ""},
		{"/pair", basicHeader("p:wrong"), 401, "4", ""},
		{"/key", "Bearer good", 200, "4", "good"},
	} {
		got := s.send(t, message{method: "GET", url: "/gate" + test.path, headers: map[string]string{"Authorization": test.authorization}})
		assert.Equal(t, test.status, got.StatusCode, test.authorization)
		assert.Equal(t, test.used, got.Header.Get("X-Used"), test.authorization)
		assert.Equal(t, test.state, got.Header.Get("X-State"), "a credential that is refused is nobody's afterwards")
		switch test.authorization { // what one has that was given nothing, and one that was given a plan
		case "Bearer late":
			assert.JSONEq(t, `{"state": "good", "plan": "small", "seats": 1}`, got.body)
		case "Bearer good":
			assert.JSONEq(t, `{"state": "good", "plan": "large", "seats": 9}`, got.body)
		}
	}
	s.Advance(365 * 24 * time.Hour)
	got := s.send(t, message{method: "GET", url: "/gate/key", headers: map[string]string{"Authorization": "Bearer late"}})
	assert.Equal(t, 401, got.StatusCode)
	assert.Equal(t, "expired_credential", s.refusal(t).Problem)
}

func TestClientAddress(t *testing.T) {
	t.Parallel()
	send := func(s *stage, forwarded string) string {
		s.send(t, message{method: "POST", url: "/desk/notes", body: `{}`, headers: map[string]string{"X-Forwarded-For": forwarded}})
		return s.refusal(t).Problem
	}
	trusting := frozen()
	trusting.TrustProxy = true
	for name, test := range map[string]struct {
		options *mock.Options
		want    string
	}{"trusted": {trusting, "missing_credential"}, "not trusted": {frozen(), "rate_limited"}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := perform(t, test.options, desk(t, "limit, authenticate, authorize, validate", 1))
			assert.Equal(t, "missing_credential", send(s, "198.51.100.1"))
			assert.Equal(t, test.want, send(s, "198.51.100.2"))
			assert.Equal(t, "rate_limited", send(s, "198.51.100.9, 198.51.100.1"))
		})
	}
}
