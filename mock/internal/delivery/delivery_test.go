package delivery

import (
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"understudy.dev/mock/internal/clock"
)

func TestSend(t *testing.T) {
	t.Parallel()
	b, r := newBench(t, Options{}, nil), newReceiver(t, always(204))
	o := order("one", r.URL+"/hook", `{"a":1}`)
	o.Header = http.Header{"X-Event": {"toy.made"}, "Content-Type": {"application/json"}}
	id := b.Send(o)
	assert.Equal(t, "dlv_1", id)
	d := b.settled(id)
	assert.Equal(t, Delivered, d.State)
	assert.Empty(t, d.Reason)
	assert.Nil(t, d.Next)
	assert.Equal(t, `{"a":1}`, d.Body)
	require.Len(t, d.Attempts, 1)
	a := d.Attempts[0]
	assert.Equal(t, 1, a.Number)
	assert.Equal(t, start, a.Time)
	assert.Zero(t, a.Duration)
	assert.Equal(t, 204, a.Status)
	assert.Empty(t, a.Error)
	require.Len(t, r.got(), 1)
	request := r.got()[0]
	assert.Equal(t, "POST", request.method)
	assert.Equal(t, `{"a":1}`, request.body)
	assert.Equal(t, "toy.made", request.header.Get("X-Event"))
	assert.Equal(t, userAgent, request.header.Get("User-Agent"))
	for name := range a.Headers {
		assert.Equal(t, a.Headers.Get(name), request.header.Get(name), name)
	}
	assert.NotContains(t, request.header, "Webhook-Id", "nothing is signed without a secret")
}

// TestSignature asks the official library, for both forms of secrets.
func TestSignature(t *testing.T) {
	t.Parallel()
	b, r := newBench(t, Options{}, nil), newReceiver(t, always(200))
	const encoded = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
	for secret, verifier := range map[string]func() (*standardwebhooks.Webhook, error){
		encoded: func() (*standardwebhooks.Webhook, error) { return standardwebhooks.NewWebhook(encoded) },
		"chosen, and no Base64": func() (*standardwebhooks.Webhook, error) {
			return standardwebhooks.NewWebhookRaw([]byte("chosen, and no Base64"))
		},
	} {
		o := order("one", r.URL, `{"secret":"`+secret+`"}`)
		o.Secret = secret
		require.Equal(t, Delivered, b.settled(b.Send(o)).State)
		last := r.got()[len(r.got())-1]
		v, err := verifier()
		require.NoError(t, err)
		require.NoError(t, v.VerifyIgnoringTimestamp([]byte(last.body), last.header))
		require.Error(t, v.VerifyIgnoringTimestamp([]byte(last.body+" "), last.header))
		assert.Equal(t, o.Event, last.header.Get("webhook-id"))
		assert.Equal(t, "1767323045", last.header.Get("webhook-timestamp"), "the world's time")
	}
	o := order("one", r.URL, "x")
	o.Secret = "whsec_!"
	d := b.settled(b.Send(o))
	assert.Equal(t, GivenUp, d.State)
	assert.Contains(t, d.Reason, "cannot sign")
	assert.True(t, d.Attempts[0].Refused)
	assert.Len(t, r.got(), 2, "what cannot be signed is not sent")
}

func TestRetries(t *testing.T) {
	t.Parallel()
	b, r := newBench(t, Options{}, nil), newReceiver(t, always(500))
	first, second := b.Send(order("one", r.URL, "1")), b.Send(order("one", r.URL, "2"))
	other := newReceiver(t, always(200))
	third := b.Send(order("two", other.URL, "3"))

	d := b.settled(first)
	assert.Equal(t, Pending, d.State)
	assert.Equal(t, start.Add(5*time.Second), *d.Next)
	assert.Equal(t, "answered by 500", d.Attempts[0].Error)
	assert.Equal(t, "seen", d.Attempts[0].Answer)
	assert.Equal(t, Pending, b.settled(second).State)
	assert.Equal(t, Delivered, b.settled(third).State, "another subscription does not wait")

	b.advance(4 * time.Second)
	assert.Equal(t, []string{"1"}, r.bodies())
	b.advance(time.Second)
	assert.Equal(t, []string{"1", "1"}, r.bodies(), "what was due has run when advance returns")
	b.advance(14 * time.Second)
	assert.Len(t, r.got(), 2)
	b.advance(time.Second)
	assert.Equal(t, []string{"1", "1", "1", "2"}, r.bodies(), "the last attempt frees the next one")
	d, _ = b.Delivery(first)
	assert.Equal(t, GivenUp, d.State)
	assert.Equal(t, "the last attempt failed: answered by 500", d.Reason)
	assert.Nil(t, d.Next)
	var times []time.Duration
	for _, a := range d.Attempts {
		times = append(times, a.Time.Sub(start))
	}
	assert.Equal(t, []time.Duration{0, 5 * time.Second, 20 * time.Second}, times)

	// One move goes through all that is left, and each attempt sees its own time.
	b.advance(time.Hour)
	assert.Len(t, r.got(), 6)
	d, _ = b.Delivery(second)
	assert.Equal(t, GivenUp, d.State)
	assert.Equal(t, start.Add(40*time.Second), d.Attempts[2].Time)
}

