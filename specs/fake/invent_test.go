package fake_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"understudy.dev/specs/fake"
	"understudy.dev/specs/internal/arbitrary"
)

func invent(schema string) ([]byte, error) {
	return fake.Invent([]byte(schema), &fake.Options{Rand: rand.New(rand.NewPCG(1, 2))})
}

func TestInvent(t *testing.T) {
	t.Parallel()
	for schema, pattern := range map[string]string{
		`{"type":"object","properties":{"city":{"type":"string"},"unit":{"enum":["C","F"]}},"required":["city"]}`:          `^\{"city":"[A-Z].*","unit":"[CF]"\}$`,
		`{"type":"object","properties":{"z":{"const":1},"a":{"const":2}},"required":["z","a"]}`:                            `^\{"z":1,"a":2\}$`,
		`{"$ref":"#/$defs/node","$defs":{"node":{"type":"object","properties":{"next":{"$ref":"#/$defs/node"}}}}}`:         `^\{\}$`,
		`{"type":"array","minItems":2,"maxItems":2,"uniqueItems":true,"items":{"type":"integer","minimum":1,"maximum":2}}`: `^\[(1,2|2,1)\]$`,
		`{"type":"string","pattern":"^a{3}$"}`:              `^"aaa"$`,
		`{"type":"number","minimum":1.5,"maximum":1.5}`:     `^1.5$`,
		`{"type":"integer","minimum":1e3,"maximum":1000.0}`: `^1000$`,
		`{"anyOf":[false,{"const":null}]}`:                  `^null$`,
		`{"const":{"a":[1,true,null,"x"]}}`:                 `^\{"a":\[1,true,null,"x"\]\}$`,
		`true`:                                              `^".*"$`,
		` {"type":"boolean"} `:                              `^(true|false)$`,
	} {
		got, err := invent(schema)
		require.NoError(t, err, schema)
		assert.Regexp(t, pattern, string(got), schema)
	}
}

func TestInventRefuses(t *testing.T) {
	t.Parallel()
	many := func(n int, part string) string { return strings.TrimSuffix(strings.Repeat(part+",", n), ",") }
	for name, test := range map[string]struct{ schema, message string }{
		"nothing":                 {``, "EOF"},
		"no JSON":                 {`{"a":`, "EOF"},
		"half of it":              {`{"type":"string"`, "EOF"},
		"two":                     {`{} {}`, "something follows"},
		"text":                    {`"string"`, "a schema is an object"},
		"null":                    {`null`, "a schema is an object"},
		"false":                   {`false`, "no value is allowed"},
		"a contradiction":         {`{"type":"string","minLength":3,"maxLength":2}`, "no value"},
		"what cannot be aimed at": {`{"type":"string","pattern":"a","not":{"pattern":"a"}}`, "cannot make"},
		"a reference outwards":    {`{"$ref":"https://example.com/schema"}`, "leaves the document"},
		"a reference to nothing":  {`{"$ref":"#/$defs/a"}`, "leads nowhere"},
		"a reference to itself":   {`{"$ref":"#"}`, "no value"},
		"an exponent":             {`{"minimum":1e999999999}`, "out of reach"},
		"a long number":           {`{"minimum":1` + strings.Repeat("0", 100) + `}`, "out of reach"},
		"depth":                   {strings.Repeat(`{"not":`, 99) + `{}` + strings.Repeat(`}`, 99), "within one another"},
		"values":                  {`{"enum":[` + many(9000, "1") + `]}`, "more than 8000 values"},
		"bytes":                   {`{"const":"` + strings.Repeat("x", 1<<18) + `"}`, "bytes"},
		"a long name":             {`{"properties":{"` + strings.Repeat("x", 200) + `":{}}}`, "has more than 128 bytes"},
		"references":              {`{"allOf":[` + many(200, `{"$ref":"#/$defs/a"}`) + `],"$defs":{"a":{}}}`, "too many references"},
		"a long pattern":          {`{"pattern":"` + strings.Repeat("x", 300) + `"}`, "a pattern is too large"},
		"a large pattern":         {`{"pattern":"(\\pL{90}\\d{90}\\pL{90}\\d{90}\\pL{90}){10}"}`, "a pattern is too large"},
		"many patterns":           {`{"anyOf":[` + many(9, `{"pattern":"\\pL{900}"}`) + `]}`, "a pattern is too large"},
		"a long text":             {`{"type":"string","minLength":1000000000}`, "too many attempts"},
		"a long list":             {`{"type":"array","minItems":1000000000}`, "too many attempts"},
		"members":                 {`{"type":"object","minProperties":1000000000}`, "too many attempts"},
	} {
		got, err := invent(test.schema)
		assert.Nil(t, got, name)
		require.ErrorContains(t, err, test.message, name)
	}
}

