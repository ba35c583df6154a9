package fake_test

import (
	"encoding/json"
	"math/rand/v2"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/require"

	"understudy.dev/specs/fake"
)

// corpus is a document with one schema for every way to constrain a value.
const corpus = `
openapi: 3.1.0
components:
  schemas:
    Anything: {}
    Yes: true
    Null: {type: "null"}
    Boolean: {type: boolean}
    Integer: {type: integer}
    Int32: {type: integer, format: int32, minimum: 2147483600}
    Int64: {type: integer, format: int64, minimum: 9007199254740993}
    Number: {type: number}
    Bounded: {type: number, minimum: 1.5, maximum: 1.75}
    Exclusive: {type: integer, exclusiveMinimum: 3, exclusiveMaximum: 5}
    ExclusiveNumber: {type: number, exclusiveMinimum: 0, exclusiveMaximum: 0.001}
    OnlyMinimum: {type: integer, minimum: 1000000}
    OnlyMaximum: {type: number, maximum: -7.5}
    MultipleOf: {type: number, multipleOf: 0.05, minimum: 1, maximum: 2}
    Multiples: {allOf: [{type: integer, multipleOf: 4}, {multipleOf: 6}], maximum: 20, minimum: 1}
    String: {type: string}
    Short: {type: string, maxLength: 3}
    Long: {type: string, minLength: 200, maxLength: 210}
    Exact: {type: string, minLength: 1, maxLength: 1}
    Empty: {type: string, maxLength: 0}
    Pattern: {type: string, pattern: "^rsk_[a-z0-9]{12}$"}
    PatternFree: {type: string, pattern: "[A-Z]{2}\\d+"}
    PatternAlternatives: {type: string, pattern: "^(red|green|#[0-9a-fA-F]{6})$"}
    PatternLength: {type: string, pattern: "^[a-z]+$", minLength: 20, maxLength: 25}
    PatternWord: {type: string, pattern: "\\bcat\\b"}
    PatternTwice: {allOf: [{type: string, pattern: "^[a-d]{2}"}, {pattern: "[a-c]$"}], maxLength: 2}
    Formats:
      type: object
      required: [dt, d, t, du, u, e, uri, ref, h, v4, v6, jp, rjp, re, ut, by, pw]
      properties:
        dt: {type: string, format: date-time}
        d: {type: string, format: date}
        t: {type: string, format: time}
        du: {type: string, format: duration}
        u: {type: string, format: uuid}
        e: {type: string, format: email}
        uri: {type: string, format: uri}
        ref: {type: string, format: uri-reference}
        h: {type: string, format: hostname}
        v4: {type: string, format: ipv4}
        v6: {type: string, format: ipv6}
        jp: {type: string, format: json-pointer}
        rjp: {type: string, format: relative-json-pointer}
        re: {type: string, format: regex}
        ut: {type: string, format: uri-template}
        by: {type: string, format: byte, pattern: "^[A-Za-z0-9+/]*=*$"}
        pw: {type: string, format: password, minLength: 12}
    FormatAndPattern: {type: string, format: uri, pattern: "^https://"}
    FormatAndLength: {type: string, format: email, maxLength: 25}
    UnknownFormat: {type: string, format: color}
    Enum: {enum: [a, 1, null, {b: c}]}
    EnumNarrowed: {allOf: [{enum: [a, b, c]}, {enum: [c, d]}]}
    Const: {const: {a: [1, 2.0, "x", null, true]}}
    Nullable: {type: [string, "null"]}
    Several: {type: [integer, string], minimum: 3}
    BadExample: {type: string, example: 7, default: x, maxLength: 5}
    Object:
      type: object
      additionalProperties: false
      required: [z, a]
      properties: {z: {type: string}, m: {type: integer}, a: {type: boolean}, never: false}
    Undeclared: {type: object, required: [x], additionalProperties: {type: integer}}
    Map: {type: object, additionalProperties: {type: integer}}
    MapBounds: {type: object, additionalProperties: {type: string}, minProperties: 30, maxProperties: 30}
    MapNames: {type: object, propertyNames: {pattern: "^[A-Z]{3}$"}, additionalProperties: {type: number}, minProperties: 3}
    MapPatterns: {type: object, patternProperties: {"^x-[a-z]+$": {type: integer}, "l$": {minimum: 5}}, additionalProperties: false, minProperties: 2}
    MaxProperties: {type: object, properties: {a: {}, b: {}, c: {}}, required: [c], maxProperties: 2}
    Dependent: {type: object, properties: {a: {}, b: {type: integer}, c: {}}, required: [a], dependentRequired: {a: [b], c: [d]}, dependentSchemas: {b: {properties: {b: {minimum: 1000}}}, c: false}}
    Array: {type: array, items: {type: string}}
    ArrayBounds: {type: array, items: {type: integer}, minItems: 7, maxItems: 8}
    Unique: {type: array, items: {type: integer, minimum: 1, maximum: 9}, minItems: 9, uniqueItems: true}
    UniqueEnum: {type: array, items: {enum: [a, b, c]}, minItems: 3, uniqueItems: true}
    UniqueExamples: {type: array, items: {type: string, example: same}, minItems: 3, uniqueItems: true}
    Tuple: {type: array, prefixItems: [{type: string}, {type: integer}], items: false}
    Contains: {type: array, items: {type: integer}, contains: {minimum: 500}, minContains: 2, maxContains: 3, maxItems: 4}
    NoItems: {type: array, maxItems: 0}
    AllOf:
      allOf:
        - {$ref: "#/components/schemas/Base"}
        - {type: object, required: [extra], properties: {extra: {type: string}, id: {minLength: 5}}}
      unevaluatedProperties: false
    Base: {type: object, required: [id], properties: {id: {type: string, maxLength: 8}, at: {type: string, format: date-time}}}
    OneOf: {oneOf: [{type: string, maxLength: 3}, {type: integer}]}
    OneOfOverlap: {type: integer, oneOf: [{minimum: 1, maximum: 10}, {minimum: 5, maximum: 90}]}
    OneOfImpossibleFirst: {type: object, oneOf: [{type: string}, {required: [b], properties: {b: {const: 1}}}]}
    AnyOf: {type: object, required: [k], anyOf: [{properties: {k: {const: 1}}}, {properties: {k: {const: 2}}}]}
    OneOfInside: {allOf: [{oneOf: [{properties: {a: {const: 1}}}, {properties: {a: {const: 2}}}]}, {required: [a], properties: {a: {minimum: 2}}}]}
    Not: {type: integer, minimum: 1, maximum: 4, not: {multipleOf: 2}}
    If: {type: object, required: [kind, value], properties: {kind: {enum: [a, b]}, value: {}}, if: {properties: {kind: {const: a}}}, then: {properties: {value: {type: integer}}}, else: {properties: {value: {type: string}}}}
    Pet: {oneOf: [{$ref: "#/components/schemas/Cat"}, {$ref: "#/components/schemas/Dog"}], discriminator: {propertyName: kind, mapping: {kitty: "#/components/schemas/Cat"}}}
    Cat: {type: object, required: [kind, lives], properties: {kind: {type: string}, lives: {type: integer}}}
    Dog: {type: object, required: [kind, barks], properties: {kind: {type: string}, barks: {type: boolean}}}
    Tree: {type: object, required: [name, children], properties: {name: {type: string}, parent: {$ref: "#/components/schemas/Tree"}, children: {type: array, items: {$ref: "#/components/schemas/Tree"}}}}
    Linked: {type: object, required: [next], properties: {next: {oneOf: [{$ref: "#/components/schemas/Linked"}, {type: "null"}]}}}
    Mutual: {type: object, properties: {other: {$ref: "#/components/schemas/Mutual2"}}}
    Mutual2: {type: object, required: [back], properties: {back: {anyOf: [{$ref: "#/components/schemas/Mutual"}, {type: boolean}]}}}
    Aliased: {type: object, required: [a, b], properties: {a: &text {type: string, minLength: 2}, b: *text, c: {<<: *text, maxLength: 4}}}
`

