package mock_test

import (
	"io"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"understudy.dev/mock"
)

// total counts the books that a caller sees at a prefix, -1 where it is not let in.
func (s *stage) total(t testing.TB, prefix string, auth map[string]string) int64 {
	t.Helper()
	got := s.send(t, message{method: "GET", url: prefix + "/toy/v1/books", headers: auth})
	if got.StatusCode != 200 {
		return -1
	}
	return got.json("page.total").Int()
}

func (s *stage) book(t testing.TB, prefix string, auth map[string]string, title string) string {
	t.Helper()
	got := s.send(t, message{method: "POST", url: prefix + "/toy/v1/books", headers: auth, body: `{"title":"` + title + `"}`})
	require.Equal(t, 201, got.StatusCode, got.body)
	return got.json("id").String()
}

// post sends a request to the control plane that must be answered with a status.
func (s *stage) post(t testing.TB, url, body string, status int) reply {
	t.Helper()
	got := s.send(t, message{method: "POST", url: url, body: body}.json())
	require.Equal(t, status, got.StatusCode, got.body)
	return got
}

func TestFork(t *testing.T) {
	t.Parallel()
	s := perform(t, frozen(), toy(t))
	auth := s.librarian(t)
	s.book(t, "", auth, "One")
	s.Advance(10 * time.Second)
	s.total(t, "", auth)
	made := s.post(t, "/__admin/worlds", `{"name":"fork","from":"default"}`, 201)
	assert.Equal(t, "2026-01-01T00:00:10Z", made.json("now").String(), "the clock")
	assert.True(t, made.json("frozen").Bool())

	fork := s.Server.World("fork")
	assert.Empty(t, fork.Journal(mock.Filter{}), "the journal is its own")
	got := s.send(t, message{method: "GET", url: "/w/fork/toy/v1/books", headers: auth})
	assert.EqualValues(t, 4, got.json("page.total").Int(), "state and tokens go along")
	assert.Equal(t, "117", got.Header.Get("X-RateLimit-Remaining"), "and so do the counters of limits")
	assert.Equal(t, "1767225660", got.Header.Get("X-RateLimit-Reset"))
	assert.Equal(t, "Thu, 01 Jan 2026 00:00:10 GMT", got.Header.Get("Date"))

	inFork, inOrigin := s.book(t, "/w/fork", auth, "Two"), s.book(t, "", auth, "Three")
	assert.NotEqual(t, inOrigin, inFork, "ids derive from the name of the world")
	assert.EqualValues(t, 5, s.total(t, "/w/fork", auth))
	assert.EqualValues(t, 5, s.total(t, "", auth))
	assert.Equal(t, 404, s.send(t, message{method: "GET", url: "/toy/v1/books/" + inFork, headers: auth}).StatusCode)

	require.Equal(t, 201, s.send(t, message{method: "POST", url: "/w/fork/__admin/worlds", body: `{"name":"second","from":"fork","seed":7}`}).StatusCode)
	assert.EqualValues(t, 5, s.total(t, "/w/second", auth), "a fork of a fork")
	assert.EqualValues(t, 7, s.Server.World("second").Seed())

	require.NoError(t, fork.Advance(2*time.Hour))
	assert.EqualValues(t, -1, s.total(t, "/w/fork", auth), "the token has expired there")
	assert.EqualValues(t, 5, s.total(t, "", auth))
	s.post(t, "/w/fork/__admin/reset", "", 200)
	assert.Equal(t, epoch.Add(10*time.Second), fork.Now(), "a reset leads to where the fork began")
	assert.EqualValues(t, 4, s.total(t, "/w/fork", auth))
	assert.Equal(t, inFork, s.book(t, "/w/fork", auth, "Two"), "and gives the same bytes again")

	s.Reset()
	assert.EqualValues(t, -1, s.total(t, "", auth), "a reset of the origin takes its token away")
	assert.EqualValues(t, 5, s.total(t, "/w/second", auth), "from nobody else")
}

