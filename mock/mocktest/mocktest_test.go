package mocktest_test

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/tidwall/gjson"

	"understudy.dev/mock"
	"understudy.dev/mock/mocktest"
	"understudy.dev/specs"
)

func start(t *testing.T) *mocktest.Mock {
	t.Helper()
	api, err := specs.LoadDir("../../testdata/toy")
	require.NoError(t, err)
	return mocktest.Start(t, &mock.Options{Clock: mock.Clock{Start: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), Frozen: true}}, api)
}

func login(t *testing.T, m *mocktest.Mock) string {
	t.Helper()
	in := m.Inputs("toy")
	resp, err := m.Client.Post(m.URL("toy")+"/auth/token", "application/json", strings.NewReader(`{"key":"`+in["key"]+`","secret":"`+in["secret"]+`"}`))
	require.NoError(t, err)
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	require.Equal(t, 200, resp.StatusCode, string(body))
	return gjson.GetBytes(body, "token").String()
}

func status(t *testing.T, m *mocktest.Mock, token string) int {
	t.Helper()
	r, err := http.NewRequest("GET", m.URL("toy")+"/books", nil)
	require.NoError(t, err)
	r.Header.Set("Authorization", "Bearer "+token)
	resp, err := m.Client.Do(r)
	require.NoError(t, err)
	resp.Body.Close()
	return resp.StatusCode
}

func TestMock(t *testing.T) {
	t.Parallel()
	m := start(t)
	token := login(t, m)
	assert.Equal(t, 200, status(t, m, token))
	m.Advance(61 * time.Minute)
	assert.Equal(t, 401, status(t, m, token))
	entries := m.Journal()
	require.Len(t, entries, 3)
	assert.Equal(t, "expired_credential", entries[2].Refusal.Problem)

	m.Reset()
	assert.Empty(t, m.Journal())
	assert.Equal(t, token, login(t, m), "the same again, byte for byte")
	assert.Equal(t, map[string]string{
		"key": "key_librarian", "secret": "librarian-secret", "reader_key": "key_reader", "reader_secret": "reader-secret",
		"desk_key": "desk_front_door", "email": "ada@library.test", "pin": "1815",
	}, m.Inputs("toy"))
}

func TestMocksShareNothing(t *testing.T) {
	t.Parallel()
	one, two := start(t), start(t)
	token := login(t, one)
	assert.Equal(t, 200, status(t, one, token))
	assert.Equal(t, 401, status(t, two, token))
	assert.Len(t, two.Journal(), 1)
}

func TestWorldsOfOneMock(t *testing.T) {
	t.Parallel()
	m := start(t)
	t.Run("parallel", func(t *testing.T) {
		for _, name := range []string{"one", "two", "three"} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				w := m.World(t, name)
				get := func(url string) int {
					resp, err := m.Client.Get(url + "/health")
					require.NoError(t, err)
					resp.Body.Close()
					return resp.StatusCode
				}
				assert.Equal(t, 200, get(w.URL("toy")))
				assert.Len(t, w.Journal(), 1)
				began := w.World.Now()
				w.Snapshot("a")
				w.Advance(time.Hour)
				fork := w.Fork(t, name+"-fork")
				assert.Empty(t, fork.Journal())
				assert.Equal(t, began.Add(time.Hour), fork.World.Now())
				w.Restore("a")
				assert.Equal(t, began, w.World.Now())
				fork.Advance(time.Hour)
				fork.Reset()
				assert.Equal(t, began.Add(time.Hour), fork.World.Now())
				fork.Drop()
				assert.Equal(t, 404, get(fork.URL("toy")))
				fork.Drop()
			})
		}
	})
	assert.Empty(t, m.Journal())
	assert.Nil(t, m.Server.World("one"), "dropped with its test")
}
