package conformance

import (
	"context"
	"errors"
	"sync"
	"time"

	"understudy.dev/conformance/internal/script"
	"understudy.dev/conformance/internal/wire"
	"understudy.dev/specs"
)

const (
	// parallel is the number of reading checks that may overlap.
	parallel = 8
	// graceful is how long clean-up may take after an interrupt.
	graceful = 15 * time.Second
)

// Run runs the checks of api against the target. The error says why nothing was run: a wrong target, options that
// select nothing, a documented production host. Everything else is in the report, even if ctx ends: what was created
// is then still removed, within a time of its own.
func Run(ctx context.Context, api *specs.API, target Target, o *Options) (*Report, error) {
	su, err := newSuite(api, target, o)
	if err != nil {
		return nil, err
	}
	defer su.wire.Close()
	checks, err := su.plan()
	if err != nil {
		return nil, err
	}
	if err := su.listen(ctx, checks); err != nil {
		return nil, err
	}
	if su.hear != nil {
		defer su.hear.Close()
	}
	began := su.options.Now()
	su.event(Event{Kind: RunStarted, Total: len(checks)})
	if su.target.ClockURL != "" {
		// To advance by nothing tells whether the clock stands still. A clock that cannot do that may still advance.
		_ = su.wire.Advance(ctx, 0)
	}
	su.runAll(ctx, checks)
	su.event(Event{Kind: CleaningUp, Done: len(checks), Total: len(checks)})
	left := su.left()
	report := su.report(checks, left)
	report.Started, report.Duration = began, su.options.Now().Sub(began)
	report.Interrupted = ctx.Err() != nil
	su.event(Event{Kind: RunFinished, Done: len(checks), Total: len(checks)})
	return report, nil
}

// runAll runs what the plan has left open: first what only reads, side by side, then the rest one by one, and what
// provokes limits last of all.
func (su *suite) runAll(ctx context.Context, checks []*check) {
	var side, line, last []*check
	for _, c := range checks {
		switch {
		case c.result.Outcome != "":
			su.finished(c, len(checks))
		case c.blast == limits:
			last = append(last, c)
		case c.alone:
			line = append(line, c)
		default:
			side = append(side, c)
		}
	}
	var group sync.WaitGroup
	turns := make(chan struct{}, parallel)
	for _, c := range side {
		turns <- struct{}{}
		group.Go(func() {
			defer func() { <-turns }()
			su.runOne(ctx, c, len(checks))
		})
	}
	group.Wait()
	for _, c := range append(line, last...) {
		su.runOne(ctx, c, len(checks))
		su.cleanUp(ctx, c)
	}
}

func (su *suite) runOne(ctx context.Context, c *check, total int) {
	su.event(Event{Kind: CheckStarted, Check: c.id, Total: total})
	defer su.finished(c, total)
	switch {
	case ctx.Err() != nil:
		c.set(NotRun, "interrupted")
		return
	case su.wire.Unreachable():
		c.set(NotRun, "blocked: the target gives no answer")
		return
	}
	reservation, err := su.wire.Reserve(ctx, c.blast == limits, func() []string {
		return su.operationsOf(c.file, c.section)
	})
	if err != nil {
		su.conclude(ctx, c, nil, err)
		return
	}
	defer reservation.Release()
	s := su.newSession(c, reservation)
	defer s.close()
	su.conclude(ctx, c, s, script.Run(ctx, c.file, c.section, s.run))
}

// conclude turns the end of a section into an outcome.
func (su *suite) conclude(ctx context.Context, c *check, s *session, err error) {
	var failure *script.Failure
	var stop *script.Stop
	var unmet *unmetError
	switch {
	case errors.As(err, &failure):
		c.result.Line = failure.Command.Line
		c.set(Fail, failure.Command.String())
		c.result.Expected, c.result.Got = failure.Expected, failure.Got
		if failure.Command.Setup {
			c.set(NotRun, "blocked: the set-up failed: "+failure.Error())
		}
	case errors.As(err, &unmet):
		c.set(unmet.outcome, unmet.reason)
	case err != nil && ctx.Err() != nil:
		c.set(NotRun, "interrupted")
	case err != nil:
		c.set(Error, err.Error())
	case s.claims == 0:
		c.set(Error, "the section asserts nothing")
	case len(s.unowned) > 0:
		v := s.unowned[0].Violation
		c.set(Fail, "an answer breaks the document: "+v.Message)
		c.result.Expected, c.result.Got = v.Expected, v.Got
	default:
		c.set(Pass, "")
	}
	if errors.As(err, &stop) && stop.Command != nil {
		c.result.Line = stop.Command.Line
	}
	if s != nil && c.result.Outcome != Pass {
		su.show(c, s.exchanges)
	}
	su.expect(c)
}

// expect turns the outcome of a known failure.
func (su *suite) expect(c *check) {
	reason, known := su.options.KnownFailures[c.id]
	switch {
	case known && c.result.Outcome == Fail:
		c.result.Outcome = ExpectedFail
		c.result.Message += " (known: " + reason + ")"
	case known && c.result.Outcome == Pass:
		c.set(UnexpectedPass, "known to fail: "+reason)
	}
}

// shown is how many exchanges of a check are kept.
const shown = 5

// show keeps exchanges for the report. They are printed when the run is over: what is a secret may be learnt later.
func (su *suite) show(c *check, exchanges []*wire.Exchange) {
	c.exchanges = append(c.exchanges, exchanges[max(0, len(exchanges)-shown):]...)
}

func (su *suite) printed(e *wire.Exchange) Exchange {
	p := su.secrets.Print(e)
	if e.Received {
		p.Curl = "" // it is the target that has to repeat it
	}
	return Exchange{
		Received: e.Received, Operation: e.Operation, Method: p.Method, URL: p.URL, Headers: p.Header, Body: p.Body, Curl: p.Curl,
		Response: &Response{Status: e.Status, Headers: p.ResponseHeader, Body: p.ResponseBody},
	}
}

func (su *suite) finished(c *check, total int) {
	su.mu.Lock()
	su.done++
	done := su.done
	su.mu.Unlock()
	su.event(Event{Kind: CheckFinished, Check: c.id, Outcome: c.result.Outcome, Done: done, Total: total})
}

// event tells the caller, one event at a time.
func (su *suite) event(e Event) {
	if su.options.Progress == nil {
		return
	}
	su.telling.Lock()
	defer su.telling.Unlock()
	su.options.Progress(e)
}
