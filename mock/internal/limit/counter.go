package limit

import (
	"container/list"
	"math"
	"time"

	"understudy.dev/specs"
)

// A counter counts for one key. Its meter guards it.
type counter struct {
	limit *specs.Limit
	key   string
	age   *list.Element

	// start is the beginning of the window that number counts in; it means
	// nothing while number is 0.
	start  time.Time
	number int
	// times are what a sliding window counts, oldest first, instead of number.
	times []time.Time
	// until is the end of the waiting time of a back-off.
	until time.Time

	// held counts requests that are under way and may yet fail; settled is
	// closed when one of them ends.
	held    int
	settled chan struct{}
}

// forget drops what lies before the window that holds now. What led to a
// waiting time counts for another period after it, or waits could not grow
// beyond the period.
func (c *counter) forget(now time.Time) {
	if c.limit.Per <= 0 || !c.until.IsZero() && now.Before(c.until.Add(c.limit.Per)) {
		return
	}
	if c.limit.Window == specs.WindowSliding {
		gone := 0
		for gone < len(c.times) && !now.Before(c.times[gone].Add(c.limit.Per)) {
			gone++
		}
		c.times = c.times[gone:]
		return
	}
	if c.number > 0 && !now.Before(c.start.Add(c.limit.Per)) {
		c.number = 0
	}
}

// verdict says why the next request must be refused, "" if it need not be.
func (c *counter) verdict(allowance int, now time.Time) specs.Problem {
	switch {
	case now.Before(c.until):
		return specs.BackingOff
	case allowance != unlimited && c.limit.Backoff == nil && c.used() >= allowance:
		return specs.RateLimited
	}
	return ""
}

func (c *counter) used() int {
	if c.limit.Window == specs.WindowSliding {
		return len(c.times)
	}
	return c.number
}

// count adds one, and begins a waiting time where one is due.
func (c *counter) count(allowance int, now time.Time) {
	if c.limit.Window == specs.WindowSliding {
		c.times = append(c.times, now)
	} else {
		if c.number == 0 {
			c.start = c.windowStart(now)
		}
		c.number++
	}
	if b := c.limit.Backoff; b != nil && allowance != unlimited && c.used() >= allowance {
		c.until = now.Add(wait(b, c.used()-max(allowance, 1)))
	}
}

func (c *counter) windowStart(now time.Time) time.Time {
	if c.limit.Window != specs.WindowAligned || c.limit.Per <= 0 {
		return now
	}
	// Periods are counted from 1970, so that windows of an hour or a day begin
	// with the hour or the day in UTC.
	since := now.UnixNano() % int64(c.limit.Per)
	if since < 0 {
		since += int64(c.limit.Per)
	}
	return now.Add(-time.Duration(since))
}

// wait is the waiting time after the first counted request too many, and after
// a number of further ones.
func wait(b *specs.Backoff, further int) time.Duration {
	d := float64(b.First) * math.Pow(b.Factor, float64(further))
	longest := float64(b.Max)
	if b.Max <= 0 {
		longest = float64(math.MaxInt64 / 4)
	}
	return time.Duration(math.Min(d, longest))
}

func (c *counter) clearsOnSuccess() bool { return c.limit.ResetOnSuccess || c.limit.Backoff != nil }

func (c *counter) clear() {
	c.number, c.times, c.until = 0, nil, time.Time{}
}

// idle reports whether a new counter would do as well.
func (c *counter) idle(now time.Time) bool {
	return c.held == 0 && c.used() == 0 && !now.Before(c.until)
}

func (c *counter) info(allowance int, now time.Time) specs.LimitInfo {
	end := c.end(allowance, now)
	remaining := max(0, allowance-c.used())
	if allowance == unlimited {
		remaining = unlimited
	}
	return specs.LimitInfo{
		Name: c.limit.Name, Limit: allowance, Remaining: remaining, Used: c.used(),
		Reset: unixUp(end), RetryAfter: secondsUp(end.Sub(now)),
	}
}

// end is when a caller has something to gain from trying again: the end of a
// waiting time, else of the window, and in a sliding one the moment when the
// next request is allowed, or, where one is allowed now, when the oldest one
// stops to count. Without any period it is now.
func (c *counter) end(allowance int, now time.Time) time.Time {
	switch {
	case now.Before(c.until):
		return c.until
	case c.limit.Per <= 0:
		return now
	case c.limit.Window == specs.WindowSliding && len(c.times) > 0 && allowance != unlimited:
		return c.times[max(0, min(len(c.times)-allowance, len(c.times)-1))].Add(c.limit.Per)
	case c.limit.Window != specs.WindowSliding && c.number > 0:
		return c.start.Add(c.limit.Per)
	}
	return c.windowStart(now).Add(c.limit.Per)
}
