package behave

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/tidwall/gjson"

	"understudy.dev/mock/internal/credential"
	"understudy.dev/mock/internal/state"
	"understudy.dev/specs"
)

// An authorization with codes and refresh tokens, as a profile writes it.
const grants = `
credentials:
  client: {secret: "${token(20)}"}
  code: {opaque: "c_${token(20)}", lifetime: 10m}
  refresh: {opaque: "r_${token(20)}", lifetime: 1h}
  access: {jwt: ES256, lifetime: 5m, claims: {role: "${owner.role}", "extra?": "${credential.extra}"}}
operations:
  create:
    do:
      - {verify: client, id: body.id, secret: body.secret, as: client}
      - {issue: code, to: client, scopes: "body.scopes ?? client.scopes", lifetime: "body.lifetime ?? 600", set: {nonce: "${body.nonce}", "extra?": "${body.extra}"}, as: code}
      - answer: {code: "${code.value}", expires_in: "${code.expires_in}", scopes: "${code.scopes}", role: "${code.role}", nonce: "${code.nonce}", extra: "${code.extra}", expires_at: "${code.expires_at}"}
  act:
    do:
      - {verify: code, secret: body.code, else: invalid_grant, as: code}
      - {revoke: code, id: code.id}
      - {issue: refresh, as: refresh, to: credential, scopes: code.scopes}
      - answer: {refresh: "${refresh.value}", id: "${refresh.id}", owner: "${refresh.owner}"}
  change:
    do:
      - {verify: refresh, secret: body.refresh, as: refresh}
      - {issue: access, to: refresh, as: access}
      - answer: {access: "${access.value}", left: "${access.expires_in}"}
  remove: {do: [{revoke: client, id: params.id}]}
`

const grantsSeed = `
credentials:
  - {kind: client, id: one, secret: s1, scopes: [a, b], set: {role: chief}}
  - {kind: client, id: two, secret: s2}
`

func TestIssueAndVerify(t *testing.T) {
	t.Parallel()
	w := newThings(t, grants, grantsSeed)
	code := gjson.Parse(w.run("create", request{body: `{"id":"one","secret":"s1","nonce":7}`}))
	assert.Regexp(t, "^c_[A-Za-z0-9]{20}$", code.Get("code").String())
	assert.JSONEq(t, `{"code":`+code.Get("code").Raw+`,"expires_in":600,"scopes":["a","b"],"role":"chief","nonce":7,"extra":null,`+
		`"expires_at":"2026-01-10T12:10:00Z"}`, code.Raw)
	for body, want := range map[string]string{
		`"scopes":["b"]`:                `{"expires_in":600,"scopes":["b"],"extra":null}`,
		`"scopes":[]`:                   `{"expires_in":600,"scopes":[],"extra":null}`,
		`"lifetime":30,"extra":{"x":1}`: `{"expires_in":30,"scopes":["a","b"],"extra":{"x":1}}`,
		`"lifetime":1.5`:                `{"expires_in":1,"scopes":["a","b"],"extra":null}`,
		`"lifetime":-5`:                 `{"expires_in":0,"scopes":["a","b"],"extra":null}`,
		`"lifetime":1e300`:              `{"expires_in":2147483647,"scopes":["a","b"],"extra":null}`,
	} {
		got := gjson.Parse(w.run("create", request{body: `{"id":"one","secret":"s1","nonce":null,` + body + `}`}))
		assert.JSONEq(t, want, `{"expires_in":`+got.Get("expires_in").Raw+`,"scopes":`+got.Get("scopes").Raw+`,"extra":`+got.Get("extra").Raw+`}`, body)
	}
	for c := range w.store.View().Credentials() {
		if value, given := c.Attributes["extra"]; given {
			assert.NotNil(t, value, "an optional attribute is left out")
		}
	}
	for _, scopes := range []string{`["c"]`, `["a","b","c"]`, `[1]`} {
		w.refused("create", request{body: `{"id":"one","secret":"s1","nonce":null,"scopes":` + scopes + `}`}, specs.InvalidScope)
	}
	w.refused("create", request{body: `{"id":"one","secret":"s2"}`}, specs.UnknownCredential)
	w.refused("create", request{body: `{"id":"three","secret":"s2"}`}, specs.UnknownCredential)
	w.refused("create", request{body: `{}`}, specs.UnknownCredential)
	w.refused("create", request{body: `{"id":{},"secret":[]}`}, specs.UnknownCredential)
}

