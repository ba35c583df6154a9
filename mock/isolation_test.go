package mock_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"understudy.dev/mock"
)

// inhabit drives one world as a test of its own would, and wants to see nothing but what it has done itself. It gives all
// ids and tokens that it has got.
func (s *stage) inhabit(t *testing.T, name string, number int) []string {
	t.Helper()
	prefix := ""
	if name != "" {
		prefix = "/w/" + name
	}
	world := s.Server.World(name)
	if !assert.NotNil(t, world, name) {
		return nil
	}
	login := func(prefix string) (map[string]string, string) {
		got := s.send(t, message{method: "POST", url: prefix + "/toy/v1/auth/token", body: `{"key":"key_librarian","secret":"librarian-secret"}`})
		assert.Equal(t, 200, got.StatusCode, got.body)
		token := got.json("token").String()
		return map[string]string{"Authorization": "Bearer " + token}, token
	}
	auth, token := login(prefix)
	all := []string{token}
	for i := range 3 {
		all = append(all, s.book(t, prefix, auth, fmt.Sprintf("%s-%d", name, i)))
	}
	listed := s.send(t, message{method: "GET", url: prefix + "/toy/v1/books?limit=100", headers: auth})
	assert.EqualValues(t, 6, listed.json("page.total").Int(), name)
	for _, title := range listed.json("items.#.title").Array() {
		assert.NotRegexp(t, `-\d$`, foreign(title.String(), name), "another world's book")
	}
	assert.Equal(t, "116", listed.Header.Get("X-RateLimit-Remaining"), "nobody else counts here")
	assert.Len(t, world.Journal(mock.Filter{}), 5, name)

	d := time.Duration(number+1) * time.Second
	s.post(t, prefix+"/__admin/clock", fmt.Sprintf(`{"advance":"%s"}`, d), 200)
	assert.Equal(t, epoch.Add(d), world.Now(), name)

	fork := fmt.Sprintf("fork-%d", number)
	s.post(t, "/__admin/worlds", `{"name":"`+fork+`","from":"`+world.Name()+`"}`, 201)
	all = append(all, s.book(t, "/w/"+fork, auth, fork))
	assert.EqualValues(t, 7, s.total(t, "/w/"+fork, auth), fork)
	assert.EqualValues(t, 6, s.total(t, prefix, auth), name)
	s.post(t, prefix+"/__admin/snapshots", `{"name":"a"}`, 201)
	s.post(t, prefix+"/__admin/reset", "", 200)
	assert.EqualValues(t, -1, s.total(t, prefix, auth), name)
	assert.Equal(t, epoch, world.Now(), name)
	again, same := login(prefix)
	assert.Equal(t, token, same, "the same bytes again, whatever others do")
	assert.EqualValues(t, 3, s.total(t, prefix, again), name)
	s.post(t, prefix+"/__admin/snapshots/a/restore", "", 200)
	assert.EqualValues(t, 6, s.total(t, prefix, auth), name)
	assert.Equal(t, epoch.Add(d), world.Now(), name)
	require.Equal(t, 204, s.send(t, message{method: "DELETE", url: "/__admin/worlds/" + fork}).StatusCode)
	return all
}

// foreign is a title, "" if it is one that this world may have.
func foreign(title, name string) string {
	for i := range 3 {
		if title == fmt.Sprintf("%s-%d", name, i) {
			return ""
		}
	}
	return title
}

// TestHundredWorldsNeverSeeEachOther drives them all at once in one server: creates, lists, logins, clocks, resets, forks,
// snapshots.
func TestHundredWorldsNeverSeeEachOther(t *testing.T) {
	t.Parallel()
	options := frozen()
	options.Worlds = 200
	s := perform(t, options, toy(t))
	var group sync.WaitGroup
	var mu sync.Mutex
	seen := map[string]string{}
	for i := range 100 {
		group.Go(func() {
			name := fmt.Sprintf("w%d", i)
			s.post(t, "/__admin/worlds", `{"name":"`+name+`"}`, 201)
			values := s.inhabit(t, name, i)
			mu.Lock()
			defer mu.Unlock()
			for _, value := range values {
				assert.Empty(t, seen[value], "%s and %s got the same", seen[value], name)
				seen[value] = name
			}
		})
	}
	group.Wait()
	assert.Len(t, seen, 500)
	assert.Empty(t, s.Journal(), "the default world has seen nothing")
	assert.Equal(t, epoch, s.Server.World("").Now())
}

// TestHundredServersNeverSeeEachOther does the same in as many servers: there every world is the default one, so that all
// of them must give the same bytes.
func TestHundredServersNeverSeeEachOther(t *testing.T) {
	t.Parallel()
	api := toy(t)
	var group sync.WaitGroup
	all := make([][]string, 100)
	for i := range all {
		s := perform(t, frozen(), api)
		group.Go(func() { all[i] = s.inhabit(t, "", i) })
	}
	group.Wait()
	require.Len(t, all[0], 5)
	for i := range all {
		assert.Equal(t, all[0][:4], all[i][:4], "server %d", i)
	}
}
