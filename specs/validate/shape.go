package validate

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// shape is what a schema says about the JSON types of a value and its parts: enough to turn text, as parameters and
// forms carry it, into JSON.
type shape struct {
	kinds      kinds // 0 if the schema leaves it open
	fractions  bool  // numbers need not be integers
	items      *shape
	properties map[string]*shape
	additional *shape // nil if unknown properties are text
	closed     bool   // no unknown properties
	schema     *jsonschema.Schema
}

// shaper builds shapes and remembers them, because schemas refer to one another and to themselves.
type shaper map[*jsonschema.Schema]*shape

func (known shaper) of(s *jsonschema.Schema) *shape {
	if s == nil {
		return &shape{}
	}
	if sh := known[s]; sh != nil {
		return sh
	}
	sh := &shape{schema: s}
	known[s] = sh
	known.collect(sh, s, map[*jsonschema.Schema]bool{})
	return sh
}

// collect adds what one schema, and those it applies to the same value, say.
func (known shaper) collect(sh *shape, s *jsonschema.Schema, seen map[*jsonschema.Schema]bool) {
	if s == nil || seen[s] {
		return
	}
	seen[s] = true
	stated := statedKinds(s)
	sh.kinds |= stated
	sh.fractions = sh.fractions || stated&numberKind != 0 && !integersOnly(s)
	if s.Items2020 != nil {
		sh.items = known.of(s.Items2020)
	}
	for name, property := range s.Properties {
		if sh.properties == nil {
			sh.properties = map[string]*shape{}
		}
		if sh.properties[name] == nil || sh.properties[name].kinds == 0 {
			sh.properties[name] = known.of(property)
		}
	}
	switch additional := s.AdditionalProperties.(type) {
	case bool:
		sh.closed = sh.closed || !additional
	case *jsonschema.Schema:
		sh.additional = known.of(additional)
	}
	known.collect(sh, s.Ref, seen)
	for _, parts := range [][]*jsonschema.Schema{s.AllOf, s.AnyOf, s.OneOf, {s.Then, s.Else}} {
		for _, part := range parts {
			known.collect(sh, part, seen)
		}
	}
}

// statedKinds are the types that a schema names or, where it names none, those its other keywords are about.
func statedKinds(s *jsonschema.Schema) kinds {
	var out kinds
	switch {
	case s.Types != nil && !s.Types.IsEmpty():
		for _, t := range s.Types.ToStrings() {
			out |= kindOf[t]
		}
	case s.Const != nil:
		out = kindOfValue(*s.Const)
	case s.Enum != nil:
		for _, v := range s.Enum.Values {
			out |= kindOfValue(v)
		}
	default:
		if s.Minimum != nil || s.Maximum != nil || s.ExclusiveMinimum != nil || s.ExclusiveMaximum != nil || s.MultipleOf != nil {
			out |= numberKind
		}
		if s.MinLength != nil || s.MaxLength != nil || s.Pattern != nil {
			out |= stringKind
		}
		if s.Items2020 != nil || s.MinItems != nil || s.MaxItems != nil || s.UniqueItems {
			out |= arrayKind
		}
		if len(s.Properties) > 0 || len(s.Required) > 0 || s.AdditionalProperties != nil {
			out |= objectKind
		}
	}
	return out
}

func integersOnly(s *jsonschema.Schema) bool {
	return s.Types != nil && slices.Contains(s.Types.ToStrings(), "integer") && !slices.Contains(s.Types.ToStrings(), "number")
}

func kindOfValue(v any) kinds {
	switch v.(type) {
	case nil:
		return nullKind
	case bool:
		return booleanKind
	case string:
		return stringKind
	case []any:
		return arrayKind
	case map[string]any:
		return objectKind
	default:
		return numberKind
	}
}

func (sh *shape) is(k kinds) bool { return sh.kinds&k != 0 }

// scalar is the JSON value that a text stands for. Where a schema allows several types, the first reading that satisfies
// it counts, in the order number, boolean, null, string.
func (sh *shape) scalar(text string) any {
	readings := make([]any, 0, 4)
	// 1.0 and 1e3 are integers to JSON Schema, but no integer is written like that where it is not JSON.
	if sh.is(numberKind) && (sh.fractions || !strings.ContainsAny(text, ".eE")) {
		if n, ok := number(text); ok {
			readings = append(readings, n)
		}
	}
	if sh.is(booleanKind) && (text == "true" || text == "false") {
		readings = append(readings, text == "true")
	}
	if sh.is(nullKind) && (text == "" || text == "null") {
		readings = append(readings, nil)
	}
	if sh.is(stringKind) || len(readings) == 0 {
		readings = append(readings, text)
	}
	return sh.choose(readings)
}

// choose is the first value that satisfies the schema, or the first of all.
func (sh *shape) choose(values []any) any {
	if len(values) > 1 && sh.schema != nil {
		for _, v := range values {
			if sh.schema.Validate(v) == nil {
				return v
			}
		}
	}
	return values[0]
}

// list is an array of texts.
func (sh *shape) list(texts []string) []any {
	items := sh.items
	if items == nil {
		items = &shape{}
	}
	out := make([]any, len(texts))
	for i, text := range texts {
		out[i] = items.scalar(text)
	}
	return out
}

// property is the shape of a named property.
func (sh *shape) property(name string) *shape {
	switch p := sh.properties[name]; {
	case p != nil:
		return p
	case sh.additional != nil:
		return sh.additional
	default:
		return &shape{}
	}
}

// number reads a text by JSON's grammar. Numbers that no float64 can hold or that are absurdly long are refused, so that
// nothing after this grows with the value instead of the text.
func number(text string) (json.Number, bool) {
	const longest = 400
	if text == "" || len(text) > longest || text[0] != '-' && (text[0] < '0' || text[0] > '9') || !json.Valid([]byte(text)) {
		return "", false
	}
	n := json.Number(text)
	if strings.ContainsAny(text, "eE") || len(text) > 300 {
		f, err := n.Float64()
		if err != nil {
			return "", false
		}
		if f == 0 {
			return "0", true
		}
	}
	return n, true
}
