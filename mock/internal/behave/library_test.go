package behave

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/tidwall/gjson"

	"understudy.dev/mock/internal/credential"
	"understudy.dev/mock/internal/entropy"
	"understudy.dev/specs"
)

// The toy API uses every verb: these tests play it.

func TestLibraryBooks(t *testing.T) {
	t.Parallel()
	w := newLibrary(t)
	made := w.result("createBook", request{body: `{"title": "Middlemarch", "year": 1871, "id": "mine", "created_at": "never"}`})
	id := gjson.GetBytes(made.Body, "id").String()
	assert.Regexp(t, "^bk_[a-z0-9]{8}$", id)
	assert.Equal(t,
		`{"id":"`+id+`","title":"Middlemarch","year":1871,"genre":"novel","slug":"middlemarch",`+
			`"created_at":"2026-01-10T12:00:00Z","updated_at":"2026-01-10T12:00:00Z"}`, string(made.Body))
	assert.Equal(t, 201, made.Status)
	assert.Equal(t, specs.VerbCreate, made.Verb)
	assert.Equal(t, []Header{{"Location", "http://localhost/v1/books/" + id}}, made.Headers)

	at := request{params: one("book_id", id)}
	assert.Equal(t, string(made.Body), w.run("getBook", at))

	w.now = noon.Add(time.Hour)
	at.body = `{"author":"George Eliot","title":"Middlemarch, a Study"}`
	assert.Equal(t,
		`{"id":"`+id+`","title":"Middlemarch, a Study","year":1871,"genre":"novel","slug":"middlemarch",`+
			`"created_at":"2026-01-10T12:00:00Z","updated_at":"2026-01-10T13:00:00Z","author":"George Eliot"}`,
		w.run("changeBook", at), "what is changed stays in its place, what is new comes last")

	at.body = `{"title":"Silas Marner","created_at":"forged"}`
	assert.Equal(t,
		`{"id":"`+id+`","title":"Silas Marner","slug":"middlemarch","created_at":"2026-01-10T12:00:00Z",`+
			`"updated_at":"2026-01-10T13:00:00Z","genre":"novel"}`,
		w.run("replaceBook", at), "what is not sent is gone, except what the server wrote")

	gone := w.result("deleteBook", at)
	assert.Equal(t, 204, gone.Status)
	assert.Nil(t, gone.Body)
	refusal := w.refused("getBook", at, specs.NotFound)
	assert.Equal(t, `there is no "`+id+`" in books`, refusal.Detail)
	for _, operation := range []string{"changeBook", "replaceBook", "deleteBook"} {
		w.refused(operation, at, specs.NotFound)
	}
}

func TestLibraryUniqueISBN(t *testing.T) {
	t.Parallel()
	w := newLibrary(t)
	w.run("createBook", request{body: `{"title":"A","isbn":"9780000000001"}`})
	w.run("createBook", request{body: `{"title":"B","isbn":null}`})
	w.run("createBook", request{body: `{"title":"C","isbn":null}`})
	refusal := w.refused("createBook", request{body: `{"title":"D","isbn":"9780000000001"}`}, specs.Duplicate)
	assert.Equal(t, []specs.FieldError{{Pointer: "/isbn", Message: `isbn "9780000000001" is taken`}}, refusal.Fields)
	w.refused("changeBook", request{params: one("book_id", "bk_emma"), body: `{"isbn":"9780000000001"}`}, specs.Duplicate)
}

