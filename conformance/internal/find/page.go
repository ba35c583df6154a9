package find

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/tidwall/gjson"
)

// Parameters are the names of an operation's query parameters, and what its contract says about pages.
type Parameters struct {
	// Declared are the query parameters that the operation declares.
	Declared []string
	// Page is the parameter of the page's number, Offset that of an offset, Cursor that of a cursor; "" if unknown.
	Page, Offset, Cursor string
}

// A Page is what an answer says about the pages after it.
type Page struct {
	// More is true if the answer hints at further pages.
	More bool
	// URL is the next page's URL as the answer gives it, Query the query to ask with; both are empty if the answer
	// does not say how to get there.
	URL   string
	Query url.Values
}

// NextPage reads the paging hints of an answer to a GET that was asked with a query.
func NextPage(h http.Header, body []byte, asked url.Values, p Parameters) Page {
	if next := linkNext(h.Values("Link")); next != "" {
		return Page{More: true, URL: next}
	}
	if !gjson.ValidBytes(body) {
		return Page{}
	}
	hints := readHints(body)
	switch {
	case !hints.list:
		return Page{}
	case hints.cursor.Exists():
		return hints.follow(asked, p)
	case hints.last:
		return Page{}
	case hints.more || hints.goesOn(asked, p):
		return hints.turn(asked, p)
	}
	return Page{}
}

// hints are what the outer objects of an answer say about pages.
type hints struct {
	cursor      gjson.Result // a next that is there
	more, last  bool         // has_more true, or false
	page, pages int64
	total       int64
	// list is true if there is a list at all, items the length of the longest.
	list  bool
	items int64
}

// Names of hints, without _, - and case.
var (
	cursorNames = []string{"next", "nextpage", "nextcursor", "nextpagetoken", "nexttoken", "nexturl", "nextlink", "continuationtoken"}
	moreNames   = []string{"hasmore", "more", "hasnext", "hasnextpage"}
	pageNames   = []string{"page", "currentpage", "pagenumber", "number"}
	pagesNames  = []string{"pages", "totalpages", "pagecount", "lastpage"}
	totalNames  = []string{"total", "totalcount", "totalitems", "count", "totalresults"}
)

func readHints(body []byte) *hints {
	h := &hints{}
	// Hints stand outside the items: objects in lists are not looked at.
	outer := []gjson.Result{gjson.ParseBytes(body)}
	for depth := 0; depth < 3; depth++ {
		var inner []gjson.Result
		for _, object := range outer {
			if !object.IsObject() {
				continue
			}
			object.ForEach(func(key, value gjson.Result) bool {
				h.take(plain(key.String()), value)
				switch {
				case value.IsObject():
					inner = append(inner, value)
				case value.IsArray():
					h.list, h.items = true, max(h.items, int64(len(value.Array())))
				}
				return true
			})
		}
		outer = inner
	}
	return h
}

func (h *hints) take(name string, value gjson.Result) {
	number := func(to *int64) {
		if n := value.Int(); value.Type == gjson.Number && *to == 0 {
			*to = n
		}
	}
	switch {
	case slices.Contains(cursorNames, name):
		if value.Type == gjson.Number || value.Type == gjson.String && value.Str != "" {
			h.cursor = value
		} else if value.Type == gjson.Null || value.Type == gjson.False || value.Type == gjson.String {
			h.last = true
		} else if value.Type == gjson.True {
			h.more = true
		}
	case slices.Contains(moreNames, name):
		h.more = h.more || value.Type == gjson.True
		h.last = h.last || value.Type == gjson.False
	case slices.Contains(pageNames, name):
		number(&h.page)
	case slices.Contains(pagesNames, name):
		number(&h.pages)
	case slices.Contains(totalNames, name):
		number(&h.total)
	}
}

// goesOn reports whether the numbers tell of more. Where pages are counted, that is what counts: the last one may hold
// fewer items than those before, and what is behind it holds none.
func (h *hints) goesOn(asked url.Values, p Parameters) bool {
	if h.pages > 0 {
		return h.pages > h.current(asked, p)
	}
	return h.items > 0 && h.total > h.items+h.before(asked, p)
}

// current is the number of the page, from 1 on: what was asked for, or what the answer says if that is more.
func (h *hints) current(asked url.Values, p Parameters) int64 {
	page := max(h.page, 1)
	name := cmpOr(cmpOr(p.Page, declared(p.Declared, "page", "pagenumber", "p")), "page")
	if n, err := strconv.ParseInt(asked.Get(name), 10, 64); err == nil {
		page = max(page, n)
	}
	return page
}

