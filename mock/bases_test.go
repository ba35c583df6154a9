package mock_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"understudy.dev/specs"
)

// harbour has bases of every sort, and tells their URLs.
func harbour(t testing.TB) *specs.API {
	return inline(t, "harbour", map[string]string{"openapi.yaml": `
openapi: 3.1.0
info: {title: Harbour, version: "1"}
servers:
  - {url: "https://api.harbour.test/v2"}
  - {url: "https://login.harbour.test/auth", x-base: login}
  - {url: "/health", x-base: health}
  - url: "https://{Region}.quay.test/{tenant}/v1"
    x-base: quay
    variables: {Region: {default: eu}, tenant: {default: main}}
paths:
  /bases:
    get:
      operationId: listBases
      responses: {"200": {description: ok, content: {application/json: {schema: {}}}}}
`, "profile.yaml": `
operations: {listBases: {answer: {own: "${request.base}", default: "${request.bases.default}", login: "${request.bases.login}", health: "${request.bases.health}", quay: "${request.bases.quay}"}}}
`})
}

func TestRequestBases(t *testing.T) {
	t.Parallel()
	alone := perform(t, frozen(), harbour(t))
	among := perform(t, frozen(), harbour(t), toy(t))
	for _, s := range []*stage{alone, among} {
		require.Equal(t, 201, s.send(t, message{method: "POST", url: "/__admin/worlds", body: `{"name":"side"}`}).StatusCode)
	}
	for name, test := range map[string]struct {
		s                          *stage
		host, url, own             string
		first, login, health, quay string
	}{
		"prefix": {among, "", "/harbour/v2", "", "/harbour/v2", "/harbour/auth", "/harbour/health", "/harbour/main/v1"},
		"prefix, another base": {
			among, "", "/harbour/auth", "", "/harbour/v2", "/harbour/auth", "/harbour/health", "/harbour/main/v1",
		},
		"prefix, a base with variables": {
			among, "", "/harbour/acme/v1", "", "/harbour/v2", "/harbour/auth", "/harbour/health", "/harbour/acme/v1",
		},
		"prefix at an unknown host": {
			among, "mock.internal:81", "/harbour/v2", "http://mock.internal:81",
			"/harbour/v2", "/harbour/auth", "/harbour/health", "/harbour/main/v1",
		},
		"root": {alone, "", "/v2", "", "/v2", "/auth", "/health", "/main/v1"},
		"prefix of the only one": {
			alone, "", "/harbour/v2", "", "/harbour/v2", "/harbour/auth", "/harbour/health", "/harbour/main/v1",
		},
		"world": {
			among, "", "/w/side/harbour/v2", "",
			"/w/side/harbour/v2", "/w/side/harbour/auth", "/w/side/harbour/health", "/w/side/harbour/main/v1",
		},
		"world at the root": {alone, "", "/w/side/auth", "", "/w/side/v2", "/w/side/auth", "/w/side/health", "/w/side/main/v1"},
		"name below localhost": {
			among, "harbour.localhost:99", "/auth", "http://harbour.localhost:99", "/v2", "/auth", "/health", "/main/v1",
		},
		"documented host": {
			among, "api.harbour.test", "/v2", "-",
			"http://api.harbour.test/v2", "http://login.harbour.test/auth", "http://api.harbour.test/health", "http://eu.quay.test/main/v1",
		},
		"documented host with a port": {
			among, "login.harbour.test:8080", "/auth", "-", "http://api.harbour.test:8080/v2",
			"http://login.harbour.test:8080/auth", "http://login.harbour.test:8080/health", "http://eu.quay.test:8080/main/v1",
		},
		"documented host as the caller writes it": {
			among, "API.Harbour.test", "/v2", "-",
			"http://API.Harbour.test/v2", "http://login.harbour.test/auth", "http://API.Harbour.test/health", "http://eu.quay.test/main/v1",
		},
		"documented host with variables": {
			among, "us.quay.test:8080", "/acme/v1", "-", "http://api.harbour.test:8080/v2",
			"http://login.harbour.test:8080/auth", "http://us.quay.test:8080/health", "http://us.quay.test:8080/acme/v1",
		},
		"documented host in a world": {
			among, "api.harbour.test", "/w/side/v2", "-", "http://api.harbour.test/w/side/v2", "http://login.harbour.test/w/side/auth",
			"http://api.harbour.test/w/side/health", "http://eu.quay.test/w/side/main/v1",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			origin := test.own
			switch origin {
			case "":
				origin = test.s.Origin()
			case "-":
				origin = ""
			}
			got := test.s.send(t, message{method: "GET", url: test.url + "/bases", host: test.host})
			require.Equal(t, 200, got.StatusCode, got.body)
			for base, want := range map[string]string{
				"default": test.first, "login": test.login, "health": test.health, "quay": test.quay,
			} {
				assert.Equal(t, origin+want, got.json(base).String(), base)
			}
			assert.Contains(t, []string{got.json("default").String(), got.json("login").String(), got.json("quay").String()},
				got.json("own").String(), "the base that the caller used is one of them")
		})
	}
}
