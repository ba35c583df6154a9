package validate

import (
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// FuzzVerdict holds the fast path against the official one: whatever is sent, both must give the same verdict in the
// same words, and neither may fail to judge.
func FuzzVerdict(f *testing.F) {
	fast, official := depot(f, nil), depot(f, &Options{Official: true})
	media := []string{
		"application/json", "application/x-www-form-urlencoded", "multipart/form-data; boundary=frontier", "text/plain",
		"application/vnd.x+json", "",
	}
	for i := range fast.Operations() {
		f.Add(uint8(i), uint8(0), "", "", goodCrate)
		f.Add(uint8(i), uint8(1), "limit=5&tag=a&tag=b&filter[from]=1", "2", "name=ab&count=3&meta[x]=y")
		f.Add(uint8(i), uint8(0), "size=1&when=2026-01-02T03:04:05Z&count=7&csv=1,2", "1", `{"kind":"disc","r":1.5}`)
	}
	f.Add(uint8(10), uint8(0), "", "", `{"i32":1,"i64":9223372036854775807,"big":9007199254740993,"either":"x","tagged":{"type":"one","n":1},"list":[1,2]}`)
	f.Add(uint8(11), uint8(0), "i=7&f=1.5e2&s=a&b=true&e=b", "12", "")
	f.Add(uint8(8), uint8(2), "", "", multipartCall("name=file; filename=a.txt|abc", `name=meta|{"a":1}`).body)
	f.Fuzz(func(t *testing.T, operation, mediaType uint8, query, value, body string) {
		ops := fast.Operations()
		op := ops[int(operation)%len(ops)]
		path := op.Path
		for _, name := range op.PathParams {
			path = strings.ReplaceAll(path, "{"+name+"}", url.PathEscape("1"+value))
		}
		c := call{"GET /", []string{"Content-Type: " + media[int(mediaType)%len(media)], "Depth: " + value, "Words: " + value}, body}
		r := c.request(t)
		r.Method, r.URL.RawQuery = op.Method, query
		r.Header.Set("Cookie", "level="+value)
		m, err := fast.Route(op.Method, path)
		if err != RouteOK {
			return
		}
		m2, _ := official.Route(op.Method, path)
		got, want := m.Operation.ValidateRequest(r, m, []byte(body)), m2.Operation.ValidateRequest(r, m2, []byte(body))
		assert.Equal(t, messages(want), messages(got))
		h := header(c.headers...)
		h.Set("X-Total", value)
		answered := op.ValidateResponse(200, h, []byte(body), "GET")
		assert.Equal(t, messages(official.Operation(op.ID).ValidateResponse(200, h, []byte(body), "GET")), messages(answered))
		for _, v := range append(got, answered...) {
			assert.NotEqual(t, Internal, v.Kind, v.Message)
			if v.Pointer != "" {
				assert.NotZero(t, fast.Line(v.Pointer), "%s: %s", v.Pointer, v.Message)
			}
		}
	})
}

// FuzzLoad loads whatever is put into a document: it must load or say why on lines, and never panic or hang.
func FuzzLoad(f *testing.F) {
	for _, src := range []string{
		"components:\n  schemas:\n    A: {type: object, properties: {a: {$ref: '#/components/schemas/A'}}}",
		"paths: {/a/{x}: {get: {parameters: [{name: x, in: path, required: true, schema: {type: [integer, 'null']}}]}}}",
		"paths: {/a: {$ref: '#/paths/~1a'}}",
		"a: &a [*a]",
		"components: {schemas: {A: {discriminator: {propertyName: k, mapping: {x: A}}, oneOf: [{$ref: '#/components/schemas/A'}, true]}}}",
		"paths: {/a: {post: {requestBody: {content: {multipart/form-data: {encoding: {f: {contentType: 1}}, schema: true}}}}}}",
	} {
		f.Add(src)
	}
	f.Fuzz(func(t *testing.T, src string) {
		d, err := Load("f.yaml", []byte(head+src), nil)
		if err != nil {
			for line := range strings.SplitSeq(err.Error(), "\nf.yaml") {
				assert.Regexp(t, `^(f\.yaml)?:\d+: `, line)
			}
			return
		}
		for _, op := range d.Operations() {
			r := jsonCall("POST /x?a=1", `{"a":[1,null]}`).request(t)
			m := Match{Operation: op, raw: make([]string, len(op.PathParams)), path: "/x"}
			for _, v := range op.ValidateRequest(r, m, []byte(`{"a":[1,null]}`)) {
				assert.NotEqual(t, Internal, v.Kind, v.Message)
			}
		}
	})
}
