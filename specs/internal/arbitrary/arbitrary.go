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

// names are those of the drawn schemas.
var names = []string{"A", "B", "C"}

var (
	properties = []string{"a", "b", "c", "ü/~"}
	texts      = []string{"", "a", "ab", "b", "ü", "2024-02-29", "a\"\n", "c", "x-a", "10.0.0.1"}
	numbers    = []any{0, 1, -1, 2, 3, 5, 0.5, 1.5, 2.25, -0.1, 1e3, 9007199254740993, 1e21, 1234567.0}
	patterns   = []string{"^a", "b$", "^[a-c]$", "^x-", "."}
	types      = []any{"null", "boolean", "integer", "number", "string", "array", "object"}
)

// Schemas draws a set of named schemas, A, B and C, that may refer to
// themselves and one another by [Prefix] and name, and a simple D. One set uses
// few keywords, so that those it uses meet often.
func Schemas(t *rapid.T) map[string]any {
	g := &drawer{T: t, companions: companions, references: 4, nodes: 40}
	for _, i := range rapid.SliceOfNDistinct(rapid.IntRange(0, len(keywords)-1), 2, 8, rapid.ID[int]).Draw(t, "used") {
		g.keywords = append(g.keywords, keywords[i])
	}
	all := map[string]any{}
	for _, name := range names {
		all[name] = g.schema(3)
	}
	all["D"] = map[string]any{"type": typing(g, 0)}
	return all
}

// drawer draws schemas that use some of the keywords. How many schemas and
// references it may still draw is bounded: to judge a value, a validator may
// need time exponential in them.
type drawer struct {
	*rapid.T
	nodes, references int
	keywords          []keyword
	companions        map[string][]keyword
}

func (g *drawer) schema(depth int) any {
	if g.nodes--; g.nodes < 0 || depth == 0 || rapid.IntRange(0, 9).Draw(g.T, "leaf") == 0 {
		return g.leaf()
	}
	s := map[string]any{}
	for range rapid.IntRange(1, 4).Draw(g.T, "keywords") {
		k := rapid.SampledFrom(g.keywords).Draw(g.T, "keyword")
		s[k.name] = k.draw(g, depth-1)
		for _, c := range g.companions[k.name] {
			if rapid.Bool().Draw(g.T, "companion") {
				s[c.name] = c.draw(g, depth-1)
			}
		}
	}
	return s
}

func (g *drawer) leaf() any {
	switch rapid.IntRange(0, 5).Draw(g.T, "leaf kind") {
	case 0:
		return rapid.Bool().Draw(g.T, "boolean schema")
	case 1:
		return map[string]any{"$ref": reference(g, 0)}
	case 2:
		return map[string]any{}
	}
	return map[string]any{"type": rapid.SampledFrom(types).Draw(g.T, "type")}
}

// keyword draws the value of one schema keyword, with subschemas of a depth.
type keyword struct {
	name string
	draw func(g *drawer, depth int) any
}

var (
	one  = (*drawer).schema
	list = func(g *drawer, depth int) any {
		out := []any{}
		for range rapid.IntRange(1, 3).Draw(g.T, "branches") {
			out = append(out, g.schema(depth))
		}
		return out
	}
)

var keywords = []keyword{
	{"$ref", reference},
	{"type", typing},
	{"const", func(g *drawer, _ int) any { return value(g.T, 1) }},
	{"enum", func(g *drawer, _ int) any { return rapid.SliceOfN(rapid.Custom(simple), 1, 4).Draw(g.T, "enum") }},
	{"format", sampled("date", "ipv4", "email", "uuid", "int32", "unknown")},
	{"allOf", list},
	{"anyOf", list},
	{"oneOf", list},
	{"not", one},
	{"if", one},
	{"properties", mapping(properties)},
	{"patternProperties", mapping(patterns)},
	{"additionalProperties", one},
	{"unevaluatedProperties", one},
	{"propertyNames", one},
	{"dependentSchemas", mapping(properties)},
	{"dependentRequired", func(g *drawer, _ int) any {
		return map[string]any{rapid.SampledFrom(properties).Draw(g.T, "if present"): required(g, 0)}
	}},
	{"required", required},
	{"minProperties", count},
	{"maxProperties", count},
	{"items", one},
	{"prefixItems", list},
	{"contains", one},
	{"unevaluatedItems", one},
	{"minItems", count},
	{"maxItems", count},
	{"uniqueItems", sampled(true, false)},
	{"minLength", count},
	{"maxLength", count},
	{"pattern", func(g *drawer, _ int) any { return rapid.SampledFrom(patterns).Draw(g.T, "pattern") }},
	{"minimum", sampled(numbers...)},
	{"maximum", sampled(numbers...)},
	{"exclusiveMinimum", sampled(numbers...)},
	{"exclusiveMaximum", sampled(numbers...)},
	{"multipleOf", sampled(1, 2, 3, 0.5, 0.1)},
	{"discriminator", func(g *drawer, _ int) any {
		return map[string]any{"propertyName": rapid.SampledFrom(properties).Draw(g.T, "discriminator")}
	}},
	{"description", sampled("x")},
}

// companions are keywords that mean little without another.
var companions = map[string][]keyword{
	"if":                    {{"then", one}, {"else", one}},
	"contains":              {{"minContains", count}, {"maxContains", count}},
	"unevaluatedProperties": {{"properties", mapping(properties)}, {"allOf", list}},
	"unevaluatedItems":      {{"prefixItems", list}, {"anyOf", list}},
	"additionalProperties":  {{"properties", mapping(properties)}},
	"properties":            {{"required", required}},
}

func sampled(from ...any) func(g *drawer, _ int) any {
	return func(g *drawer, _ int) any { return rapid.SampledFrom(from).Draw(g.T, "value") }
}

func reference(g *drawer, _ int) any {
	if g.references--; g.references < 0 {
		return Prefix + "D"
	}
	return Prefix + rapid.SampledFrom(names).Draw(g.T, "reference")
}

func typing(g *drawer, _ int) any {
	if rapid.Bool().Draw(g.T, "one type") {
		return rapid.SampledFrom(types).Draw(g.T, "type")
	}
	return rapid.SliceOfNDistinct(rapid.SampledFrom(types), 1, 3, rapid.ID[any]).Draw(g.T, "types")
}

func mapping(keys []string) func(g *drawer, depth int) any {
	return func(g *drawer, depth int) any {
		out := map[string]any{}
		for range rapid.IntRange(1, 3).Draw(g.T, "entries") {
			out[rapid.SampledFrom(keys).Draw(g.T, "key")] = g.schema(depth)
		}
		return out
	}
}

func required(g *drawer, _ int) any {
	out := []any{}
	for _, name := range rapid.SliceOfNDistinct(rapid.SampledFrom(properties), 1, 2, rapid.ID[string]).Draw(g.T, "required") {
		out = append(out, name)
	}
	return out
}

func count(g *drawer, _ int) any { return rapid.IntRange(0, 3).Draw(g.T, "count") }
func simple(t *rapid.T) any      { return value(t, 1) }
