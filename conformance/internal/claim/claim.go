// Package claim compares what an answer holds with what a check wants: JSON values, texts, types.
//
// It reads no answers and fills no placeholders; it is handed both sides.
//
//	holds, err := claim.JSON(gjson.GetBytes(body, "total"), ">=", claim.Want{Text: "3"})
package claim

import (
	"encoding/json"
	"fmt"
	"math/big"
	"regexp"
	"strings"
	"time"

	"github.com/tidwall/gjson"
)

// Want is the right side of a comparison.
type Want struct {
	// Text is JSON where it is valid JSON, else text.
	Text string
	// Loose compares numbers and texts by their spelling: the value was taken from elsewhere, and APIs differ about the
	// type of an id.
	Loose bool
}

// value is the wanted JSON value.
func (w Want) value() gjson.Result {
	if gjson.Valid(w.Text) {
		return gjson.Parse(w.Text)
	}
	return gjson.Result{Type: gjson.String, Str: w.Text}
}

// JSON reports whether got OP want. A value that is not there holds for no operator.
func JSON(got gjson.Result, op string, want Want) (bool, error) {
	if !got.Exists() {
		return false, nil
	}
	wanted := want.value()
	switch op {
	case "":
		return true, nil
	case "is":
		return TypeOf(got, want.Text), nil
	case "==", "!=":
		return equal(got, wanted, want) == (op == "=="), nil
	case "~":
		pattern, err := regexp.Compile(want.Text)
		if err != nil {
			return false, fmt.Errorf("cannot read the pattern %q: %w", want.Text, err)
		}
		return pattern.MatchString(got.String()), nil
	case "contains":
		return contains(got, wanted, want), nil
	}
	order, ok := compare(got, wanted, want)
	return ok && ordered(order, op), nil
}

// Text reports whether got OP want, for texts such as headers: numerically where both are numbers.
func Text(got, op string, want Want) (bool, error) {
	value := gjson.Result{Type: gjson.String, Str: got, Raw: `""`}
	switch op {
	case "==", "!=":
		return (got == want.Text) == (op == "=="), nil
	case "contains":
		return strings.Contains(got, want.Text), nil
	case "<", "<=", ">", ">=":
		if a, okA := number(strings.TrimSpace(got)); okA {
			if b, okB := number(want.Text); okB {
				return ordered(a.Cmp(b), op), nil
			}
		}
		want.Text = quoted(want.Text)
	}
	return JSON(value, op, want)
}

// TypeOf reports whether the value is of a type of JSON Schema.
func TypeOf(v gjson.Result, name string) bool {
	switch name {
	case "string":
		return v.Type == gjson.String
	case "number":
		return v.Type == gjson.Number
	case "integer":
		n, ok := number(v.Raw)
		return v.Type == gjson.Number && ok && n.IsInt()
	case "boolean":
		return v.IsBool()
	case "null":
		return v.Type == gjson.Null && v.Exists()
	case "array":
		return v.IsArray()
	case "object":
		return v.IsObject()
	}
	return false
}

func equal(got, wanted gjson.Result, want Want) bool {
	if same(got, wanted) {
		return true
	}
	scalar := got.Type == gjson.String || got.Type == gjson.Number
	return want.Loose && scalar && got.String() == wanted.String()
}

// same compares two JSON values: numbers by value, objects without order.
func same(a, b gjson.Result) bool {
	switch {
	case a.Type == gjson.Number && b.Type == gjson.Number:
		x, okX := number(a.Raw)
		y, okY := number(b.Raw)
		return okX && okY && x.Cmp(y) == 0
	case a.Type != b.Type:
		return false
	case a.Type == gjson.String:
		return a.Str == b.Str
	case a.IsArray() && b.IsArray():
		x, y := a.Array(), b.Array()
		if len(x) != len(y) {
			return false
		}
		for i := range x {
			if !same(x[i], y[i]) {
				return false
			}
		}
		return true
	case a.IsObject() && b.IsObject():
		x, y := a.Map(), b.Map()
		if len(x) != len(y) {
			return false
		}
		for key, value := range x {
			if other, ok := y[key]; !ok || !same(value, other) {
				return false
			}
		}
		return true
	}
	return a.Type != gjson.JSON && a.Type == b.Type
}

func contains(got, wanted gjson.Result, want Want) bool {
	switch {
	case got.IsArray():
		for _, item := range got.Array() {
			if equal(item, wanted, want) {
				return true
			}
		}
		return false
	case got.IsObject():
		return got.Get(gjson.Escape(wanted.String())).Exists()
	}
	return strings.Contains(got.String(), wanted.String())
}

// compare orders two numbers, two instants or two texts.
func compare(got, wanted gjson.Result, want Want) (int, bool) {
	if got.Type == gjson.Number && wanted.Type == gjson.Number || want.Loose {
		a, okA := number(got.String())
		b, okB := number(wanted.String())
		if okA && okB {
			return a.Cmp(b), true
		}
	}
	if got.Type != gjson.String || wanted.Type != gjson.String {
		return 0, false
	}
	if a, err := time.Parse(time.RFC3339, got.Str); err == nil {
		if b, err := time.Parse(time.RFC3339, wanted.Str); err == nil {
			return a.Compare(b), true
		}
	}
	return strings.Compare(got.Str, wanted.Str), true
}

func ordered(order int, op string) bool {
	switch op {
	case "<":
		return order < 0
	case "<=":
		return order <= 0
	case ">":
		return order > 0
	case ">=":
		return order >= 0
	}
	return false
}

// number reads a JSON number exactly. Exponents beyond any sense are none: they would take all memory.
func number(text string) (*big.Rat, bool) {
	if i := strings.IndexAny(text, "eE"); len(text) > 400 || i >= 0 && len(text)-i > 5 {
		return nil, false
	}
	if text == "" || !gjson.Valid(text) || gjson.Parse(text).Type != gjson.Number {
		return nil, false
	}
	return new(big.Rat).SetString(text)
}

func quoted(text string) string {
	encoded, err := json.Marshal(text)
	if err != nil {
		return `""`
	}
	return string(encoded)
}

// Describe words the wanted side: `== 3600`, `is string`, `to be there`.
func Describe(op string, want Want) string {
	switch op {
	case "":
		return "something"
	case "==":
		return want.Text
	case "is":
		return "a value of type " + want.Text
	case "~":
		return "a text like " + want.Text
	}
	return op + " " + want.Text
}

// Show words the found side.
func Show(got gjson.Result) string {
	if !got.Exists() {
		return "nothing"
	}
	raw := got.Raw
	if raw == "" {
		raw = quoted(got.String())
	}
	const longest = 300
	if len(raw) > longest {
		raw = strings.ToValidUTF8(raw[:longest], "") + " …"
	}
	return raw
}
