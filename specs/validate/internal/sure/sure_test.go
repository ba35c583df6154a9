package sure

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/dlclark/regexp2"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/require"
)

// cases name, for a schema, texts that must be accepted and texts that must not
// be: because they are invalid or because nothing sure can be said of them.
var cases = []struct {
	name     string
	schema   string
	accepted []string
	refused  []string
	valid    []string // refused although valid: the known doubts
}{
	{"true", `true`, []string{`null`, ` {"a":[1,{}]} `, `"\u00e9"`}, nil, nil},
	{"false", `false`, nil, []string{`null`, `{}`}, nil},
	{"types", `{"type":["string","null"]}`, []string{`""`, `null`}, []string{`1`, `true`, `{}`, `[]`}, nil},
	{"boolean", `{"type":"boolean"}`, []string{`true`, `false`}, []string{`0`, `"true"`, `null`}, nil},
	{
		"integer", `{"type":"integer"}`,
		[]string{`1`, `-0`, `1.0`, `9007199254740993`, `123456789012345678901234567890`},
		[]string{`1.5`, `"1"`, `0.000001`},
		[]string{`1e2`, `1.00000000000000000000`},
	},
	{"number", `{"type":"number"}`, []string{`1`, `1.5`, `-1E-7`, `1e99`}, []string{`null`}, []string{`1e100`}},
	{
		"bounds", `{"minimum":-1.5,"exclusiveMaximum":10}`,
		[]string{`-1.5`, `9.99`, `"x"`},
		[]string{`-1.51`, `10`, `10.0`, `1e1`, `100000000000000000000`, `10.000000000000000000`},
		nil,
	},
	{"bounds far away", `{"minimum":0,"maximum":5}`, []string{`0.1234567890123456789`, `1e-7`}, []string{`-1e-7`}, nil},
	{"bounds beyond 2^53", `{"maximum":9007199254740992}`, []string{`1`, `-9007199254740993`}, []string{`9007199254740994`}, []string{`9007199254740992`}},
	{"exclusive", `{"exclusiveMinimum":0,"maximum":1}`, []string{`0.1`, `1`}, []string{`0`, `-0`, `-0.0`, `1.01`}, nil},
	{"multipleOf", `{"multipleOf":0.01}`, []string{`1`, `19.99`, `-4.35`, `0`}, []string{`0.001`, `19.995`}, []string{`1e2`}},
	{"const number", `{"const":1}`, []string{`1`, `1.0`}, []string{`2`, `"1"`, `true`, `9007199254740993`}, []string{`1e0`}},
	{"const null", `{"const":null}`, []string{`null`}, []string{`false`, `0`}, nil},
	{"const object", `{"const":{"a":1}}`, nil, []string{`1`, `[]`}, []string{`{"a":1}`}},
	{
		"enum", `{"enum":["a","é",2,null,true]}`,
		[]string{`"a"`, `"\u0061"`, `"\u00e9"`, `2.0`, `null`, `true`},
		[]string{`"b"`, `false`, `3`, `{}`, `[]`}, nil,
	},
	{"length counts characters", `{"minLength":2,"maxLength":3}`, []string{`"éé"`, `"\u00e9a"`, `"\ud83d\ude00a"`, `1`}, []string{`"é"`, `"abcd"`, `"\n"`}, nil},
	{"pattern", `{"pattern":"^[a-z]+\\.$"}`, []string{`"ab."`, `"\u0061."`}, []string{`"ab"`, `"A."`}, nil},
	{"format", `{"format":"date-time"}`, []string{`"2024-02-29T10:00:00Z"`, `7`}, []string{`"2023-02-29T10:00:00Z"`, `"x"`}, nil},
	{"format for numbers", `{"type":"integer","format":"int32"}`, []string{`2147483647`}, []string{`2147483648`, `9007199254740993`}, nil},
	{"unknown format", `{"format":"color"}`, []string{`"x"`}, nil, nil},
	{"properties", `{"properties":{"a":{"type":"string"},"b":false}}`, []string{`{}`, `{"a":"x","c":1}`, `1`}, []string{`{"a":1}`, `{"b":1}`, `{"\u0061":1}`}, nil},
	{"required", `{"required":["a","b"]}`, []string{`{"b":1,"a":2}`, `{"\u0061":1,"b":2}`, `[]`}, []string{`{"a":1}`, `{"a":1,"a":2}`}, nil},
	{"repeated members", `{"properties":{"a":{"type":"string"}}}`, []string{`{"b":1,"b":2}`}, []string{`{"a":"x","a":1}`}, []string{`{"a":1,"a":"x"}`, `{"a":"x","a":"x"}`}},
	{"additional", `{"properties":{"a":true},"additionalProperties":{"type":"integer"}}`, []string{`{"a":"x","b":1}`}, []string{`{"b":"x"}`}, nil},
	{"closed", `{"properties":{"a":true},"patternProperties":{"^x-":true},"additionalProperties":false}`, []string{`{"a":1,"x-b":2}`}, []string{`{"b":1}`}, nil},
	{"patternProperties", `{"patternProperties":{"^x":{"type":"string"},"y$":{"minLength":2}}}`, []string{`{"xy":"ab"}`}, []string{`{"xy":"a"}`, `{"x":1}`}, nil},
	{"propertyNames", `{"propertyNames":{"maxLength":2}}`, []string{`{"ab":1}`}, []string{`{"abc":1}`}, nil},
	{"counts", `{"minProperties":1,"maxProperties":2}`, []string{`{"a":1}`, `{"a":1,"b":1}`}, []string{`{}`, `{"a":1,"b":1,"c":1}`}, []string{`{"a":1,"a":1,"b":1}`}},
	{"dependentRequired", `{"dependentRequired":{"a":["b"]}}`, []string{`{"b":1}`, `{"a":1,"b":1}`}, []string{`{"a":1}`}, nil},
	{"dependentSchemas", `{"dependentSchemas":{"a":{"required":["b"]}}}`, []string{`{"b":1}`, `{"a":1,"b":1}`}, []string{`{"a":1}`}, nil},
	{"items", `{"prefixItems":[{"type":"string"}],"items":{"type":"integer"}}`, []string{`[]`, `["a"]`, ` [ "a" , 1 , 2 ] `}, []string{`[1]`, `["a","b"]`}, nil},
	{"item counts", `{"minItems":1,"maxItems":2}`, []string{`[1]`, `[[1,2,3],{}]`}, []string{`[]`, `[1,2,3]`}, nil},
	{
		"uniqueItems", `{"uniqueItems":true}`,
		[]string{`[1,2,"1",null,true,false,{},[]]`, `["a","b"]`},
		[]string{`[1,1.0]`, `["a","\u0061"]`, `[{},{}]`, `[{"a":1,"b":2},{"b":2,"a":1}]`},
		[]string{`[{"a":1},{"a":2}]`, `["\u0061","b"]`},
	},
	{"contains", `{"contains":{"type":"string"},"minContains":2,"maxContains":3}`, []string{`["a","b",1]`}, []string{`["a"]`, `["a","b","c","d"]`}, nil},
	{"minContains 0", `{"contains":{"type":"string"},"minContains":0}`, []string{`[]`, `[1]`}, nil, nil},
	{"allOf", `{"allOf":[{"minimum":1},{"maximum":3}]}`, []string{`2`}, []string{`0`, `4`}, nil},
	{"anyOf", `{"anyOf":[{"type":"string"},{"minimum":3}]}`, []string{`"a"`, `4`}, []string{`2`}, nil},
	{"oneOf", `{"oneOf":[{"minimum":1},{"maximum":3}]}`, []string{`0`, `4`}, []string{`2`}, nil},
	{"oneOf told apart by a constant", `{"oneOf":[{"required":["t"],"properties":{"t":{"const":"a"}}},{"required":["t"],"properties":{"t":{"const":"b"}}}]}`, []string{`{"t":"a"}`, `{"x":{},"t":"b"}`}, []string{`{"t":"c"}`, `{}`}, nil},
	{"not", `{"not":{"type":"string"}}`, []string{`1`}, []string{`"a"`}, nil},
	{"not, in doubt", `{"not":{"const":[1]}}`, []string{`1`}, []string{`[1]`}, []string{`[2]`}},
	{"if", `{"if":{"type":"string"},"then":{"minLength":1},"else":{"minimum":1}}`, []string{`"a"`, `1`}, []string{`""`, `0`}, nil},
	{"if alone", `{"if":{"type":"string"},"else":{"minimum":1}}`, []string{`""`, `1`}, []string{`0`}, nil},
	{"recursion", `{"$defs":{"n":{"required":["v"],"properties":{"v":true,"next":{"$ref":"#/$defs/n"}},"additionalProperties":false}},"$ref":"#/$defs/n"}`, []string{`{"v":1,"next":{"v":2,"next":{"v":3}}}`}, []string{`{"v":1,"next":{"v":2,"next":{}}}`}, nil},
	{"siblings of a reference", `{"$defs":{"s":{"type":"string"}},"$ref":"#/$defs/s","maxLength":1}`, []string{`"a"`}, []string{`"ab"`, `1`}, nil},
	{"a reference that never ends", `{"$defs":{"a":{"$ref":"#/$defs/b"},"b":{"$ref":"#/$defs/a"}},"$ref":"#/$defs/a"}`, nil, []string{`1`}, nil},
	{
		"unevaluatedProperties", `{"$defs":{"base":{"properties":{"id":true}}},"allOf":[{"$ref":"#/$defs/base"},{"properties":{"a":true}}],"properties":{"b":true},"unevaluatedProperties":false}`,
		[]string{`{"id":1,"a":1,"b":1}`}, []string{`{"id":1,"c":1}`}, nil,
	},
	{
		"unevaluatedProperties over branches", `{"oneOf":[{"required":["a"],"properties":{"a":true}},{"required":["b"],"properties":{"b":true}}],"unevaluatedProperties":false}`,
		[]string{`{"a":1}`, `{"b":1}`}, []string{`{"a":1,"c":1}`, `{"a":1,"b":1}`}, nil,
	},
	{
		"unevaluatedProperties over conditions", `{"if":{"required":["a"],"properties":{"a":true}},"then":{"properties":{"b":true}},"else":{"properties":{"c":true}},"unevaluatedProperties":{"type":"null"}}`,
		[]string{`{"a":1,"b":1}`, `{"c":1}`, `{"c":1,"d":null}`}, []string{`{"b":1}`, `{"a":1,"c":1}`}, nil,
	},
	{"unevaluatedItems", `{"prefixItems":[true],"contains":{"type":"string"},"unevaluatedItems":false}`, []string{`[1,"a"]`}, []string{`[1,"a",2]`}, nil},
	{"draft 7", `{"$schema":"http://json-schema.org/draft-07/schema#","type":"string"}`, nil, []string{`1`}, []string{`"a"`}},
	{"dynamic reference", `{"$dynamicAnchor":"n","properties":{"a":{"$dynamicRef":"#n"}}}`, []string{`{}`}, nil, []string{`{"a":{}}`}},
	{"annotations", `{"title":"t","example":1,"deprecated":true,"readOnly":true,"x-y":2,"default":3}`, []string{`"a"`}, nil, nil},
	{"discriminator", `{"discriminator":{"propertyName":"t"}}`, []string{`{"t":1}`}, []string{`{}`, `null`}, nil},
}

