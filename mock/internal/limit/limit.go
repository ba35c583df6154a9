// Package limit counts what callers do and refuses what is too much: fixed,
// aligned and sliding windows, failures, waiting times that grow. Every limit
// counts exactly, however many requests come at once.
//
// It writes no responses and knows no stages: whoever asks tells it later how
// the request went, and takes the values of the limit's headers from the
// decision. Time comes with every call.
//
//	rules := limit.Compile(profile.Limits, operations) // once for an API
//	set := rules.NewSet()                              // once for a world
//	decision, err := set.Check(ctx, "createRisk", env, now)
//	...
//	decision.Settle(status, now) // always, and before the headers are written
//	for _, applied := range decision.Applied { ... }
package limit

import (
	"context"
	"crypto/sha256"
	"fmt"
	"math"
	"time"

	"understudy.dev/specs"
	"understudy.dev/specs/template"
)

// maxKeys bounds the counters of one limit in one world.
const maxKeys = 100_000

// unlimited is the allowance of callers who may do what they like. Their
// requests are counted all the same: answers may tell how many there were.
const unlimited = -1

// Rules are the limits of an API. They are immutable and shared by worlds.
type Rules struct {
	limits []*specs.Limit
	// of holds the indices of the limits that apply to an operation.
	of map[string][]int
	// other holds those that apply to requests without a known operation.
	other []int
}

// Compile decides which limits apply to which of the operations, given by id.
func Compile(limits []*specs.Limit, operations []string) *Rules {
	r := &Rules{limits: limits, of: make(map[string][]int, len(operations))}
	for _, operation := range operations {
		r.of[operation] = r.applying(operation)
	}
	r.other = r.applying("")
	return r
}

func (r *Rules) applying(operation string) []int {
	var indices []int
	for i, limit := range r.limits {
		if limit.Applies(operation) {
			indices = append(indices, i)
		}
	}
	return indices
}

// A Set holds the counters of one world. It is safe for concurrent use.
type Set struct {
	rules  *Rules
	meters []meter
	// keys is how many counters a limit may have.
	keys int
}

// NewSet makes a set in which nothing was counted. It costs next to nothing.
func (r *Rules) NewSet() *Set {
	return &Set{rules: r, meters: make([]meter, len(r.limits)), keys: maxKeys}
}

// A Decision is what the limits say about one request. It belongs to one
// goroutine.
type Decision struct {
	// Refused is true when a limit is used up; Problem then says why, and Limit
	// and Info are the limit and its values for the refusal headers.
	Refused bool
	Problem specs.Problem
	Limit   *specs.Limit
	Info    specs.LimitInfo
	// Applied are all limits that apply, in order of declaration. Those after
	// the one that refused have not counted the request.
	Applied []Applied
}

// Applied is one limit that applies to a request.
type Applied struct {
	Limit *specs.Limit
	// Info are the values for the limit's headers. Settle brings them up to date.
	Info specs.LimitInfo

	allowance int
	meter     *meter
	counter   *counter
	// held is true while the request counts as one that may yet fail.
	held bool
}

// Check counts a request to an operation, "" for an undocumented route, in
// every limit that applies, until one refuses. env is what the expressions of
// the limits see.
//
// Where failures are limited and as many requests are under way as there are
// failures left, Check waits until one of them is settled: so no failure too
// many gets through, and no request is refused for what others might do. An
// error means that an expression failed or that ctx ended meanwhile; nothing
// is held then, and the request must not go on.
func (s *Set) Check(ctx context.Context, operation string, env template.Env, now time.Time) (*Decision, error) {
	indices, known := s.rules.of[operation]
	if !known {
		indices = s.rules.other
	}
	d := &Decision{}
	if len(indices) == 0 {
		return d, nil
	}
	d.Applied = make([]Applied, 0, len(indices))
	for _, i := range indices {
		if err := s.apply(ctx, d, i, env, now); err != nil {
			d.release()
			return nil, fmt.Errorf("cannot apply the limit %s: %w", s.rules.limits[i].Name, err)
		}
	}
	return d, nil
}

func (s *Set) apply(ctx context.Context, d *Decision, i int, env template.Env, now time.Time) error {
	limit := s.rules.limits[i]
	allowance, err := allowanceOf(limit, env)
	if err != nil {
		return err
	}
	a := Applied{Limit: limit, allowance: allowance}
	if allowance == unlimited && limit.Count == specs.CountFailures {
		a.Info = specs.LimitInfo{
			Name: limit.Name, Limit: unlimited, Remaining: unlimited,
			Reset: unixUp(now.Add(limit.Per)), RetryAfter: secondsUp(limit.Per),
		}
		d.Applied = append(d.Applied, a)
		return nil
	}
	a.meter = &s.meters[i]
	verdict, err := a.meter.take(ctx, &a, keyOf(limit, env), now, s.keys, d.Refused)
	if err != nil {
		return err
	}
	// Where several refuse, the longest wait is the one that helps.
	if verdict != "" && (!d.Refused || a.Info.RetryAfter > d.Info.RetryAfter) {
		d.Refused, d.Problem, d.Limit, d.Info = true, verdict, limit, a.Info
	}
	d.Applied = append(d.Applied, a)
	return nil
}

// Settle tells the limits how the request ended, by the status of its answer,
// and brings Applied up to date. It must be called exactly once for every
// Decision, refused or not; a status of 0 means that no answer was given.
func (d *Decision) Settle(status int, now time.Time) {
	for i := range d.Applied {
		if a := &d.Applied[i]; a.counter != nil {
			a.meter.settle(a, status, d.Refused, now)
		}
	}
}

// release gives back what the request holds, and counts nothing more.
func (d *Decision) release() {
	for i := range d.Applied {
		if a := &d.Applied[i]; a.held {
			a.meter.letGo(a)
		}
	}
}

func allowanceOf(limit *specs.Limit, env template.Env) (int, error) {
	requests, err := limit.Requests.Number(env)
	if err != nil {
		return 0, err
	}
	if requests < 0 {
		return unlimited, nil
	}
	return int(math.Min(math.Floor(requests), math.MaxInt32)), nil
}

// longKey is the length in bytes from which a key is kept as its hash.
const longKey = 128

// keyOf is what the limit counts by. A key that has no value, or none in this
// request, is one key like any other: what cannot be told apart counts together.
func keyOf(limit *specs.Limit, env template.Env) string {
	if limit.Key == nil {
		return ""
	}
	key, err := limit.Key.Text(env)
	if err != nil {
		return ""
	}
	if len(key) > longKey { // a caller's text is not worth keeping whole
		sum := sha256.Sum256([]byte(key))
		return string(sum[:])
	}
	return key
}

// unixUp is the first whole second not before t.
func unixUp(t time.Time) int64 {
	seconds := t.Unix()
	if t.Nanosecond() > 0 {
		seconds++
	}
	return seconds
}

// secondsUp is a wait in whole seconds, at least one.
func secondsUp(d time.Duration) int {
	return max(1, int((d+time.Second-1)/time.Second))
}
