package arbitrary

import (
	"slices"
	"strings"

	"pgregory.net/rapid"
)

// Value draws a JSON value (nil, bool, int, float64, string, []any or
// map[string]any) that leans towards being valid under schema, one of schemas
// or a part of one. It often is not.
func Value(t *rapid.T, schemas map[string]any, schema any) any {
	return guided(t, schemas, schema, 5)
}

// value draws without a schema in mind.
func value(t *rapid.T, depth int) any {
	last := 6
	if depth == 0 {
		last = 4
	}
	switch rapid.IntRange(0, last).Draw(t, "kind") {
	case 0:
		return nil
	case 1:
		return rapid.Bool().Draw(t, "truth")
	case 2:
		return rapid.SampledFrom(numbers).Draw(t, "number")
	case 3, 4:
		return rapid.SampledFrom(texts).Draw(t, "text")
	case 5:
		out := []any{}
		for range rapid.IntRange(0, 3).Draw(t, "length") {
			out = append(out, value(t, depth-1))
		}
		return out
	}
	out := map[string]any{}
	for range rapid.IntRange(0, 3).Draw(t, "size") {
		out[name(t)] = value(t, depth-1)
	}
	return out
}

func name(t *rapid.T) string {
	return rapid.SampledFrom(append([]string{"x-a", "z"}, properties...)).Draw(t, "name")
}

// guided follows one hint of the schema; the hints are tried in a drawn order.
func guided(t *rapid.T, schemas map[string]any, schema any, depth int) any {
	s, ok := schema.(map[string]any)
	if !ok || depth == 0 || rapid.IntRange(0, 19).Draw(t, "stray") == 0 {
		return value(t, min(depth, 2))
	}
	for _, hint := range rapid.Permutation(hints).Draw(t, "hints") {
		sub, ok := s[hint]
		if !ok {
			continue
		}
		switch hint {
		case "const":
			return sub
		case "enum":
			return rapid.SampledFrom(sub.([]any)).Draw(t, "listed")
		case "$ref":
			return guided(t, schemas, schemas[strings.TrimPrefix(sub.(string), Prefix)], depth-1)
		case "allOf", "anyOf", "oneOf":
			return guided(t, schemas, rapid.SampledFrom(sub.([]any)).Draw(t, "branch"), depth-1)
		case "if", "then":
			return guided(t, schemas, sub, depth-1)
		case "type":
			return typed(t, schemas, s, depth)
		case "properties", "required", "patternProperties", "additionalProperties":
			return object(t, schemas, s, depth)
		case "items", "prefixItems", "contains":
			return array(t, schemas, s, depth)
		}
	}
	return value(t, min(depth, 2))
}

var hints = []string{
	"const", "enum", "$ref", "allOf", "anyOf", "oneOf", "if", "then", "type",
	"properties", "required", "patternProperties", "additionalProperties",
	"items", "prefixItems", "contains",
}

func typed(t *rapid.T, schemas, s map[string]any, depth int) any {
	kind := s["type"]
	if several, ok := kind.([]any); ok {
		kind = rapid.SampledFrom(several).Draw(t, "type")
	}
	switch kind {
	case "null":
		return nil
	case "boolean":
		return rapid.Bool().Draw(t, "truth")
	case "integer":
		return rapid.SampledFrom([]any{0, 1, 2, 3, -1, 1e3, 9007199254740993}).Draw(t, "integer")
	case "number":
		return rapid.SampledFrom(numbers).Draw(t, "number")
	case "string":
		return rapid.SampledFrom(texts).Draw(t, "text")
	case "array":
		return array(t, schemas, s, depth)
	}
	return object(t, schemas, s, depth)
}

func object(t *rapid.T, schemas, s map[string]any, depth int) any {
	out := map[string]any{}
	props, _ := s["properties"].(map[string]any)
	for _, p := range properties { // in a fixed order, so that draws repeat
		sub, declared := props[p]
		switch {
		case declared && rapid.IntRange(0, 3).Draw(t, "present") > 0:
			out[p] = guided(t, schemas, sub, depth-1)
		case needs(s, p) && !declared:
			out[p] = guided(t, schemas, s["additionalProperties"], depth-1)
		}
	}
	if rapid.IntRange(0, 3).Draw(t, "other") == 0 {
		out[name(t)] = guided(t, schemas, s["additionalProperties"], depth-1)
	}
	return out
}

func needs(s map[string]any, name string) bool {
	list, _ := s["required"].([]any)
	return slices.Contains(list, any(name))
}

func array(t *rapid.T, schemas, s map[string]any, depth int) any {
	out := []any{}
	prefix, _ := s["prefixItems"].([]any)
	for i := range rapid.IntRange(0, 4).Draw(t, "length") {
		sub := s["items"]
		switch {
		case i < len(prefix):
			sub = prefix[i]
		case sub == nil || s["contains"] != nil && i == 0:
			sub = s["contains"]
		}
		out = append(out, guided(t, schemas, sub, depth-1))
	}
	return out
}
