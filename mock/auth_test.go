package mock_test

import (
	"encoding/base64"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"understudy.dev/specs"
)

// vault has an operation for every form of security requirement.
func vault(t testing.TB) *specs.API {
	return inline(t, "vault", map[string]string{"openapi.yaml": `
openapi: 3.1.0
info: {title: Vault, version: "1"}
paths:
  /open:
    get: {operationId: open, security: [], responses: {"200": {$ref: "#/components/responses/Who"}}}
  /bearer:
    get: {operationId: bearer, security: [{bearer: [read]}], responses: {"200": {$ref: "#/components/responses/Who"}}}
  /basic:
    get: {operationId: basic, security: [{basic: []}], responses: {"200": {$ref: "#/components/responses/Who"}}}
  /oauth:
    get: {operationId: oauth, security: [{oauth: [read, write]}], responses: {"200": {$ref: "#/components/responses/Who"}}}
  /oidc:
    get: {operationId: oidc, security: [{oidc: []}], responses: {"200": {$ref: "#/components/responses/Who"}}}
  /header:
    get: {operationId: header, security: [{header: []}], responses: {"200": {$ref: "#/components/responses/Who"}}}
  /query:
    get: {operationId: query, security: [{query: []}], responses: {"200": {$ref: "#/components/responses/Who"}}}
  /cookie:
    get: {operationId: cookie, security: [{cookie: []}], responses: {"200": {$ref: "#/components/responses/Who"}}}
  /both:
    get: {operationId: both, security: [{bearer: [read], header: []}], responses: {"200": {$ref: "#/components/responses/Who"}}}
  /either:
    get: {operationId: either, security: [{bearer: [write]}, {basic: []}, {header: []}], responses: {"200": {$ref: "#/components/responses/Who"}}}
  /optional:
    get: {operationId: optional, security: [{}, {bearer: []}], responses: {"200": {$ref: "#/components/responses/Who"}}}
  /mutual:
    get: {operationId: mutual, security: [{mutual: []}], responses: {"200": {$ref: "#/components/responses/Who"}}}
  /digest:
    get: {operationId: digest, security: [{digest: []}], responses: {"200": {$ref: "#/components/responses/Who"}}}
  /unlisted:
    get: {operationId: unlisted, security: [{unlisted: []}], responses: {"200": {$ref: "#/components/responses/Who"}}}
components:
  securitySchemes:
    bearer: {type: http, scheme: Bearer}
    basic: {type: http, scheme: basic}
    digest: {type: http, scheme: digest}
    oauth: {type: oauth2, flows: {clientCredentials: {tokenUrl: /token, scopes: {read: r, write: w}}}}
    oidc: {type: openIdConnect, openIdConnectUrl: https://vault.test/oidc}
    header: {type: apiKey, in: header, name: X-Vault-Key}
    query: {type: apiKey, in: query, name: key}
    cookie: {type: apiKey, in: cookie, name: sid}
    mutual: {type: mutualTLS}
    unlisted: {type: http, scheme: bearer}
  responses:
    Who: {description: who, content: {application/json: {schema: {type: object}}}}
  schemas:
    Error: {type: object, required: [error]}
`, "profile.yaml": `
credentials:
  client: {secret: "${token(20)}"}
  token: {opaque: "tok_${token(20)}", lifetime: 1h}
  other: {opaque: "oth_${token(20)}"}
auth:
  bearer: {accepts: [token]}
  basic: {accepts: [client]}
  oauth: {accepts: [token]}
  oidc: {accepts: [token, other]}
  header: {accepts: [other]}
  query: {accepts: [other]}
  cookie: {accepts: [other]}
  digest: {accepts: [token]}
errors:
  envelopes: [{body: {error: "${problem.name}", request_id: "${request.id}", detail: "${problem.message}"}}]
operations:
  open: {answer: {id: "${credential?.id}"}}
  bearer: {answer: {id: "${credential?.id}"}}
  basic: {answer: {id: "${credential?.id}"}}
  oauth: {answer: {id: "${credential?.id}"}}
  oidc: {answer: {id: "${credential?.id}"}}
  header: {answer: {id: "${credential?.id}"}}
  query: {answer: {id: "${credential?.id}"}}
  cookie: {answer: {id: "${credential?.id}"}}
  both: {answer: {id: "${credential?.id}"}}
  either: {answer: {id: "${credential?.id}"}}
  optional: {answer: {id: "${credential?.id}"}}
  mutual: {answer: {id: "${credential?.id}"}}
  digest: {answer: {id: "${credential?.id}"}}
  unlisted: {answer: {id: "${credential?.id}"}}
`, "seed.yaml": `
credentials:
  - {kind: client, id: c1, secret: "pass:word"}
  - {kind: client, id: "c 2/é", secret: "ü+%41"}
  - {kind: token, id: t-read, secret: tok_read, scopes: [read]}
  - {kind: token, id: t-write, secret: tok_write, scopes: [read, write]}
  - {kind: other, id: o1, secret: oth_1}
`})
}