func TestOrderWithinASubscription(t *testing.T) {
	t.Parallel()
	b := newBench(t, Options{}, nil)
	r := newReceiver(t, func(n int, _ string) int {
		if n == 1 || n == 4 {
			return 503
		}
		return 200
	})
	for _, body := range []string{"1", "2", "3"} {
		b.Send(order("one", r.URL, body))
	}
	b.advance(time.Minute)
	assert.Equal(t, []string{"1", "1", "2", "3", "3"}, r.bodies())
}

// A receiver that moves the clock, lists deliveries and causes more of them waits for nothing.
func TestReceiverMayCallBack(t *testing.T) {
	t.Parallel()
	b := newBench(t, Options{}, nil)
	r := newReceiver(t, nil)
	r.answer = func(n int, body string) int {
		b.Deliveries(Filter{})
		b.Settle(10 * time.Millisecond)
		assert.NoError(t, b.clock.Advance(time.Second))
		switch {
		case n == 1:
			b.Send(order("one", r.URL, "2"))
			return 500
		case body == "1":
			b.Send(order("two", r.URL, "3"))
		}
		return 200
	}
	began := time.Now()
	b.Send(order("one", r.URL, "1"))
	b.advance(10 * time.Second)
	require.True(t, b.Settle(10*time.Second))
	assert.ElementsMatch(t, []string{"1", "1", "2", "3"}, r.bodies())
	all, _ := b.Deliveries(Filter{State: Delivered})
	assert.Len(t, all, 3)
	assert.Less(t, time.Since(began), 5*time.Second)
}

// What was sent before its time had come is tried again at once when that has come meanwhile.
func TestTimePassesWhileSending(t *testing.T) {
	t.Parallel()
	b := newBench(t, Options{}, nil)
	r := newReceiver(t, func(n int, _ string) int {
		if n == 1 {
			assert.NoError(t, b.clock.Advance(6*time.Second))
			return 500
		}
		return 200
	})
	d := b.settled(b.Send(order("one", r.URL, "1")))
	assert.Equal(t, Delivered, d.State)
	assert.Len(t, d.Attempts, 2)
	assert.Equal(t, 6*time.Second, d.Attempts[0].Duration)
}

func TestFailures(t *testing.T) {
	t.Parallel()
	b := newBench(t, Options{}, nil)
	block := make(chan struct{})
	slow := newReceiver(t, func(int, string) int { <-block; return 200 })
	t.Cleanup(func() { close(block) })
	gone := newReceiver(t, always(200))
	gone.Close()
	elsewhere := newReceiver(t, always(200))
	moved := newReceiver(t, always(302))
	once := func(url string) *Order {
		o := order(url, url, "x")
		o.Retry.Attempts, o.Timeout = 1, 50*time.Millisecond
		return o
	}
	for name, tt := range map[string]struct {
		order   *Order
		error   string
		refused bool
	}{
		"slow":             {once(slow.URL), "no answer within 50ms", false},
		"closed":           {once(gone.URL), "connection refused", false},
		"redirect":         {once(moved.URL), "answered by 302, a redirect, which is not followed", false},
		"no URL":           {once("nowhere"), "the address is no http or https URL", true},
		"another scheme":   {once("ftp://example.test/x"), "is no http or https URL", true},
		"nonsense":         {once("http://a b"), "invalid character", true},
		"header injection": {func() *Order { o := once(elsewhere.URL); o.Header = http.Header{"X": {"a\nb"}}; return o }(), "invalid header field value", false},
		"not wanted":       {func() *Order { o := once(elsewhere.URL); o.Wanted = func() bool { return false }; return o }(), "the subscription is gone", true},
	} {
		if tt.refused {
			tt.order.Retry.Attempts = 3 // it would be refused again, so there is one
		}
		d := b.settled(b.Send(tt.order))
		assert.Equal(t, GivenUp, d.State, name)
		require.Len(t, d.Attempts, 1, name)
		assert.Contains(t, d.Attempts[0].Error, tt.error, name)
		assert.Equal(t, tt.refused, d.Attempts[0].Refused, name)
		assert.Contains(t, d.Reason, d.Attempts[0].Error, name)
		assert.Zero(t, strings.Count(d.Reason, "Post "), name)
	}
	assert.Empty(t, elsewhere.got())
}

