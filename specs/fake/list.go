package fake

import (
	"fmt"
	"math"
	"slices"
)

// item gives the goal of the item at an index: nil if anything goes.
func (t goal) item(i int) goal {
	var out goal
	for _, s := range t {
		switch {
		case i < len(s.prefix):
			out = out.and(s.prefix[i])
		case s.items != nil:
			out = out.and(s.items)
		}
	}
	return out
}

// between gives the narrowest of a pair of counts, of which -1 is none.
func (t goal) between(counts func(*schema) (least, most int)) (least, most int) {
	most = math.MaxInt32
	for _, s := range t {
		low, high := counts(s)
		least = max(least, low)
		if high >= 0 {
			most = min(most, high)
		}
	}
	return least, most
}

func (r *run) list(t goal, name string) (any, error) {
	least, most := t.between(func(s *schema) (int, int) { return s.minItems, s.maxItems })
	if least > most {
		return nil, errNever
	}
	length := r.length(t, least, most)
	contained := slices.IndexFunc(t, func(s *schema) bool { return s.contains != nil })
	if contained >= 0 {
		length = min(max(length, t[contained].leastContained()), most)
	}
	unique := slices.ContainsFunc(t, func(s *schema) bool { return s.unique })
	out := []any{}
	for i := range length {
		part := t.item(i)
		if contained >= 0 && i >= length-t[contained].leastContained() {
			part = part.and(t[contained].contains)
		}
		v, err := r.member(part, singular(name), out, unique)
		switch {
		case err == nil:
			out = append(out, v)
		case i >= least && contained < 0:
			return out, nil
		default:
			return nil, fmt.Errorf("item %d: %w", i, err)
		}
	}
	return out, nil
}

// length is that of the list: the items with a place of their own, or a few.
func (r *run) length(t goal, least, most int) int {
	first := t.item(0)
	if r.superfluous(first) {
		return least
	}
	length := least
	for _, s := range t {
		length = max(length, len(s.prefix))
	}
	if length == 0 {
		length = 1 + r.draw(3)
	}
	return min(length, most)
}

// member makes one item, and another one if it must differ from those before.
func (r *run) member(part goal, name string, before []any, unique bool) (any, error) {
	if !unique {
		return r.value(part, name)
	}
	defer func(invent int) { r.invent = invent }(r.invent)
	for range tries * (4 + len(before)) {
		r.effort.spend(1 + len(before))
		v, err := r.value(part, name)
		if err != nil {
			return nil, err
		}
		if !slices.ContainsFunc(before, func(other any) bool { return equal(v, other) }) {
			return v, nil
		}
		r.invent++ // an example is always the same
	}
	return nil, fmt.Errorf("no %d different items were found", len(before)+1)
}
