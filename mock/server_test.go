package mock_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"understudy.dev/mock"
	"understudy.dev/specs"
)

// garden has servers of every sort: two hosts and paths, one for a path of its own, one for an operation of its own, one
// with variables, and a loopback one.
func garden(t testing.TB) *specs.API {
	return inline(t, "garden", map[string]string{"openapi.yaml": `
openapi: 3.1.0
info: {title: Garden, version: "1"}
servers:
  - {url: "https://api.garden.test/v2/"}
  - {url: "http://localhost:8082/dev", x-base: local}
paths:
  /beds:
    get: {operationId: listBeds, responses: {"200": {description: ok, content: {application/json: {schema: {type: string, const: beds}}}}}}
  /login:
    servers: [{url: "https://login.garden.test/auth", x-base: login}]
    post: {operationId: login, responses: {"200": {description: ok, content: {application/json: {schema: {type: string, const: login}}}}}}
  /files/{name}:
    get:
      operationId: readFile
      parameters: [{name: name, in: path, required: true, schema: {type: string}}]
      servers:
        - url: "https://{region}.files.test/v2/{tenant}"
          variables: {region: {default: eu}, tenant: {default: main}}
      responses: {"200": {description: ok, content: {application/json: {schema: {type: string, const: file}}}}}
`, "profile.yaml": `
operations:
  listBeds: {answer: beds}
  login: {answer: login}
  readFile: {answer: file}
`})
}

func TestWhereAnAPIIsServed(t *testing.T) {
	t.Parallel()
	one := perform(t, frozen(), garden(t))
	two := perform(t, frozen(), garden(t), toy(t))
	tests := []struct {
		name              string
		method, host, url string
		// alone and among are what answers where the API is served alone and among others: an operation, a refusal of the
		// API ("stray"), or nothing of it ("").
		alone, among string
	}{
		{"prefix", "GET", "", "/garden/v2/beds", "listBeds", "listBeds"},
		{"prefix, another base", "GET", "", "/garden/dev/beds", "listBeds", "listBeds"},
		{"prefix, the path's base", "POST", "", "/garden/auth/login", "login", "login"},
		{"prefix, not the path's base", "POST", "", "/garden/v2/login", "stray", "stray"},
		{"prefix, the operation's base", "GET", "", "/garden/v2/acme/files/a", "readFile", "readFile"},
		{"prefix, not the operation's base", "GET", "", "/garden/v2/files/a", "stray", "stray"},
		{"prefix alone", "GET", "", "/garden", "stray", "stray"},
		{"prefix and a slash", "GET", "", "/garden/", "stray", "stray"},
		{"no base", "GET", "", "/garden/beds", "stray", "stray"},
		{"a base that only begins so", "GET", "", "/garden/v2beds", "stray", "stray"},
		{"root", "GET", "", "/v2/beds", "listBeds", ""},
		{"root, unknown", "GET", "", "/nothing", "stray", ""},
		{"root itself", "GET", "", "/", "stray", ""},
		{"host", "GET", "api.garden.test", "/v2/beds", "listBeds", "listBeds"},
		{"host with port and case", "GET", "API.garden.test:443", "/v2/beds", "listBeds", "listBeds"},
		{"host, another host's path", "POST", "api.garden.test", "/auth/login", "stray", "stray"},
		{"host of a path", "POST", "login.garden.test", "/auth/login", "login", "login"},
		{"host of a path, another path", "GET", "login.garden.test", "/v2/beds", "stray", "stray"},
		{"host with variables", "GET", "us.files.test", "/v2/acme/files/a", "readFile", "readFile"},
		{"host with too many labels", "GET", "a.us.files.test", "/v2/acme/files/a", "readFile", ""},
		{"a loopback host chooses nothing", "GET", "localhost:8082", "/dev/beds", "listBeds", ""},
		{"name below localhost", "GET", "garden.localhost:4010", "/v2/beds", "listBeds", "listBeds"},
		{"another name below localhost", "GET", "toy.localhost", "/v2/beds", "listBeds", ""},
		{"unknown host", "GET", "example.test", "/v2/beds", "listBeds", ""},
		{"unknown host, prefix", "GET", "example.test", "/garden/v2/beds", "listBeds", "listBeds"},
		{"double slash", "GET", "", "/garden//v2/beds", "stray", "stray"},
		{"double slash at the start", "GET", "", "//garden/v2/beds", "stray", ""},
		{"dots", "GET", "", "/garden/v2/x/../beds", "stray", "stray"},
		{"an escaped prefix is not the prefix", "GET", "", "/%67arden/v2/beds", "stray", ""},
		{"method", "POST", "", "/garden/v2/beds", "stray", "stray"},
		{"strange method", "BREW", "", "/garden/v2/beds", "stray", "stray"},
	}
	for _, test := range tests {
		for _, server := range []struct {
			stage *stage
			want  string
		}{{one, test.alone}, {two, test.among}} {
			t.Run(test.name, func(t *testing.T) {
				got := server.stage.send(t, message{method: test.method, url: server.stage.Origin() + test.url, host: test.host})
				id := got.Header.Get(mock.ExchangeHeader)
				if server.want == "" {
					if id != "" {
						entry := server.stage.entry(t, got.Request, id)
						assert.NotEqual(t, "garden", entry.API)
						return
					}
					assert.Equal(t, 404, got.StatusCode)
					assert.Contains(t, got.json("bases").String(), "/garden/v2")
					assert.Contains(t, got.json("bases").String(), "/toy/v1")
					return
				}
				require.NotEmpty(t, id, got.body)
				entry := server.stage.entry(t, got.Request, id)
				assert.Equal(t, "garden", entry.API)
				if server.want == "stray" {
					assert.Empty(t, entry.Operation)
					assert.Contains(t, []int{404, 405}, got.StatusCode)
					return
				}
				assert.Equal(t, server.want, entry.Operation)
				assert.Equal(t, 200, got.StatusCode, got.body)
			})
		}
	}
}

