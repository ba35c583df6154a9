package specs

import (
	"time"

	"understudy.dev/specs/template"
)

// Webhooks say how subscriptions are found and how deliveries look. Its expressions and templates see `it`, the
// subscription as it is stored, hidden fields included, `event` (an [EventInfo]), `now` and the world's functions.
type Webhooks struct {
	// Subscriptions is the resource that holds the subscriptions.
	Subscriptions string
	// URL is where the deliveries of a subscription go; its value is text.
	URL *template.Expr
	// When tells whether a subscription wants an event; nil means always.
	When *template.Expr
	// ID makes the id of an event. It sees no `it`, and event.id is "".
	ID *template.Text
	// Headers of a delivery. Without a Content-Type among them it is Media.
	Headers []Header
	// Body of a delivery; it is never nil.
	Body *template.Value
	// Sign is how a delivery is signed, Secret with what. A subscription whose secret is null gets no signature.
	// Secret is nil exactly if Sign is SignNone.
	Sign   Signature
	Secret *template.Expr
	// Timeout is how long the receiver has to answer, in real time. It is above 0.
	Timeout time.Duration
	Retry   Retry
}

// WebhookMedia is the content type of deliveries whose headers give none.
const WebhookMedia = "application/json"

// Signature is a way to sign deliveries.
type Signature string

// The signatures: none, and that of Standard Webhooks (the headers webhook-id, webhook-timestamp, webhook-signature).
const (
	SignNone     Signature = "none"
	SignStandard Signature = "standard"
)

// Retry says what happens after a delivery that was not answered by a 2xx.
type Retry struct {
	// Attempts counts all of them, the first included; it is at least 1.
	Attempts int
	// First is the time from the first attempt to the second; each further one is Factor times as long, up to Max.
	First  time.Duration
	Factor float64
	Max    time.Duration
}

// Delay is the time between the start of attempt n, which counts from 1, and that of the next one.
func (r *Retry) Delay(n int) time.Duration {
	delay := float64(r.First)
	for i := 1; i < n && delay < float64(r.Max); i++ {
		delay *= r.Factor
	}
	return time.Duration(min(delay, float64(r.Max)))
}

// EventInfo is `event` in the expressions of webhooks.
type EventInfo struct {
	// ID is "" while the template of webhooks.id itself runs.
	ID string `expr:"id"`
	// Type is the key of the event under webhooks in openapi.yaml.
	Type string    `expr:"type"`
	Time time.Time `expr:"time"`
	// Data is what the step emit gives, as JSON.
	Data any `expr:"data"`
}
