package mock

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"understudy.dev/mock/internal/behave"
	"understudy.dev/mock/internal/delivery"
	"understudy.dev/mock/internal/journal"
	"understudy.dev/mock/internal/state"
	"understudy.dev/specs"
	"understudy.dev/specs/template"
)

// graceForSending is how long a move of the clock waits, in real time, for what is being sent already. A receiver that moves
// the clock itself is not waited for longer: it would wait for its own answer.
const graceForSending = time.Second

// A Delivery is an event for one subscription, with every attempt to send it. Secrets are replaced unless Options.Reveal
// is set.
type Delivery = delivery.Delivery

// A DeliveryAttempt is one request that was sent, or could not be.
type DeliveryAttempt = delivery.Attempt

// A DeliveryFilter selects deliveries; a zero field selects all.
type DeliveryFilter = delivery.Filter

// Deliveries lists the world's deliveries that the filter selects, oldest first.
func (w *World) Deliveries(f DeliveryFilter) []Delivery {
	all, _ := w.current.Load().deliveries(f)
	return all
}

// Settle waits until no delivery is under way. What waits for its next attempt, which comes when the clock says so, is not
// waited for. The error is that of the context.
func (w *World) Settle(ctx context.Context) error {
	desk := w.current.Load().desk
	for !desk.Settle(10 * time.Millisecond) {
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	return nil
}

func (r *run) deliveries(f DeliveryFilter) ([]Delivery, uint64) {
	all, dropped := r.desk.Deliveries(f)
	for i := range all {
		r.redact(&all[i])
	}
	return all, dropped
}

// redact hides secrets as the journal does.
func (r *run) redact(d *Delivery) {
	hide := func(headers http.Header, detail string) journal.Entry {
		record := journal.Record{Path: d.URL, Request: journal.Message{Body: []byte(d.Body), Size: int64(len(d.Body))}}
		for name, values := range headers {
			for _, value := range values {
				record.Request.Headers = append(record.Request.Headers, journal.Header{Name: name, Value: value})
			}
		}
		if d.Secret != "" {
			record.Secrets = []string{d.Secret}
		}
		record.Refusal = &journal.Refusal{Detail: detail}
		return r.journal.Redact(&record)
	}
	shown := hide(http.Header{"Content-Type": {specs.WebhookMedia}}, d.Reason)
	for i := range d.Attempts {
		a := &d.Attempts[i]
		sent := hide(a.Headers, a.Error)
		a.Headers, a.Error = sent.Request.Headers, sent.Refusal.Detail
		a.Answer = hide(nil, a.Answer).Refusal.Detail
	}
	d.URL, d.Body, d.Reason = shown.Path, string(shown.Request.Body), shown.Refusal.Detail
}

// emitted sends events to those who want them. It is called in the order of the changes of the store, and is done at once.
func (p *playing) emitted(events []behave.Event, after *state.Snapshot) {
	for _, event := range events {
		_, orders := p.orders(event, after)
		for _, order := range orders {
			p.run.desk.Send(order)
		}
	}
}

// orders renders an event for every subscription that wants it. What goes wrong with one is in its order: nobody waits for
// an answer here.
func (p *playing) orders(event behave.Event, view *state.Snapshot) (*specs.EventInfo, []*delivery.Order) {
	hooks := p.part.api.Profile.Webhooks
	info, env, fault := p.event(event)
	var orders []*delivery.Order
	for e := range view.All(hooks.Subscriptions) {
		env["it"] = template.NewRaw(e.Raw)
		order := &delivery.Order{
			API: p.part.api.Name, Subscription: e.ID, Event: info.ID, Type: info.Type, Time: info.Time,
			Method: p.part.api.Document.Webhook(event.Type).Method, Timeout: hooks.Timeout, Retry: hooks.Retry,
			Wanted: func() bool { return p.store.View().Get(hooks.Subscriptions, e.ID) != nil },
		}
		wanted, err := true, fault
		if err == nil && hooks.When != nil {
			wanted, err = hooks.When.Bool(env)
		}
		if err == nil && wanted {
			err = fill(order, hooks, env)
		}
		if err != nil {
			order.Fault = err.Error()
		}
		if err != nil || wanted {
			orders = append(orders, order)
		}
	}
	return info, orders
}

// event gives an event its id, and what the templates of webhooks see. Without an id, which is an error, the rest is there.
func (p *playing) event(event behave.Event) (*specs.EventInfo, template.Env, error) {
	info := &specs.EventInfo{Type: event.Type, Time: p.run.clock.Now(), Data: template.NewRaw(event.Data)}
	env := p.eventScope(info)
	var err error
	info.ID, err = p.part.api.Profile.Webhooks.ID.Render(env)
	return info, env, err
}

func (p *playing) eventScope(info *specs.EventInfo) template.Env {
	env := template.Env{"event": info, "now": info.Time}
	for name, function := range p.entropy.Kind("event").Functions() {
		env[name] = function
	}
	return env
}

// fill renders what is sent.
func fill(order *delivery.Order, hooks *specs.Webhooks, env template.Env) (err error) {
	if order.URL, err = hooks.URL.Text(env); err != nil {
		return err
	}
	if hooks.Sign == specs.SignStandard {
		secret, err := hooks.Secret.Eval(env)
		if err != nil {
			return err
		}
		switch secret := secret.(type) {
		case nil:
		case string:
			order.Secret = secret
		default:
			return fmt.Errorf("the secret of the subscription is no text")
		}
	}
	order.Header = http.Header{"Content-Type": {specs.WebhookMedia}}
	for _, h := range hooks.Headers {
		value, err := h.Value.Render(env)
		if err != nil {
			return err
		}
		order.Header.Set(h.Name, value)
	}
	order.Body, err = hooks.Body.AppendJSON(nil, env)
	return err
}
