package mock

import (
	"errors"
	"fmt"
	"strings"

	"understudy.dev/mock/internal/behave"
	"understudy.dev/mock/internal/control"
	"understudy.dev/mock/internal/delivery"
	"understudy.dev/mock/internal/state"
	"understudy.dev/specs"
	"understudy.dev/specs/strict"
	"understudy.dev/specs/validate"
)

// Deliveries implements control.World.
func (w controlledWorld) Deliveries(f delivery.Filter) ([]delivery.Delivery, uint64) {
	return w.current.Load().deliveries(f)
}

// Delivery implements control.World.
func (w controlledWorld) Delivery(id string) (delivery.Delivery, bool) {
	r := w.current.Load()
	d, ok := r.desk.Delivery(id)
	r.redact(&d)
	return d, ok
}

// Redeliver implements control.World.
func (w controlledWorld) Redeliver(id string) (delivery.Delivery, error) {
	r := w.current.Load()
	d, err := r.desk.Redeliver(id)
	switch {
	case errors.Is(err, delivery.ErrUnknown):
		return d, control.NotFound("the world %q has no delivery %q (any more)", w.Name(), id)
	case err != nil:
		return d, control.Conflict("cannot redeliver %q: %s", id, err)
	}
	r.redact(&d)
	return d, nil
}

// Trigger implements control.World.
func (w controlledWorld) Trigger(api, event string, data []byte) (control.Event, error) {
	play, err := w.current.Load().playing(api)
	if err != nil {
		return control.Event{}, err
	}
	document := play.part.api.Document
	hook := document.Webhook(event)
	switch {
	case hook == nil:
		return control.Event{}, control.Invalid("%s", strict.Unknown("event", event, document.Webhooks()))
	case play.part.api.Profile.Webhooks == nil:
		return control.Event{}, control.Invalid("the profile of %s does not say who gets events", play.part.api.Name)
	}
	var made control.Event
	var wrong error
	// Between two changes, so that it stands in order with the events of operations.
	err = play.store.UpdateThen(func(*state.Tx) error { return nil }, func(view *state.Snapshot) {
		made, wrong = play.trigger(hook, behave.Event{Type: event, Data: data}, view)
	})
	if err != nil {
		return made, err
	}
	return made, wrong
}

// trigger sends an event if what would be delivered is what the document says.
func (p *playing) trigger(hook *validate.Webhook, event behave.Event, view *state.Snapshot) (control.Event, error) {
	info, orders := p.orders(event, view)
	if len(orders) == 0 {
		orders = append(orders, p.unaddressed(info))
	}
	for _, order := range orders {
		if err := p.conforms(hook, order); err != nil {
			return control.Event{}, err
		}
	}
	made := control.Event{API: p.part.api.Name, ID: info.ID, Type: info.Type, Time: info.Time, Deliveries: []string{}}
	for _, order := range orders {
		if order.Subscription == "" {
			break
		}
		if id := p.run.desk.Send(order); id != "" {
			made.Deliveries = append(made.Deliveries, id)
		}
	}
	return made, nil
}

// unaddressed is what a subscription would get if there were one; it has a fault where that depends on the subscription.
func (p *playing) unaddressed(info *specs.EventInfo) *delivery.Order {
	body, err := p.part.api.Profile.Webhooks.Body.AppendJSON(nil, p.eventScope(info))
	order := &delivery.Order{Event: info.ID, Body: body}
	if err != nil {
		order.Fault = err.Error()
	}
	return order
}

// conforms refuses a delivery whose body breaks the document. What has a fault is recorded when it is sent.
func (p *playing) conforms(hook *validate.Webhook, order *delivery.Order) error {
	if order.Fault != "" {
		return nil
	}
	headers, err := order.Headers(order.Time)
	if err != nil {
		return nil
	}
	if headers.Get("Content-Type") == "" {
		headers.Set("Content-Type", specs.WebhookMedia)
	}
	var reasons []string
	for _, v := range hook.ValidateDelivery(headers, order.Body) {
		if order.Subscription == "" && v.Kind == validate.Header {
			continue // headers belong to a subscription
		}
		reasons = append(reasons, v.Message)
	}
	if len(reasons) == 0 {
		return nil
	}
	return control.Invalid("%s", fmt.Sprintf("the delivery of %s would break the document of %s: %s",
		hook.Name, p.part.api.Name, strings.Join(reasons, "; ")))
}
