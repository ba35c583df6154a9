package mock_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"understudy.dev/mock"
)

// script sends the same requests every time and gives all that came back.
func (s *stage) script(t *testing.T, prefix string) string {
	t.Helper()
	var all strings.Builder
	token := ""
	for _, m := range []message{
		{method: "POST", url: "/auth/token", body: `{"key":"key_librarian","secret":"librarian-secret"}`},
		{method: "POST", url: "/books", body: `{"title":"One"}`},
		{method: "POST", url: "/books", body: `{"title":2}`},
		{method: "POST", url: "/books/bk_emma/copies"},
		{method: "GET", url: "/books?limit=2"},
		{method: "GET", url: "/recommendation"},
		{method: "GET", url: "/hold"},
		{method: "GET", url: "/nowhere"},
		{method: "POST", url: "/auth/login", media: "application/x-www-form-urlencoded", body: form("email", "ada@library.test", "pin", "1815")},
		{method: "HEAD", url: "/books"},
		{method: "DELETE", url: "/books/bk_emma"},
	} {
		m.url, m.host = prefix+m.url, "toy.localhost"
		m.headers = map[string]string{"Authorization": "Bearer " + token}
		got := s.send(t, m)
		if token == "" {
			token = got.json("token").String()
		}
		fmt.Fprintf(&all, "%s %s\n%d\n", m.method, strings.TrimPrefix(m.url, prefix), got.StatusCode)
		var lines []string
		for name, values := range got.Header {
			lines = append(lines, fmt.Sprint(name, values))
		}
		slices.Sort(lines)
		all.WriteString(strings.Join(lines, "\n") + "\n" + got.body + "\n")
	}
	return all.String()
}

func TestFrozenBytes(t *testing.T) {
	t.Parallel()
	const prefix = "/v1"
	first := perform(t, frozen(), toy(t))
	one := first.script(t, prefix)
	assert.Contains(t, one, "Date[Thu, 01 Jan 2026 00:00:00 GMT]")
	assert.Equal(t, one, perform(t, frozen(), toy(t)).script(t, prefix), "another server")
	first.Advance(3 * time.Hour)
	assert.NotEqual(t, one, first.script(t, prefix), "ids go on")
	first.Reset()
	assert.Equal(t, one, first.script(t, prefix), "after a reset")

	seeded := frozen()
	seeded.Seed = 7
	assert.NotEqual(t, one, perform(t, seeded, toy(t)).script(t, prefix), "another seed")

	require.Equal(t, 201, first.send(t, message{method: "POST", url: "/__admin/worlds", body: `{"name":"side"}`}).StatusCode)
	side := first.script(t, "/w/side/v1")
	assert.NotEqual(t, one, side, "another world")
	require.Equal(t, 200, first.send(t, message{method: "POST", url: "/w/side/__admin/reset"}.json()).StatusCode)
	assert.Equal(t, side, first.script(t, "/w/side/v1"), "the same world again")
}

func TestRealClockHasTheRealDate(t *testing.T) {
	t.Parallel()
	s := perform(t, nil, toy(t))
	got := s.send(t, message{method: "GET", url: "/toy/v1/health"})
	date, err := http.ParseTime(got.Header.Get("Date"))
	require.NoError(t, err)
	assert.WithinDuration(t, time.Now(), date, time.Minute)

	ticking := perform(t, &mock.Options{Clock: mock.Clock{Start: epoch}}, toy(t))
	got = ticking.send(t, message{method: "GET", url: "/toy/v1/health"})
	date, err = http.ParseTime(got.Header.Get("Date"))
	require.NoError(t, err)
	assert.WithinDuration(t, epoch, date, time.Minute)
}

// TestManyAtOnce creates, reads, lists and resets from many goroutines: nothing is lost, doubled or let through.
func TestManyAtOnce(t *testing.T) {
	t.Parallel()
	s := perform(t, frozen(), toy(t))
	const workers, each = 8, 14
	auth := s.librarian(t)
	var (
		group sync.WaitGroup
		mu    sync.Mutex
		ids   = map[string]bool{}
		codes = map[int]int{}
	)
	for worker := range workers {
		group.Go(func() {
			for i := range each {
				got := s.send(t, message{method: "POST", url: "/toy/v1/books", headers: auth, body: fmt.Sprintf(`{"title":"%d-%d"}`, worker, i)})
				id := got.json("id").String()
				mu.Lock()
				codes[got.StatusCode]++
				ids[id] = true
				mu.Unlock()
				read := s.send(t, message{method: "GET", url: "/toy/v1/health"})
				assert.Equal(t, 200, read.StatusCode)
				s.send(t, message{method: "GET", url: "/__admin/journal?limit=3"})
			}
		})
	}
	group.Wait()
	assert.Equal(t, map[int]int{201: workers * each}, codes)
	assert.Len(t, ids, workers*each)
	got := s.send(t, message{method: "GET", url: "/toy/v1/books?limit=100", headers: auth})
	assert.EqualValues(t, workers*each+3, got.json("page.total").Int())

	for range workers {
		group.Go(func() {
			for range 4 {
				got := s.send(t, message{method: "GET", url: "/toy/v1/books", headers: auth})
				mu.Lock()
				codes[got.StatusCode]++
				mu.Unlock()
			}
		})
	}
	group.Wait()
	assert.Equal(t, 120-workers*each-1, codes[200], "not one request too many gets through")
}