func basicHeader(pair string) string {
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(pair))
}

func TestSecurity(t *testing.T) {
	t.Parallel()
	s := perform(t, frozen(), vault(t))
	const auth = "Authorization"
	tests := []struct {
		name, path string
		headers    http.Header
		// want is the id of the caller, or the problem.
		want   string
		status int
	}{
		{"open", "/open", nil, "", 200},
		{"open, with anything", "/open", http.Header{auth: {"Bearer nonsense"}}, "", 200},

		{"bearer", "/bearer", http.Header{auth: {"Bearer tok_read"}}, "t-read", 200},
		{"bearer, any case", "/bearer", http.Header{auth: {"bEARER tok_read"}}, "t-read", 200},
		{"bearer, more spaces", "/bearer", http.Header{auth: {"Bearer   tok_read"}}, "t-read", 200},
		{"bearer, none", "/bearer", nil, "missing_credential", 401},
		{"bearer, unknown", "/bearer", http.Header{auth: {"Bearer tok_nobody"}}, "unknown_credential", 401},
		{"bearer, no space", "/bearer", http.Header{auth: {"Bearertok_read"}}, "unknown_credential", 401},
		{"bearer, nothing behind", "/bearer", http.Header{auth: {"Bearer"}}, "unknown_credential", 401},
		{"bearer, two tokens", "/bearer", http.Header{auth: {"Bearer tok_read tok_read"}}, "unknown_credential", 401},
		{"bearer, a list", "/bearer", http.Header{auth: {"Bearer tok_read,tok_write"}}, "unknown_credential", 401},
		{"bearer, twice", "/bearer", http.Header{auth: {"Bearer tok_read", "Bearer tok_read"}}, "unknown_credential", 401},
		{"bearer, empty", "/bearer", http.Header{auth: {""}}, "unknown_credential", 401},
		{"bearer, another scheme", "/bearer", http.Header{auth: {basicHeader("c1:pass:word")}}, "unknown_credential", 401},
		{"bearer, the token alone", "/bearer", http.Header{auth: {"tok_read"}}, "unknown_credential", 401},
		{"bearer, another kind", "/bearer", http.Header{auth: {"Bearer oth_1"}}, "wrong_credential", 403},
		{"bearer, the id of a pair", "/bearer", http.Header{auth: {"Bearer c1"}}, "unknown_credential", 401},
		{"bearer, the secret of a pair", "/bearer", http.Header{auth: {"Bearer pass:word"}}, "unknown_credential", 401},

		{"basic", "/basic", http.Header{auth: {basicHeader("c1:pass:word")}}, "c1", 200},
		{"basic, UTF-8", "/basic", http.Header{auth: {basicHeader("c 2/é:ü+%41")}}, "c 2/é", 200},
		{"basic, as OAuth encodes it", "/basic", http.Header{auth: {basicHeader("c+2%2F%C3%A9:%C3%BC%2B%2541")}}, "c 2/é", 200},
		{"basic, a wrong secret", "/basic", http.Header{auth: {basicHeader("c1:password")}}, "unknown_credential", 401},
		{"basic, no secret", "/basic", http.Header{auth: {basicHeader("c1:")}}, "unknown_credential", 401},
		{"basic, unknown", "/basic", http.Header{auth: {basicHeader("c9:pass:word")}}, "unknown_credential", 401},
		{"basic, no colon", "/basic", http.Header{auth: {basicHeader("c1")}}, "unknown_credential", 401},
		{"basic, no base64", "/basic", http.Header{auth: {"Basic c1:pass"}}, "unknown_credential", 401},
		{"basic, control characters", "/basic", http.Header{auth: {basicHeader("c1:pass\x00word")}}, "unknown_credential", 401},
		{"basic, nothing behind", "/basic", http.Header{auth: {"Basic"}}, "unknown_credential", 401},
		{"basic, none", "/basic", nil, "missing_credential", 401},

		{"oauth", "/oauth", http.Header{auth: {"Bearer tok_write"}}, "t-write", 200},
		{"oauth, a scope lacks", "/oauth", http.Header{auth: {"Bearer tok_read"}}, "insufficient_scope", 403},
		{"openIdConnect", "/oidc", http.Header{auth: {"Bearer oth_1"}}, "o1", 200},

		{"key in a header", "/header", http.Header{"X-Vault-Key": {"oth_1"}}, "o1", 200},
		{"key in a header, any case", "/header", http.Header{"x-vault-key": {"oth_1"}}, "o1", 200},
		{"key in a header, empty", "/header", http.Header{"X-Vault-Key": {""}}, "unknown_credential", 401},
		{"key in a header, twice", "/header", http.Header{"X-Vault-Key": {"oth_1", "oth_1"}}, "unknown_credential", 401},
		{"key in a header, another kind", "/header", http.Header{"X-Vault-Key": {"tok_read"}}, "wrong_credential", 403},
		{"key in a query", "/query?key=oth_1", nil, "o1", 200},
		{"key in a query, twice", "/query?key=oth_1&key=oth_1", nil, "unknown_credential", 401},
		{"key in a query, none", "/query?kay=oth_1", nil, "missing_credential", 401},
		{"key in a cookie", "/cookie", http.Header{"Cookie": {"a=b; sid=oth_1"}}, "o1", 200},
		{"key in a cookie, twice", "/cookie", http.Header{"Cookie": {"sid=oth_1; sid=oth_1"}}, "unknown_credential", 401},
		{"key in a cookie, unknown", "/cookie", http.Header{"Cookie": {"sid=oth_2"}}, "unknown_credential", 401},

		{"both", "/both", http.Header{auth: {"Bearer tok_read"}, "X-Vault-Key": {"oth_1"}}, "t-read", 200},
		{"both, one", "/both", http.Header{auth: {"Bearer tok_read"}}, "missing_credential", 401},
		{"both, one bad", "/both", http.Header{auth: {"Bearer tok_read"}, "X-Vault-Key": {"oth_2"}}, "unknown_credential", 401},
		{"both, the other bad and one missing", "/both", http.Header{"X-Vault-Key": {"oth_2"}}, "unknown_credential", 401},

		{"either, the first", "/either", http.Header{auth: {"Bearer tok_write"}}, "t-write", 200},
		{"either, the second", "/either", http.Header{auth: {basicHeader("c1:pass:word")}}, "c1", 200},
		{"either, the third", "/either", http.Header{"X-Vault-Key": {"oth_1"}}, "o1", 200},
		{"either, the first without scope", "/either", http.Header{auth: {"Bearer tok_read"}}, "insufficient_scope", 403},
		{"either, the first without scope, the third", "/either", http.Header{auth: {"Bearer tok_read"}, "X-Vault-Key": {"oth_1"}}, "o1", 200},
		{"either, one bad, one good", "/either", http.Header{auth: {"Bearer nonsense"}, "X-Vault-Key": {"oth_1"}}, "o1", 200},
		{"either, none", "/either", nil, "missing_credential", 401},

		{"optional, none", "/optional", nil, "", 200},
		{"optional, good", "/optional", http.Header{auth: {"Bearer tok_read"}}, "t-read", 200},
		{"optional, bad", "/optional", http.Header{auth: {"Bearer nonsense"}}, "", 200},

		{"a type that is not understood", "/mutual", http.Header{auth: {"Bearer tok_read"}}, "unauthenticated", 401},
		{"a scheme that is not understood", "/digest", http.Header{auth: {"Bearer tok_read"}}, "unauthenticated", 401},
		{"a scheme that the profile does not list", "/unlisted", http.Header{auth: {"Bearer tok_write"}}, "unknown_credential", 401},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r, err := http.NewRequest("GET", s.Origin()+"/vault"+test.path, nil)
			require.NoError(t, err)
			for name, values := range test.headers {
				r.Header[http.CanonicalHeaderKey(name)] = values
			}
			got := s.do(t, r, "")
			require.Equal(t, test.status, got.StatusCode, got.body)
			if test.status == 200 {
				assert.Equal(t, test.want, got.json("id").String())
				return
			}
			assert.Equal(t, test.want, got.json("error").String())
			want := "authenticate"
			if test.status == 403 {
				want = "authorize"
			}
			assert.Equal(t, want, s.refusal(t).Stage)
			assert.NotContains(t, got.body, "pass:word")
		})
	}
}