// hostile are schemas that are small, and ask for very much.
func hostile() map[string]string {
	doubling := func(keyword string) string {
		var defs []string
		for i := range 30 {
			defs = append(defs, fmt.Sprintf(`"a%d":{%q:[{"$ref":"#/$defs/a%d"},{"$ref":"#/$defs/a%d"}]}`, i, keyword, i+1, i+1))
		}
		return `{"$ref":"#/$defs/a0","$defs":{` + strings.Join(defs, ",") + `,"a30":{"type":"string","not":{"minLength":1}}}}`
	}
	wide := func(n int, each func(i int) string) string {
		var parts []string
		for i := range n {
			parts = append(parts, each(i))
		}
		return strings.Join(parts, ",")
	}
	member := func(i int) string { return fmt.Sprintf(`"p%d":{}`, i) }
	return map[string]string{
		"anyOf doubles":    doubling("anyOf"),
		"oneOf doubles":    doubling("oneOf"),
		"allOf doubles":    doubling("allOf"),
		"items nest":       strings.Repeat(`{"type":"array","minItems":99,"items":`, 15) + `{}` + strings.Repeat(`}`, 15),
		"texts add up":     `{"type":"array","minItems":2000,"items":{"type":"string","minLength":4000}}`,
		"constants add up": `{"type":"array","minItems":2000,"items":{"const":"` + strings.Repeat("x", 200_000) + `"}}`,
		"one name for many members": `{"type":"object","minProperties":1000000000,"additionalProperties":false,` +
			`"patternProperties":{"^a$":{}}}`,
		"hidden members": `{"type":"object","minProperties":1000000000,"propertyNames":{"pattern":"^[ab]$"}}`,
		"unequal items":  `{"type":"array","minItems":2000,"uniqueItems":true,"items":{"type":"integer","minimum":0,"maximum":1998}}`,
		"objects without members": `{"type":"array","minItems":2000,"items":{"type":"object","maxProperties":0,"properties":{` +
			wide(900, member) + `}}}`,
		"patterns of members": `{"type":"array","minItems":999,"items":{"type":"object","properties":{` + wide(900, member) +
			`},"patternProperties":{` + wide(40, func(i int) string { return fmt.Sprintf(`"(a|b|p)+[0-9]{%d}$":{}`, i+1) }) + `}}}`,
		"alternatives of members": `{"type":"array","minItems":999,"items":{"type":"object","properties":{` +
			wide(90, func(i int) string { return fmt.Sprintf(`"p%d":{"$ref":"#/$defs/a"}`, i) }) + `}},"$defs":{"a":{"anyOf":[` +
			wide(900, func(int) string { return `{}` }) + `]}}}`,
		"a pattern that fails late": `{"type":"array","minItems":500,"items":{"type":"string","pattern":"^(\\pL{9}){99}[ab]$","not":{"minLength":1}}}`,
		"steps of numbers": `{"allOf":[` + wide(90, func(i int) string {
			return fmt.Sprintf(`{"multipleOf":0.%037d}`, 1_000_003+2*i)
		}) + `],"type":"number"}`,
		"values to choose from": `{"type":"array","minItems":2000,"items":{"enum":[` +
			wide(300, func(i int) string { return fmt.Sprintf(`{"a":[%d,{"b":"x"}]}`, i) }) + `],"not":{"required":["a"]}}}`,
		"everything depends": `{"type":"object","required":["p0"],"dependentRequired":{` +
			wide(700, func(i int) string { return fmt.Sprintf(`"p%d":["p%d","p%d"]`, i, i+1, i+2) }) + `}}`,
		"schemas depend": `{"type":"object","required":["a"],"dependentSchemas":{"a":{"$ref":"#"}}}`,
		"a reference written in many ways": `{"allOf":[{"type":"array"},{"items":{"anyOf":[` +
			wide(90, func(i int) string { return `{"$ref":"#/allOf/` + strings.Repeat("0", i+1) + `1"}` }) + `]}}]}`,
		"conditions": strings.Repeat(`{"if":{"minLength":1},"then":{"allOf":[`, 12) + `{"type":"string","maxLength":0}` + strings.Repeat(`]},"else":false}`, 12),
		"every type": `{"type":["null","boolean","integer","number","string","array","object"],"not":{}}`,
	}
}