func TestSnapshots(t *testing.T) {
	t.Parallel()
	options := frozen()
	options.Snapshots = 2
	s := perform(t, options, toy(t))
	auth := s.librarian(t)
	taken := s.post(t, "/__admin/snapshots", `{"name":"clean"}`, 201)
	assert.Equal(t, "2026-01-01T00:00:00Z", taken.json("time").String())
	first := s.book(t, "", auth, "One")
	s.Advance(2 * time.Hour)
	late := s.librarian(t)
	s.post(t, "/__admin/snapshots", `{"name":"late"}`, 201)
	next := s.send(t, message{method: "GET", url: "/toy/v1/health"}).Header.Get("X-Request-Id")
	s.post(t, "/__admin/snapshots", `{"name":"third"}`, 409)
	s.post(t, "/__admin/snapshots", `{"name":"clean"}`, 409)
	s.post(t, "/__admin/snapshots", `{"name":"No Name"}`, 400)
	listed := s.send(t, message{method: "GET", url: "/__admin/snapshots"})
	assert.Equal(t, `[{"name":"clean","time":"2026-01-01T00:00:00Z"},{"name":"late","time":"2026-01-01T02:00:00Z"}]`, listed.json("snapshots").Raw)

	for range 2 {
		restored := s.post(t, "/__admin/snapshots/clean/restore", "", 200)
		assert.Equal(t, "2026-01-01T00:00:00Z", restored.json("now").String())
		assert.Empty(t, s.Journal())
		assert.EqualValues(t, 3, s.total(t, "", auth))
		assert.EqualValues(t, -1, s.total(t, "", late), "a token of later is unknown again")
		assert.Equal(t, first, s.book(t, "", auth, "One"), "the same bytes again")
	}
	s.post(t, "/__admin/snapshots/none/restore", "", 404)
	s.post(t, "/__admin/snapshots/clean/restore", `{"world":"none"}`, 404)

	s.Reset()
	s.post(t, "/__admin/snapshots/late/restore", "", 200)
	assert.Equal(t, next, s.send(t, message{method: "GET", url: "/toy/v1/health"}).Header.Get("X-Request-Id"), "what is invented goes on from there")
	assert.EqualValues(t, 4, s.total(t, "", late), "snapshots outlive a reset")

	s.post(t, "/__admin/worlds", `{"name":"side","from":"default","snapshot":"clean"}`, 201)
	assert.EqualValues(t, 3, s.total(t, "/w/side", auth))
	s.post(t, "/w/side/__admin/snapshots/late/restore", `{"world":"default"}`, 200)
	assert.EqualValues(t, 4, s.total(t, "/w/side", late), "into another world")
	assert.Contains(t, s.post(t, "/w/side/__admin/snapshots/late/restore", "", 404).body, "it has none")
	assert.Contains(t, s.post(t, "/__admin/worlds", `{"name":"b","from":"default","snapshot":"x"}`, 404).body, "it has clean, late")
	s.post(t, "/__admin/worlds", `{"name":"b","from":"none"}`, 404)
	s.post(t, "/__admin/worlds", `{"name":"b","snapshot":"clean"}`, 400)
	s.post(t, "/__admin/worlds", `{"name":"b","from":"default","clock":"real"}`, 400)

	require.Equal(t, 204, s.send(t, message{method: "DELETE", url: "/__admin/snapshots/clean"}).StatusCode)
	require.Equal(t, 404, s.send(t, message{method: "DELETE", url: "/__admin/snapshots/clean"}).StatusCode)
	s.post(t, "/w/side/__admin/reset", "", 200)
	assert.EqualValues(t, 3, s.total(t, "/w/side", auth), "a world made from a dropped snapshot stays what it is")
}

func TestReseed(t *testing.T) {
	t.Parallel()
	s := perform(t, frozen(), toy(t))
	before := s.book(t, "", s.librarian(t), "One")
	assert.EqualValues(t, 7, s.post(t, "/__admin/seed", `{"seed":7}`, 200).json("seed").Int())
	auth := s.librarian(t)
	assert.EqualValues(t, 3, s.total(t, "", auth), "the world starts again")
	seeded := s.book(t, "", auth, "One")
	assert.NotEqual(t, before, seeded)
	s.Reset()
	assert.EqualValues(t, 7, s.Server.World("").Seed(), "for good")
	assert.Equal(t, seeded, s.book(t, "", s.librarian(t), "One"))
	s.post(t, "/__admin/seed", `{}`, 400)
}