func TestAccepts(t *testing.T) {
	t.Parallel()
	for _, tt := range cases {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := compiled(t, tt.schema)
			e := Compile(s)
			for _, raw := range tt.accepted {
				require.True(t, officially(s, []byte(raw)), "the case is wrong: %s is not valid", raw)
				require.True(t, e.Accepts([]byte(raw)), raw)
			}
			for _, raw := range tt.refused {
				require.False(t, officially(s, []byte(raw)), "the case is wrong: %s is valid", raw)
				require.False(t, e.Accepts([]byte(raw)), raw)
			}
			for _, raw := range tt.valid {
				require.True(t, officially(s, []byte(raw)), "the case is wrong: %s is not valid", raw)
				require.False(t, e.Accepts([]byte(raw)), raw)
			}
		})
	}
}

func compiled(t testing.TB, schema string) *jsonschema.Schema {
	t.Helper()
	s, err := compiler(t, json.RawMessage(schema)).Compile("https://test/doc.json")
	require.NoError(t, err)
	return s
}

func TestOnlyJSONIsAccepted(t *testing.T) {
	t.Parallel()
	e := Compile(compiled(t, `true`))
	deep := func(n int) string { return strings.Repeat("[", n) + strings.Repeat("]", n) }
	require.True(t, e.Accepts([]byte(deep(MaxDepth))))
	for _, raw := range []string{
		"", " ", "nul", "{", `{"a":1,}`, `{"a":1}}`, `{} {}`, "01", "1.", "+1", `"` + "\x01" + `"`, `"\x"`,
		"\xff", "\"\xff\"", "\ufeff{}", `{"a"}`, `[1,]`, `1e400`, `[-1E+0400]`, strings.Repeat("9", 400),
		deep(MaxDepth + 1), strings.Repeat("[", 1<<20), `"`, `"\`, `{"a":"\`,
	} {
		require.False(t, e.Accepts([]byte(raw)), "%.40q", raw)
	}
}

func TestNilAcceptsNothing(t *testing.T) {
	t.Parallel()
	require.Nil(t, Compile(nil))
	require.False(t, Compile(nil).Accepts([]byte(`{}`)))
}

type strangeExtension struct{}

func (strangeExtension) Validate(*jsonschema.ValidatorContext, any) {}

func TestUnknownExtensionIsNeverSure(t *testing.T) {
	t.Parallel()
	c := jsonschema.NewCompiler()
	c.RegisterVocabulary(&jsonschema.Vocabulary{
		URL: "https://test/vocabulary",
		Compile: func(_ *jsonschema.CompilerContext, obj map[string]any) (jsonschema.SchemaExt, error) {
			if _, ok := obj["strange"]; !ok {
				return nil, nil
			}
			return strangeExtension{}, nil
		},
	})
	c.AssertVocabs()
	require.NoError(t, c.AddResource("https://test/doc.json", map[string]any{
		"properties": map[string]any{"a": map[string]any{"strange": true}},
	}))
	s, err := c.Compile("https://test/doc.json")
	require.NoError(t, err)
	require.True(t, Compile(s).Accepts([]byte(`{"b":1}`)))
	require.False(t, Compile(s).Accepts([]byte(`{"a":1}`)))
}

func TestManyNames(t *testing.T) {
	t.Parallel()
	schema := func(n int) string {
		var b strings.Builder
		for i := range n {
			if i > 0 {
				b.WriteByte(',')
			}
			b.WriteString(`"p` + strings.Repeat("x", i) + `":true`)
		}
		return `{"properties":{` + b.String() + `}}`
	}
	require.True(t, Compile(compiled(t, schema(maxNames))).Accepts([]byte(`{"px":1}`)))
	require.False(t, Compile(compiled(t, schema(maxNames+1))).Accepts([]byte(`{"px":1}`)))
}

func TestOtherRegexpEngines(t *testing.T) {
	t.Parallel()
	c := jsonschema.NewCompiler()
	c.UseRegexpEngine(func(s string) (jsonschema.Regexp, error) {
		re, err := regexp2.Compile(s, regexp2.ECMAScript)
		return (*ecma)(re), err
	})
	require.NoError(t, c.AddResource("https://test/doc.json", map[string]any{"pattern": "^(?!x).+$"}))
	s, err := c.Compile("https://test/doc.json")
	require.NoError(t, err)
	require.True(t, Compile(s).Accepts([]byte(`"a"`)))
	require.False(t, Compile(s).Accepts([]byte(`"xa"`)))
}

type ecma regexp2.Regexp

func (re *ecma) String() string { return (*regexp2.Regexp)(re).String() }
func (re *ecma) MatchString(s string) bool {
	ok, err := (*regexp2.Regexp)(re).MatchString(s)
	return ok && err == nil
}

// A schema whose alternatives multiply must not keep the evaluator busy.
func TestWorkIsBounded(t *testing.T) {
	t.Parallel()
	s := compiled(t, `{"$defs":{"n":{"anyOf":[
		{"properties":{"c":{"$ref":"#/$defs/n"},"x":{"const":1}}, "required":["x"]},
		{"properties":{"c":{"$ref":"#/$defs/n"},"x":{"const":2}}, "required":["x"]},
		{"properties":{"c":{"$ref":"#/$defs/n"},"x":{"const":3}}, "required":["x"]}
	]}},"$ref":"#/$defs/n"}`)
	raw := `{}`
	for range 200 {
		raw = `{"c":` + raw + `}`
	}
	w := walk{src: raw, fuel: 8*len(raw) + 4096}
	start := w.fuel
	_, end := w.eval(Compile(s).root, 0)
	require.Equal(t, len(raw), end)
	require.Greater(t, w.fuel, -4*start, "spent far more than there was")
}

func FuzzAccepts(f *testing.F) {
	var schemas []*jsonschema.Schema
	var fast []*Evaluator
	for i, tt := range cases {
		s := compiled(f, tt.schema)
		schemas, fast = append(schemas, s), append(fast, Compile(s))
		for _, list := range [][]string{tt.accepted, tt.refused, tt.valid} {
			for _, raw := range list {
				f.Add(uint(i), []byte(raw))
			}
		}
	}
	f.Fuzz(func(t *testing.T, i uint, raw []byte) {
		k := i % uint(len(cases))
		if fast[k].Accepts(raw) && !officially(schemas[k], raw) {
			t.Fatalf("%s: accepted, but not valid: %q", cases[k].schema, raw)
		}
	})
}
