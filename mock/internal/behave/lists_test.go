package behave

import (
	"cmp"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"understudy.dev/specs"
)

const sorted = `
resources: {things: {}}
operations:
  list:
    list: things
    filter: [color, n]
    sort: {by: sort, order: order, fields: [n, name, color], %s}
    page: {style: %s, %s: page, size: size, default: 3, max: 4}
`

const sortedSeed = `
resources:
  things:
    - {id: a, n: 2, name: b, color: red}
    - {id: b, n: 10, color: blue}
    - {id: c, n: 2, name: B}
    - {id: d, name: a, n: null, color: [red]}
    - {id: e, n: "2", name: é, color: true}
    - {id: f, n: -1.5, name: "", color: "true"}
`

func TestSorting(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		rules string
		query map[string]any
		want  string
	}{
		"creation":               {"", nil, "a b c d"},
		"newest":                 {"descending: true", nil, "f e d c"},
		"default field":          {"default: n", nil, "f a c b"},
		"numbers before text":    {"default: n", one("page", 2), "e d"},
		"missing last":           {"default: n, descending: true", one("page", 2), "f d"},
		"ties, the newest first": {"default: n, descending: true", nil, "e b c a"},
		"bytes":                  {"", map[string]any{"sort": "name"}, "f c d a"},
		"bytes, second page":     {"", map[string]any{"sort": "name", "page": 2}, "e b"},
		"query over default":     {"default: n", map[string]any{"sort": "name", "order": "DESC"}, "e a d c"},
		"direction of default":   {"default: n, descending: true", map[string]any{"order": "asc"}, "f a c b"},
	} {
		rules := cmp.Or(test.rules, "descending: false")
		w := newThings(t, fmt.Sprintf(sorted, rules, "number", "number"), sortedSeed)
		assert.Equal(t, test.want, ids(w.run("list", request{query: both(one("size", 4), test.query)})), name)
	}
}

func TestBigNumbersSort(t *testing.T) {
	t.Parallel()
	w := newThings(t, fmt.Sprintf(sorted, "default: n", "number", "number"),
		`resources: {things: [{id: a, n: 9007199254740993}, {id: b, n: 9007199254740992}, {id: c, n: 9007199254740994}]}`)
	assert.Equal(t, "b a c", ids(w.run("list", request{})))
}

func TestFilters(t *testing.T) {
	t.Parallel()
	w := newThings(t, fmt.Sprintf(sorted, "descending: false", "number", "number"), sortedSeed)
	for name, test := range map[string]struct {
		query map[string]any
		want  string
	}{
		"text":             {one("color", "red"), "a"},
		"one of several":   {one("color", []any{"red", "blue"}), "a b"},
		"true as text":     {one("color", "true"), "e f"},
		"number":           {one("n", 2), "a c e"},
		"number as text":   {one("n", "10"), "b"},
		"fraction":         {one("n", -1.5), "f"},
		"null is not sent": {one("n", nil), "a b c d"},
		"nothing fits":     {one("n", "null"), ""},
		"empty list":       {one("color", []any{}), ""},
		"both":             {map[string]any{"n": 2, "color": "red"}, "a"},
	} {
		query := both(one("size", 4), test.query)
		assert.Equal(t, test.want, ids(w.run("list", request{query: query})), name)
	}
	info := w.result("list", request{query: one("n", 2)}).Page
	assert.Equal(t, &specs.PageInfo{Number: 1, Size: 3, Total: 3, Pages: 1}, info, "what is left out does not count")
}

func TestOffsets(t *testing.T) {
	t.Parallel()
	w := newThings(t, fmt.Sprintf(sorted, "descending: false", "offset", "offset"), sortedSeed)
	page := w.result("list", request{query: map[string]any{"page": 2, "size": 2}})
	assert.Equal(t, "c d", ids(string(page.Body)))
	assert.Equal(t, &specs.PageInfo{Number: 2, Size: 2, Total: 6, Pages: 3, More: true}, page.Page)
	assert.Equal(t, "f", ids(w.run("list", request{query: one("page", 5)})))
	assert.Equal(t, "[]", w.run("list", request{query: one("page", 6)}))
	assert.Equal(t, "a b c", ids(w.run("list", request{query: one("page", 0)})))
	for _, bad := range []any{-1, "x", 1.5, true, []any{1}, "9223372036854775808"} {
		assert.Equal(t, "page", w.refused("list", request{query: one("page", bad)}, specs.InvalidParameter).Pointer)
	}
	numbered := newThings(t, fmt.Sprintf(sorted, "descending: false", "number", "number"), sortedSeed)
	for _, page := range []int{1 << 62, 1<<62 + 1} {
		assert.Equal(t, "[]", numbered.run("list", request{query: map[string]any{"page": page, "size": 4}}), "no overflow")
	}
}

func TestNoPages(t *testing.T) {
	t.Parallel()
	w := newThings(t, plainThings, `resources: {things: [{id: a}, {id: b}]}`)
	assert.Equal(t, &specs.PageInfo{Number: 1, Size: 2, Total: 2, Pages: 1}, w.result("list", request{}).Page)
}

func TestCursorsInEveryOrder(t *testing.T) {
	t.Parallel()
	w := newThings(t, fmt.Sprintf(sorted, "descending: false", "cursor", "cursor"), sortedSeed)
	for want, query := range map[string]map[string]any{
		"a b|c d|e f": {},
		"f e|d c|b a": {"order": "desc"},
		"f a|c b|e d": {"sort": "n"},
		"e b|c a|f d": {"sort": "n", "order": "desc"},
		"b a|f e|c d": {"sort": "color"},
	} {
		var pages []string
		at := both(one("size", 2), query)
		for range 9 {
			page := w.result("list", request{query: at})
			pages = append(pages, ids(string(page.Body)))
			assert.Equal(t, 6, page.Page.Total)
			assert.Zero(t, page.Page.Number)
			if at["page"] = page.Page.Next; page.Page.Next == nil {
				break
			}
		}
		assert.Equal(t, want, strings.Join(pages, "|"), query)
	}
	next := w.result("list", request{query: one("sort", "n")}).Page.Next
	w.refused("list", request{query: map[string]any{"page": next}}, specs.InvalidParameter)
	w.refused("list", request{query: map[string]any{"page": next, "sort": "name"}}, specs.InvalidParameter)
	w.refused("list", request{query: map[string]any{"page": next, "sort": "n", "order": "desc"}}, specs.InvalidParameter)
}