// TestRealClockInSnapshots follows the wall on, at the distance that it had.
func TestRealClockInSnapshots(t *testing.T) {
	t.Parallel()
	now := &wall{}
	s := perform(t, &mock.Options{Wall: now.read}, toy(t))
	world := s.Server.World("")
	require.NoError(t, world.Advance(time.Hour))
	_, err := world.Snapshot("a")
	require.NoError(t, err)
	require.NoError(t, world.Advance(time.Hour))
	now.pass(time.Minute)
	require.NoError(t, world.Restore("a"))
	assert.Equal(t, epoch.Add(time.Hour+time.Minute), world.Now())

	ticking, err := s.Server.CreateWorld(mock.WorldSpec{Name: "ticking", Clock: &mock.Clock{Start: epoch}})
	require.NoError(t, err)
	now.pass(time.Minute)
	_, err = ticking.Snapshot("a")
	require.NoError(t, err)
	now.pass(time.Hour)
	assert.Equal(t, epoch.Add(time.Hour+time.Minute), ticking.Now())
	require.NoError(t, ticking.Restore("a"))
	assert.Equal(t, epoch.Add(time.Minute), ticking.Now(), "a clock of its own goes back")
	now.pass(time.Second)
	assert.Equal(t, epoch.Add(time.Minute+time.Second), ticking.Now(), "and on")

	require.NoError(t, world.RestoreFrom(ticking, "a"))
	assert.Equal(t, epoch.Add(time.Minute), world.Now(), "a snapshot brings its clock along")
	got := s.send(t, message{method: "GET", url: "/toy/v1/health"})
	assert.Equal(t, "Thu, 01 Jan 2026 00:01:00 GMT", got.Header.Get("Date"))
}

// A wall is the real time of a test.
type wall struct{ passed atomic.Int64 }

func (w *wall) read() time.Time { return epoch.Add(time.Duration(w.passed.Load())) }

func (w *wall) pass(d time.Duration) { w.passed.Add(int64(d)) }

func TestErrorsOfWorlds(t *testing.T) {
	t.Parallel()
	s, other := perform(t, frozen(), toy(t)), perform(t, frozen(), toy(t))
	_, err := s.Server.CreateWorld(mock.WorldSpec{Name: "No"})
	assert.EqualError(t, err, `cannot make the world "No": the name of a world is 1 to 63 lower-case letters and digits, with - and _ between them, not "No"`)
	assert.EqualError(t, s.Server.DropWorld("none"), `cannot drop the world "none": there is no world "none"; make it with POST /__admin/worlds`)
	assert.ErrorContains(t, s.Server.DropWorld("default"), "stays")
	world := s.Server.World("")
	assert.EqualError(t, world.Restore("a"), `cannot restore the snapshot "a": the world "default" has no snapshot "a"; it has none`)
	assert.ErrorContains(t, world.DropSnapshot("a"), "it has none")
	assert.ErrorContains(t, world.RestoreFrom(other.Server.World(""), "a"), "another server")
	_, err = world.Snapshot("")
	assert.ErrorContains(t, err, "the name of a snapshot")
}

