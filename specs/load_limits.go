package specs

import (
	"time"

	"understudy.dev/specs/strict"
	"understudy.dev/specs/template"
)

func (l *loader) limit(limit string, pos strict.Pos, w *limitSyntax) *Limit {
	s := l.scope(inLimit)
	made := &Limit{
		Name:           limit,
		Operations:     l.selectors(w.Operations),
		Except:         l.selectors(w.Except),
		Key:            l.expr(w.Key, s, template.Any),
		Requests:       l.expr(w.Requests, s, template.Number),
		Window:         WindowFixed,
		Count:          CountRequests,
		Headers:        l.headers(&w.Headers, l.scope(inLimitHeaders)),
		RefusalHeaders: l.headers(&w.RefusalHeaders, l.scope(inLimitHeaders)),
	}
	if w.Per != nil {
		made.Per = time.Duration(*w.Per)
	}
	if w.Window != nil && l.one("window", *w.Window, texted([]Window{WindowFixed, WindowAligned, WindowSliding})) {
		made.Window = Window(w.Window.Text)
	}
	if w.Count != nil && l.one("count", *w.Count, texted([]Count{CountRequests, CountFailures})) {
		made.Count = Count(w.Count.Text)
	}
	if w.ResetOn != nil {
		made.ResetOnSuccess = l.one("reason to reset", *w.ResetOn, []string{"success"})
	}
	made.Backoff = l.backoff(w.Backoff)
	if made.Per <= 0 && made.Backoff == nil {
		l.errs.Add(pos.Errorf("the limit %q needs \"per\", the length of its window, or a backoff", limit))
	}
	return made
}

func (l *loader) backoff(w *backoffSyntax) *Backoff {
	if w == nil {
		return nil
	}
	b := &Backoff{First: time.Duration(w.First), Factor: w.Factor, Max: time.Duration(w.Max)}
	switch {
	case b.First <= 0:
		l.errs.Add(w.Pos.Errorf("a backoff must begin with more than nothing"))
	case b.Factor < 1:
		l.errs.Add(w.Pos.Errorf("a backoff must not shrink: the factor is at least 1"))
	case b.Max < b.First:
		l.errs.Add(w.Pos.Errorf("the longest backoff is shorter than the first"))
	}
	return b
}
