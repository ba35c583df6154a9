package behave

import (
	"fmt"
	"math"
	"slices"
	"strconv"

	"understudy.dev/mock/internal/state"
	"understudy.dev/specs"
)

// paging says how a list is cut into pages. Nil is one page of everything.
type paging struct {
	*specs.Page
	// operation is part of every cursor, which is good for no other list.
	operation string
}

func newPaging(p *specs.Page, operation string) (*paging, error) {
	if p == nil {
		return nil, nil
	}
	if !slices.Contains([]string{"number", "offset", "cursor"}, p.Style) {
		return nil, fmt.Errorf("there is no style of pages %q", p.Style)
	}
	return &paging{Page: p, operation: operation}, nil
}

// A window is the part of a list that one request asks for.
type window struct {
	paging *paging
	order  order
	// size is the number of entities on a page.
	size int
	// from is the number of entities before the page, in lists without cursors.
	from int
	// after is the last item of the page before, nil on the first one.
	after *item
}

// window reads what the query asks for. What is out of range is an invalid
// parameter, except a size that is too large.
func (p *paging) window(query map[string]any, o order) (*window, error) {
	if p == nil {
		return &window{order: o, size: math.MaxInt}, nil
	}
	w := &window{paging: p, order: o}
	size, _, err := wholeNumber(query, p.Size, 1)
	switch {
	case err != nil:
		return nil, err
	case size == 0 && p.Default > 0:
		size = p.Default
	case size == 0:
		size = math.MaxInt
	}
	if p.Max > 0 {
		size = min(size, p.Max)
	}
	w.size = size
	switch p.Style {
	case "cursor":
		if cursor, ok := textOf(query[p.Number]); ok && p.Number != "" {
			if w.after, ok = decodeCursor(cursor, p.operation, o); !ok {
				return nil, refuse(specs.InvalidParameter, p.Number+" is not a cursor of this list").at(p.Number)
			}
		}
	case "offset":
		w.from, _, err = wholeNumber(query, p.Number, 0)
	case "number":
		number, sent, wrong := wholeNumber(query, p.Number, 1)
		if err = wrong; err == nil && sent {
			w.from = times(number-1, size)
		}
	}
	return w, err
}

// times is a*b, at most the largest int.
func times(a, b int) int {
	if a != 0 && b > math.MaxInt/a {
		return math.MaxInt
	}
	return a * b
}

// wholeNumber reads a query parameter, 0 if it was not sent.
func wholeNumber(query map[string]any, name string, least int) (number int, sent bool, err error) {
	value := query[name]
	if name == "" || value == nil {
		return 0, false, nil
	}
	text, _ := textOf(value)
	number, err = strconv.Atoi(text)
	if err != nil || number < least {
		detail := fmt.Sprintf("%s must be a whole number, at least %d", name, least)
		return 0, false, refuse(specs.InvalidParameter, detail).at(name)
	}
	return number, true, nil
}

// cut takes the page out of a sorted list of everything.
func (w *window) cut(all []item) ([]*state.Entity, *specs.PageInfo) {
	from := min(w.from, len(all))
	if w.after != nil {
		from, _ = slices.BinarySearchFunc(all, *w.after, func(i, after item) int {
			if w.order.compare(i, after) <= 0 {
				return -1
			}
			return 1
		})
	}
	page := all[from:]
	more := len(page) > w.size
	if more {
		page = page[:w.size]
	}
	entities := make([]*state.Entity, len(page))
	for i := range page {
		entities[i] = page[i].entity
	}
	return entities, w.info(len(all), more, page)
}

// cutAll takes the page out of a whole collection in order of creation.
func (w *window) cutAll(view *state.Snapshot, collection string) ([]*state.Entity, *specs.PageInfo) {
	total := view.Len(collection)
	walk := view.From(collection, w.from)
	if w.after != nil {
		walk = view.After(collection, w.after.seq)
	}
	entities := make([]*state.Entity, 0, min(w.size, total))
	more := false
	for e := range walk {
		if len(entities) == w.size {
			more = true
			break
		}
		entities = append(entities, e)
	}
	var last []item
	if n := len(entities); n > 0 {
		last = []item{{entity: entities[n-1], seq: entities[n-1].Seq}}
	}
	return entities, w.info(total, more, last)
}

// info describes a page that ends with the last of items.
func (w *window) info(total int, more bool, items []item) *specs.PageInfo {
	if w.paging == nil {
		return &specs.PageInfo{Number: 1, Size: total, Total: total, Pages: 1}
	}
	info := &specs.PageInfo{Size: w.size, Total: total, Pages: pages(total, w.size), More: more}
	if w.paging.Style != "cursor" {
		info.Number = w.from/w.size + 1
		return info
	}
	if more {
		info.Next = encodeCursor(items[len(items)-1], w.paging.operation, w.order)
	}
	return info
}

func pages(total, size int) int {
	if total == 0 {
		return 0
	}
	return (total-1)/size + 1
}