func TestIdleWorldsExpire(t *testing.T) {
	t.Parallel()
	now := &wall{}
	options := frozen()
	options.Wall, options.WorldIdle, options.Worlds = now.read, time.Hour, 2
	s := perform(t, options, toy(t))
	for _, name := range []string{"used", "idle"} {
		made := s.post(t, "/__admin/worlds", `{"name":"`+name+`"}`, 201)
		assert.Equal(t, "2026-01-01T01:00:00Z", made.json("expires_at").String(), "real time")
	}
	body, late := io.Pipe()
	r, err := http.NewRequest("POST", s.Origin()+"/w/idle/toy/v1/books", body)
	require.NoError(t, err)
	r.Header.Set("Content-Type", "application/json")
	answered := make(chan *http.Response)
	go func() {
		got, err := s.Client.Do(r)
		if assert.NoError(t, err) {
			got.Body.Close()
		}
		answered <- got
	}()
	_, err = io.WriteString(late, `{"title":`)
	require.NoError(t, err)
	inUse := func() bool {
		return !s.send(t, message{method: "GET", url: "/__admin/worlds"}).json(`worlds.#(name=="idle").expires_at`).Exists()
	}
	require.Eventually(t, inUse, 10*time.Second, 5*time.Millisecond)

	for range 3 {
		now.pass(50 * time.Minute)
		assert.Equal(t, 200, s.send(t, message{method: "GET", url: "/w/used/toy/v1/health"}).StatusCode, "used every now and then")
	}
	assert.Equal(t, 200, s.send(t, message{method: "GET", url: "/toy/v1/health"}).StatusCode, "the default world stays")
	assert.NotNil(t, s.Server.World("idle"), "a world in use is not idle")
	_, err = io.WriteString(late, `"late"}`)
	require.NoError(t, err)
	require.NoError(t, late.Close())
	assert.Equal(t, 401, (<-answered).StatusCode)
	require.Eventually(t, func() bool { return !inUse() }, 10*time.Second, 5*time.Millisecond)
	s.post(t, "/__admin/worlds", `{"name":"more"}`, 409)

	now.pass(time.Hour)
	s.post(t, "/__admin/worlds", `{"name":"more"}`, 201)
	assert.Equal(t, 404, s.send(t, message{method: "GET", url: "/w/idle/toy/v1/health"}).StatusCode)
	assert.Nil(t, s.Server.World("used"))
	assert.EqualValues(t, 2, s.send(t, message{method: "GET", url: "/__admin/worlds"}).json("worlds.#").Int())
}

// TestIdleWorldsExpireByThemselves wants nobody to look.
func TestIdleWorldsExpireByThemselves(t *testing.T) {
	t.Parallel()
	options := frozen()
	options.WorldIdle, options.Worlds = 20*time.Millisecond, 1
	s := perform(t, options, toy(t))
	w, err := s.Server.CreateWorld(mock.WorldSpec{Name: "a"})
	require.NoError(t, err)
	assert.Eventually(t, func() bool { return mock.Gone(w) }, 10*time.Second, 5*time.Millisecond)

	options.WorldIdle = -1
	forever := perform(t, options, toy(t))
	made := forever.post(t, "/__admin/worlds", `{"name":"a"}`, 201)
	assert.False(t, made.json("expires_at").Exists())
}

// TestDroppedInPeace lets a request that is under way in a world end after the world.
func TestDroppedInPeace(t *testing.T) {
	t.Parallel()
	s := perform(t, frozen(), toy(t))
	s.post(t, "/__admin/worlds", `{"name":"side","from":"default"}`, 201)
	body, late := io.Pipe()
	r, err := http.NewRequest("POST", s.Origin()+"/w/side/toy/v1/auth/token", body)
	require.NoError(t, err)
	r.Header.Set("Content-Type", "application/json")
	answered := make(chan int)
	go func() {
		got, err := s.Client.Do(r)
		if assert.NoError(t, err) {
			got.Body.Close()
			answered <- got.StatusCode
		}
	}()
	_, err = io.WriteString(late, `{"key":"key_librarian",`)
	require.NoError(t, err)
	inUse := func() bool {
		return !s.send(t, message{method: "GET", url: "/__admin/worlds"}).json(`worlds.#(name=="side").expires_at`).Exists()
	}
	require.Eventually(t, inUse, 10*time.Second, 5*time.Millisecond)
	require.Equal(t, 204, s.send(t, message{method: "DELETE", url: "/__admin/worlds/side"}).StatusCode)
	s.post(t, "/__admin/worlds", `{"name":"side"}`, 201)
	_, err = io.WriteString(late, `"secret":"librarian-secret"}`)
	require.NoError(t, err)
	require.NoError(t, late.Close())
	assert.Equal(t, 200, <-answered)
	assert.Empty(t, s.Server.World("side").Journal(mock.Filter{}), "the world that has its name now knows nothing of it")
}

