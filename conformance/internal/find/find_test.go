package find_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/tidwall/gjson"

	"understudy.dev/conformance/internal/find"
)

func TestCreated(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		location, body, path, field, want string
	}{
		"id":                        {"", `{"id": "a"}`, "/books", "", `"a"`},
		"a number":                  {"", `{"id": 7}`, "/books", "", `7`},
		"wrapped":                   {"", `{"request_id": "r", "data": {"book": {"uuid": "a"}}}`, "/books", "", `"a"`},
		"in a list":                 {"", `[{"id": "a"}]`, "/books", "", `"a"`},
		"the shallowest":            {"", `{"owner": {"id": "o"}, "id": "a"}`, "/books", "", `"a"`},
		"id before others":          {"", `{"book_id": "b", "_id": "c", "id": "a"}`, "/books", "", `"a"`},
		"snake":                     {"", `{"api_client_id": "a"}`, "/org/api-clients", "", `"a"`},
		"camel":                     {"", `{"apiClientId": "a"}`, "/org/api-clients", "", `"a"`},
		"the last word":             {"", `{"client_id": "a"}`, "/org/api-clients", "", `"a"`},
		"a verb after a collection": {"", `{"document_id": "a"}`, "/documents/upload", "", `"a"`},
		"a named field":             {"/books/z", `{"id": "b", "ref": "a"}`, "/books", "ref", `"a"`},
		"Location":                  {"https://host/v1/books/a%20b/?x=1", `{}`, "/books", "", `"a b"`},
		"Location with a number":    {"/books/7", `{"id": 7}`, "/books", "", `7`},
		"Location before the body":  {"/books/7", `{"id": "request"}`, "/books", "", `"7"`},
		"not the parent's":          {"", `{"book_id": "b", "name": "x"}`, "/books/{book_id}/copies", "", ""},
		"not the request's":         {"", `{"request_id": "r1", "status": "ok"}`, "/books", "", ""},
		"not a word":                {"", `{"message": "created"}`, "/books", "", ""},
		"not empty":                 {"", `{"id": ""}`, "/books", "", ""},
		"not an object":             {"", `{"id": {"a": 1}}`, "/books", "", ""},
		"no JSON":                   {"", `<html>`, "/books", "", ""},
		"nothing":                   {"", ``, "/books", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			id, ok := find.Created(test.location, []byte(test.body), test.path, test.field)
			assert.Equal(t, test.want != "", ok)
			if ok {
				assert.Equal(t, test.want, id.Raw)
			}
		})
	}
}

func TestSingular(t *testing.T) {
	t.Parallel()
	for plural, singular := range map[string]string{
		"books": "book", "policies": "policy", "addresses": "address", "boxes": "box", "branches": "branch", "dishes": "dish",
		"status": "status", "access": "access", "upload": "upload", "s": "s", "": "",
	} {
		assert.Equal(t, singular, find.Singular(plural), plural)
	}
}

func TestObject(t *testing.T) {
	t.Parallel()
	is := func(want string) func(gjson.Result) bool {
		return func(v gjson.Result) bool { return v.Raw == want }
	}
	const body = `{"meta": {"name": "m"}, "items": [{"name": "a", "tags": ["x"], "deep": {"name": "d", "n": {"k": 1}}}, {"name": "b"}]}`
	for name, test := range map[string]struct{ field, value, want string }{
		"by field":       {"name", `"b"`, `{"name": "b"}`},
		"deep":           {"name", `"d"`, `{"name": "d", "n": {"k": 1}}`},
		"by path":        {"n.k", `1`, `{"name": "d", "n": {"k": 1}}`},
		"by any field":   {"*", `"m"`, `{"name": "m"}`},
		"by any element": {"*", `"x"`, `{"name": "a", "tags": ["x"], "deep": {"name": "d", "n": {"k": 1}}}`},
		"nothing":        {"name", `"z"`, ""},
		"another field":  {"title", `"a"`, ""},
	} {
		object, ok := find.Object([]byte(body), test.field, is(test.value))
		assert.Equal(t, test.want != "", ok, name)
		assert.Equal(t, test.want, object.Raw, name)
	}
	_, ok := find.Object([]byte(`["a", "b"]`), "*", is(`"b"`))
	assert.True(t, ok)
	_, ok = find.Object([]byte(strings.Repeat("[", 100_000)), "*", is("1"))
	assert.False(t, ok)
}