func TestRedeliver(t *testing.T) {
	t.Parallel()
	b := newBench(t, Options{}, nil)
	r := newReceiver(t, func(n int, _ string) int {
		if n <= 4 {
			return 500
		}
		return 200
	})
	o := order("one", r.URL, "1")
	o.Secret = "s3cret"
	id := b.Send(o)
	_, err := b.Redeliver(id)
	require.ErrorIs(t, err, ErrPending)
	b.advance(time.Hour)
	require.Equal(t, GivenUp, b.settled(id).State)

	d, err := b.Redeliver(id)
	require.NoError(t, err)
	assert.Equal(t, Pending, d.State)
	assert.Empty(t, d.Reason)
	assert.Equal(t, Pending, b.settled(id).State, "all attempts are to be had again")
	b.advance(5 * time.Second)
	d = b.settled(id)
	assert.Equal(t, Delivered, d.State)
	require.Len(t, d.Attempts, 5)
	assert.Equal(t, 5, d.Attempts[4].Number)
	last := r.got()[4]
	assert.Equal(t, o.Event, last.header.Get("webhook-id"), "the event is the same")
	assert.Equal(t, "1767326650", last.header.Get("webhook-timestamp"), "the attempt is another")

	for range 2 * maxRecorded {
		_, err = b.Redeliver(id)
		require.NoError(t, err)
		d = b.settled(id)
	}
	assert.Len(t, d.Attempts, maxRecorded)
	assert.Equal(t, 5+2*maxRecorded, d.Attempts[maxRecorded-1].Number)

	_, err = b.Redeliver("dlv_99")
	require.ErrorIs(t, err, ErrUnknown)
	faulty := order("one", r.URL, "2")
	faulty.Fault = "cannot tell where to"
	id = b.Send(faulty)
	_, err = b.Redeliver(id)
	require.EqualError(t, err, "cannot tell where to")
}

func TestBounds(t *testing.T) {
	t.Parallel()
	b := newBench(t, Options{History: 4, Bytes: 20, Waiting: 2, Body: 10}, nil)
	block := make(chan struct{})
	var once sync.Once
	open := func() { once.Do(func() { close(block) }) }
	t.Cleanup(open)
	r := newReceiver(t, func(int, string) int { <-block; return 200 })

	large, _ := b.Delivery(b.Send(order("one", r.URL, "12345678901")))
	assert.Equal(t, GivenUp, large.State)
	assert.Equal(t, "the body has 11 bytes, more than 10", large.Reason)
	assert.Empty(t, large.Body)
	_, err := b.Redeliver(large.ID)
	require.EqualError(t, err, large.Reason)

	b.Send(order("one", r.URL, "1"))
	b.Send(order("one", r.URL, "2"))
	over, _ := b.Delivery(b.Send(order("one", r.URL, "3")))
	assert.Equal(t, GivenUp, over.State)
	assert.Equal(t, ErrFull.Error(), over.Reason)

	// What has ended is forgotten for what is new; what waits is not.
	b.Send(order("two", r.URL, "4"))
	b.Send(order("three", r.URL, "5"))
	all, dropped := b.Deliveries(Filter{})
	assert.Len(t, all, 4)
	assert.EqualValues(t, 2, dropped)
	_, known := b.Delivery(large.ID)
	assert.False(t, known)
	assert.Empty(t, b.Send(order("four", r.URL, "6")), "all of them wait")
	_, dropped = b.Deliveries(Filter{})
	assert.EqualValues(t, 3, dropped)

	open()
	require.True(t, b.Settle(10*time.Second))
	b.Send(order("four", r.URL, "7890123456"))
	b.Send(order("four", r.URL, "8901234567"))
	require.True(t, b.Settle(10*time.Second))
	all, _ = b.Deliveries(Filter{})
	assert.Len(t, all, 2, "their bodies are all that is held")
}

func TestFilter(t *testing.T) {
	t.Parallel()
	b, good, bad := newBench(t, Options{}, nil), newReceiver(t, always(200)), newReceiver(t, always(500))
	for i, o := range []*Order{order("one", good.URL, "1"), order("two", bad.URL, "2"), order("one", good.URL, "3")} {
		if i == 2 {
			o.API, o.Type = "other", "toy.lost"
		}
		b.Send(o)
	}
	require.True(t, b.Settle(10*time.Second))
	for want, f := range map[string]Filter{
		"123": {}, "12": {API: "toy"}, "13": {Subscription: "one"}, "2": {Event: "evt_2"}, "3": {Type: "toy.lost"},
		"": {State: GivenUp}, "23": {Limit: 2},
	} {
		got := ""
		all, _ := b.Deliveries(f)
		for _, d := range all {
			got += d.Body
		}
		assert.Equal(t, want, got, "%+v", f)
	}
}