func TestCorpus(t *testing.T) {
	t.Parallel()
	root := node(t, []byte(corpus))
	var document struct {
		Components struct{ Schemas map[string]any }
	}
	require.NoError(t, root.Decode(&document))
	src, err := json.Marshal(map[string]any{"components": map[string]any{"schemas": document.Components.Schemas}})
	require.NoError(t, err)
	c := compiler(t, src)
	g := fake.New(root)
	compiled := map[string]*jsonschema.Schema{}
	for name := range document.Components.Schemas {
		compiled[name], err = c.Compile("https://test/doc.json#/components/schemas/" + name)
		require.NoError(t, err)
	}
	for name, s := range compiled {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for seed := range uint64(200) {
				raw, err := g.Value("/components/schemas/"+name, &fake.Options{Rand: rand.New(rand.NewPCG(seed, 0)), Now: time.Unix(int64(seed)*1e7, 0)})
				require.NoError(t, err)
				valid(t, s, raw)
			}
		})
	}
}

func TestSameSeedSameBytes(t *testing.T) {
	t.Parallel()
	make := func(seed uint64) string {
		raw, err := fake.New(node(t, []byte(corpus))).Value("/components/schemas/Formats", &fake.Options{Rand: rand.New(rand.NewPCG(seed, 0))})
		require.NoError(t, err)
		return string(raw)
	}
	require.Equal(t, make(1), make(1))
	require.NotEqual(t, make(1), make(2))
}

