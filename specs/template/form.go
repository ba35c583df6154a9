package template

import (
	"encoding/json"
	"reflect"
	"time"
)

// form is what a value can become. Known before a program runs where its type
// is, and otherwise from the value.
type form int

const (
	formUnknown form = iota
	formNull
	formBool
	formNumber
	formText
	formTime
	formList
	formObject
	formNone // functions, durations, bytes: what JSON has no word for
)

func (f form) String() string {
	return [...]string{
		"unknown", "null", "true or false", "a number", "text", "a time", "a list", "an object", "a function, a duration or bytes",
	}[f]
}

func formOf(t reflect.Type) form {
	if t == nil {
		return formUnknown
	}
	switch t {
	case reflect.TypeFor[*Raw]():
		return formUnknown
	case reflect.TypeFor[json.Number]():
		return formNumber
	case reflect.TypeFor[time.Time]():
		return formTime
	case reflect.TypeFor[time.Duration](), reflect.TypeFor[[]byte]():
		return formNone
	}
	switch t.Kind() {
	case reflect.Interface:
		return formUnknown
	case reflect.Pointer:
		return formOf(t.Elem())
	case reflect.Bool:
		return formBool
	case reflect.String:
		return formText
	case reflect.Slice, reflect.Array:
		return formList
	case reflect.Map, reflect.Struct:
		return formObject
	}
	if isInt(t.Kind()) || isUint(t.Kind()) || isFloat(t.Kind()) {
		return formNumber
	}
	return formNone
}

func isInt(k reflect.Kind) bool   { return k >= reflect.Int && k <= reflect.Int64 }
func isUint(k reflect.Kind) bool  { return k >= reflect.Uint && k <= reflect.Uintptr }
func isFloat(k reflect.Kind) bool { return k == reflect.Float32 || k == reflect.Float64 }

// fits says whether a value of the form may serve where the kind is wanted.
func (k Kind) fits(f form) bool {
	switch k {
	case Bool:
		return f == formBool
	case Number:
		return f == formNumber
	case String:
		return f == formText
	case List:
		return f == formList
	}
	return true
}
