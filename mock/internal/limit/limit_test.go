package limit

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"understudy.dev/specs"
	"understudy.dev/specs/strict"
	"understudy.dev/specs/template"
)

var noon = time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)

func compile(src string) *template.Expr {
	scope := template.NewScope(map[string]any{"key": template.Any, "allowance": template.Any, "body": template.Any})
	e, err := template.CompileExpr(strict.Pos{File: "profile.yaml", Line: 1}, src, scope, template.Any)
	if err != nil {
		panic(err)
	}
	return e
}

func check(t require.TestingT, s *Set, key any, allowance int, now time.Time) *Decision {
	d, err := s.Check(context.Background(), "op", template.Env{"key": key, "allowance": allowance}, now)
	require.NoError(t, err)
	return d
}

// limits is a set with one limit; change may alter it.
func limits(change func(*specs.Limit)) *Set {
	l := &specs.Limit{
		Name: "standard", Key: compile("key"), Requests: compile("allowance"), Per: time.Minute,
		Window: specs.WindowFixed, Count: specs.CountRequests,
	}
	if change != nil {
		change(l)
	}
	return Compile([]*specs.Limit{l}, []string{"op"}).NewSet()
}

func TestOperations(t *testing.T) {
	t.Parallel()
	named := func(name string, operations, except []string) *specs.Limit {
		return &specs.Limit{
			Name: name, Operations: operations, Except: except, Requests: compile("5"), Per: time.Minute,
			Window: specs.WindowFixed, Count: specs.CountRequests,
		}
	}
	s := Compile([]*specs.Limit{
		named("all", nil, nil),
		named("star", []string{"*"}, nil),
		named("lists", []string{"list*"}, []string{"listSecrets"}),
		named("one", []string{"createRisk", "login"}, nil),
		named("rest", nil, []string{"list*", "login"}),
	}, []string{"listRisks", "listSecrets", "createRisk", "login", "getRisk"}).NewSet()
	for operation, want := range map[string][]string{
		"listRisks":   {"all", "star", "lists"},
		"listSecrets": {"all", "star"},
		"createRisk":  {"all", "star", "one", "rest"},
		"login":       {"all", "star", "one"},
		"getRisk":     {"all", "star", "rest"},
		"":            {"all", "star", "rest"},
	} {
		d, err := s.Check(context.Background(), operation, nil, noon)
		require.NoError(t, err)
		var got []string
		for _, a := range d.Applied {
			assert.Equal(t, a.Limit.Name, a.Info.Name)
			got = append(got, a.Limit.Name)
		}
		assert.Equal(t, want, got, operation)
	}
	d, err := Compile(nil, nil).NewSet().Check(context.Background(), "x", nil, noon)
	require.NoError(t, err)
	assert.False(t, d.Refused)
	d.Settle(200, noon)
}

// The windows, moment by moment: what is sent when, and what the caller sees.
func TestWindows(t *testing.T) {
	t.Parallel()
	type moment struct {
		at        time.Duration
		refused   bool
		remaining int
		reset     time.Duration
		retry     int
	}
	start := noon.Add(90 * time.Second) // 12:01:30
	for window, moments := range map[specs.Window][]moment{
		specs.WindowFixed: {
			{0, false, 1, 60 * time.Second, 60},
			{20500 * time.Millisecond, false, 0, 60 * time.Second, 40},
			{59999 * time.Millisecond, true, 0, 60 * time.Second, 1},
			{60 * time.Second, false, 1, 120 * time.Second, 60},
		},
		specs.WindowAligned: {
			{0, false, 1, 30 * time.Second, 30},
			{time.Second, false, 0, 30 * time.Second, 29},
			{29500 * time.Millisecond, true, 0, 30 * time.Second, 1},
			{30 * time.Second, false, 1, 90 * time.Second, 60},
			{31 * time.Second, false, 0, 90 * time.Second, 59},
			{89 * time.Second, true, 0, 90 * time.Second, 1},
		},
		specs.WindowSliding: {
			{0, false, 1, 60 * time.Second, 60},
			{20 * time.Second, false, 0, 60 * time.Second, 40},
			{59 * time.Second, true, 0, 60 * time.Second, 1},
			{60 * time.Second, false, 0, 80 * time.Second, 20},
			{61 * time.Second, true, 0, 80 * time.Second, 19},
			{300 * time.Second, false, 1, 360 * time.Second, 60},
		},
	} {
		t.Run(string(window), func(t *testing.T) {
			t.Parallel()
			s := limits(func(l *specs.Limit) { l.Window = window })
			for _, m := range moments {
				now := start.Add(m.at)
				d := check(t, s, "me", 2, now)
				d.Settle(200, now)
				info := d.Applied[0].Info
				assert.Equal(t, m.refused, d.Refused, m.at)
				assert.Equal(t, specs.LimitInfo{
					Name: "standard", Limit: 2, Remaining: m.remaining, Used: 2 - m.remaining, Reset: start.Add(m.reset).Unix(), RetryAfter: m.retry,
				}, info, m.at)
			}
		})
	}
}

