package mock_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"

	"understudy.dev/mock"
	"understudy.dev/specs"
)

func Example() {
	api, err := specs.LoadDir("../testdata/toy")
	if err != nil {
		panic(err)
	}
	clock, _ := mock.ParseClock("2026-01-01T00:00:00Z,frozen")
	server, err := mock.New([]*specs.API{api}, &mock.Options{Clock: clock})
	if err != nil {
		panic(err)
	}
	defer server.Close()
	web := httptest.NewServer(server)
	defer web.Close()

	resp, err := http.Get(web.URL + "/toy/v1/health")
	if err != nil {
		panic(err)
	}
	defer resp.Body.Close()
	body, _ := io.ReadAll(resp.Body)
	fmt.Println(resp.StatusCode, string(body))
	// Output: 200 {"status":"ok","time":"2026-01-01T00:00:00Z"}
}