// value makes one value of a schema that is written out.
func value(t *testing.T, schema string, o *fake.Options) string {
	t.Helper()
	raw, err := fake.New(node(t, []byte("S: "+schema))).Value("/S", o)
	require.NoError(t, err)
	return string(raw)
}

func TestOffers(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ schema, want string }{
		"example first":               {`{type: string, default: d, example: e, examples: [f]}`, `"e"`},
		"examples next":               {`{type: string, default: d, examples: [f, g]}`, `"f"`},
		"default last":                {`{type: string, default: d}`, `"d"`},
		"a constant before":           {`{const: c, example: e}`, `"c"`},
		"an example of a whole":       {`{type: object, properties: {a: {example: 1}}, example: {b: 2, a: 3}}`, `{"b":2,"a":3}`},
		"an example of a part":        {`{type: object, properties: {a: {example: 1}}, required: [a]}`, `{"a":1}`},
		"no bad example":              {`{type: object, properties: {a: {example: 1}}, required: [a], example: {b: 2}}`, `{"a":1}`},
		"no bad default":              {`{type: integer, minimum: 5, maximum: 5, default: 3}`, `5`},
		"an example among the enum":   {`{enum: [a, b], example: b}`, `"b"`},
		"an example of one branch":    {`{oneOf: [{type: string, example: x}, {type: integer}]}`, `"x"`},
		"an example of a wrong date":  {`{type: string, format: date, example: yesterday, default: "2024-02-29"}`, `"2024-02-29"`},
		"declared order":              {`{properties: {z: {const: 1}, a: {const: 2}, m: {const: 3}}, required: [m]}`, `{"z":1,"a":2,"m":3}`},
		"numbers as they are written": {`{enum: [12345678901234567890.10]}`, `12345678901234567890.10`},
		"text with every escape":      {`{const: "\"\\\n\u0001é😀"}`, `"\"\\\u000a\u0001é😀"`},
		"a hexadecimal number":        {`{const: 0x1F}`, `31`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, tt.want, value(t, tt.schema, nil))
		})
	}
}

func TestDirection(t *testing.T) {
	t.Parallel()
	const schema = `{type: object, required: [id, secret, name], additionalProperties: false, properties: {
		id: {const: 1, readOnly: true}, name: {const: n}, secret: {const: s, writeOnly: true}, in: {type: object, properties: {id: {const: 2, readOnly: true}, x: {const: 3}}}}}`
	require.Equal(t, `{"id":1,"name":"n","secret":"s","in":{"id":2,"x":3}}`, value(t, schema, nil))
	require.Equal(t, `{"name":"n","secret":"s","in":{"x":3}}`, value(t, schema, &fake.Options{Direction: fake.Request}))
	require.Equal(t, `{"id":1,"name":"n","in":{"id":2,"x":3}}`, value(t, schema, &fake.Options{Direction: fake.Response}))

	const example = `{type: object, required: [id], properties: {id: {type: integer, readOnly: true}, list: {type: array, items: {properties: {id: {readOnly: true}}}}}, example: {id: 1, list: [{id: 2, a: 3}]}}`
	require.Equal(t, `{"list":[{"a":3}]}`, value(t, example, &fake.Options{Direction: fake.Request}))
}