func TestKeysCountOnTheirOwn(t *testing.T) {
	t.Parallel()
	s := limits(nil)
	for _, key := range []any{"a", "b", 7, nil} {
		assert.False(t, check(t, s, key, 1, noon).Refused, key)
		assert.True(t, check(t, s, key, 1, noon).Refused, key)
	}
	assert.True(t, check(t, s, "7", 1, noon).Refused, "7 and its text are one key")

	// What has no key in this request counts together, instead of not at all.
	broken := limits(func(l *specs.Limit) { l.Key = compile("body.email.name") })
	assert.False(t, check(t, broken, nil, 1, noon).Refused)
	assert.True(t, check(t, broken, nil, 1, noon).Refused)
}

func TestUnlimitedAndNothing(t *testing.T) {
	t.Parallel()
	for _, window := range []specs.Window{specs.WindowFixed, specs.WindowAligned, specs.WindowSliding} {
		s := limits(func(l *specs.Limit) { l.Window = window })
		for n := range 100 {
			d := check(t, s, "a", -1, noon)
			require.False(t, d.Refused)
			d.Settle(200, noon)
			assert.Equal(t, specs.LimitInfo{
				Name: "standard", Limit: -1, Remaining: -1, Used: n + 1, Reset: noon.Unix() + 60, RetryAfter: 60,
			}, d.Applied[0].Info)
		}
		assert.True(t, check(t, s, "a", 0, noon).Refused, "no request at all")
	}
	failures := limits(func(l *specs.Limit) { l.Count = specs.CountFailures })
	for range 3 {
		d := check(t, failures, "a", -1, noon)
		require.False(t, d.Refused)
		d.Settle(401, noon)
		assert.Equal(t, -1, d.Applied[0].Info.Remaining)
	}
}

func TestAllowanceMayChange(t *testing.T) {
	t.Parallel()
	for _, window := range []specs.Window{specs.WindowFixed, specs.WindowAligned, specs.WindowSliding} {
		s := limits(func(l *specs.Limit) { l.Window = window })
		for range 3 {
			require.False(t, check(t, s, "a", 3, noon).Refused)
		}
		d := check(t, s, "a", 1, noon.Add(time.Second))
		assert.True(t, d.Refused)
		assert.Zero(t, d.Info.Remaining, "never negative")
		assert.Equal(t, 59, d.Info.RetryAfter)
		assert.False(t, check(t, s, "a", 5, noon.Add(time.Second)).Refused)
	}
}

func TestExpressionThatFails(t *testing.T) {
	t.Parallel()
	s := limits(func(l *specs.Limit) { l.Requests = compile("allowance.much") })
	_, err := s.Check(context.Background(), "op", template.Env{"key": "a", "allowance": "x"}, noon)
	require.ErrorContains(t, err, "cannot apply the limit standard")
}

// The first limit that refuses decides; those before it have counted, those
// after it have not, and all of them show.
func TestSeveralLimits(t *testing.T) {
	t.Parallel()
	limit := func(name, requests string) *specs.Limit {
		return &specs.Limit{Name: name, Requests: compile(requests), Per: time.Minute, Window: specs.WindowFixed, Count: specs.CountRequests}
	}
	s := Compile([]*specs.Limit{limit("wide", "9"), limit("narrow", "1"), limit("last", "9")}, []string{"op"}).NewSet()
	check(t, s, nil, 0, noon).Settle(200, noon)
	d := check(t, s, nil, 0, noon)
	d.Settle(429, noon)
	require.True(t, d.Refused)
	assert.Equal(t, "narrow", d.Limit.Name)
	assert.Equal(t, "narrow", d.Info.Name)
	assert.Equal(t, specs.RateLimited, d.Problem)
	var remaining []int
	for _, a := range d.Applied {
		remaining = append(remaining, a.Info.Remaining)
	}
	assert.Equal(t, []int{7, 0, 8}, remaining)
}

