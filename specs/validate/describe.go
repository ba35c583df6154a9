package validate

import (
	"encoding/json"
	"fmt"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"
)

// finding is what one violated keyword has to say, without where.
type finding struct {
	keyword       string
	must          string // follows "must"; or the whole predicate if it is not about what must be
	got, expected string
	missing       []string
	// names are the properties at fault, where the keyword complains about an object because of them.
	names []string
}

// sentence is what stands after "/path: ".
func (f finding) sentence() string {
	if f.got == "" {
		return f.must
	}
	return f.must + ", got " + f.got
}

// describe words a violated keyword.
func describe(k jsonschema.ErrorKind) finding {
	switch k := k.(type) {
	case *kind.Type:
		return finding{"type", "must be " + articles(k.Want), k.Got, strings.Join(k.Want, " or "), nil, nil}
	case *kind.Enum:
		return finding{"enum", "must be " + oneOfValues(k.Want), display(k.Got), oneOfValues(k.Want), nil, nil}
	case *kind.Const:
		return finding{"const", "must be " + display(k.Want), display(k.Got), display(k.Want), nil, nil}
	case *kind.Format:
		return bound("format", "must be a valid %s", k.Want, display(k.Got))
	case *kind.Pattern:
		return bound("pattern", "must match the pattern %s", k.Want, display(k.Got))
	case *kind.Required:
		return lacking("required", k.Missing, "")
	case *kind.DependentRequired:
		return lacking("dependentRequired", k.Missing, fmt.Sprintf(" when it has %q", k.Prop))
	case *kind.Dependency:
		return lacking("dependencies", k.Missing, fmt.Sprintf(" when it has %q", k.Prop))
	case *kind.AdditionalProperties:
		return finding{keyword: "additionalProperties", must: "is not a known property", expected: "no other properties", names: k.Properties}
	case *kind.MinLength:
		return bound("minLength", "must be at least %s long", characters(k.Want), characters(k.Got))
	case *kind.MaxLength:
		return bound("maxLength", "must be at most %s long", characters(k.Want), characters(k.Got))
	case *kind.MinItems:
		return bound("minItems", "must have at least %s", counted(k.Want, "item"), strconv.Itoa(k.Got))
	case *kind.MaxItems:
		return bound("maxItems", "must have at most %s", counted(k.Want, "item"), strconv.Itoa(k.Got))
	case *kind.MinProperties:
		return bound("minProperties", "must have at least %s", properties(k.Want), strconv.Itoa(k.Got))
	case *kind.MaxProperties:
		return bound("maxProperties", "must have at most %s", properties(k.Want), strconv.Itoa(k.Got))
	case *kind.Minimum:
		return bound("minimum", "must be at least %s", rational(k.Want), rational(k.Got))
	case *kind.Maximum:
		return bound("maximum", "must be at most %s", rational(k.Want), rational(k.Got))
	case *kind.ExclusiveMinimum:
		return bound("exclusiveMinimum", "must be greater than %s", rational(k.Want), rational(k.Got))
	case *kind.ExclusiveMaximum:
		return bound("exclusiveMaximum", "must be less than %s", rational(k.Want), rational(k.Got))
	case *kind.MultipleOf:
		return bound("multipleOf", "must be a multiple of %s", rational(k.Want), rational(k.Got))
	case *kind.UniqueItems:
		at := fmt.Sprintf("items %d and %d are equal", k.Duplicates[0], k.Duplicates[1])
		return finding{keyword: "uniqueItems", must: "must not repeat an item: " + at, expected: "distinct items"}
	case *kind.Contains:
		return finding{keyword: "contains", must: "must contain a matching item", expected: "a matching item"}
	case *kind.MinContains:
		return bound("minContains", "must contain at least %s that match", counted(k.Want, "item"), strconv.Itoa(len(k.Got)))
	case *kind.MaxContains:
		return bound("maxContains", "must contain at most %s that match", counted(k.Want, "item"), strconv.Itoa(len(k.Got)))
	case *kind.OneOf:
		at := strings.Trim(fmt.Sprint(k.Subschemas), "[]")
		return finding{keyword: "oneOf", must: "must match exactly one alternative", got: "matches of " + strings.Join(strings.Fields(at), " and "), expected: "one match"}
	case *kind.Not:
		return finding{keyword: "not", must: "must not match what is excluded"}
	case *kind.PropertyNames:
		return finding{keyword: "propertyNames", must: "is not an allowed property name", names: []string{k.Property}}
	case *kind.FalseSchema:
		return finding{keyword: "false", must: "is not allowed"}
	case *kind.RefCycle:
		return finding{keyword: "$ref", must: "cannot be judged: its schema refers to itself without end"}
	default:
		return finding{keyword: strings.Join(k.KeywordPath(), "/"), must: "does not match its schema"}
	}
}

func bound(keyword, must, want, got string) finding {
	return finding{keyword: keyword, must: fmt.Sprintf(must, want), got: got, expected: want}
}

func lacking(keyword string, missing []string, when string) finding {
	missing = slices.Sorted(slices.Values(missing))
	noun := "property"
	if len(missing) > 1 {
		noun = "properties"
	}
	names := quoted(missing)
	return finding{keyword: keyword, must: "must have the " + noun + " " + names + when, expected: names, missing: missing}
}

func quoted(names []string) string {
	out := make([]string, len(names))
	for i, name := range names {
		out[i] = strconv.Quote(name)
	}
	return strings.Join(out, ", ")
}

func articles(types []string) string {
	out := make([]string, len(types))
	for i, t := range types {
		switch {
		case t == "null":
			out[i] = t
		case strings.ContainsAny(t[:1], "aeiou"):
			out[i] = "an " + t
		default:
			out[i] = "a " + t
		}
	}
	return strings.Join(out, " or ")
}

func oneOfValues(values []any) string {
	if len(values) == 1 {
		return display(values[0])
	}
	const most = 12
	out := make([]string, 0, most+1)
	for i, v := range values {
		if i == most {
			out = append(out, fmt.Sprintf("... (%d in all)", len(values)))
			break
		}
		out = append(out, display(v))
	}
	return "one of " + strings.Join(out, ", ")
}

// display is a value as JSON, cut where a reader would stop reading.
func display(v any) string {
	const longest = 64
	text, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	if utf8.RuneCount(text) <= longest {
		return string(text)
	}
	return string([]rune(string(text))[:longest]) + "..."
}

func rational(r *big.Rat) string {
	if r.IsInt() {
		return r.RatString()
	}
	f, _ := r.Float64()
	return strconv.FormatFloat(f, 'g', -1, 64)
}

func characters(n int) string { return counted(n, "character") }

func properties(n int) string {
	if n == 1 {
		return "1 property"
	}
	return strconv.Itoa(n) + " properties"
}

func counted(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return strconv.Itoa(n) + " " + noun + "s"
}