func TestLibraryLists(t *testing.T) {
	t.Parallel()
	w := newLibrary(t)
	for name, test := range map[string]struct {
		query map[string]any
		want  string
	}{
		"newest first":        {nil, "bk_origin bk_persuasion bk_emma"},
		"by title":            {map[string]any{"sort": "title", "order": "asc"}, "bk_emma bk_origin bk_persuasion"},
		"by year":             {map[string]any{"sort": "year", "order": "desc"}, "bk_origin bk_persuasion bk_emma"},
		"direction alone":     {one("order", "asc"), "bk_emma bk_persuasion bk_origin"},
		"of an author":        {one("author", "Jane Austen"), "bk_persuasion bk_emma"},
		"of a genre and time": {map[string]any{"genre": "novel", "since": 1816}, "bk_persuasion"},
		"nothing":             {one("author", "Nobody"), ""},
		"second page":         {map[string]any{"page": 2, "limit": 2}, "bk_emma"},
		"beyond the end":      {one("page", 99), ""},
		"too large a page":    {one("limit", 5000), "bk_origin bk_persuasion bk_emma"},
	} {
		assert.Equal(t, test.want, ids(w.run("listBooks", request{query: test.query})), name)
	}
	page := w.result("listBooks", request{query: map[string]any{"page": 1, "limit": 2}})
	assert.Equal(t, &specs.PageInfo{Number: 1, Size: 2, Total: 3, Pages: 2, More: true}, page.Page)
	assert.Equal(t, specs.VerbList, page.Verb)
	assert.Equal(t, 100, w.result("listBooks", request{query: one("limit", 5000)}).Page.Size)

	for name, query := range map[string]map[string]any{
		"sort": one("sort", "isbn"), "order": one("order", "up"), "page": one("page", 0), "limit": one("limit", -1),
	} {
		refusal := w.refused("listBooks", request{query: query}, specs.InvalidParameter)
		assert.Equal(t, name, refusal.Pointer)
	}
}

func TestLibraryCopies(t *testing.T) {
	t.Parallel()
	w := newLibrary(t)
	emma := one("book_id", "bk_emma")
	assert.Equal(t, `{"id":1,"shelf":"B2","book_id":"bk_emma","status":"available"}`,
		w.run("addCopy", request{params: emma, body: `{"shelf":"B2","book_id":"bk_other","status":"lost"}`}))
	assert.Equal(t, `{"id":2,"shelf":"A1","book_id":"bk_emma","status":"available"}`,
		w.run("addCopy", request{params: emma}), "no body is an empty one")
	w.refused("addCopy", request{params: one("book_id", "bk_none")}, specs.NotFound)
	w.refused("listCopies", request{params: one("book_id", "bk_none")}, specs.NotFound)

	var seen []string
	query := map[string]any{}
	for {
		page := w.result("listCopies", request{params: emma, query: query})
		seen = append(seen, ids(string(page.Body)))
		if page.Page.Next == nil {
			assert.False(t, page.Page.More)
			break
		}
		query["cursor"] = page.Page.Next
		if len(seen) == 1 {
			// What changes behind the reader's back moves nothing.
			w.run("addCopy", request{params: emma})
			w.run("setCopyStatus", request{params: one("copy_id", "101"), body: `{"status":"lost"}`})
		}
	}
	assert.Equal(t, []string{"101 102", "103 1", "2 3"}, seen)
	for _, bad := range []any{"", "x", "AAAAAAAAAAAA", query["cursor"].(string) + "A"} {
		w.refused("listCopies", request{params: emma, query: one("cursor", bad)}, specs.InvalidParameter)
	}
}

func TestLibraryTransitions(t *testing.T) {
	t.Parallel()
	w := newLibrary(t)
	to := func(status string) request {
		return request{params: one("copy_id", "101"), body: `{"status":"` + status + `"}`}
	}
	assert.Equal(t, `{"id":101,"book_id":"bk_emma","shelf":"A1","status":"lent"}`, w.run("setCopyStatus", to("lent")))
	refusal := w.refused("setCopyStatus", to("lent"), specs.Conflict)
	assert.Equal(t, `status cannot change from "lent" to "lent"`, refusal.Detail)
	assert.Equal(t, "/status", refusal.Pointer)
	w.run("setCopyStatus", to("available"))
	assert.Contains(t, w.run("setCopyStatus", to("lost")), `"lost_at":"2026-01-10T12:00:00Z"`)
	w.refused("setCopyStatus", to("available"), specs.Conflict)
	for _, id := range []string{"999", "x", ""} {
		w.refused("setCopyStatus", request{params: one("copy_id", id), body: `{"status":"lent"}`}, specs.NotFound)
	}
}