// TestLongestWait holds that who waits as long as it is told to is not refused by another limit.
func TestLongestWait(t *testing.T) {
	t.Parallel()
	limit := func(name string, per time.Duration) *specs.Limit {
		return &specs.Limit{Name: name, Requests: compile("1"), Per: per, Window: specs.WindowFixed, Count: specs.CountRequests}
	}
	s := Compile([]*specs.Limit{limit("short", time.Second), limit("long", time.Hour), limit("middle", time.Minute)}, []string{"op"}).NewSet()
	check(t, s, nil, 0, noon).Settle(200, noon)
	d := check(t, s, nil, 0, noon)
	d.Settle(429, noon)
	require.True(t, d.Refused)
	assert.Equal(t, "long", d.Limit.Name)
	assert.Equal(t, 3600, d.Info.RetryAfter)
}

// TestLongKeys holds that long keys are told apart and not kept.
func TestLongKeys(t *testing.T) {
	t.Parallel()
	s := limits(nil)
	long := strings.Repeat("k", 1<<20)
	check(t, s, long, 1, noon).Settle(200, noon)
	assert.False(t, check(t, s, long+"x", 1, noon).Refused)
	assert.True(t, check(t, s, long, 1, noon).Refused)
	for key := range s.meters[0].counters {
		assert.LessOrEqual(t, len(key), longKey)
	}
}

func TestFailures(t *testing.T) {
	t.Parallel()
	s := limits(func(l *specs.Limit) { l.Count = specs.CountFailures })
	send := func(status int) *Decision {
		d := check(t, s, "a", 2, noon)
		if !d.Refused {
			d.Settle(status, noon)
		} else {
			d.Settle(429, noon)
		}
		return d
	}
	for _, harmless := range []int{200, 302, 500, 503, 0} {
		assert.False(t, send(harmless).Refused)
	}
	d := send(401)
	assert.False(t, d.Refused)
	assert.Equal(t, 1, d.Applied[0].Info.Remaining, "settling brings the headers up to date")
	assert.False(t, send(200).Refused, "a success does not clear unless asked to")
	assert.False(t, send(404).Refused)
	assert.True(t, send(200).Refused)
	assert.True(t, send(200).Refused)
}

func TestRefusalOfOneLimitIsNoFailureForAnother(t *testing.T) {
	t.Parallel()
	s := Compile([]*specs.Limit{
		{Name: "guesses", Requests: compile("1"), Per: time.Hour, Window: specs.WindowFixed, Count: specs.CountFailures},
		{Name: "rate", Requests: compile("0"), Per: time.Second, Window: specs.WindowFixed, Count: specs.CountRequests},
	}, []string{"op"}).NewSet()
	for range 3 {
		d := check(t, s, nil, 0, noon)
		require.Equal(t, "rate", d.Limit.Name)
		d.Settle(429, noon)
		assert.Equal(t, 1, d.Applied[0].Info.Remaining)
	}
}

func TestResetOnSuccess(t *testing.T) {
	t.Parallel()
	for _, count := range []specs.Count{specs.CountRequests, specs.CountFailures} {
		s := limits(func(l *specs.Limit) { l.Count, l.ResetOnSuccess = count, true })
		for range 10 {
			d := check(t, s, "a", 2, noon)
			require.False(t, d.Refused)
			d.Settle(401, noon)
			d = check(t, s, "a", 2, noon)
			require.False(t, d.Refused)
			d.Settle(204, noon)
			assert.Equal(t, 2, d.Applied[0].Info.Remaining)
		}
	}
}

