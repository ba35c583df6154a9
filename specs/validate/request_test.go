package validate

import (
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const goodCrate = `{"name":"c","secret":"s","owner":{"email":"a@b.example"}}`

var formType = []string{"Content-Type: application/x-www-form-urlencoded"}

func multipartCall(parts ...string) call {
	var b strings.Builder
	for _, part := range parts {
		head, data, _ := strings.Cut(part, "|")
		b.WriteString("--frontier\r\nContent-Disposition: form-data; " + strings.ReplaceAll(head, "\n", "\r\n") + "\r\n\r\n" + data + "\r\n")
	}
	b.WriteString("--frontier--\r\n")
	return call{"POST /uploads", []string{"Content-Type: multipart/form-data; boundary=frontier"}, b.String()}
}

// TestValidateRequest names, for every request, the one thing that is wrong with it, or nothing. Most rows are what the
// official validator lets pass, refuses without reason, or panics on.
func TestValidateRequest(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		call call
		want string // "" if the request is valid
	}{
		{"no parameters at all", call{line: "GET /crates"}, ""},
		{"repeated key: too few items", call{line: "GET /crates?tag=a"}, "query parameter tag: must have at least 2 items, got 1"},
		{"repeated key: too many items", call{line: "GET /crates?tag=a&tag=b&tag=c&tag=d"}, "query parameter tag: must have at most 3 items, got 4"},
		{"repeated key: item too long", call{line: "GET /crates?tag=a&tag=abcde"}, "query parameter tag/1: must be at most 4 characters long, got 5 characters"},
		{"repeated key: good", call{line: "GET /crates?tag=a&tag=b"}, ""},
		{"repeated key: item out of bounds", call{line: "GET /crates?size=5&size=100"}, "query parameter size/1: must be at most 99, got 100"},
		{"repeated key: item of another type", call{line: "GET /crates?size=x"}, "query parameter size/0: must be an integer, got string"},
		{"one value: too many items", call{line: "GET /crates?csv=1,2,3"}, "query parameter csv: must have at most 2 items, got 3"},
		{"one value: item out of bounds", call{line: "GET /crates?csv=1,0"}, "query parameter csv/1: must be at least 1, got 0"},
		{"one value: good", call{line: "GET /crates?csv=1,2"}, ""},
		{"pipes", call{line: "GET /crates?pipe=1|2%7C3"}, ""},
		{"pipes: bad item", call{line: "GET /crates?pipe=1|x"}, "query parameter pipe/1: must be an integer, got string"},
		{"spaces", call{line: "GET /crates?space=1%202+3"}, ""},
		{"spaces: bad item", call{line: "GET /crates?space=1%20x"}, "query parameter space/1: must be an integer, got string"},
		{"object in pipes", call{line: "GET /crates?box=w|1"}, ""},
		{"object in pipes: bad value", call{line: "GET /crates?box=w|x"}, "query parameter box/w: must be an integer, got string"},
		{"encoded reserved characters", call{line: "GET /crates?when=2026-01-02T03%3A04%3A05Z"}, ""},
		{"format", call{line: "GET /crates?when=yesterday"}, `query parameter when: must be a valid date-time, got "yesterday"`},
		{"anyOf: first", call{line: "GET /crates?limit=10"}, ""},
		{"anyOf: second", call{line: "GET /crates?limit=all"}, ""},
		{"anyOf: neither", call{line: "GET /crates?limit=11"}, `query parameter limit: must be at most 10, got 11`},
		{"no type: bound", call{line: "GET /crates?bound=2"}, "query parameter bound: must be at least 3, got 2"},
		{"no type: good", call{line: "GET /crates?bound=3"}, ""},
		{"boolean", call{line: "GET /crates?flag=1"}, "query parameter flag: must be a boolean, got string"},
		{"nullable", call{line: "GET /crates?maybe=null&flag=true"}, ""},
		{"nullable: bound", call{line: "GET /crates?maybe=-1"}, "query parameter maybe: must be at least 0, got -1"},
		{"scalar twice", call{line: "GET /crates?flag=true&flag=false"}, "query parameter flag: must be a boolean, got array"},
		{"deepObject", call{line: "GET /crates?filter[from]=1&filter[in][]=a&filter[in][]=b"}, ""},
		{"deepObject: missing", call{line: "GET /crates?filter[to]=1"}, `query parameter filter: must have the property "from"`},
		{"deepObject: bound", call{line: "GET /crates?filter[from]=1&filter[to]=10"}, "query parameter filter/to: must be at most 9, got 10"},
		{"deepObject: unknown", call{line: "GET /crates?filter[from]=1&filter[by]=x"}, "query parameter filter/by: is not a known property"},
		{"JSON content", call{line: "GET /crates?json=" + url.QueryEscape(`{"from":1}`)}, ""},
		{"JSON content: bound", call{line: "GET /crates?json=" + url.QueryEscape(`{"from":1,"to":10}`)}, "query parameter json/to: must be at most 9, got 10"},
		{"JSON content: broken", call{line: "GET /crates?json={"}, "query parameter json: must be an object, got string"},
		{"other content", call{line: "GET /crates?odd=a,b"}, "query parameter odd: must be an object, got string"},
		{"int32", call{line: "GET /crates?count=2147483648"}, "query parameter count: must be a valid int32, got 2147483648"},
		{"integer with an exponent", call{line: "GET /crates?count=1e3"}, "query parameter count: must be an integer, got string"},
		{"number with an exponent", call{line: "GET /crates", headers: []string{"Ratio: 1e-3"}}, ""},
		{"leading zero", call{line: "GET /crates?count=05"}, "query parameter count: must be an integer, got string"},
		{"uuid", call{line: "GET /crates?id=7"}, `query parameter id: must be a valid uuid, got "7"`},
		{"empty where allowed", call{line: "GET /crates?blank="}, ""},
		{"broken escape", call{line: "GET /crates?tag=%zz"}, `query: must be percent-encoded UTF-8, got "tag=%zz"`},
		{"invalid UTF-8", call{line: "GET /crates?tag=%ff"}, `query: must be percent-encoded UTF-8, got "tag=%ff"`},
		{"unknown parameter", call{line: "GET /crates?unknown=1"}, ""},

		{"header: path level", call{line: "GET /crates", headers: []string{"Trace: 0"}}, "header trace: must be at least 1, got 0"},
		{"header: enum", call{line: "GET /crates", headers: []string{"Depth: 3"}}, "header depth: must be one of 1, 2, got 3"},
		{"header: exclusive bound", call{line: "GET /crates", headers: []string{"Ratio: 0"}}, "header ratio: must be greater than 0, got 0"},
		{"header: list", call{line: "GET /crates", headers: []string{"Words: ab, cd"}}, ""},
		{"header: lines are one list", call{line: "GET /crates", headers: []string{"Words: ab", "Words: cd,ef"}}, "header words: must have at most 2 items, got 3"},
		{"header: item", call{line: "GET /crates", headers: []string{"Words: a"}}, "header words/0: must be at least 2 characters long, got 1 character"},
		{"header: reserved", call{line: "GET /crates", headers: []string{"Accept: */*"}}, ""},
		{"cookie: bound", call{line: "GET /crates", headers: []string{"Cookie: level=0"}}, "cookie level: must be at least 1, got 0"},
		{"cookie: type", call{line: "GET /crates", headers: []string{"Cookie: level=x"}}, "cookie level: must be an integer, got string"},
		{"cookie: list", call{line: "GET /crates", headers: []string{"Cookie: picks=1,2,3"}}, "cookie picks: must have at most 2 items, got 3"},

		{"path: good", call{line: "GET /crates/1"}, ""},
		{"path: bound", call{line: "GET /crates/0"}, "path parameter crateId: must be at least 1, got 0"},
		{"path: type", call{line: "GET /crates/x"}, "path parameter crateId: must be an integer, got string"},
		{"path: within a segment", call{line: "GET /crates/x/labels/en.txt"}, ""},
		{"path: enum without type", call{line: "GET /crates/x/labels/fr.txt"}, `path parameter lang: must be one of "en", "de", got "fr"`},
		{"path: styles", call{line: "GET /points/1,2/.3.4/;x=5"}, ""},
		{"path: simple list", call{line: "GET /points/1,2,3/.3/;x=5"}, "path parameter simple: must have at most 2 items, got 3"},
		{"path: label list", call{line: "GET /points/1/.3.x/;x=5"}, "path parameter label/1: must be an integer, got string"},
		{"path: matrix object", call{line: "GET /points/1/.3/;y=5"}, `path parameter matrix: must have the property "x"`},

		{"body: good without the readOnly property", jsonCall("POST /crates", goodCrate), ""},
		{"body: missing writeOnly property", jsonCall("POST /crates", `{"name":"c","owner":{"email":"a@b.example"}}`), `body: must have the property "secret"`},
		{"body: no body", jsonCall("POST /crates", ""), "body is missing"},
		{"body: null", jsonCall("POST /crates", "null"), "body: must be an object, got null"},
		{"body: no media type", call{line: "POST /crates", body: goodCrate}, "Content-Type is missing: must be application/json"},
		{"body: other media type", call{"POST /crates", []string{"Content-Type: text/plain"}, goodCrate}, `Content-Type must be application/json, got "text/plain"`},
		{"body: media type in capitals", call{"POST /crates", []string{"Content-Type: Application/JSON; charset=UTF-8"}, goodCrate}, ""},
		{"body: not JSON", jsonCall("POST /crates", `{"name":`), "cannot read body as JSON: unexpected end of JSON at offset 8"},
		{"body: two values", jsonCall("POST /crates", goodCrate+"{}"), "cannot read body as JSON: more than one JSON value, the second at offset 58"},
		{"body: invalid UTF-8", jsonCall("POST /crates", "{\"name\":\"\xff\"}"), "cannot read body as JSON: not valid UTF-8"},
		{"body: too deep", jsonCall("POST /crates", strings.Repeat("[", 600)+strings.Repeat("]", 600)), "cannot read body as JSON: nested deeper than 512 levels"},
		{"body: number out of range", jsonCall("POST /values", `{"step":1e999999999}`), "cannot read body as JSON: the number 1e999999999 is out of range"},
		{"body: number near zero", jsonCall("POST /values", `{"step":1e-999999999}`), ""},
		{"body: recursion", jsonCall("POST /crates", `{"name":"c","secret":"s","owner":{"email":"a@b.example"},"parts":[{"name":"","secret":"s","owner":{"email":"a@b.example"}}]}`), "/parts/0/name: must be at least 1 character long, got 0 characters"},
		{"body: unevaluated property", jsonCall("POST /crates", `{"name":"c","secret":"s","owner":{"email":"a@b.example","x":1}}`), "/owner/x: is not allowed"},
		{"body: repeated items", jsonCall("POST /crates", `{"name":"c","secret":"s","owner":{"email":"a@b.example"},"parts":[`+goodCrate+`,`+goodCrate+`]}`), "/parts: must not repeat an item: items 0 and 1 are equal"},
		{"body: look-ahead", jsonCall("POST /crates", `{"name":"c","secret":"s","owner":{"email":"a@b.example"},"code":"01"}`), `/code: must match the pattern ^(?!0)\d+$, got "01"`},
		{"body: undeclared", call{line: "DELETE /crates/1", body: "{}"}, "no body is declared here"},
		{"body: int32", jsonCall("POST /values", `{"i32":2147483648}`), "/i32: must be a valid int32, got 2147483648"},
		{"body: int64", jsonCall("POST /values", `{"i64":9223372036854775808}`), "/i64: must be a valid int64, got 9223372036854775808"},
		{"body: int64 at its end", jsonCall("POST /values", `{"i64":9223372036854775807}`), ""},
		{"body: beyond float64", jsonCall("POST /values", `{"big":9007199254740992}`), "/big: must be at least 9007199254740993, got 9007199254740992"},
		{"body: exactly there", jsonCall("POST /values", `{"big":9007199254740993}`), ""},
		{"body: decimal step", jsonCall("POST /values", `{"step":0.07}`), ""},
		{"body: off the step", jsonCall("POST /values", `{"step":0.075}`), "/step: must be a multiple of 0.01, got 0.075"},
		{"body: two alternatives match", jsonCall("POST /values", `{"both":1}`), "/both: must match exactly one alternative, got matches of 0 and 1"},
		{"body: unknown property", jsonCall("POST /values", `{"closed":{"b":1}}`), "/closed/b: is not a known property"},
		{"body: contains", jsonCall("POST /values", `{"list":[2]}`), "/list: must contain a matching item"},

		{"discriminator: good", jsonCall("POST /shapes", `{"kind":"disc","r":1}`), ""},
		{"discriminator: unknown value", jsonCall("POST /shapes", `{"kind":"line","r":1}`), `/kind: must be one of "circle", "disc", "square", got "line"`},
		{"discriminator: another alternative fits", jsonCall("POST /shapes", `{"kind":"circle","a":1}`), `body: must have the property "r"`},
		{"discriminator: missing", jsonCall("POST /shapes", `{"a":1}`), `body: must have the property "kind"`},

		{"form: good", call{"POST /forms", formType, "name=ab&count=5&on=true&tags=x&tags=y&meta[depth]=1&meta[x]=y"}, ""},
		{"form: missing", call{"POST /forms", formType, "count=1"}, `body: must have the property "name"`},
		{"form: too short", call{"POST /forms", formType, "name=a"}, "/name: must be at least 2 characters long, got 1 character"},
		{"form: bound", call{"POST /forms", formType, "name=ab&count=6"}, "/count: must be at most 5, got 6"},
		{"form: type", call{"POST /forms", formType, "name=ab&on=maybe"}, "/on: must be a boolean, got string"},
		{"form: too many items", call{"POST /forms", formType, "name=ab&tags=x&tags=y&tags=z"}, "/tags: must have at most 2 items, got 3"},
		{"form: in brackets", call{"POST /forms", formType, "name=ab&meta[depth]=x"}, "/meta/depth: must be an integer, got string"},
		{"form: unknown property", call{"POST /forms", formType, "name=ab&x=1"}, "/x: is not a known property"},
		{"form: broken", call{"POST /forms", formType, "name=%zz"}, `cannot read body as form: "name=%zz" is not form-urlencoded UTF-8`},
		{"suffix range", call{"POST /forms", []string{"Content-Type: application/vnd.x+json"}, `{"name":"x"}`}, ""},
		{"suffix range: missing", call{"POST /forms", []string{"Content-Type: application/vnd.x+json"}, `{}`}, `body: must have the property "name"`},
		{"text: too long", call{"POST /forms", []string{"Content-Type: text/plain"}, "abcd"}, "body: must be at most 3 characters long, got 4 characters"},
		{"bytes are not read", call{"POST /forms", []string{"Content-Type: application/octet-stream"}, "\xff"}, ""},

		{"multipart: good", multipartCall("name=file; filename=a.txt\nContent-Type: text/plain|abc", "name=note|abcd", "name=size|4", `name=meta|{"a":1}`, "name=tags|1", "name=tags|2"), ""},
		{"multipart: optional", call{line: "POST /uploads"}, ""},
		{"multipart: missing", multipartCall("name=note|x"), `body: must have the property "file"`},
		{"multipart: empty file", multipartCall("name=file; filename=a.txt\nContent-Type: text/plain|"), "/file: must be at least 1 character long, got 0 characters"},
		{"multipart: bytes count", multipartCall("name=file; filename=a.png\nContent-Type: image/png|\xff\xd8123456789"), "/file: must be at most 8 characters long, got 11 characters"},
		{"multipart: text too long", multipartCall("name=file; filename=a.txt|abc", "name=note|abcde"), "/note: must be at most 4 characters long, got 5 characters"},
		{"multipart: type", multipartCall("name=file; filename=a.txt|abc", "name=size|x"), "/size: must be an integer, got string"},
		{"multipart: JSON part", multipartCall("name=file; filename=a.txt|abc", "name=meta\nContent-Type: application/json|{}"), `/meta: must have the property "a"`},
		{"multipart: broken JSON part", multipartCall("name=file; filename=a.txt|abc", "name=meta\nContent-Type: application/json|{"), `cannot read body as multipart: part "meta": unexpected end of JSON at offset 1`},
		{"multipart: media type of a part", multipartCall("name=file; filename=a.pdf\nContent-Type: application/pdf|abc"), "/file: must be sent as image/* or text/plain, got application/pdf"},
		{"multipart: part without a name", multipartCall("filename=a.txt|abc"), "cannot read body as multipart: a part has no name"},
		{"multipart: no boundary", call{"POST /uploads", []string{"Content-Type: multipart/form-data"}, "x"}, "cannot read body as multipart: the Content-Type has no boundary"},
		{"multipart: cut off", call{"POST /uploads", []string{"Content-Type: multipart/form-data; boundary=x"}, "--x\r\n"}, "cannot read body as multipart: the closing boundary is missing"},

		{"alternatives: the deepest", jsonCall("POST /values", `{"either":{"a":{}}}`), `/either/a: must have the property "b"`},
		{"alternatives: what all lack", jsonCall("POST /values", `{"tagged":{"n":1}}`), `/tagged: must have the property "type"`},
		{"alternatives: none by type", jsonCall("POST /values", `{"either":1}`), "/either: must be an object or a string, got number"},
		{"alternatives: by constant", jsonCall("POST /values", `{"tagged":{"type":"two","s":"ab"}}`), "/tagged/s: must be at least 3 characters long, got 2 characters"},
		{"alternatives: no constant", jsonCall("POST /values", `{"tagged":{"type":"six"}}`), `/tagged/type: must be one of "one", "two", got "six"`},
	}
	eachMode(t, func(t *testing.T, d *Document) {
		for _, tt := range tests {
			t.Run(tt.name, func(t *testing.T) {
				got := tt.call.judge(t, d)
				assert.Equal(t, tt.want, messages(got))
				for _, v := range got {
					assert.NotEqual(t, Internal, v.Kind)
					if v.Pointer != "" {
						assert.NotZero(t, d.Line(v.Pointer), "%s points nowhere", v.Pointer)
					}
				}
			})
		}
	})
}