// TestInventIsBounded holds that whatever is asked for, there is an end soon.
func TestInventIsBounded(t *testing.T) {
	t.Parallel()
	for name, schema := range hostile() {
		require.True(t, json.Valid([]byte(schema)), name)
		start := time.Now()
		got, err := invent(schema)
		assert.Less(t, time.Since(start), 5*time.Second, name)
		assert.Less(t, len(got), 8<<20, name)
		again, other := invent(schema)
		assert.Equal(t, got, again, name)
		assert.Equal(t, fmt.Sprint(err), fmt.Sprint(other), name)
	}
}

// TestInventFits holds that what is made is valid, by another validator.
func TestInventFits(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		src, err := json.Marshal(map[string]any{
			"$ref": arbitrary.Prefix[strings.Index(arbitrary.Prefix, "#"):] + "A", "components": map[string]any{"schemas": arbitrary.Schemas(t)},
		})
		require.NoError(t, err)
		if strings.Contains(string(src), `"unevaluated`) {
			return // not looked at, as the package says
		}
		got, err := invent(string(src))
		if err != nil {
			return
		}
		s, err := compiler(t, src).Compile("https://test/doc.json")
		require.NoError(t, err)
		valid(t, s, got)
	})
}

func FuzzInvent(f *testing.F) {
	for _, schema := range []string{
		`{"type":"object","properties":{"a":{"type":"string","format":"email"},"b":{"$ref":"#"}},"required":["a"]}`,
		`{"allOf":[{"minimum":1.5,"multipleOf":0.5},{"exclusiveMaximum":9e3}],"anyOf":[{"type":"integer"},{"type":"number"}]}`,
		`{"type":"array","minItems":3,"uniqueItems":true,"prefixItems":[{"enum":[1,null]}],"contains":{"const":"x"},"items":{"type":["string","null"]}}`,
		`{"oneOf":[{"$ref":"#/$defs/a"},{"not":{}}],"$defs":{"a":{"pattern":"^[a-c]+(x|y){2,9}$","minLength":8}}}`,
		`{"minProperties":3,"patternProperties":{"^p":{"type":"boolean"}},"propertyNames":{"maxLength":5},"dependentRequired":{"p":["q"]},"if":{"required":["q"]},"then":{"minProperties":4}}`,
	} {
		f.Add([]byte(schema))
	}
	f.Fuzz(func(t *testing.T, schema []byte) {
		start := time.Now()
		got, err := fake.Invent(schema, nil)
		if elapsed := time.Since(start); elapsed > 5*time.Second {
			t.Fatalf("it took %s", elapsed)
		}
		if err == nil && !json.Valid(got) {
			t.Fatalf("no JSON: %s", got)
		}
	})
}