// Close breaks off what is under way, whatever the receiver does, and forgets the rest.
func TestClose(t *testing.T) {
	t.Parallel()
	b := newBench(t, Options{}, nil)
	block, arrived := make(chan struct{}), make(chan struct{}, 3)
	slow := newReceiver(t, func(int, string) int { arrived <- struct{}{}; <-block; return 200 })
	t.Cleanup(func() { close(block) })
	bad := newReceiver(t, always(500))
	o := order("slow", slow.URL, "1")
	o.Timeout = time.Hour
	id := b.Send(o)
	b.Send(order("slow", slow.URL, "2"))
	failed := b.Send(order("bad", bad.URL, "3"))
	<-arrived
	for d, _ := b.Delivery(failed); len(d.Attempts) == 0; d, _ = b.Delivery(failed) {
		time.Sleep(time.Millisecond)
	}
	began := time.Now()
	b.Close()
	b.Close()
	assert.Less(t, time.Since(began), time.Minute)
	assert.Empty(t, b.Send(order("slow", slow.URL, "4")))
	_, err := b.Redeliver(id)
	require.ErrorIs(t, err, ErrUnknown)
	require.NoError(t, b.clock.Advance(time.Hour))
	d, ok := b.Delivery(id)
	assert.True(t, ok)
	assert.Empty(t, d.Attempts, "what was broken off is no attempt")
	assert.Len(t, slow.got(), 1)
	assert.Len(t, bad.got(), 1)
	assert.True(t, b.Settle(time.Second))
}

// On a clock that ticks, attempts come by themselves.
func TestTickingClock(t *testing.T) {
	t.Parallel()
	targets, err := NewTargets(&TargetOptions{Loopback: true})
	require.NoError(t, err)
	c := clock.New(clock.Spec{Start: start}, nil)
	d := New(targets, &Options{Clock: c})
	t.Cleanup(func() {
		d.Close()
		require.NoError(t, c.Close())
	})
	third := make(chan struct{})
	r := newReceiver(t, func(n int, _ string) int {
		if n == 3 {
			close(third)
		}
		return 500
	})
	o := order("one", r.URL, "1")
	o.Retry.First = 10 * time.Millisecond
	id := d.Send(o)
	<-third
	require.True(t, d.Settle(10*time.Second))
	got, _ := d.Delivery(id)
	assert.Equal(t, GivenUp, got.State)
	assert.GreaterOrEqual(t, got.Attempts[1].Time.Sub(got.Attempts[0].Time), 10*time.Millisecond)
	assert.GreaterOrEqual(t, got.Attempts[2].Time.Sub(got.Attempts[1].Time), 30*time.Millisecond)
}

// However soon the clock is moved after a failure, the next attempt is due in that move.
func TestMovesAtOnce(t *testing.T) {
	t.Parallel()
	b := newBench(t, Options{}, nil)
	r := newReceiver(t, always(500))
	for i := range 50 {
		o := order("one", r.URL, "x")
		o.Retry.Attempts = 2
		b.Send(o)
		b.advance(5 * time.Second)
		require.Len(t, r.got(), 2*(i+1))
	}
}

// Many subscriptions at once, each in order, with failures in between.
func TestManyLanes(t *testing.T) {
	t.Parallel()
	b := newBench(t, Options{}, nil)
	const lanes, events = 40, 10
	var mu sync.Mutex
	seen := map[string][]string{}
	failed := map[string]bool{}
	r := newReceiver(t, func(_ int, body string) int {
		mu.Lock()
		defer mu.Unlock()
		if strings.HasSuffix(body, "5") && !failed[body] {
			failed[body] = true
			return 500
		}
		lane, event, _ := strings.Cut(body, "/")
		seen[lane] = append(seen[lane], event)
		return 200
	})
	var all sync.WaitGroup
	for lane := range lanes {
		all.Go(func() {
			name := string(rune('A' + lane))
			for event := range events {
				b.Send(order(name, r.URL, name+"/"+string(rune('0'+event))))
			}
		})
	}
	all.Wait()
	for range 3 {
		b.Settle(10 * time.Second)
		b.advance(5 * time.Second)
	}
	require.Len(t, seen, lanes)
	for lane, got := range seen {
		assert.Equal(t, "0123456789", strings.Join(got, ""), lane)
	}
}
