// Package arbitrary draws JSON Schemas and JSON values for property tests.
//
// Its words are few on purpose (three property names, small numbers, short
// strings), so that a drawn value has a fair chance to be valid under a schema
// drawn beside it, and every keyword of draft 2020-12 meets every other. It is
// for tests only and proves nothing about schemas of the real world.
//
//	rapid.Check(t, func(t *rapid.T) {
//		schemas := arbitrary.Schemas(t)
//		value := arbitrary.Value(t, schemas, schemas["A"])
//		…
//	})
package arbitrary

import "pgregory.net/rapid"

// Prefix is what a reference to a drawn schema starts with.
const Prefix = "#/components/schemas/"

// Names are the names of the drawn schemas.
var names = []string{"A", "B", "C"}

var (
	properties = []string{"a", "b", "c", "ü/~"}
	texts      = []string{"", "a", "ab", "b", "ü", "2024-02-29", "a\"\n", "c", "x-a", "10.0.0.1"}
	numbers    = []any{0, 1, -1, 2, 3, 5, 0.5, 1.5, 2.25, -0.1, 1e3, 9007199254740993, 1e21, 1234567.0}
	patterns   = []string{"^a", "b$", "^[a-c]$", "^x-", "."}
	formats    = []string{"date", "ipv4", "email", "uuid", "int32", "unknown"}
	types      = []any{"null", "boolean", "integer", "number", "string", "array", "object"}
)

// Schemas draws a set of named schemas, A, B and C, that may refer to
// themselves and one another by [Prefix] and name.
func Schemas(t *rapid.T) map[string]any {
	all := map[string]any{}
	for _, name := range names {
		all[name] = schema(t, 3)
	}
	return all
}

func schema(t *rapid.T, depth int) any {
	if depth == 0 || rapid.IntRange(0, 9).Draw(t, "leaf") == 0 {
		return leaf(t)
	}
	s := map[string]any{}
	for range rapid.IntRange(1, 4).Draw(t, "keywords") {
		k := rapid.SampledFrom(keywords).Draw(t, "keyword")
		s[k.name] = k.draw(t, depth-1)
	}
	return s
}

func leaf(t *rapid.T) any {
	switch rapid.IntRange(0, 5).Draw(t, "leaf kind") {
	case 0:
		return rapid.Bool().Draw(t, "boolean schema")
	case 1:
		return map[string]any{"$ref": reference(t, 0)}
	case 2:
		return map[string]any{}
	}
	return map[string]any{"type": rapid.SampledFrom(types).Draw(t, "type")}
}

// keyword draws the value of one schema keyword, with subschemas of a depth.
type keyword struct {
	name string
	draw func(t *rapid.T, depth int) any
}

var keywords []keyword

// The table refers to schema, which refers to the table.
func init() {
	keywords = []keyword{
		{"$ref", reference},
		{"type", typing},
		{"const", func(t *rapid.T, _ int) any { return simple(t) }},
		{"enum", func(t *rapid.T, _ int) any { return rapid.SliceOfN(rapid.Custom(simple), 1, 4).Draw(t, "enum") }},
		{"format", func(t *rapid.T, _ int) any { return rapid.SampledFrom(formats).Draw(t, "format") }},
		{"allOf", list}, {"anyOf", list}, {"oneOf", list},
		{"not", schema}, {"if", schema}, {"then", schema}, {"else", schema},
		{"properties", mapping(properties)}, {"properties", mapping(properties)}, {"properties", mapping(properties)},
		{"patternProperties", mapping(patterns)},
		{"additionalProperties", schema}, {"unevaluatedProperties", schema}, {"propertyNames", schema},
		{"dependentSchemas", mapping(properties)},
		{"dependentRequired", func(t *rapid.T, _ int) any {
			return map[string]any{rapid.SampledFrom(properties).Draw(t, "if present"): required(t, 0)}
		}},
		{"required", required},
		{"minProperties", count}, {"maxProperties", count},
		{"items", schema}, {"prefixItems", list}, {"contains", schema}, {"unevaluatedItems", schema},
		{"minItems", count}, {"maxItems", count}, {"minContains", count}, {"maxContains", count},
		{"uniqueItems", func(t *rapid.T, _ int) any { return rapid.Bool().Draw(t, "unique") }},
		{"minLength", count}, {"maxLength", count},
		{"pattern", func(t *rapid.T, _ int) any { return rapid.SampledFrom(patterns).Draw(t, "pattern") }},
		{"minimum", number}, {"maximum", number}, {"exclusiveMinimum", number}, {"exclusiveMaximum", number},
		{"multipleOf", func(t *rapid.T, _ int) any { return rapid.SampledFrom([]any{1, 2, 3, 0.5, 0.1}).Draw(t, "multiple") }},
		{"discriminator", func(t *rapid.T, _ int) any {
			return map[string]any{"propertyName": rapid.SampledFrom(properties).Draw(t, "discriminator")}
		}},
		{"description", func(*rapid.T, int) any { return "x" }},
	}
}

func reference(t *rapid.T, _ int) any { return Prefix + rapid.SampledFrom(names).Draw(t, "reference") }

func typing(t *rapid.T, _ int) any {
	if rapid.Bool().Draw(t, "one type") {
		return rapid.SampledFrom(types).Draw(t, "type")
	}
	return rapid.SliceOfNDistinct(rapid.SampledFrom(types), 1, 3, rapid.ID[any]).Draw(t, "types")
}

func list(t *rapid.T, depth int) any {
	out := []any{}
	for range rapid.IntRange(1, 3).Draw(t, "branches") {
		out = append(out, schema(t, depth))
	}
	return out
}

func mapping(keys []string) func(t *rapid.T, depth int) any {
	return func(t *rapid.T, depth int) any {
		out := map[string]any{}
		for range rapid.IntRange(1, 3).Draw(t, "entries") {
			out[rapid.SampledFrom(keys).Draw(t, "key")] = schema(t, depth)
		}
		return out
	}
}

func required(t *rapid.T, _ int) any {
	out := []any{}
	for _, name := range rapid.SliceOfNDistinct(rapid.SampledFrom(properties), 1, 2, rapid.ID[string]).Draw(t, "required") {
		out = append(out, name)
	}
	return out
}

func count(t *rapid.T, _ int) any  { return rapid.IntRange(0, 3).Draw(t, "count") }
func number(t *rapid.T, _ int) any { return rapid.SampledFrom(numbers).Draw(t, "bound") }

func simple(t *rapid.T) any { return value(t, 1) }
