package mock_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"understudy.dev/mock"
)

// BenchmarkFork is a fork made and dropped, BenchmarkRestore a world brought to a snapshot: with all embedded APIs, in
// worlds in which many callers have been counted. Neither grows with the number of things that the world holds.
func BenchmarkFork(b *testing.B) {
	server, _ := inhabited(b)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := server.CreateWorld(mock.WorldSpec{Name: "fork", From: mock.DefaultWorld}); err != nil {
			b.Fatal(err)
		}
		if err := server.DropWorld("fork"); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkRestore(b *testing.B) {
	_, world := inhabited(b)
	if _, err := world.Snapshot("a"); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if err := world.Restore("a"); err != nil {
			b.Fatal(err)
		}
	}
}

// inhabited is a server of all embedded APIs whose default world has answered a hundred callers.
func inhabited(b *testing.B) (*mock.Server, *mock.World) {
	server, err := mock.New(embedded(b), nil)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { server.Close() })
	for i := range 100 {
		for _, base := range server.Bases() {
			r := httptest.NewRequest("GET", base.Path+"/nothing", nil)
			r.RemoteAddr = fmt.Sprintf("192.0.2.%d:9", i)
			server.ServeHTTP(&sink{header: http.Header{}}, r)
		}
	}
	return server, server.World("")
}