func TestViolation(t *testing.T) {
	t.Parallel()
	tests := []struct {
		call call
		want Violation
	}{
		{
			jsonCall("POST /crates", `{"secret":"s","owner":{}}`),
			Violation{
				Kind: Body, Pointer: "/components/schemas/Crate/required", Keyword: "required", Missing: []string{"name"},
				Expected: `"name"`, Message: `body: must have the property "name"`,
			},
		},
		{
			jsonCall("POST /crates", `{"name":"c","secret":"s","owner":{"email":1}}`),
			Violation{
				Kind: Body, Pointer: "/components/schemas/Owner/properties/email/type", Instance: "/owner/email", Keyword: "type",
				Expected: "string", Got: "number", Message: "/owner/email: must be a string, got number",
			},
		},
		{
			jsonCall("POST /crates", `{"name":"c","secret":"s","owner":{"email":"a@b.example","a/b":1}}`),
			Violation{
				Kind: Body, Pointer: "/components/schemas/Owner/unevaluatedProperties", Instance: "/owner/a~1b",
				Keyword: "unevaluatedProperties", Message: "/owner/a~1b: is not allowed",
			},
		},
		{
			call{line: "GET /crates?filter[from]=1&filter[to]=10"},
			Violation{
				Kind: Query, Pointer: "/components/schemas/Filter/properties/to/maximum", Instance: "filter/to", Keyword: "maximum",
				Expected: "9", Got: "10", Message: "query parameter filter/to: must be at most 9, got 10",
			},
		},
		{
			jsonCall("POST /shapes", `{"kind":"line"}`),
			Violation{
				Kind: Body, Pointer: "/components/schemas/Shape/oneOf", Instance: "/kind", Keyword: "oneOf",
				Expected: `one of "circle", "disc", "square"`, Got: `"line"`,
				Message: `/kind: must be one of "circle", "disc", "square", got "line"`,
			},
		},
		{
			jsonCall("POST /crates", ""),
			Violation{
				Kind: NoBody, Pointer: "/components/requestBodies/Crate/required", Keyword: "required",
				Expected: "a body", Message: "body is missing",
			},
		},
	}
	d := depot(t, nil)
	for _, tt := range tests {
		got := tt.call.judge(t, d)
		require.NotEmpty(t, got)
		assert.Equal(t, tt.want, got[0])
		assert.Equal(t, tt.want.Message, got[0].String())
	}
}

// TestRecovered breaks an operation on purpose: a defect is told as such, and is neither a panic nor a pass.
func TestRecovered(t *testing.T) {
	t.Parallel()
	broken := &Operation{params: []*param{nil}, responses: map[string]*response{"200": {headers: []*param{nil}}}}
	r := call{line: "GET /"}.request(t)
	for _, got := range [][]Violation{
		broken.ValidateRequest(r, Match{Operation: broken}, nil),
		broken.ValidateResponse(200, nil, nil, "GET"),
		(&Schema{}).Validate([]byte("1")),
	} {
		require.Len(t, got, 1)
		assert.Equal(t, Internal, got[0].Kind)
	}
}
