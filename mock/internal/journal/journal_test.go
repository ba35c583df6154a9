package journal_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"understudy.dev/mock/internal/journal"
)

func ids(entries []journal.Entry) []string {
	all := []string{}
	for _, e := range entries {
		all = append(all, e.ID)
	}
	return all
}

func TestBounds(t *testing.T) {
	t.Parallel()
	j := journal.New(&journal.Options{Entries: 3, Body: 10, Bytes: 25})
	for i := range 5 {
		j.Add(journal.Record{ID: fmt.Sprint("x", i)})
	}
	assert.Equal(t, []string{"x2", "x3", "x4"}, ids(j.Entries(journal.Filter{})))
	assert.EqualValues(t, 2, j.Dropped())

	long := journal.Message{Body: []byte(strings.Repeat("b", 1000)), Size: 1000}
	j.Add(journal.Record{ID: "x5", Request: long})
	j.Add(journal.Record{ID: "x6", Request: long, Response: long})
	assert.Equal(t, []string{"x6"}, ids(j.Entries(journal.Filter{})), "bodies push out entries as well")
	entry, ok := j.Entry("x6")
	require.True(t, ok)
	assert.Len(t, entry.Request.Body, 10)
	assert.EqualValues(t, 1000, entry.Request.Size)
	_, ok = j.Entry("x5")
	assert.False(t, ok)

	j.Clear()
	assert.Equal(t, []string{}, ids(j.Entries(journal.Filter{})))
	assert.Zero(t, j.Dropped())
	for i := range 4 {
		j.Add(journal.Record{ID: fmt.Sprint("y", i)})
	}
	assert.Equal(t, []string{"y1", "y2", "y3"}, ids(j.Entries(journal.Filter{})))
}

func TestNoBodies(t *testing.T) {
	t.Parallel()
	j := journal.New(&journal.Options{Body: -1})
	j.Add(journal.Record{ID: "x1", Request: journal.Message{Body: []byte("abc"), Size: 3}})
	entry, _ := j.Entry("x1")
	assert.Empty(t, entry.Request.Body)
}

func TestFilter(t *testing.T) {
	t.Parallel()
	j := journal.New(nil)
	for i, status := range []int{200, 404, 200, 429} {
		j.Add(journal.Record{
			ID: fmt.Sprint("x", i), API: []string{"toy", "zoo"}[i%2], Operation: fmt.Sprint("op", i/2), Status: status,
		})
	}
	tests := map[string]struct {
		filter journal.Filter
		want   []string
	}{
		"all":       {journal.Filter{}, []string{"x0", "x1", "x2", "x3"}},
		"newest":    {journal.Filter{Limit: 2}, []string{"x2", "x3"}},
		"status":    {journal.Filter{Status: 200}, []string{"x0", "x2"}},
		"both":      {journal.Filter{Status: 200, Limit: 1}, []string{"x2"}},
		"api":       {journal.Filter{API: "zoo"}, []string{"x1", "x3"}},
		"operation": {journal.Filter{Operation: "op1"}, []string{"x2", "x3"}},
		"none":      {journal.Filter{Operation: "op9"}, []string{}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, test.want, ids(j.Entries(test.filter)))
		})
	}
}

