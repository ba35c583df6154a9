package control

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func request(method, remote, host string, headers map[string]string) *http.Request {
	r := httptest.NewRequest(method, "/__admin/reset", nil)
	r.RemoteAddr, r.Host = remote, host
	for name, value := range headers {
		r.Header.Set(name, value)
	}
	return r
}

func TestGuardOfThePlane(t *testing.T) {
	t.Parallel()
	const local, remote = "127.0.0.1:9", "192.0.2.7:9"
	tests := map[string]struct {
		guard        Guard
		method       string
		remote, host string
		headers      map[string]string
		// want is 0 where the request is let in.
		want int
	}{
		"local":                        {method: "GET", remote: local, host: "localhost:4010"},
		"local by address":             {method: "GET", remote: local, host: "127.0.0.1:4010"},
		"local, six":                   {method: "GET", remote: "[::1]:9", host: "[::1]:4010"},
		"rebinding":                    {method: "GET", remote: local, host: "attacker.test:4010", want: 403},
		"rebinding with the token":     {guard: Guard{Token: "t"}, method: "GET", remote: local, host: "attacker.test", headers: map[string]string{TokenHeader: "t"}, want: 403},
		"a documented host":            {method: "GET", remote: local, host: "api.library.test", want: 403},
		"own origin":                   {method: "GET", remote: local, host: "localhost:4010", headers: map[string]string{"Origin": "http://localhost:4010"}},
		"foreign origin":               {method: "GET", remote: local, host: "localhost:4010", headers: map[string]string{"Origin": "http://attacker.test"}, want: 403},
		"another port":                 {method: "GET", remote: local, host: "localhost:4010", headers: map[string]string{"Origin": "http://localhost:3000"}, want: 403},
		"no origin":                    {method: "GET", remote: local, host: "localhost:4010", headers: map[string]string{"Origin": "null"}, want: 403},
		"cross-site":                   {method: "GET", remote: local, host: "localhost:4010", headers: map[string]string{"Sec-Fetch-Site": "cross-site"}, want: 403},
		"same-site":                    {method: "GET", remote: local, host: "localhost:4010", headers: map[string]string{"Sec-Fetch-Site": "same-site"}, want: 403},
		"same-origin":                  {method: "GET", remote: local, host: "localhost:4010", headers: map[string]string{"Sec-Fetch-Site": "same-origin"}},
		"typed in":                     {method: "GET", remote: local, host: "localhost:4010", headers: map[string]string{"Sec-Fetch-Site": "none"}},
		"write":                        {method: "POST", remote: local, host: "localhost", headers: map[string]string{"Content-Type": "application/json; charset=utf-8"}},
		"write as a form":              {method: "POST", remote: local, host: "localhost", headers: map[string]string{"Content-Type": "application/x-www-form-urlencoded"}, want: 415},
		"write as text":                {method: "POST", remote: local, host: "localhost", headers: map[string]string{"Content-Type": "text/plain"}, want: 415},
		"write as nothing":             {method: "POST", remote: local, host: "localhost", want: 415},
		"delete":                       {method: "DELETE", remote: local, host: "localhost"},
		"remote, no token configured":  {guard: Guard{Hosts: []string{"mock.test"}}, method: "GET", remote: remote, host: "mock.test", want: 403},
		"remote, host not configured":  {guard: Guard{Token: "t"}, method: "GET", remote: remote, host: "mock.test", headers: map[string]string{TokenHeader: "t"}, want: 403},
		"remote, no token":             {guard: Guard{Hosts: []string{"mock.test"}, Token: "t"}, method: "GET", remote: remote, host: "mock.test", want: 401},
		"remote, a wrong token":        {guard: Guard{Hosts: []string{"mock.test"}, Token: "t"}, method: "GET", remote: remote, host: "mock.test", headers: map[string]string{"Authorization": "Bearer u"}, want: 401},
		"remote, the token":            {guard: Guard{Hosts: []string{"Mock.test:4010"}, Token: "t"}, method: "GET", remote: remote, host: "mock.test:4010", headers: map[string]string{"Authorization": "bearer t"}},
		"remote, the token's header":   {guard: Guard{Hosts: []string{"mock.test"}, Token: "t"}, method: "GET", remote: remote, host: "mock.test", headers: map[string]string{TokenHeader: "t"}},
		"local, a configured name":     {guard: Guard{Hosts: []string{"mock.test"}}, method: "GET", remote: local, host: "mock.test"},
		"remote, a loopback name":      {guard: Guard{Token: "t"}, method: "GET", remote: remote, host: "localhost", want: 401},
		"through a proxy":              {guard: Guard{TrustProxy: true, Token: "t"}, method: "GET", remote: local, host: "localhost", headers: map[string]string{"X-Forwarded-For": "192.0.2.7"}, want: 401},
		"through a proxy, not trusted": {method: "GET", remote: local, host: "localhost", headers: map[string]string{"X-Forwarded-For": "192.0.2.7"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := test.guard.Plane(request(test.method, test.remote, test.host, test.headers))
			if test.want == 0 {
				assert.Nil(t, p)
				return
			}
			require.NotNil(t, p)
			assert.Equal(t, test.want, p.Status, p.Detail)
			assert.NotEmpty(t, p.Detail)
		})
	}
}

func TestGuardOfWorlds(t *testing.T) {
	t.Parallel()
	guard := Guard{Token: "t"}
	headers := func(pairs ...string) map[string]string {
		m := map[string]string{}
		for i := 0; i < len(pairs); i += 2 {
			m[pairs[i]] = pairs[i+1]
		}
		return m
	}
	_, p := guard.World(request("POST", "192.0.2.7:9", "mock.test", nil))
	require.NotNil(t, p)
	assert.Equal(t, 401, p.Status)

	for name, test := range map[string]struct {
		remote  string
		headers map[string]string
		// auth is the Authorization header that the API sees.
		auth string
	}{
		"local":                              {"127.0.0.1:9", headers("Authorization", "Bearer api"), "Bearer api"},
		"a header beside the API's":          {"192.0.2.7:9", headers("Authorization", "Bearer api", TokenHeader, "t"), "Bearer api"},
		"the token, which the API never saw": {"192.0.2.7:9", headers("Authorization", "Bearer t"), ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sent := request("POST", test.remote, "localhost", test.headers)
			got, p := guard.World(sent)
			require.Nil(t, p)
			assert.Equal(t, test.auth, got.Header.Get("Authorization"))
			assert.Empty(t, got.Header.Get(TokenHeader))
			assert.Equal(t, test.headers["Authorization"], sent.Header.Get("Authorization"), "the caller's own request stays")
		})
	}
}