func TestBackoff(t *testing.T) {
	t.Parallel()
	s := limits(func(l *specs.Limit) {
		l.Per, l.Count = 0, specs.CountFailures
		l.Backoff = &specs.Backoff{First: 1500 * time.Millisecond, Factor: 2, Max: 5 * time.Second}
	})
	now := noon
	attempt := func(status int) *Decision {
		d := check(t, s, "a", 3, now)
		d.Settle(status, now)
		return d
	}
	for range 3 {
		require.False(t, attempt(401).Refused)
	}
	for _, wait := range []time.Duration{1500 * time.Millisecond, 3 * time.Second, 5 * time.Second, 5 * time.Second} {
		d := attempt(401)
		assert.Equal(t, specs.BackingOff, d.Problem)
		assert.Equal(t, int((wait+time.Second-1)/time.Second), d.Info.RetryAfter)
		assert.Zero(t, d.Info.Remaining)
		now = now.Add(wait - 1)
		assert.True(t, attempt(200).Refused, "an attempt inside the wait is refused, and does not lengthen it")
		now = now.Add(1)
		require.False(t, attempt(401).Refused, "after %s", wait)
	}
	now = now.Add(5 * time.Second)
	require.False(t, attempt(200).Refused)
	for range 3 {
		require.False(t, attempt(401).Refused, "a success begins anew")
	}
	assert.True(t, attempt(401).Refused)
}

// A window that ends while a waiting time runs neither shortens it nor makes
// the next one start from the beginning.
func TestBackoffOutlivesWindow(t *testing.T) {
	t.Parallel()
	for _, window := range []specs.Window{specs.WindowFixed, specs.WindowAligned, specs.WindowSliding} {
		s := limits(func(l *specs.Limit) {
			l.Per, l.Window = 10*time.Second, window
			l.Backoff = &specs.Backoff{First: 30 * time.Second, Factor: 2}
		})
		send := func(after time.Duration) *Decision { return check(t, s, "a", 1, noon.Add(after)) }
		require.False(t, send(0).Refused)
		assert.Equal(t, 19, send(11*time.Second).Info.RetryAfter, window)
		require.False(t, send(30*time.Second).Refused)
		assert.Equal(t, 59, send(31*time.Second).Info.RetryAfter, window)
		require.False(t, send(100*time.Second).Refused, "a whole period after the wait")
		assert.Equal(t, 29, send(101*time.Second).Info.RetryAfter, "everything is forgotten: %s", window)
	}
}

func TestKeysAreBounded(t *testing.T) {
	t.Parallel()
	s := limits(nil)
	s.keys = 10
	for i := range 100 {
		require.False(t, check(t, s, i, 1, noon.Add(time.Duration(i))).Refused)
	}
	assert.Len(t, s.meters[0].counters, 10)
	assert.Equal(t, 10, s.meters[0].ages.Len())
	assert.True(t, check(t, s, 99, 1, noon.Add(time.Second)).Refused, "the newest are remembered")
	assert.False(t, check(t, s, 5, 1, noon.Add(time.Second)).Refused, "the oldest are not")

	require.True(t, check(t, s, 92, 1, noon.Add(time.Second)).Refused, "refusals keep nothing young")
	require.False(t, check(t, s, 92, 2, noon.Add(time.Second)).Refused)
	for i := range 9 {
		require.False(t, check(t, s, 200+i, 1, noon.Add(2*time.Second)).Refused)
	}
	assert.True(t, check(t, s, 92, 2, noon.Add(2*time.Second)).Refused, "who counted last is young")

	// A new key pushes out everything whose window has ended.
	require.False(t, check(t, s, "later", 1, noon.Add(time.Hour)).Refused)
	assert.Len(t, s.meters[0].counters, 1)
}

func BenchmarkCheck(b *testing.B) {
	for _, window := range []specs.Window{specs.WindowFixed, specs.WindowSliding} {
		b.Run(string(window), func(b *testing.B) {
			s := limits(func(l *specs.Limit) { l.Window = window })
			env := template.Env{"key": "a", "allowance": 1000}
			now := noon
			b.ReportAllocs()
			for b.Loop() {
				now = now.Add(100 * time.Millisecond)
				d, err := s.Check(context.Background(), "op", env, now)
				if err != nil {
					b.Fatal(err)
				}
				d.Settle(200, now)
			}
		})
	}
}

func BenchmarkNewSet(b *testing.B) {
	rules := Compile([]*specs.Limit{{}, {}, {}}, nil)
	b.ReportAllocs()
	for b.Loop() {
		rules.NewSet()
	}
}