func TestRedaction(t *testing.T) {
	t.Parallel()
	token := "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln"
	media := func(value string, more ...journal.Header) []journal.Header {
		return append(more, journal.Header{Name: "Content-Type", Value: value})
	}
	tests := map[string]struct {
		path    string
		message journal.Message
		// hidden must not appear, kept must.
		hidden, kept []string
	}{
		"headers": {
			message: journal.Message{Headers: []journal.Header{
				{Name: "Authorization", Value: "Bearer opaque-value"}, {Name: "Cookie", Value: "sid=cookie-value"},
				{Name: "X-Api-Key", Value: "key-value"}, {Name: "X-Desk", Value: "desk-value"}, {Name: "Accept", Value: "text/html"},
			}},
			hidden: []string{"opaque-value", "cookie-value", "key-value", "desk-value"},
			kept:   []string{"text/html", "Bearer [redacted]"},
		},
		"query": {
			path:   "/toys?api_key=sesame&limit=5&access%5ftoken=open",
			hidden: []string{"sesame", "open"}, kept: []string{"limit=5", "/toys?api_key="},
		},
		"json": {
			message: journal.Message{
				Headers: media("application/json"),
				Body:    []byte(`{"client_secret":"s1","user":{"password" : "s2\"x"},"pin":"s3","max_tokens":5,"token_type":"Bearer","name":"n"}`),
			},
			hidden: []string{"s1", "s2", "s3"}, kept: []string{`"max_tokens":5`, `"token_type":"Bearer"`, `"name":"n"`},
		},
		"json, an escaped name": {
			message: journal.Message{Headers: media("application/json"), Body: []byte(`{"\u0073ecret":"s1"}`)}, hidden: []string{"s1"},
		},
		"json, cut off": {
			message: journal.Message{Headers: media("application/json"), Body: []byte(`{"a":1,"secret":"s1-and-mo`)}, hidden: []string{"s1"},
		},
		"json, not text": {
			message: journal.Message{
				Headers: media("application/json"), Body: []byte(`{"secret":["s1"],"password":{"v":"s2"},"token":null,"names":["n1"],"tokens":7}`),
			},
			hidden: []string{"s1", "s2"}, kept: []string{`"token":null`, `"names":["n1"]`, `"tokens":7`},
		},
		"no json": {
			message: journal.Message{Headers: media("application/json"), Body: []byte(`{"secret":hunter1,'pwd':'hunter2'}`)},
			hidden:  []string{"hunter1", "hunter2"},
		},
		"text": {
			message: journal.Message{Headers: media("text/plain"), Body: []byte("secret=hunter1 note=plain")},
			hidden:  []string{"hunter1"}, kept: []string{"note=plain"},
		},
		"headers of other shapes": {
			path: "/toys?a=b;secret=hunter1",
			message: journal.Message{Headers: []journal.Header{
				{Name: "Authorization", Value: "hunter2 x"}, {Name: "X-Auth", Value: "hunter3"}, {Name: "Referer", Value: "http://x/?token=hunter4"},
			}},
			hidden: []string{"hunter1", "hunter2", "hunter3", "hunter4"}, kept: []string{"a=b"},
		},
		"form, in capitals": {
			message: journal.Message{Headers: media("Application/X-WWW-Form-Urlencoded"), Body: []byte("client_secret=s1&scope=a")},
			hidden:  []string{"s1"}, kept: []string{"scope=a"},
		},
		"form": {
			message: journal.Message{Headers: media("application/x-www-form-urlencoded"), Body: []byte("grant_type=x&client_secret=s1&scope=a")},
			hidden:  []string{"s1"}, kept: []string{"grant_type=x", "scope=a"},
		},
		"multipart": {
			message: journal.Message{
				Headers: media("multipart/form-data; boundary=B"),
				Body:    []byte("--B\r\nContent-Disposition: form-data; name=\"password\"\r\n\r\ns1-secret\r\n--B\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\nhello\r\n--B--"),
			},
			hidden: []string{"s1-secret"}, kept: []string{"hello"},
		},
		"by shape": {
			message: journal.Message{Headers: media("text/plain"), Body: []byte("take " + token + " now")},
			hidden:  []string{token}, kept: []string{"take [redacted] now"},
		},
		"presented": {
			message: journal.Message{Headers: media("text/plain"), Body: []byte("you sent presented-value")}, hidden: []string{"presented-value"},
		},
		"known, the longer first": {
			message: journal.Message{Headers: media("application/json"), Body: []byte(`{"id":"known-1","more":"known-1-2"}`)},
			hidden:  []string{"known-1", "-2"},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			options := journal.Options{Names: []string{"x-desk", "pin"}, Known: func() []string { return []string{"known-1", "known-1-2", ""} }}
			test.message.Size = int64(len(test.message.Body))
			record := journal.Record{ID: "x1", Path: test.path, Request: test.message, Response: test.message, Secrets: []string{"presented-value"}}
			redacted, revealed := journal.New(&options), journal.New(&journal.Options{Reveal: true})
			redacted.Add(record)
			revealed.Add(record)

			entry, _ := redacted.Entry("x1")
			text := show(t, entry)
			for _, hidden := range test.hidden {
				assert.NotContains(t, text, hidden)
			}
			for _, kept := range test.kept {
				assert.Contains(t, text, kept)
			}
			assert.False(t, entry.Request.Truncated, "hiding is no cutting off")
			entry, _ = revealed.Entry("x1")
			assert.Equal(t, test.path, entry.Path)
			assert.Equal(t, string(test.message.Body), string(entry.Response.Body))
		})
	}
}

