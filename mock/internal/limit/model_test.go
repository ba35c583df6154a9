package limit

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"understudy.dev/specs"
)

// A naive model of a limit: it keeps every moment that ever counted, and looks
// through all of them each time.
type model struct {
	limit  *specs.Limit
	n      int
	counts map[string][]time.Time
}

func (m *model) used(key string, now time.Time) int {
	per, used := m.limit.Per, 0
	var start time.Time
	for _, at := range m.counts[key] {
		switch m.limit.Window {
		case specs.WindowSliding:
			if at.Add(per).After(now) {
				used++
			}
		case specs.WindowAligned:
			if at.Truncate(per).Equal(now.Truncate(per)) {
				used++
			}
		default:
			if used == 0 || !at.Before(start.Add(per)) {
				start, used = at, 0
			}
			used++
		}
	}
	if m.limit.Window == specs.WindowFixed && used > 0 && !now.Before(start.Add(per)) {
		used = 0
	}
	return used
}

// refuses is the verdict, and for how long it stands at least.
func (m *model) refuses(key string, now time.Time) (specs.Problem, time.Duration) {
	counts := m.counts[key]
	if b := m.limit.Backoff; b != nil {
		if len(counts) == 0 || len(counts) < m.n {
			return "", 0
		}
		seconds := b.First.Seconds() * math.Pow(b.Factor, float64(len(counts)-max(m.n, 1)))
		wait := min(time.Duration(seconds*float64(time.Second)), b.Max)
		if left := counts[len(counts)-1].Add(wait).Sub(now); left > 0 {
			return specs.BackingOff, left
		}
		return "", 0
	}
	if m.used(key, now) < m.n {
		return "", 0
	}
	return specs.RateLimited, 0
}

func (m *model) settle(key string, status int, now time.Time) {
	failed := status >= 400 && status < 500
	if m.limit.Count == specs.CountRequests || failed {
		m.counts[key] = append(m.counts[key], now)
	}
	if status < 300 && (m.limit.ResetOnSuccess || m.limit.Backoff != nil) {
		m.counts[key] = nil
	}
}

func drawLimit(t *rapid.T) (*specs.Limit, int) {
	n := rapid.IntRange(0, 4).Draw(t, "requests")
	l := &specs.Limit{
		Name:           "model",
		Per:            time.Duration(rapid.IntRange(1, 5).Draw(t, "per")) * time.Second,
		Window:         rapid.SampledFrom([]specs.Window{specs.WindowFixed, specs.WindowAligned, specs.WindowSliding}).Draw(t, "window"),
		Count:          rapid.SampledFrom([]specs.Count{specs.CountRequests, specs.CountFailures}).Draw(t, "count"),
		ResetOnSuccess: rapid.Bool().Draw(t, "reset"),
		Key:            compile("key"),
		Requests:       compile("allowance"),
	}
	if rapid.Bool().Draw(t, "backs off") {
		l.Per, l.Window = 0, specs.WindowFixed
		l.Backoff = &specs.Backoff{
			First:  time.Duration(rapid.IntRange(100, 2000).Draw(t, "first")) * time.Millisecond,
			Factor: rapid.SampledFrom([]float64{1, 1.5, 2}).Draw(t, "factor"),
			Max:    3 * time.Second,
		}
	}
	return l, n
}

func TestLimitsAgainstModel(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		l, n := drawLimit(t)
		m := &model{limit: l, n: n, counts: map[string][]time.Time{}}
		set := Compile([]*specs.Limit{l}, nil).NewSet()
		now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(rapid.IntRange(0, 5000).Draw(t, "start")) * time.Millisecond)
		t.Repeat(map[string]func(*rapid.T){
			"pass": func(t *rapid.T) {
				now = now.Add(time.Duration(rapid.IntRange(0, 2500).Draw(t, "ms")) * time.Millisecond)
			},
			"send": func(t *rapid.T) {
				key := rapid.SampledFrom([]string{"a", "b"}).Draw(t, "key")
				status := rapid.SampledFrom([]int{200, 204, 302, 400, 401, 404, 500}).Draw(t, "status")
				want, left := m.refuses(key, now)
				d := check(t, set, key, n, now)
				require.Equal(t, want, d.Problem)
				require.Equal(t, want != "", d.Refused)
				if d.Refused {
					require.Equal(t, m.limit, d.Limit)
					require.GreaterOrEqual(t, d.Info.RetryAfter, 1)
					if left > 0 {
						require.Equal(t, max(1, int(math.Ceil(left.Seconds()))), d.Info.RetryAfter)
					}
					d.Settle(429, now)
					require.Equal(t, d.Info, d.Applied[0].Info, "a refusal counts nothing")
					if n > 0 {
						// Who waits as long as told is let in.
						later := now.Add(time.Duration(d.Info.RetryAfter) * time.Second)
						again, _ := m.refuses(key, later)
						require.Empty(t, again)
					}
					return
				}
				d.Settle(status, now)
				m.settle(key, status, now)
				info := d.Applied[0].Info
				require.Equal(t, n, info.Limit)
				used := len(m.counts[key])
				if l.Backoff == nil {
					used = m.used(key, now)
				}
				require.Equal(t, max(0, n-used), info.Remaining)
				require.GreaterOrEqual(t, info.Reset, now.Unix())
			},
		})
	})
}