// before is how many items the earlier pages held, as far as the query tells.
func (h *hints) before(asked url.Values, p Parameters) int64 {
	if p.Offset != "" && asked.Get(p.Offset) != "" {
		n, _ := strconv.ParseInt(asked.Get(p.Offset), 10, 64)
		return n
	}
	page := h.page
	if n, err := strconv.ParseInt(asked.Get(p.Page), 10, 64); err == nil && p.Page != "" {
		page = n
	}
	return max(page-1, 0) * h.items
}

// follow makes a page of a next that the answer gives.
func (h *hints) follow(asked url.Values, p Parameters) Page {
	next := h.cursor.String()
	if strings.HasPrefix(next, "/") || strings.HasPrefix(next, "http://") || strings.HasPrefix(next, "https://") || strings.HasPrefix(next, "?") {
		return Page{More: true, URL: next}
	}
	if h.cursor.Type == gjson.Number && h.page > 0 && h.cursor.Int() == h.page+1 {
		return h.turn(asked, p)
	}
	name := p.Cursor
	if name == "" {
		name = declared(p.Declared, "cursor", "pagetoken", "after", "startingafter", "next", "nexttoken", "continuationtoken", "token")
	}
	if name == "" && h.cursor.Type == gjson.Number {
		return h.turn(asked, p)
	}
	return ask(asked, name, next)
}

// turn makes a page by counting on.
func (h *hints) turn(asked url.Values, p Parameters) Page {
	if name := cmpOr(p.Page, declared(p.Declared, "page", "pagenumber", "p")); name != "" || h.page > 0 {
		name = cmpOr(name, "page")
		page := max(h.page, 1)
		if n, err := strconv.ParseInt(asked.Get(name), 10, 64); err == nil {
			page = n
		}
		return ask(asked, name, strconv.FormatInt(page+1, 10))
	}
	if name := cmpOr(p.Offset, declared(p.Declared, "offset", "skip", "start")); name != "" && h.items > 0 {
		offset, _ := strconv.ParseInt(asked.Get(name), 10, 64)
		return ask(asked, name, strconv.FormatInt(offset+h.items, 10))
	}
	return Page{More: true}
}

func ask(asked url.Values, name, value string) Page {
	if name == "" {
		return Page{More: true}
	}
	query := url.Values{}
	for key, values := range asked {
		query[key] = slices.Clone(values)
	}
	query.Set(name, value)
	return Page{More: true, Query: query}
}

func declared(names []string, wanted ...string) string {
	for _, want := range wanted {
		for _, name := range names {
			if plain(name) == want {
				return name
			}
		}
	}
	return ""
}

func cmpOr(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

func plain(name string) string {
	return strings.ToLower(strings.NewReplacer("_", "", "-", "").Replace(name))
}

// linkNext is the target of rel=next in Link headers (RFC 8288), "" if there is none.
func linkNext(values []string) string {
	for _, value := range values {
		for len(value) > 0 {
			_, rest, ok := strings.Cut(value, "<")
			if !ok {
				break
			}
			target, rest, ok := strings.Cut(rest, ">")
			if !ok {
				break
			}
			parameters := rest
			if i := strings.IndexByte(rest, '<'); i >= 0 {
				parameters = rest[:i]
			}
			value = rest[len(parameters):]
			for parameter := range strings.FieldsFuncSeq(parameters, func(r rune) bool { return r == ';' || r == ',' }) {
				name, rel, _ := strings.Cut(strings.TrimSpace(parameter), "=")
				if strings.EqualFold(strings.TrimSpace(name), "rel") && slices.Contains(strings.Fields(strings.Trim(rel, `" `)), "next") {
					return target
				}
			}
		}
	}
	return ""
}

// lists visits the lists of an answer, the shallowest first; lists in lists are not visited.
func lists(body []byte, visit func(list gjson.Result) bool) {
	if !gjson.ValidBytes(body) {
		return
	}
	if root := gjson.ParseBytes(body); root.IsArray() {
		visit(root)
		return
	}
	goOn := true
	objects(body, func(object gjson.Result) bool {
		object.ForEach(func(_, value gjson.Result) bool {
			if value.IsArray() {
				goOn = visit(value)
			}
			return goOn
		})
		return goOn
	})
}

func quoted(text string) string {
	encoded, err := json.Marshal(text)
	if err != nil {
		return `""`
	}
	return string(encoded)
}