func TestWrongMethodNamesTheOthers(t *testing.T) {
	t.Parallel()
	s := perform(t, frozen(), garden(t))
	got := s.send(t, message{method: "DELETE", url: "/garden/v2/beds"})
	assert.Equal(t, http.StatusMethodNotAllowed, got.StatusCode)
	assert.Equal(t, "GET", got.Header.Get("Allow"))
	assert.Equal(t, "wrong_method", s.refusal(t).Problem)
	assert.Equal(t, "route", s.refusal(t).Stage)

	hidden := perform(t, frozen(), toy(t)).send(t, message{method: "DELETE", url: "/toy/v1/books"})
	assert.Equal(t, http.StatusNotFound, hidden.StatusCode, "this profile gives wrong_method the status of its parent")
	assert.Empty(t, hidden.Header.Get("Allow"))
}

func TestBases(t *testing.T) {
	t.Parallel()
	s := perform(t, frozen(), garden(t))
	assert.Equal(t, []mock.Base{
		{API: "garden", Name: "default", Path: "/garden/v2", Host: "api.garden.test"},
		{API: "garden", Name: "local", Path: "/garden/dev"},
		{API: "garden", Name: "login", Path: "/garden/auth", Host: "login.garden.test"},
	}, s.Server.Bases())
	assert.Equal(t, s.Origin()+"/garden/v2", s.URL("garden"))
	assert.Equal(t, s.Origin()+"/garden/auth", s.URL("garden", "login"))
}

func TestURLsKeepOriginAndPrefix(t *testing.T) {
	t.Parallel()
	s := perform(t, frozen(), toy(t))
	created := s.send(t, message{method: "POST", url: "/__admin/worlds", body: `{"name":"side"}`})
	require.Equal(t, 201, created.StatusCode, created.body)
	for _, test := range []struct{ host, prefix, want string }{
		{"", "/toy/v1", s.Origin() + "/toy/v1"},
		{"", "/v1", s.Origin() + "/v1"},
		{"api.library.test", "/v1", "http://api.library.test/v1"},
		{"toy.localhost:99", "/v1", "http://toy.localhost:99/v1"},
		{"", "/w/side/toy/v1", s.Origin() + "/w/side/toy/v1"},
		{"api.library.test", "/w/side/v1", "http://api.library.test/w/side/v1"},
	} {
		login := s.send(t, message{method: "POST", url: test.prefix + "/auth/token", host: test.host, body: `{"key":"key_librarian","secret":"librarian-secret"}`})
		got := s.send(t, message{
			method: "POST", url: test.prefix + "/books", host: test.host, body: `{"title":"T"}`,
			headers: map[string]string{"Authorization": "Bearer " + login.json("token").String()},
		})
		require.Equal(t, 201, got.StatusCode, got.body)
		assert.Equal(t, test.want+"/books/"+got.json("id").String(), got.Header.Get("Location"))
	}
}

func TestNew(t *testing.T) {
	t.Parallel()
	api := toy(t)
	_, err := mock.New(nil, nil)
	require.ErrorContains(t, err, "there is no API to play")
	_, err = mock.New([]*specs.API{api, api}, nil)
	require.ErrorContains(t, err, `two APIs are named "toy"`)
	server, err := mock.New([]*specs.API{api}, nil)
	require.NoError(t, err)
	require.NoError(t, server.Close())
	_, err = mock.ParseClock("soon")
	require.Error(t, err)
}

func TestHeadIsGetWithoutBody(t *testing.T) {
	t.Parallel()
	s := perform(t, frozen(), toy(t))
	auth := s.librarian(t)
	for _, test := range []struct {
		path   string
		status int
	}{{"/books", 200}, {"/books/bk_emma", 200}, {"/books/none", 404}, {"/nowhere", 404}} {
		get := s.send(t, message{method: "GET", url: "/toy/v1" + test.path, headers: auth})
		head := s.send(t, message{method: "HEAD", url: "/toy/v1" + test.path, headers: auth})
		assert.Equal(t, test.status, get.StatusCode)
		assert.Equal(t, test.status, head.StatusCode)
		assert.Equal(t, get.Header.Get("Content-Length"), head.Header.Get("Content-Length"))
		assert.Equal(t, get.Header.Get("Content-Type"), head.Header.Get("Content-Type"))
	}
}