func TestNextPage(t *testing.T) {
	t.Parallel()
	declared := find.Parameters{Declared: []string{"Page_Token", "limit"}}
	for name, test := range map[string]struct {
		link, body, asked string
		parameters        find.Parameters
		more              bool
		url, query        string
	}{
		"nothing":           {body: `{"data": [1]}`},
		"no list":           {body: `{"page": 3, "pages": 300, "title": "a book"}`},
		"Link":              {link: `<http://x/a?p=1>; rel="prev", </a?p=3>; title="x, y"; rel="last next"`, body: `[]`, more: true, url: "/a?p=3"},
		"Link of something": {link: `</a>; rel="self"`, body: `[]`},
		"URL":               {body: `{"data": [1], "links": {"next": "https://x/a?p=3"}}`, more: true, url: "https://x/a?p=3"},
		"a query":           {body: `{"data": [1], "next": "?p=3"}`, more: true, url: "?p=3"},
		"null at the end":   {body: `{"data": [1], "next": null, "total": 100}`},
		"cursor":            {body: `{"data": [1], "nextPageToken": "abc"}`, asked: "limit=1", parameters: declared, more: true, query: "Page_Token=abc&limit=1"},
		"the contract's cursor": {
			body: `{"data": [1], "next": "abc"}`, parameters: find.Parameters{Cursor: "from"}, more: true, query: "from=abc",
		},
		"a cursor for nothing": {body: `{"data": [1], "next_cursor": "abc"}`, more: true},
		"has_more":             {body: `{"data": [1], "has_more": true}`, more: true},
		"has_more by offset":   {body: `{"data": [1, 2], "has_more": true}`, asked: "offset=4", parameters: find.Parameters{Offset: "offset"}, more: true, query: "offset=6"},
		"no more":              {body: `{"data": [1], "has_more": false, "total": 9}`},
		"pages":                {body: `{"data": [1], "meta": {"page": 2, "total_pages": 3}}`, asked: "page=2&q=x", more: true, query: "page=3&q=x"},
		"the last page":        {body: `{"data": [1], "meta": {"page": 3, "total_pages": 3}}`, asked: "page=3"},
		"a shorter last page":  {body: `{"data": [1], "pagination": {"current_page": 3, "total_pages": 3, "total_items": 9}}`, asked: "page=3", parameters: find.Parameters{Page: "page"}},
		"behind the last page": {body: `{"data": [], "pagination": {"current_page": 4, "total_pages": 3, "total_items": 9}}`, asked: "page=4", parameters: find.Parameters{Page: "page"}},
		"behind all items":     {body: `{"data": [], "total": 9}`, asked: "p=4", parameters: find.Parameters{Page: "p"}},
		"a page that stays 1":  {body: `{"data": [1], "current_page": 1, "total_pages": 3}`, asked: "p=3", parameters: find.Parameters{Page: "p"}},
		"total":                {body: `{"data": [1, 2], "total": 3}`, parameters: find.Parameters{Page: "p"}, more: true, query: "p=2"},
		"total reached":        {body: `{"data": [1], "total": 3}`, asked: "p=3", parameters: find.Parameters{Page: "p"}},
		"total in one":         {body: `{"data": [1, 2, 3], "total": 3}`},
		"hints in items":       {body: `{"data": [{"next": "https://x", "has_more": true, "total": 9}]}`},
		"a number as next":     {body: `{"data": [1], "page": 1, "next": 2}`, more: true, query: "page=2"},
		"no JSON":              {body: `<a rel=next>`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := http.Header{}
			if test.link != "" {
				h.Set("Link", test.link)
			}
			asked, err := url.ParseQuery(test.asked)
			assert.NoError(t, err)
			page := find.NextPage(h, []byte(test.body), asked, test.parameters)
			assert.Equal(t, test.more, page.More)
			assert.Equal(t, test.url, page.URL)
			assert.Equal(t, test.query, page.Query.Encode())
		})
	}
}

// FuzzAnswers holds that no answer brings the search down.
func FuzzAnswers(f *testing.F) {
	f.Add([]byte(`{"data": [{"id": 1}], "next": "x"}`), `<a>; rel=next`)
	f.Add([]byte(`[[[]]]`), `<`)
	f.Add([]byte(`{"id":`), `<a`)
	f.Fuzz(func(t *testing.T, body []byte, link string) {
		find.Created(link, body, "/books", "")
		find.Listed(body, "/books/{id}")
		find.Object(body, "*", func(v gjson.Result) bool { return v.Num == 1 })
		page := find.NextPage(http.Header{"Link": {link}}, body, url.Values{}, find.Parameters{Page: "p"})
		if !page.More && (page.URL != "" || page.Query != nil) {
			t.Fatalf("nothing more, but %+v", page)
		}
	})
}
