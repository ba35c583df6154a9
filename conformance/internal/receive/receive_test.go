package receive_test

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"understudy.dev/conformance/internal/receive"
)

func start(t *testing.T) *receive.Receiver {
	t.Helper()
	r, err := receive.Start(&receive.Config{})
	require.NoError(t, err)
	t.Cleanup(r.Close)
	return r
}

func post(t *testing.T, url, body string) int {
	t.Helper()
	answer, err := http.Post(url, "text/plain", strings.NewReader(body))
	require.NoError(t, err)
	defer answer.Body.Close()
	return answer.StatusCode
}

// waits waits until so many deliveries wait in the box: they come in only once they are answered.
func waits(t *testing.T, box *receive.Box, n int) {
	t.Helper()
	assert.Eventually(t, func() bool { return len(box.Waiting()) == n }, 5*time.Second, time.Millisecond)
}

func anything(*receive.Delivery) bool { return true }

func holding(text string) func(*receive.Delivery) bool {
	return func(d *receive.Delivery) bool { return string(d.Body) == text }
}

// TestBoxes holds what is answered, and that a box gets what was sent to it and nothing else.
func TestBoxes(t *testing.T) {
	t.Parallel()
	r := start(t)
	a, err := r.Box()
	require.NoError(t, err)
	b, err := r.Box()
	require.NoError(t, err)
	assert.NotEqual(t, a.URL(), b.URL())
	assert.False(t, r.Heard())
	a.Answer(500, 301)
	var statuses []int
	for i := range 4 {
		statuses = append(statuses, post(t, a.URL()+"/below?x=1", fmt.Sprint(i)))
	}
	assert.Equal(t, []int{500, 301, 204, 204}, statuses)
	assert.Equal(t, 204, post(t, b.URL(), "b"))
	assert.Equal(t, 404, post(t, r.URL()+"/0123456789abcdef0123456789abcdef", "c"))
	assert.True(t, r.Heard())
	assert.Equal(t, 5, r.Count())

	second := a.Take(t.Context(), time.Second, holding("1"))
	require.NotNil(t, second, "one that is not the first")
	assert.Equal(t, 301, second.Status)
	assert.Equal(t, a.URL()+"/below?x=1", second.URL.String())
	first := a.Take(t.Context(), time.Second, anything)
	require.NotNil(t, first)
	assert.Equal(t, "0", string(first.Body), "what was passed over stays")
	waits(t, a, 2)
	assert.Nil(t, a.Take(t.Context(), 0, holding("b")))
	assert.Nil(t, a.Take(t.Context(), 0, holding("1")), "it is taken once")

	a.Close()
	assert.Equal(t, 204, post(t, a.URL(), "late"))
	assert.Empty(t, a.Waiting())
}

// TestTake holds that a delivery is waited for, as long as it is allowed to take.
func TestTake(t *testing.T) {
	t.Parallel()
	box, err := start(t).Box()
	require.NoError(t, err)
	var group sync.WaitGroup
	group.Go(func() {
		time.Sleep(20 * time.Millisecond)
		post(t, box.URL(), "other")
		post(t, box.URL(), "it")
	})
	d := box.Take(t.Context(), 10*time.Second, holding("it"))
	group.Wait()
	require.NotNil(t, d)
	assert.Equal(t, 2, d.Seq)
	assert.Nil(t, box.Take(t.Context(), 10*time.Millisecond, holding("it")))
}

// TestBounds holds that floods and large bodies are answered but not kept.
func TestBounds(t *testing.T) {
	t.Parallel()
	box, err := start(t).Box()
	require.NoError(t, err)
	assert.Equal(t, 204, post(t, box.URL(), strings.Repeat("x", 1<<20+1)))
	assert.Equal(t, 1, box.Lost())
	for range 205 {
		assert.Equal(t, 204, post(t, box.URL(), ""))
	}
	assert.Equal(t, 6, box.Lost())
	waits(t, box, 200)
}

func TestStart(t *testing.T) {
	t.Parallel()
	_, err := receive.Start(&receive.Config{Address: "127.0.0.1:nothing"})
	assert.ErrorContains(t, err, "cannot listen for deliveries on 127.0.0.1:nothing: ")
	everywhere, err := receive.Start(&receive.Config{Address: ":0"})
	require.NoError(t, err)
	t.Cleanup(everywhere.Close)
	box, err := everywhere.Box()
	require.NoError(t, err)
	assert.Equal(t, 204, post(t, box.URL(), "x"), "where it listens everywhere it is on this machine too: %s", box.URL())
	fixed, err := receive.Start(&receive.Config{Random: bytes.NewReader(make([]byte, 16))})
	require.NoError(t, err)
	t.Cleanup(fixed.Close)
	box, err = fixed.Box()
	require.NoError(t, err)
	assert.Equal(t, strings.Repeat("0", 32), box.Token())
	_, err = fixed.Box()
	assert.ErrorContains(t, err, "cannot make a URL")
}

func TestEvent(t *testing.T) {
	t.Parallel()
	known := []string{"risk.created", "risk.updated", "created"}
	for name, test := range map[string]struct {
		header map[string]string
		body   string
		want   string
	}{
		"a field":              {nil, `{"id": 1, "type": "risk.created", "data": {}}`, "risk.created"},
		"an inner field":       {nil, `{"meta": {"event": {"name": "risk.updated"}}, "data": []}`, "risk.updated"},
		"the outer field":      {nil, `{"data": {"was": "risk.created"}, "type": "risk.updated"}`, "risk.updated"},
		"a header":             {map[string]string{"X-Event": "risk.updated"}, `{"about": "risk.created"}`, "risk.updated"},
		"a list of wishes":     {nil, `{"type": "ping", "hook": {"events": ["risk.created"]}}`, ""},
		"a list of events":     {nil, `[{"type": "risk.created"}]`, "risk.created"},
		"a text about it":      {nil, `{"type": "ping", "text": "not a risk.created at all"}`, ""},
		"shouted":              {nil, `{"type": "RISK_CREATED"}`, "risk.created"},
		"prefixed":             {nil, `{"type": "com.example.risk.updated"}`, "risk.updated"},
		"exact before similar": {nil, `{"kind": "RISK_CREATED", "type": "risk.updated"}`, "risk.updated"},
		"another word":         {nil, `{"type": "recreated"}`, ""},
		"a form":               {map[string]string{"Content-Type": "application/x-www-form-urlencoded"}, `a=b&event=risk.created`, "risk.created"},
		"text":                 {nil, "risk.created\n", "risk.created"},
		"nothing":              {nil, "", ""},
		"the type of the body": {map[string]string{"Content-Type": "created"}, "{}", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := http.Header{}
			for name, value := range test.header {
				h.Set(name, value)
			}
			assert.Equal(t, test.want, receive.Event(known, h, []byte(test.body)))
		})
	}
}