func TestLibraryTokens(t *testing.T) {
	t.Parallel()
	w := newLibrary(t)
	result := w.result("createToken", request{body: `{"key":"key_reader","secret":"reader-secret"}`})
	answer := gjson.ParseBytes(result.Body)
	assert.Equal(t, specs.VerbAnswer, result.Verb)
	assert.Equal(t, []Header{{"Cache-Control", "no-store"}}, result.Headers)
	assert.Equal(t, int64(3600), answer.Get("expires_in").Int())
	assert.Equal(t, `["read"]`, answer.Get("scopes").Raw)

	view := w.store.View()
	c := w.programs.Credentials().Lookup(view, credential.Presented{Value: answer.Get("token").String()})
	require.NotNil(t, c)
	assert.Equal(t, "reader", c.Attributes["role"])
	assert.Equal(t, "key_reader", c.Parent.ID)
	w.caller = c
	assert.Equal(t, `{"kind":"token","id":"`+c.ID+`","role":"reader","scopes":["read"]}`, w.run("whoami", request{}))
	w.refused("logout", request{}, specs.WrongCredential)
	w.caller = nil

	wrong := w.refused("createToken", request{body: `{"key":"key_reader","secret":"wrong"}`}, specs.UnknownCredential)
	unknown := w.refused("createToken", request{body: `{"key":"key_nobody","secret":"wrong"}`}, specs.UnknownCredential)
	wrong.Err, unknown.Err = nil, nil
	assert.Equal(t, wrong, unknown, "nobody learns which ids exist")

	refusal := w.refused("createToken", request{body: `{"key":"key_reader","secret":"reader-secret","scopes":["write"]}`}, specs.InvalidScope)
	assert.Equal(t, "The key does not have that scope.", refusal.Detail)
	part := w.run("createToken", request{body: `{"key":"key_librarian","secret":"librarian-secret","scopes":["write"]}`})
	assert.Equal(t, `["write"]`, gjson.Get(part, "scopes").Raw)
}

func TestLibrarySessions(t *testing.T) {
	t.Parallel()
	w := newLibrary(t)
	answer := gjson.Parse(w.run("login", request{body: `{"email":"ada@library.test","pin":"1815"}`}))
	assert.Equal(t, "mem_ada", answer.Get("member_id").String())
	assert.Equal(t, "2026-01-10T20:00:00Z", answer.Get("expires_at").String())
	refusal := w.refused("login", request{body: `{"email":"ada@library.test","pin":"0000"}`}, specs.UnknownCredential)
	assert.Equal(t, specs.UnknownCredential.Detail(), refusal.Detail)

	registry := w.programs.Credentials()
	presented := credential.Presented{Value: answer.Get("session").String()}
	w.caller = registry.Lookup(w.store.View(), presented)
	require.NotNil(t, w.caller)
	assert.JSONEq(t, `{"kind":"session","id":"`+w.caller.ID+`","role":"member","scopes":["read","borrow"],"name":"Ada"}`, w.run("whoami", request{}))
	w.run("logout", request{})
	view := w.store.View()
	assert.Equal(t, specs.RevokedCredential, registry.Judge(view, registry.Lookup(view, presented), []string{"session"}, w.now))
	w.run("logout", request{})
}

