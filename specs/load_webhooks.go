package specs

import (
	"slices"
	"strings"
	"time"

	yaml "go.yaml.in/yaml/v4"

	"understudy.dev/specs/template"
)

// Where the section says nothing.
const (
	defaultEventID   = "evt_${random(12)}"
	defaultEventBody = "${event.data}"
	defaultTimeout   = 5 * time.Second
)

// Bounds that keep a delivery from holding a world up.
const (
	maximalTimeout  = time.Minute
	maximalAttempts = 50
)

func defaultRetry() Retry {
	return Retry{Attempts: 5, First: 5 * time.Second, Factor: 3, Max: time.Hour}
}

// orText is a node, or one with a text where there is none.
func orText(n *yaml.Node, text string) *yaml.Node {
	if n == nil {
		return textNode(text)
	}
	return n
}

func signatures() []string { return texted([]Signature{SignStandard, SignNone}) }

// ownHeaders are set by the delivery itself.
func ownHeaders() []string {
	return []string{"host", "content-length", "transfer-encoding", "connection", "webhook-id", "webhook-timestamp", "webhook-signature"}
}

// webhooks loads the section of that name; nil without one.
func (l *loader) webhooks(w *webhooksSyntax) *Webhooks {
	if w == nil {
		return nil
	}
	if len(l.doc.Webhooks()) == 0 {
		l.errs.Add(w.Pos.Errorf("openapi.yaml names no webhooks, so there is nothing to deliver"))
	}
	made := &Webhooks{Sign: SignNone, Timeout: defaultTimeout}
	if l.one("resource", w.Subscriptions, l.resourceNames()) {
		made.Subscriptions = w.Subscriptions.Text
	}
	event := map[string]any{"event": (*EventInfo)(nil)}
	made.ID = l.text(orText(w.ID, defaultEventID), l.scope(inEvent).with(event))

	s := l.scope(inDelivery).with(event).with(map[string]any{"it": l.sample(made.Subscriptions)})
	made.URL = l.expr(w.URL, s, template.String)
	made.When = l.expr(w.When, s, template.Bool)
	made.Secret = l.expr(w.Secret, s, template.Any)
	made.Headers = l.headers(&w.Headers, s)
	for _, h := range made.Headers {
		if slices.Contains(ownHeaders(), strings.ToLower(h.Name)) {
			l.errs.Add(w.Headers.Pos(h.Name).Errorf("the header %q is set by the delivery itself", h.Name))
		}
	}
	made.Body = l.value(orText(w.Body, defaultEventBody), s)
	l.signature(made, w)
	if w.Timeout != nil {
		made.Timeout = time.Duration(*w.Timeout)
	}
	if made.Timeout <= 0 || made.Timeout > maximalTimeout {
		l.errs.Add(w.Pos.Errorf("the timeout of a delivery must be more than nothing and at most %s", maximalTimeout))
	}
	made.Retry = l.retry(w.Retry)
	return made
}

// signature wants a secret exactly where something is signed. A secret alone means the standard signature.
func (l *loader) signature(made *Webhooks, w *webhooksSyntax) {
	if w.Secret != nil {
		made.Sign = SignStandard
	}
	if w.Sign == nil || !l.one("signature", *w.Sign, signatures()) {
		return
	}
	made.Sign = Signature(w.Sign.Text)
	switch {
	case made.Sign == SignNone && w.Secret != nil:
		l.errs.Add(w.Sign.Pos.Errorf("nothing is signed, so \"secret\" would have no effect"))
	case made.Sign != SignNone && w.Secret == nil:
		l.errs.Add(w.Sign.Pos.Errorf("a signature needs \"secret\", the expression that gives it"))
	}
}

func (l *loader) retry(w *retrySyntax) Retry {
	r := defaultRetry()
	if w == nil {
		return r
	}
	if w.Attempts != nil {
		r.Attempts = *w.Attempts
	}
	if w.First != nil {
		r.First = time.Duration(*w.First)
	}
	if w.Factor != nil {
		r.Factor = *w.Factor
	}
	if w.Max != nil {
		r.Max = time.Duration(*w.Max)
	} else {
		r.Max = max(r.Max, r.First)
	}
	switch {
	case r.Attempts < 1 || r.Attempts > maximalAttempts:
		l.errs.Add(w.Pos.Errorf("a delivery takes from 1 to %d attempts, got %d", maximalAttempts, r.Attempts))
	case r.First <= 0:
		l.errs.Add(w.Pos.Errorf("the first delay must be more than nothing"))
	case r.Factor < 1:
		l.errs.Add(w.Pos.Errorf("delays must not shrink: the factor is at least 1"))
	case r.Max < r.First:
		l.errs.Add(w.Pos.Errorf("the longest delay is shorter than the first"))
	}
	return r
}