func TestNames(t *testing.T) {
	t.Parallel()
	now := time.Date(2024, 2, 29, 12, 0, 0, 0, time.UTC)
	for name, pattern := range map[string]string{
		"email":          `^[a-z]+\.[a-z]+@example\.com$`,
		"contact_email":  `@example\.com$`,
		"avatarUrl":      `^https://[a-z]+\.example\.com/[a-z]+$`,
		"firstName":      `^[A-Z][a-z]+$`,
		"full_name":      `^[A-Z][a-z]+ [A-Z][a-z]+$`,
		"title":          `^[A-Z][a-z]+ [A-Z][a-z]+$`,
		"city":           `^[A-Z][a-z]+$`,
		"country":        `^[A-Z]{2}$`,
		"currency":       `^[A-Z]{3}$`,
		"created_at":     `^2024-0[12]-\d\dT\d\d:\d\d:\d\dZ$`,
		"expires_at":     `^2024-03-\d\dT\d\d:\d\d:\d\dZ$`,
		"due-date":       `^2024-\d\d-\d\d$`,
		"user_id":        `^[a-z0-9]{12}$`,
		"SHOUTED_TITLE":  `^[A-Z][a-z]+ [A-Z][a-z]+$`,
		"something else": `^[a-z]+ [a-z]+$`,
		"":               `^[a-z]+ [a-z]+$`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for seed := range uint64(20) {
				o := &fake.Options{Rand: rand.New(rand.NewPCG(seed, 0)), Now: now}
				src, err := json.Marshal(map[string]any{"required": []string{name}, "properties": map[string]any{name: map[string]any{"type": "string"}}})
				require.NoError(t, err)
				var got map[string]string
				require.NoError(t, json.Unmarshal([]byte(value(t, string(src), o)), &got))
				require.Regexp(t, regexp.MustCompile(pattern), got[name])

				o.Name = name
				var alone string
				require.NoError(t, json.Unmarshal([]byte(value(t, `{type: string}`, o)), &alone))
				require.Regexp(t, regexp.MustCompile(pattern), alone)
			}
		})
	}
}

// Go spells some of these differently from ECMAScript.
func TestPatternsOfECMAScript(t *testing.T) {
	t.Parallel()
	for pattern, want := range map[string]string{
		`^\u00e4$`: `"ä"`, `^[\u00e4]\/\\u$`: `"ä/\\u"`, `^\p{Greek}$`: `"Ͱ"`, `^(?<x>ab){2}$`: `"abab"`, `^a{0}$`: `""`,
	} {
		src, err := json.Marshal(map[string]any{"type": "string", "pattern": pattern})
		require.NoError(t, err)
		require.Equal(t, want, value(t, string(src), nil), pattern)
	}
}

func TestDiscriminator(t *testing.T) {
	t.Parallel()
	raw, err := fake.New(node(t, []byte(corpus))).Value("/components/schemas/Pet", nil)
	require.NoError(t, err)
	require.Regexp(t, `^\{"kind":"kitty","lives":\d+\}$`, string(raw))

	const dogs = `{oneOf: [{$ref: "#/D"}], discriminator: {propertyName: kind}}
D: {type: object, required: [kind], properties: {kind: {type: string}}}`
	require.Equal(t, `{"kind":"D"}`, value(t, dogs, nil), "without a mapping the name of the schema counts")
	const named = `{oneOf: [{$ref: "#/D"}], discriminator: {propertyName: kind}}
D: {type: object, required: [kind], properties: {kind: {const: dog}}}`
	require.Equal(t, `{"kind":"dog"}`, value(t, named, nil), "the branch knows better")
}

func TestRecursionIsCut(t *testing.T) {
	t.Parallel()
	g := fake.New(node(t, []byte(corpus)))
	for name, want := range map[string]string{
		"Tree":   `^\{"name":"[^"]+","children":\[\]\}$`,
		"Linked": `^\{"next":null\}$`,
		"Mutual": `^\{"other":\{"back":(true|false)\}\}$`,
	} {
		raw, err := g.Value("/components/schemas/"+name, nil)
		require.NoError(t, err)
		require.Regexp(t, want, string(raw))
	}
}