func TestCodesAreUsedOnce(t *testing.T) {
	t.Parallel()
	w := newThings(t, grants, grantsSeed)
	code := func() request {
		made := gjson.Get(w.run("create", request{body: `{"id":"one","secret":"s1","nonce":1}`}), "code")
		return request{body: `{"code":` + made.Raw + `}`}
	}
	used := code()
	assert.Contains(t, w.run("act", used), `"owner":null`)
	w.refused("act", used, specs.InvalidGrant)
	late := code()
	w.now = noon.Add(10 * time.Minute)
	w.refused("act", late, specs.InvalidGrant)
	w.refused("act", request{body: `{"code":"c_made_up"}`}, specs.InvalidGrant)
	w.refused("act", request{body: `{}`}, specs.InvalidGrant)
	w.refused("act", request{body: `{"code":"s1"}`}, specs.InvalidGrant)
}

// Without an else of its own, verify says what is wrong with a credential that
// is otherwise right.
func TestVerifyTellsApart(t *testing.T) {
	t.Parallel()
	w := newThings(t, grants, grantsSeed)
	code := gjson.Get(w.run("create", request{body: `{"id":"one","secret":"s1","nonce":1}`}), "code")
	w.as("client", "one")
	refresh := gjson.Parse(w.run("act", request{body: `{"code":` + code.Raw + `}`}))
	assert.Equal(t, "one", refresh.Get("owner").String())
	good := request{body: `{"refresh":` + refresh.Get("refresh").Raw + `}`}

	access := gjson.Parse(w.run("change", good))
	assert.Equal(t, int64(300), access.Get("left").Int())
	registry := w.programs.Credentials()
	presented := credential.Presented{Value: access.Get("access").String()}
	c := registry.Lookup(w.store.View(), presented)
	require.NotNil(t, c)
	assert.Equal(t, refresh.Get("id").String(), c.Parent.ID)

	w.refused("change", request{body: `{"refresh":` + code.Raw + `}`}, specs.UnknownCredential)
	w.now = noon.Add(time.Hour)
	w.refused("change", good, specs.ExpiredCredential)
	w.now = noon
	w.run("remove", request{params: one("id", "nobody")})
	w.run("change", good)
	w.run("remove", request{params: one("id", "one")})
	w.refused("change", good, specs.RevokedCredential)
	view := w.store.View()
	assert.Equal(t, specs.RevokedCredential, registry.Judge(view, c, []string{"access"}, w.now))
	w.refused("create", request{body: `{"id":"one","secret":"s1"}`}, specs.RevokedCredential)
	w.refused("create", request{body: `{"id":"one","secret":"wrong"}`}, specs.UnknownCredential)
}

func TestIssueToWhatIsNoCredential(t *testing.T) {
	t.Parallel()
	w := newThings(t, `
credentials: {pass: {opaque: "p_${token(8)}"}}
operations: {act: {do: [{issue: pass, to: body.to}]}, create: {issue: pass, scopes: body.scopes}}
`, "")
	for _, to := range []string{`"x"`, `{}`, `{"kind":"pass","id":"nobody"}`, `7`} {
		w.refused("act", request{body: `{"to":` + to + `}`}, specs.Internal)
	}
	w.run("act", request{body: `{"to":null}`})
	w.refused("create", request{body: `{"scopes":"a b"}`}, specs.Internal)
	var made []*state.Credential
	for c := range w.store.View().Credentials() {
		made = append(made, c)
	}
	require.Len(t, made, 1)
	assert.Nil(t, made[0].Parent)
}
