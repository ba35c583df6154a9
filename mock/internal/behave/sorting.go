package behave

import (
	"cmp"
	"fmt"
	"iter"
	"math/big"
	"slices"
	"strings"

	"github.com/tidwall/gjson"

	"understudy.dev/mock/internal/state"
	"understudy.dev/specs"
)

// sorting says how a list may be sorted. Nil is the order of creation.
type sorting struct{ *specs.Sort }

func newSorting(s *specs.Sort) *sorting {
	if s == nil {
		return nil
	}
	return &sorting{s}
}

// An order is the order of one answer: by a field, or by creation if field is "".
type order struct {
	field      string
	path       string
	descending bool
}

// order reads what the query asks for. A field or direction that is not known
// is an invalid parameter.
func (s *sorting) order(query map[string]any) (order, error) {
	if s == nil {
		return order{}, nil
	}
	o := order{field: s.Default, descending: s.Descending}
	if field, ok := textOf(query[s.By]); ok && s.By != "" {
		if !slices.Contains(s.Fields, field) {
			return order{}, refuse(specs.InvalidParameter,
				fmt.Sprintf("%s must be one of %s, got %q", s.By, strings.Join(s.Fields, ", "), field)).at(s.By)
		}
		o.field = field
	}
	if direction, ok := textOf(query[s.Order]); ok && s.Order != "" {
		switch strings.ToLower(direction) {
		case "asc":
			o.descending = false
		case "desc":
			o.descending = true
		default:
			return order{}, refuse(specs.InvalidParameter,
				fmt.Sprintf("%s must be asc or desc, got %q", s.Order, direction)).at(s.Order)
		}
	}
	if o.field != "" {
		o.path = path(o.field)
	}
	return o, nil
}

// created reports whether this is the order of creation.
func (o order) created() bool { return o.field == "" && !o.descending }

// An item is an entity at its place in an order.
type item struct {
	entity *state.Entity
	seq    uint64
	key    sortKey
}

// A sortKey is the value that things are sorted by. Values of different kinds
// sort by kind; missing ones come last, whatever the direction.
type sortKey struct {
	kind   keyKind
	number float64
	text   string
}

type keyKind byte

const (
	keyNumber keyKind = iota
	keyText
	keyBool
	keyMissing
)

func keyFrom(value gjson.Result) sortKey {
	switch value.Type {
	case gjson.Number:
		return sortKey{kind: keyNumber, number: value.Num, text: value.Raw}
	case gjson.String:
		return sortKey{kind: keyText, text: value.Str}
	case gjson.False, gjson.True:
		return sortKey{kind: keyBool, text: value.Raw}
	}
	return sortKey{kind: keyMissing}
}

func (k sortKey) compare(other sortKey) int {
	if k.kind != other.kind {
		return cmp.Compare(k.kind, other.kind)
	}
	if k.kind == keyNumber {
		if c := cmp.Compare(k.number, other.number); c != 0 || k.text == other.text {
			return c
		}
		// Beyond 2^53 different whole numbers share a float.
		a, isA := new(big.Int).SetString(k.text, 10)
		b, isB := new(big.Int).SetString(other.text, 10)
		if isA && isB {
			return a.Cmp(b)
		}
		return 0
	}
	return strings.Compare(k.text, other.text)
}

// compare puts a before b if the result is negative. Equal keys are in order
// of creation, in a descending order the newest first: what was made within
// one second has one time.
func (o order) compare(a, b item) int {
	if o.field == "" {
		c := cmp.Compare(a.seq, b.seq)
		if o.descending {
			return -c
		}
		return c
	}
	c := a.key.compare(b.key)
	if c == 0 {
		c = cmp.Compare(a.seq, b.seq)
	} else if a.key.kind == keyMissing || b.key.kind == keyMissing {
		return c
	}
	if o.descending {
		return -c
	}
	return c
}

func (o order) sort(entities iter.Seq[*state.Entity]) []item {
	var items []item
	for e := range entities {
		i := item{entity: e, seq: e.Seq}
		if o.field != "" {
			i.key = keyFrom(gjson.GetBytes(e.Raw, o.path))
		}
		items = append(items, i)
	}
	if !o.created() {
		slices.SortFunc(items, o.compare)
	}
	return items
}
