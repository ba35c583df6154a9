package control

import (
	"bytes"
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"understudy.dev/mock/internal/delivery"
)

// An Event is what POST /events let happen.
type Event struct {
	API  string    `json:"api"`
	ID   string    `json:"id"`
	Type string    `json:"type"`
	Time time.Time `json:"time"`
	// Deliveries are the ids of its deliveries, one for each subscription that wants it. Never nil.
	Deliveries []string `json:"deliveries"`
}

func listDeliveries(c *call) (int, any, error) {
	filter := delivery.Filter{Limit: 100}
	fields := map[string]*string{
		"api": &filter.API, "subscription": &filter.Subscription, "event": &filter.Event, "type": &filter.Type,
		"state": (*string)(&filter.State),
	}
	known := append(slices.Sorted(maps.Keys(fields)), "limit")
	for name := range c.r.URL.Query() {
		if !slices.Contains(known, name) {
			return 0, nil, Invalid("unknown query parameter %q: want %s", name, strings.Join(known, ", "))
		}
	}
	for name, field := range fields {
		*field = c.r.URL.Query().Get(name)
	}
	states := []delivery.State{"", delivery.Pending, delivery.Delivered, delivery.GivenUp}
	if !slices.Contains(states, filter.State) {
		return 0, nil, Invalid("state must be pending, delivered or given_up, got %q", filter.State)
	}
	if text := c.r.URL.Query().Get("limit"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 {
			return 0, nil, Invalid("limit must be a whole number above 0, got %q", text)
		}
		filter.Limit = n
	}
	all, dropped := c.world.Deliveries(filter)
	return http.StatusOK, struct {
		Deliveries []delivery.Delivery `json:"deliveries"`
		Dropped    uint64              `json:"dropped"`
	}{all, dropped}, nil
}

func readDelivery(c *call) (int, any, error) {
	d, ok := c.world.Delivery(c.params["id"])
	if !ok {
		return 0, nil, NotFound("the world %q has no delivery %q (any more)", c.world.Name(), c.params["id"])
	}
	return http.StatusOK, d, nil
}

func redeliver(c *call) (int, any, error) {
	if err := c.body(&struct{}{}); err != nil {
		return 0, nil, err
	}
	d, err := c.world.Redeliver(c.params["id"])
	if err != nil {
		return 0, nil, err
	}
	return http.StatusAccepted, d, nil
}

func triggerEvent(c *call) (int, any, error) {
	var wanted struct {
		API  string          `json:"api"`
		Type string          `json:"type"`
		Data json.RawMessage `json:"data"`
	}
	if err := c.body(&wanted); err != nil {
		return 0, nil, err
	}
	switch {
	case wanted.Type == "":
		return 0, nil, Invalid("type is missing: the name of an event, a key under webhooks of the API's document")
	case wanted.Data == nil:
		return 0, nil, Invalid("data is missing: what the event carries")
	}
	var data bytes.Buffer
	if err := json.Compact(&data, wanted.Data); err != nil {
		return 0, nil, Invalid("cannot read data: %s", err)
	}
	event, err := c.world.Trigger(wanted.API, wanted.Type, data.Bytes())
	if err != nil {
		return 0, nil, err
	}
	return http.StatusAccepted, event, nil
}
