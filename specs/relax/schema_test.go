package relax_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"understudy.dev/specs/relax"
)

// within documents the pointers given below base; "…/*" is everything below.
func within(base string, pointers []string) func(string) bool {
	return func(pointer string) bool {
		rest, ok := strings.CutPrefix(pointer, base)
		return ok && slices.ContainsFunc(pointers, func(p string) bool {
			below, all := strings.CutSuffix(p, "*")
			return rest == p || all && strings.HasPrefix(rest, below)
		})
	}
}

func TestSchemaKeywords(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		schema     string
		documented []string
		want       string
		issues     []string // pointers
	}{
		"nothing documented": {
			schema: `{type: object, required: [a], properties: {a: {type: string, maxLength: 3}}, additionalProperties: false}`,
			want:   `{properties: {a: {}}, additionalProperties: {}}`,
		},
		"annotations": {
			schema: `{title: t, description: d, default: 1, example: 2, examples: [3], deprecated: true, readOnly: true, writeOnly: true, x-a: {type: string}, $comment: c}`,
			want:   `{title: t, description: d, default: 1, example: 2, examples: [3], deprecated: true, readOnly: true, writeOnly: true, x-a: {type: string}, $comment: c}`,
		},
		"leaves stay one by one": {
			schema:     `{type: [string, "null"], enum: [a, b], const: a, format: date, pattern: x, minLength: 1, unheardOf: 1}`,
			documented: []string{"/type", "/format", "/unheardOf"},
			want:       `{type: [string, "null"], format: date, unheardOf: 1}`,
		},
		"a type is kept as a whole only": {
			schema: `{type: [string, "null"], enum: [a, b]}`, documented: []string{"/type/string", "/enum/a", "/enum/b"},
			want: `{}`, issues: []string{"/type/string", "/enum/a"},
		},
		"required by name":     {schema: `{required: [a, b/c, d]}`, documented: []string{"/required/a", "/required/b~1c"}, want: `{required: [a, b/c]}`},
		"required as a whole":  {schema: `{required: [a, b]}`, documented: []string{"/required"}, want: `{required: [a, b]}`},
		"dependentRequired":    {schema: `{dependentRequired: {a: [b, c], d: [e]}}`, documented: []string{"/dependentRequired/a/c"}, want: `{dependentRequired: {a: [c]}}`},
		"no dependentRequired": {schema: `{dependentRequired: {a: [b]}}`, want: `{}`},
		"a closed object": {
			schema:     `{properties: {a: {type: string}}, patternProperties: {^x: {type: string}}, additionalProperties: false}`,
			documented: []string{"/additionalProperties"},
			want:       `{properties: {a: {}}, patternProperties: {^x: {}}, additionalProperties: false}`,
		},
		"documented parts below undocumented ones": {
			schema:     `{type: array, items: {allOf: [{type: object}, {properties: {a: {type: string, minLength: 1}}}]}, prefixItems: [{const: 1}], propertyNames: {maxLength: 3}}`,
			documented: []string{"/items/allOf/1/properties/a/type", "/propertyNames/maxLength"},
			want:       `{items: {allOf: [{}, {properties: {a: {type: string}}}]}, prefixItems: [{}], propertyNames: {maxLength: 3}}`,
		},
		"a reference is a keyword":           {schema: `{$ref: "#/components/schemas/O", maxLength: 3}`, documented: []string{"/$ref"}, want: `{$ref: "#/components/schemas/O"}`},
		"an assumed reference":               {schema: `{$ref: "#/components/schemas/O"}`, want: `{}`},
		"a reference to elsewhere":           {schema: `{$ref: "#/components/parameters/P/schema"}`, documented: []string{"/$ref"}, want: `{}`, issues: []string{"/$ref"}},
		"a reference to what stays":          {schema: `{$ref: "#/components/schemas/O/properties/p/items"}`, documented: []string{"/$ref"}, want: `{$ref: "#/components/schemas/O/properties/p/items"}`},
		"a reference to what goes":           {schema: `{$ref: "#/components/schemas/O/oneOf/0"}`, documented: []string{"/$ref"}, want: `{}`, issues: []string{"/$ref"}},
		"a reference by anchor":              {schema: `{$ref: "#o"}`, documented: []string{"/$ref"}, want: `{}`, issues: []string{"/$ref"}},
		"a reference below an assumed anyOf": {schema: `{$ref: "#/components/schemas/O/anyOf/0"}`, documented: []string{"/$ref"}, want: `{}`, issues: []string{"/$ref"}},
		"a reference below a documented anyOf": {
			schema: `{anyOf: [{type: string}], items: {$ref: "#/components/schemas/S/anyOf/0"}}`, documented: []string{"/anyOf", "/items/$ref"},
			want: `{anyOf: [{}], items: {$ref: "#/components/schemas/S/anyOf/0"}}`,
		},
		"a reference below what cannot be relaxed": {schema: `{$ref: "#/components/schemas/O/properties/q/items"}`, documented: []string{"/$ref"}, want: `{}`, issues: []string{"/$ref"}},
		"anyOf with relaxed branches": {
			schema: `{anyOf: [{type: string}, {type: integer, minimum: 1}]}`, documented: []string{"/anyOf", "/anyOf/1/minimum"},
			want: `{anyOf: [{}, {minimum: 1}]}`,
		},
		"an assumed anyOf": {schema: `{anyOf: [{type: string}]}`, documented: []string{"/anyOf/0/type"}, want: `{}`, issues: []string{"/anyOf/0/type"}},
		"oneOf, documented throughout": {
			schema: `{oneOf: [{type: string}, {required: [a]}]}`, documented: []string{"/oneOf", "/oneOf/0/type", "/oneOf/1/required/a"},
			want: `{oneOf: [{type: string}, {required: [a]}]}`,
		},
		"oneOf with an assumption": {
			schema: `{oneOf: [{type: string}, {required: [a, b]}]}`, documented: []string{"/oneOf", "/oneOf/0/type", "/oneOf/1/required/a"},
			want: `{}`, issues: []string{"/oneOf"},
		},
		"oneOf with an assumption behind a reference": {
			schema: `{oneOf: [{$ref: "#/components/schemas/O"}]}`, documented: []string{"/*"},
			want: `{}`, issues: []string{"/oneOf"},
		},
		"not":                        {schema: `{not: {const: 1}}`, documented: []string{"/*"}, want: `{not: {const: 1}}`},
		"an assumed not":             {schema: `{not: {const: 1}}`, documented: []string{"/not"}, want: `{}`, issues: []string{"/not"}},
		"not, with an assumed false": {schema: `{not: {properties: {a: false}}}`, documented: []string{"/not"}, want: `{}`, issues: []string{"/not"}},
		"a condition": {
			schema: `{if: {const: 1}, then: {type: integer, minimum: 1}, else: {type: string}}`, documented: []string{"/if", "/if/const", "/then/type"},
			want: `{if: {const: 1}, then: {type: integer}, else: {}}`,
		},
		"an assumed condition": {
			schema: `{if: {const: 1}, then: {type: integer}}`, documented: []string{"/if", "/then/type"},
			want: `{}`, issues: []string{"/if", "/then/type"},
		},
		"contains":                        {schema: `{contains: {type: string}, minContains: 2, maxContains: 3}`, documented: []string{"/*"}, want: `{contains: {type: string}, minContains: 2, maxContains: 3}`},
		"contains without its least":      {schema: `{contains: {type: string}, minContains: 0}`, documented: []string{"/contains", "/contains/type"}, want: `{}`, issues: []string{"/contains"}},
		"contains without its most":       {schema: `{contains: {type: string}, maxContains: 3}`, documented: []string{"/contains", "/contains/type"}, want: `{contains: {type: string}}`},
		"unevaluatedProperties":           {schema: `{allOf: [{properties: {a: {type: string}}}], unevaluatedProperties: false}`, documented: []string{"/*"}, want: `{allOf: [{properties: {a: {type: string}}}], unevaluatedProperties: false}`},
		"unevaluatedProperties, in doubt": {schema: `{allOf: [{properties: {a: {type: string}}}], unevaluatedProperties: false}`, documented: []string{"/unevaluatedProperties"}, want: `{allOf: [{properties: {a: {}}}]}`, issues: []string{"/unevaluatedProperties"}},
		"discriminator": {
			schema: `{discriminator: {propertyName: t}, oneOf: [{properties: {t: {const: a}}}]}`, documented: []string{"/*"},
			want: `{discriminator: {propertyName: t}, oneOf: [{properties: {t: {const: a}}}]}`,
		},
		"discriminator of assumed branches": {
			schema: `{discriminator: {propertyName: t}, oneOf: [{properties: {t: {const: a}}}]}`, documented: []string{"/discriminator", "/oneOf"},
			want: `{}`, issues: []string{"/discriminator", "/oneOf"},
		},
		"boolean schemas":         {schema: `{properties: {a: false, b: true, c: false}}`, documented: []string{"/properties/c"}, want: `{properties: {a: {}, b: true, c: false}}`},
		"what cannot be relaxed":  {schema: `{properties: {a: {$id: "https://x.test/", type: string}}, $dynamicRef: "#a"}`, documented: []string{"/*"}, want: `{properties: {a: {}}}`, issues: []string{"/properties/a", "/$dynamicRef"}},
		"stored schemas":          {schema: `{$defs: {d: {type: string, minLength: 1}}, allOf: [{$ref: "#/components/schemas/S/$defs/d"}]}`, documented: []string{"/$defs/d/type", "/allOf/0/$ref"}, want: `{$defs: {d: {type: string}}, allOf: [{$ref: "#/components/schemas/S/$defs/d"}]}`},
		"aliases and merge keys":  {schema: `{properties: {a: &x {type: string}, b: *x, c: {<<: *x, format: date}}}`, documented: []string{"/properties/b/type"}, want: `{properties: {a: {}, b: {type: string}, c: {}}}`},
		"recursion, all of it":    {schema: `{properties: {n: {$ref: "#/components/schemas/S"}}, not: {properties: {n: {$ref: "#/components/schemas/S"}}}}`, documented: []string{"/*"}, want: `{properties: {n: {$ref: "#/components/schemas/S"}}, not: {properties: {n: {$ref: "#/components/schemas/S"}}}}`},
		"recursion, part of it":   {schema: `{type: object, not: {properties: {n: {$ref: "#/components/schemas/S"}}}}`, documented: []string{"/not", "/not/properties/n/$ref"}, want: `{}`, issues: []string{"/not"}},
		"escapes in the pointers": {schema: `{properties: {"a/b~c": {type: string}}}`, documented: []string{"/properties/a~1b~0c/type"}, want: `{properties: {"a/b~c": {type: string}}}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			const base = "/components/schemas/S"
			src := "components:\n  parameters: {P: {schema: {type: string}}}\n  schemas:\n" +
				"    O: {properties: {p: {items: {type: string}}, q: {$id: x, items: {}}}, oneOf: [{type: object}], anyOf: [{type: object}]}\n    S: " + tt.schema + "\n"
			root := node(t, []byte(src))
			before := value(t, root)

			got := relax.Derive(root, within(base, tt.documented))
			components := value(t, got.Root).(map[string]any)["components"].(map[string]any)
			require.Equal(t, value(t, node(t, []byte(tt.want))), components["schemas"].(map[string]any)["S"])
			var issues []string
			for _, issue := range got.Issues {
				require.Equal(t, 5, issue.Line)
				require.Contains(t, issue.Message, issue.Pointer)
				issues = append(issues, strings.TrimPrefix(issue.Pointer, base))
			}
			require.Equal(t, tt.issues, issues)
			require.Equal(t, before, value(t, root), "the input was changed")
		})
	}
}

func TestNothingAtAll(t *testing.T) {
	t.Parallel()
	require.Nil(t, relax.Document(nil, nil))
	require.Empty(t, relax.Check(nil, nil))
	require.Equal(t, "/a", relax.Derive(nil, nil).Origin("/a"))
}
