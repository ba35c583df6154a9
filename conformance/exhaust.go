package conformance

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/tidwall/gjson"

	"understudy.dev/conformance/internal/script"
	"understudy.dev/conformance/internal/wire"
	"understudy.dev/specs"
	"understudy.dev/specs/strict"
)

const (
	// crowd is the number of requests of a flood under way at once, small the flood that needs none.
	crowd = 8
	small = 50
)

// flood is one `exhaust` under way.
type flood struct {
	session *session
	limit   *specs.Limit
	request *request
	// allowed lists how many requests may be served in a window.
	allowed []int
	// exact is true if the refusal must come exactly after one of them: the target's clock stands still, and the window
	// is new.
	exact bool
	// most is how many answered requests prove that there is no limit.
	most   int
	window time.Duration

	start   time.Duration
	served  int
	refusal *answer
	late    bool
}

// exhaust sends a request until the limit refuses it, and claims that it does.
func (s *session) exhaust(ctx context.Context, c *script.Command) (*script.Claim, error) {
	limit, err := s.limit(c.Args[0])
	if err != nil {
		return nil, err
	}
	f := &flood{session: s, limit: limit, window: limit.Per}
	if f.window <= 0 {
		f.window = minute
	}
	if err := f.renew(ctx); err != nil {
		return nil, err
	}
	parsed := c.Request()
	if f.request, err = s.build(ctx, parsed, false, ""); err != nil {
		return nil, err
	}
	op := s.operationOf(parsed)
	f.allowed = s.allowances(limit, op, parsed.Method, f.request.header)
	if len(f.allowed) == 0 {
		return nil, &unmetError{NotObserved, fmt.Sprintf("the limit %s does not bound this request", limit.Name)}
	}
	f.exact = s.wire.Frozen() && limit.Backoff == nil
	largest := f.allowed[len(f.allowed)-1]
	f.most = 2*largest + 1
	if f.exact {
		f.most = largest + 1
	}
	if left := s.wire.Left(); left < f.most {
		return nil, &unmetError{NotObserved, fmt.Sprintf("needs %d requests, and %d of the budget are left: raise --max-requests", f.most, left)}
	}
	if err := f.run(ctx); err != nil {
		return nil, err
	}
	return f.claim()
}

func (s *session) limit(name string) (*specs.Limit, error) {
	var names []string
	if s.api.Profile != nil {
		for _, l := range s.api.Profile.Limits {
			if l.Name == name {
				return l, nil
			}
			names = append(names, l.Name)
		}
	}
	return nil, fmt.Errorf("%s", strict.Unknown("limit", name, names))
}

// renew begins a new window where the target has a clock, without the identity getting old by it: to log in within the
// window would be counted.
func (f *flood) renew(ctx context.Context) error {
	s := f.session
	if !s.wire.HasClock() {
		return nil
	}
	span := f.window + time.Second
	if who := s.who; who != nil && who.until > 0 && who.until <= s.wire.Elapsed()+2*span && !s.moved {
		who.login.forget(who)
		made, err := who.login.become(ctx, s)
		if err != nil {
			return err
		}
		s.who = made
	}
	return s.wire.Advance(ctx, span)
}

// forget lets the next one log in again.
func (l *login) forget(who *identity) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.current == who {
		l.current = nil
	}
}

// run sends until there is a refusal, the proof that there is none, or the window is over. Long floods are sent side by
// side, unless the clock stands still anyway.
func (f *flood) run(ctx context.Context) error {
	s := f.session
	f.start = s.wire.Elapsed()
	first, err := s.send(ctx, f.request)
	if err != nil {
		return err
	}
	f.take(first)
	if f.most > small && !s.wire.Frozen() {
		return f.crowd(ctx, first)
	}
	for f.served < f.most && !f.over() {
		e, err := s.wire.Do(ctx, s.call(f.request, first.op))
		if err != nil {
			return s.unsent(err)
		}
		if err := f.judge(e, first); err != nil {
			return err
		}
	}
	return nil
}

// over reports whether nothing more is to be learnt.
func (f *flood) over() bool { return f.refusal != nil || f.late }

// judge judges and counts an answer that is like the first.
func (f *flood) judge(e *wire.Exchange, first *answer) error {
	a := &answer{Exchange: e, op: first.op, base: first.base, query: first.query, rests: first.rests}
	if err := f.session.judgeAnswer(f.request, a); err != nil {
		return err
	}
	f.take(a)
	f.late = f.refusal == nil && f.session.wire.Elapsed()-f.start > f.window
	return nil
}

// crowd sends the rest side by side.
func (f *flood) crowd(ctx context.Context, first *answer) error {
	s := f.session
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	tickets := make(chan struct{}, f.most)
	for range f.most - 1 {
		tickets <- struct{}{}
	}
	close(tickets)
	sent := make(chan *wire.Exchange)
	var group sync.WaitGroup
	for range crowd {
		group.Go(func() {
			for range tickets {
				e, err := s.wire.Do(ctx, s.call(f.request, first.op))
				if err != nil {
					stop(s.unsent(err))
					return
				}
				select {
				case sent <- e:
				case <-ctx.Done():
					return
				}
			}
		})
	}
	go func() { group.Wait(); close(sent) }()
	for e := range sent {
		if ctx.Err() != nil {
			continue // still under way when it was over
		}
		if err := f.judge(e, first); err != nil || f.over() {
			stop(err)
		}
	}
	if err := context.Cause(ctx); err != nil && !f.over() {
		return err
	}
	return nil
}

// take counts an answer.
func (f *flood) take(a *answer) {
	s := f.session
	s.last, s.heard, s.found = a, nil, gjson.Result{}
	if f.refuses(a.Status) {
		f.refusal = a
		if n := len(s.exchanges); n == 0 || s.exchanges[n-1] != a.Exchange {
			s.exchanges = append(s.exchanges, a.Exchange)
		}
		return
	}
	f.served++
	s.enter(f.request, a)
}

func (f *flood) refuses(status int) bool {
	if status == http.StatusTooManyRequests {
		return true
	}
	profile := f.session.api.Profile
	refusal := profile.Errors.Problems[specs.RateLimited]
	return refusal != nil && status == refusal.Status
}

// claim says what the flood has shown.
func (f *flood) claim() (*script.Claim, error) {
	s := f.session
	var numbers []string
	for _, n := range f.allowed {
		numbers = append(numbers, fmt.Sprint(n))
	}
	allowed := strings.Join(numbers, " or ")
	result := &script.Claim{
		Expected: fmt.Sprintf("a 429 after %s requests in %s", allowed, f.window),
		Got:      fmt.Sprintf("one after %d", f.served),
	}
	// Who has an allowance that no seed shows may be served more.
	sure := len(f.allowed) == 1 || s.seeded
	switch {
	case f.refusal != nil:
		result.Holds = !f.exact || slices.Contains(f.allowed, f.served) || !sure
		return result, nil
	case f.late:
		return nil, &unmetError{NotObserved, fmt.Sprintf("%d requests took longer than %s; %d would have been needed", f.served, f.window, f.most)}
	case !sure:
		return nil, &unmetError{NotObserved, fmt.Sprintf("%d requests were served; how many this caller may send is not known", f.served)}
	}
	result.Got = fmt.Sprintf("none after %d", f.served)
	return result, nil
}