func TestNoValue(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ schema, why string }{
		"false":                     {`false`, "no value is allowed"},
		"types that exclude":        {`{allOf: [{type: string}, {type: integer}]}`, "no value is allowed"},
		"an empty range":            {`{type: integer, minimum: 3, maximum: 2}`, "no value is allowed"},
		"a look-ahead":              {`{type: string, pattern: "^(?!x)"}`, `the pattern "^(?!x)" cannot be used to make texts: invalid or unsupported Perl syntax`},
		"a pattern against lengths": {`{type: string, pattern: "^abc$", maxLength: 2}`, `matches the pattern "^abc$"`},
		"too few to differ":         {`{type: array, items: {enum: [a]}, minItems: 2, uniqueItems: true}`, "no 2 different items"},
		"endless":                   {`{type: object, required: [a], properties: {a: {$ref: "#/S"}}}`, "recur without end"},
		"a circle":                  {`{$ref: "#/S"}`, "no value is allowed"},
		"a required part":           {`{type: object, required: [a], properties: {a: {type: array, minItems: 1, items: false}}}`, "a: item 0: no value is allowed"},
		"a missing reference":       {`{properties: {a: {$ref: "#/T"}}}`, `line 1: the reference "#/T" leads nowhere`},
		"a foreign reference":       {`{$ref: "t.yaml#/T"}`, `line 1: the reference "t.yaml#/T" leaves the document`},
		"a limit that is no number": {`{minimum: x}`, `line 1: "x" is not a number`},
		"a contradiction":           {`{type: integer, minimum: 1, maximum: 3, not: {type: integer}}`, "obeys all of its keywords"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := fake.New(node(t, []byte("S: "+tt.schema))).Value("/S", nil)
			require.ErrorContains(t, err, "cannot make a value for /S")
			require.ErrorContains(t, err, tt.why)
		})
	}
	_, err := fake.New(node(t, []byte("S: {}"))).Value("/T", nil)
	require.ErrorContains(t, err, "cannot make a value for /T: the document has no such schema")
	_, err = fake.New(nil).Value("/T", nil)
	require.Error(t, err)
}

// What is optional and cannot be made is left out.
func TestOptionalPartsMayFail(t *testing.T) {
	t.Parallel()
	require.Equal(t, `{"b":1}`, value(t, `{properties: {a: {type: string, pattern: "(?=x)"}, b: {const: 1}, c: false}}`, nil))
	require.Equal(t, `[]`, value(t, `{type: array, items: false}`, nil))
}

// Branches that multiply must not keep the generator busy.
func TestWorkIsBounded(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString("S: {type: integer, allOf: [")
	for range 40 {
		b.WriteString("{anyOf: [{minimum: 5}, {minimum: 6}, {minimum: 7}]},")
	}
	b.WriteString("{maximum: 1}]}")
	_, err := fake.New(node(t, []byte(b.String()))).Value("/S", nil)
	require.ErrorContains(t, err, "too many attempts")
}

func TestConcurrentUse(t *testing.T) {
	t.Parallel()
	g := fake.New(node(t, []byte(corpus)))
	var wg sync.WaitGroup
	for seed := range uint64(8) {
		wg.Go(func() {
			for _, name := range []string{"Formats", "Pet", "Tree", "MapNames"} {
				_, err := g.Value("/components/schemas/"+name, &fake.Options{Rand: rand.New(rand.NewPCG(seed, 0))})
				require.NoError(t, err)
			}
		})
	}
	wg.Wait()
}

func BenchmarkValue(b *testing.B) {
	for _, name := range []string{"Formats", "Object", "Pet", "Tree", "Pattern"} {
		b.Run(name, func(b *testing.B) {
			g := fake.New(node(b, []byte(corpus)))
			o := &fake.Options{Rand: rand.New(rand.NewPCG(1, 2)), Now: time.Date(2024, 2, 29, 0, 0, 0, 0, time.UTC)}
			b.ReportAllocs()
			for b.Loop() {
				if _, err := g.Value("/components/schemas/"+name, o); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