// TestRestoreIsAtomic lets a request that began before a restore end after it: it changes nothing there.
func TestRestoreIsAtomic(t *testing.T) {
	t.Parallel()
	s := perform(t, frozen(), toy(t))
	s.post(t, "/__admin/worlds", `{"name":"side"}`, 201)
	login := s.send(t, message{method: "POST", url: "/w/side/toy/v1/auth/token", body: `{"key":"key_librarian","secret":"librarian-secret"}`})
	auth := map[string]string{"Authorization": "Bearer " + login.json("token").String()}
	s.post(t, "/w/side/__admin/snapshots", `{"name":"a"}`, 201)
	for _, path := range []string{"/snapshots/a/restore", "/reset", "/seed"} {
		body, late := io.Pipe()
		r, err := http.NewRequest("POST", s.Origin()+"/w/side/toy/v1/books", body)
		require.NoError(t, err)
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Authorization", auth["Authorization"])
		answered := make(chan int, 1)
		go func() {
			got, err := s.Client.Do(r)
			if assert.NoError(t, err) {
				got.Body.Close()
				answered <- got.StatusCode
			}
		}()
		_, err = io.WriteString(late, `{"title":`)
		require.NoError(t, err)
		require.Eventually(t, func() bool {
			return !s.send(t, message{method: "GET", url: "/__admin/worlds"}).json(`worlds.#(name=="side").expires_at`).Exists()
		}, 10*time.Second, 5*time.Millisecond)
		sent := "{}"
		if path == "/seed" {
			sent = `{"seed":1}`
		}
		s.post(t, "/w/side/__admin"+path, sent, 200)
		_, err = io.WriteString(late, `"late"}`)
		require.NoError(t, err)
		require.NoError(t, late.Close())
		assert.Equal(t, 201, <-answered, "%s: it is answered", path)

		assert.Empty(t, s.Server.World("side").Journal(mock.Filter{}), "%s: and leaves no trace", path)
		state := s.send(t, message{method: "GET", url: "/w/side/__admin/state"})
		assert.EqualValues(t, 3, state.json(`resources.#(resource=="books").count`).Int(), path)
		s.post(t, "/w/side/__admin/snapshots/a/restore", "", 200)
		got := s.send(t, message{method: "GET", url: "/w/side/toy/v1/books", headers: auth})
		assert.EqualValues(t, 3, got.json("page.total").Int(), path)
		assert.Equal(t, "119", got.Header.Get("X-RateLimit-Remaining"), path)
		s.post(t, "/w/side/__admin/snapshots/a/restore", "", 200)
	}
}

// TestForkTakesFaultsAndNoDeliveries: what goes wrong on purpose goes wrong there too; what is still to be sent is sent once.
func TestForkTakesFaultsAndNoDeliveries(t *testing.T) {
	t.Parallel()
	options := frozen()
	options.WebhookLoopback = true
	s := perform(t, options, toy(t))
	r := receiving(t, func(int) int { return 503 })
	auth := s.librarian(t)
	s.subscribe(t, auth, hook(r.URL, "book.added"))
	s.book(t, "", auth, "One")
	world := s.Server.World("")
	require.NoError(t, world.Settle(t.Context()))
	require.Len(t, r.got(), 1)
	_, err := world.AddFault(mock.Fault{Operations: []string{"health"}, Status: 503, Times: 2})
	require.NoError(t, err)
	_, err = world.Snapshot("a")
	require.NoError(t, err)

	fork, err := s.Server.CreateWorld(mock.WorldSpec{Name: "fork", From: mock.DefaultWorld})
	require.NoError(t, err)
	assert.Empty(t, fork.Deliveries(mock.DeliveryFilter{}))
	require.NoError(t, fork.Advance(24*time.Hour))
	require.NoError(t, fork.Settle(t.Context()))
	assert.Len(t, r.got(), 1, "the fork sends nothing again")
	require.NoError(t, world.Advance(10*time.Second))
	require.NoError(t, world.Settle(t.Context()))
	assert.Len(t, r.got(), 2, "the origin does")

	health := func(prefix string) int {
		resp, err := s.Client.Get(s.Origin() + prefix + "/toy/v1/health")
		require.NoError(t, err)
		resp.Body.Close()
		return resp.StatusCode
	}
	assert.Equal(t, []int{503, 503, 200}, []int{health("/w/fork"), health("/w/fork"), health("/w/fork")})
	assert.Equal(t, 503, health(""), "each counts its own")
	require.NoError(t, world.Restore("a"))
	assert.Equal(t, []int{503, 503, 200}, []int{health(""), health(""), health("")}, "a snapshot has them too")
	require.NoError(t, world.Advance(24*time.Hour))
	require.NoError(t, world.Settle(t.Context()))
	assert.Len(t, r.got(), 2, "and sends nothing again")
}