func TestMalformedCredentials(t *testing.T) {
	t.Parallel()
	s := perform(t, frozen(), vault(t))
	for sent, want := range map[string]string{
		"Bearer":                   "there is no token behind Bearer",
		"Bearer tok_read tok_read": "what stands behind Bearer is not one token",
		"Bearer tok_read,tok_read": "what stands behind Bearer is not one token",
		"Bearertok_read":           "the header Authorization does not have the scheme Bearer",
	} {
		s.send(t, message{method: "GET", url: "/vault/bearer", headers: map[string]string{"Authorization": sent}})
		assert.Equal(t, want, s.refusal(t).Detail)
	}
	for sent, want := range map[string]string{
		"Basic %%%":                    "what stands behind Basic is not base64",
		basicHeader("c1"):              "what stands behind Basic is not an id and a secret",
		basicHeader("c1:pass\x00word"): "what stands behind Basic is not an id and a secret",
	} {
		s.send(t, message{method: "GET", url: "/vault/basic", headers: map[string]string{"Authorization": sent}})
		assert.Equal(t, want, s.refusal(t).Detail)
	}
}

func TestCredentialsEnd(t *testing.T) {
	t.Parallel()
	s := perform(t, frozen(), vault(t))
	read := func() reply {
		return s.send(t, message{method: "GET", url: "/vault/bearer", headers: map[string]string{"Authorization": "Bearer tok_new"}})
	}
	admin := func(path, body string) reply {
		return s.send(t, message{method: "POST", url: "/__admin" + path, body: body})
	}
	made := admin("/credentials", `{"kind":"token","id":"n/1","secret":"tok_new","scopes":["read"],"expires_at":"2026-01-01T00:10:00Z"}`)
	require.Equal(t, 201, made.StatusCode, made.body)
	assert.Equal(t, "tok_new", made.json("secret").String())
	assert.Equal(t, 200, read().StatusCode)

	s.Advance(10*time.Minute - time.Second)
	assert.Equal(t, 200, read().StatusCode)
	s.Advance(time.Second)
	assert.Equal(t, "expired_credential", read().json("error").String())

	s.Reset()
	assert.Equal(t, "unknown_credential", read().json("error").String())
	require.Equal(t, 201, admin("/credentials", `{"kind":"token","id":"n/1","secret":"tok_new","scopes":["read"]}`).StatusCode)
	assert.Equal(t, 200, read().StatusCode)
	expired := admin("/credentials/n%2F1/expire", "{}")
	assert.Equal(t, "expired", expired.json("state").String(), expired.body)
	assert.Equal(t, "expired_credential", read().json("error").String())
	assert.Equal(t, "revoked", admin("/credentials/n%2F1/revoke", "{}").json("state").String())
	assert.Equal(t, "revoked_credential", read().json("error").String())
}