func TestLibraryLoans(t *testing.T) {
	t.Parallel()
	w := newLibrary(t)
	w.as("key", "key_librarian")
	w.refused("createLoan", request{body: `{"copy_id":101}`}, specs.Forbidden)

	member := func(email, pin string) {
		answer := w.run("login", request{body: `{"email":"` + email + `","pin":"` + pin + `"}`})
		presented := credential.Presented{Value: gjson.Get(answer, "session").String()}
		w.caller = w.programs.Credentials().Lookup(w.store.View(), presented)
	}
	member("bob@library.test", "1859")
	w.refused("createLoan", request{body: `{"copy_id":101}`}, specs.PaymentRequired)
	member("ada@library.test", "1815")
	loan := w.run("createLoan", request{body: `{"copy_id":101}`})
	assert.Regexp(t, `^\{"id":"loan_[0-9]{6}","copy_id":101,"member_id":"mem_ada","status":"open","days":28,"created_at":"2026-01-10T12:00:00Z"\}$`, loan)
	refusal := w.refused("createLoan", request{body: `{"copy_id":101}`}, specs.Conflict)
	assert.Equal(t, "Copy 101 is lent.", refusal.Detail)
	w.refused("createLoan", request{body: `{"copy_id":999}`}, specs.NotFound)

	assert.Equal(t, "loan_1 "+gjson.Get(loan, "id").String(), ids(w.run("listLoans", request{})))
	assert.Empty(t, ids(w.run("listLoans", request{query: one("status", "returned")})))
	member("bob@library.test", "1859")
	assert.Equal(t, "[]", w.run("listLoans", request{}), "a member sees its own")
	assert.Equal(t, `[{"status":"open","loans":2,"days":56}]`, w.run("summarizeLoans", request{}))
}

func TestLibraryUpload(t *testing.T) {
	t.Parallel()
	w := newLibrary(t)
	parts := []Part{{Name: "caption", Content: []byte("front \"cover\"")}, {Name: "image", Filename: "a.png", ContentType: "image/png", Content: []byte("abc")}}
	cover := gjson.Parse(w.run("uploadCover", request{parts: parts}))
	assert.Equal(t, `front "cover"`, cover.Get("caption").String())
	assert.Equal(t, "a.png", cover.Get("filename").String())
	assert.Equal(t, "image/png", cover.Get("content_type").String())
	assert.Equal(t, int64(3), cover.Get("size").Int())
	assert.Equal(t, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", cover.Get("sha256").String())
	more := append(parts, Part{Name: "back", Filename: "b.png", Content: []byte("b")})
	assert.NotContains(t, w.run("uploadCover", request{parts: more}), "back", "other files are no fields")
	assert.Contains(t, w.run("uploadCover", request{parts: more, body: `{"image":"abc","pages":7,"back":"b"}`}), `"pages":7`, "typed where decoded")
	refusal := w.refused("uploadCover", request{parts: parts[:1]}, specs.Invalid)
	assert.Equal(t, "/image", refusal.Pointer)
}

// Invented data fits its schema, is the same for the same seed and question,
// and another for another.
func TestLibrarySamples(t *testing.T) {
	t.Parallel()
	w := newLibrary(t)
	hold := w.run("nextHold", request{})
	assert.Empty(t, w.api.Document.Schema("Hold").Validate([]byte(hold)), hold)
	assert.Equal(t, hold, w.run("nextHold", request{}))
	recommended := w.run("recommend", request{})
	assert.Empty(t, w.api.Document.Schema("Recommendation").Validate([]byte(recommended)), recommended)
	assert.Equal(t, recommended, newLibrary(t).run("recommend", request{}))
	differ := false
	for seed := range uint64(10) {
		w.entropy = entropy.New(seed+2, "main")
		differ = differ || w.run("nextHold", request{}) != hold
	}
	assert.True(t, differ)
}

// The same requests in the same order give the same bytes, in every world of
// the same name and seed, and after a reset.
func TestLibraryIsDeterministic(t *testing.T) {
	t.Parallel()
	play := func(w *world) []string {
		return []string{
			w.run("createBook", request{body: `{"title":"A"}`}),
			w.run("createBook", request{body: `{"title":"B"}`}),
			w.run("createToken", request{body: `{"key":"key_reader","secret":"reader-secret"}`}),
			w.run("addCopy", request{params: one("book_id", "bk_emma")}),
			w.run("uploadCover", request{parts: []Part{{Name: "image"}}}),
			w.run("listBooks", request{}),
		}
	}
	first := newLibrary(t)
	want := play(first)
	assert.Equal(t, want, play(newLibrary(t)))
	first.store.Reset()
	first.entropy.Restore(nil)
	assert.Equal(t, want, play(first))
}