// show is everything that an entry tells.
func show(t *testing.T, e journal.Entry) string {
	t.Helper()
	raw, err := json.Marshal(e)
	require.NoError(t, err)
	return string(raw) + string(e.Request.Body) + string(e.Response.Body) + strings.Join(e.Request.Headers["Authorization"], "")
}

func TestEncoding(t *testing.T) {
	t.Parallel()
	j := journal.New(nil)
	j.Add(journal.Record{ID: "x1", Request: journal.Message{Body: []byte{0xff, 0xfe}, Size: 2}, Response: journal.Message{Body: []byte("text"), Size: 9}})
	entry, _ := j.Entry("x1")
	raw, err := json.Marshal(entry)
	require.NoError(t, err)
	assert.Contains(t, string(raw), `"request":{"headers":{},"body":"","body_base64":"//4=","size":2}`)
	assert.Contains(t, string(raw), `"response":{"headers":{},"body":"text","size":9,"truncated":true}`)
}

func TestConcurrency(t *testing.T) {
	t.Parallel()
	j := journal.New(&journal.Options{Entries: 10})
	var group sync.WaitGroup
	for i := range 8 {
		group.Go(func() {
			for k := range 100 {
				j.Add(journal.Record{ID: fmt.Sprint(i, "-", k)})
				j.Entries(journal.Filter{Limit: 3})
			}
		})
	}
	group.Wait()
	assert.Len(t, j.Entries(journal.Filter{}), 10)
}

func TestAmend(t *testing.T) {
	t.Parallel()
	j := journal.New(&journal.Options{Body: 8, Bytes: 20, Entries: 3})
	for _, id := range []string{"x1", "x2", "x3"} {
		j.Add(journal.Record{ID: id, Open: true, Response: journal.Message{Body: []byte("12"), Size: 2}})
	}
	finish := func(id, body string) {
		j.Amend(id, func(r *journal.Record) {
			r.Open, r.Broken, r.Notes = false, "it broke", []string{"a note"}
			r.Response.Body, r.Response.Size = []byte(body), int64(len(body))
		})
	}
	finish("x2", "123456789")
	entry, ok := j.Entry("x2")
	require.True(t, ok)
	assert.Equal(t, "12345678", string(entry.Response.Body), "cut like one that is added")
	assert.True(t, entry.Response.Truncated)
	assert.False(t, entry.Open)
	assert.Equal(t, "it broke", entry.Broken)
	assert.Equal(t, []string{"a note"}, entry.Notes)
	other, _ := j.Entry("x1")
	assert.True(t, other.Open, "no other entry is changed")

	finish("x9", "nothing")
	finish("x3", "12345678")
	finish("x1", "12345678")
	_, ok = j.Entry("x1")
	assert.False(t, ok, "24 bytes are too many: the oldest is forgotten")
	assert.EqualValues(t, 1, j.Dropped())
	j.Add(journal.Record{ID: "x4", Response: journal.Message{Body: []byte("1234")}})
	assert.Len(t, j.Entries(journal.Filter{}), 3, "the bytes are counted anew")
	j.Clear()
	finish("x3", "late")
	assert.Empty(t, j.Entries(journal.Filter{}))
}

func TestNotesAreRedacted(t *testing.T) {
	t.Parallel()
	j := journal.New(nil)
	j.Add(journal.Record{ID: "x1", Secrets: []string{"s3cr3t-value"}, Notes: []string{"settle: s3cr3t-value is bad"}, Broken: "s3cr3t-value"})
	entry, _ := j.Entry("x1")
	assert.Equal(t, []string{"settle: " + journal.Redacted + " is bad"}, entry.Notes)
	assert.Equal(t, journal.Redacted, entry.Broken)
}
