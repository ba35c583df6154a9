package mock_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"understudy.dev/mock"
	"understudy.dev/specs"
)

// FuzzAddresses sends what no client would: whatever method, host, path, query and headers, there is an answer, it is no
// 500, and it is either in an API's words or a problem document.
func FuzzAddresses(f *testing.F) {
	server, err := mock.New([]*specs.API{toy(f), garden(f)}, frozen())
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range [][4]string{
		{"GET", "127.0.0.1:4010", "/toy/v1/books", ""},
		{"GET", "api.garden.test", "/v2/beds", "a=b"},
		{"POST", "us.files.test:443", "/v2/acme/files/a%2Fb", ""},
		{"HEAD", "toy.localhost", "//v1//books/%00", "page=%zz"},
		{"OPTIONS", "[::1", "/w/default/toy/v1/books/../x", "limit=1&limit=2"},
		{"GET", "localhost", "/__admin/journal", "limit=9999999999999999999"},
		{"DELETE", "localhost", "/w/none/__admin/worlds/x", ""},
		{"PUT", "", "*", "&&=&"},
		{"\xff", "\xff", "/\xff", "\xff"},
	} {
		f.Add(seed[0], seed[1], seed[2], seed[3], "default", "Bearer x")
	}
	f.Fuzz(func(t *testing.T, method, host, path, query, world, authorization string) {
		u := &url.URL{Path: path, RawQuery: query}
		if plain, err := url.PathUnescape(path); err == nil {
			u.Path, u.RawPath = plain, path
		}
		r := &http.Request{
			Method: method, URL: u, Host: host, Header: http.Header{"Authorization": {authorization}}, Body: http.NoBody,
			RemoteAddr: "127.0.0.1:9", Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		}
		r = r.WithContext(t.Context())
		if world != "default" {
			r.Header.Set(mock.WorldHeader, world)
		}
		w := httptest.NewRecorder()
		server.ServeHTTP(w, r)
		if w.Code >= 500 {
			t.Fatalf("%d: %s", w.Code, w.Body)
		}
		known := w.Header().Get(mock.ExchangeHeader) != "" || strings.Contains(path, "__admin")
		if !known && w.Header().Get("Content-Type") != "application/problem+json" {
			t.Fatalf("neither an API nor a problem document: %v %s", w.Header(), w.Body)
		}
	})
}
