package delivery

import "slices"

// maxRecorded is how many attempts of one delivery are remembered; only redeliveries can make more.
const maxRecorded = 100

// An item is an order with its record. It belongs to the desk's lock.
type item struct {
	order *Order
	// delivery lacks its body, which the order has.
	delivery Delivery
	// fault is why it cannot be sent at all.
	fault string
	// attempts counts all of them, tries those of the present series.
	attempts, tries int
}

func (it *item) copy() Delivery {
	d := it.delivery
	d.Body, d.Attempts = string(it.order.Body), append([]Attempt{}, d.Attempts...)
	return d
}

func (it *item) giveUp(reason string) {
	it.delivery.State, it.delivery.Reason, it.delivery.Next = GivenUp, reason, nil
}

func (it *item) record(a Attempt) {
	if len(it.delivery.Attempts) == maxRecorded {
		it.delivery.Attempts = slices.Delete(it.delivery.Attempts, 0, 1)
	}
	it.delivery.Attempts = append(it.delivery.Attempts, a)
}

// history remembers the latest items, oldest first.
type history struct {
	entries, bytes int
	items          []*item
	byID           map[string]*item
	held           int
	dropped        uint64
}

// add remembers an item and forgets the oldest that have ended where a bound is reached. Where all of them wait, it takes
// no more and reports false.
func (h *history) add(it *item) bool {
	size := len(it.order.Body)
	for len(h.items) >= h.entries || h.held+size > h.bytes {
		i := slices.IndexFunc(h.items, func(old *item) bool { return old.delivery.State != Pending })
		if i < 0 {
			h.dropped++
			return false
		}
		h.held -= len(h.items[i].order.Body)
		delete(h.byID, h.items[i].delivery.ID)
		h.items = slices.Delete(h.items, i, i+1)
		h.dropped++
	}
	h.items = append(h.items, it)
	h.byID[it.delivery.ID] = it
	h.held += size
	return true
}