func TestRevokingEndsWhatWasIssued(t *testing.T) {
	t.Parallel()
	s := perform(t, frozen(), toy(t))
	auth := s.librarian(t)
	require.Equal(t, 200, s.send(t, message{method: "GET", url: "/toy/v1/books", headers: auth}).StatusCode)
	require.Equal(t, 200, s.send(t, message{method: "POST", url: "/__admin/credentials/key_librarian/revoke", body: `{"api":"toy"}`}).StatusCode)
	assert.Equal(t, 401, s.send(t, message{method: "GET", url: "/toy/v1/books", headers: auth}).StatusCode)
	assert.Equal(t, "revoked_credential", s.refusal(t).Problem)
}

func TestJournalSaysMoreThanTheCallerLearns(t *testing.T) {
	t.Parallel()
	s := perform(t, frozen(), vault(t))
	got := s.send(t, message{method: "GET", url: "/vault/basic", headers: map[string]string{"Authorization": basicHeader("c1:wrong-secret")}})
	assert.NotContains(t, got.body, "secret of the")
	assert.Equal(t, "the secret of the client is wrong", s.refusal(t).Detail)
	entries := s.Journal()
	assert.Equal(t, []string{"Basic [redacted]"}, entries[0].Request.Headers["Authorization"])

	s.send(t, message{method: "GET", url: "/vault/mutual"})
	assert.Contains(t, s.refusal(t).Detail, `"mutualTLS" are not understood`)
	assert.Equal(t, "/components/securitySchemes/mutual", s.refusal(t).Pointer)
}
