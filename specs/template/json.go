package template

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
)

// maxDepth stops values that contain themselves.
const maxDepth = 1000

var (
	errDeep   = errors.New("the value is nested too deeply")
	errNoJSON = errors.New("a function, a duration or bytes have no JSON form; make text or a number of it")
)

// settled follows pointers and interfaces; the result is invalid for null.
func settled(value any) reflect.Value {
	v := reflect.ValueOf(value)
	for v.Kind() == reflect.Pointer || v.Kind() == reflect.Interface {
		v = v.Elem()
	}
	return v
}

// formOfValue is what value can become; it opens a Raw.
func formOfValue(value any) form {
	if raw, ok := value.(*Raw); ok {
		value = raw.Value()
	}
	if value == nil {
		return formNull
	}
	v := settled(value)
	if !v.IsValid() {
		return formNull
	}
	return formOf(v.Type())
}

// appendJSON appends the encoded value. Maps are written in the order of their
// keys, structs by their expr tags.
func appendJSON(dst []byte, value any, depth int) ([]byte, error) {
	switch v := value.(type) {
	case nil:
		return append(dst, "null"...), nil
	case bool:
		return strconv.AppendBool(dst, v), nil
	case string:
		return appendString(dst, v), nil
	case int:
		return strconv.AppendInt(dst, int64(v), 10), nil
	case int64:
		return strconv.AppendInt(dst, v, 10), nil
	case float64:
		return appendFloat(dst, v)
	case *Raw:
		return append(dst, v.Bytes()...), nil
	case time.Time:
		return appendTime(dst, v), nil
	case *time.Time:
		if v == nil {
			return append(dst, "null"...), nil
		}
		return appendTime(dst, *v), nil
	case json.Number:
		return appendNumber(dst, v)
	case map[string]any:
		return appendMap(dst, v, depth)
	case []any:
		return appendList(dst, len(v), depth, func(i int) any { return v[i] })
	case json.Marshaler:
		return appendMarshaler(dst, v)
	}
	return appendOther(dst, value, depth)
}

func appendOther(dst []byte, value any, depth int) ([]byte, error) {
	v := reflect.ValueOf(value)
	if depth > maxDepth {
		return dst, errDeep
	}
	switch k := v.Kind(); {
	case formOf(v.Type()) == formNone:
		return dst, errNoJSON
	case k == reflect.Pointer:
		if v.IsNil() {
			return append(dst, "null"...), nil
		}
		return appendJSON(dst, v.Elem().Interface(), depth+1)
	case k == reflect.Bool:
		return strconv.AppendBool(dst, v.Bool()), nil
	case k == reflect.String:
		return appendString(dst, v.String()), nil
	case v.CanInt():
		return strconv.AppendInt(dst, v.Int(), 10), nil
	case v.CanUint():
		return strconv.AppendUint(dst, v.Uint(), 10), nil
	case k == reflect.Float32:
		// Widening would show digits that the number does not have.
		return appendNumber(dst, json.Number(strconv.FormatFloat(v.Float(), 'g', -1, 32)))
	case v.CanFloat():
		return appendFloat(dst, v.Float())
	case k == reflect.Slice && v.IsNil():
		return append(dst, "[]"...), nil
	case k == reflect.Slice || k == reflect.Array:
		return appendList(dst, v.Len(), depth, func(i int) any { return v.Index(i).Interface() })
	case k == reflect.Map:
		all := make(map[string]any, v.Len())
		for key, one := range v.Seq2() {
			name, err := textOf(key.Interface())
			if err != nil {
				return dst, fmt.Errorf("a key: %w", err)
			}
			all[name] = one.Interface()
		}
		return appendMap(dst, all, depth)
	case k == reflect.Struct:
		return appendStruct(dst, v, depth)
	}
	return dst, errNoJSON
}

func appendTime(dst []byte, t time.Time) []byte {
	text, _ := rfc3339(t)
	return appendString(dst, text)
}

func appendMarshaler(dst []byte, value json.Marshaler) ([]byte, error) {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		return dst, err
	}
	return append(dst, bytes.TrimSuffix(out.Bytes(), []byte("\n"))...), nil
}

func appendList(dst []byte, n, depth int, at func(int) any) (_ []byte, err error) {
	if depth > maxDepth {
		return dst, errDeep
	}
	dst = append(dst, '[')
	for i := range n {
		if i > 0 {
			dst = append(dst, ',')
		}
		if dst, err = appendJSON(dst, at(i), depth+1); err != nil {
			return dst, err
		}
	}
	return append(dst, ']'), nil
}

func appendMap(dst []byte, m map[string]any, depth int) (_ []byte, err error) {
	if depth > maxDepth {
		return dst, errDeep
	}
	dst = append(dst, '{')
	for i, key := range slices.Sorted(maps.Keys(m)) {
		dst = appendKey(dst, i == 0, key)
		if dst, err = appendJSON(dst, m[key], depth+1); err != nil {
			return dst, err
		}
	}
	return append(dst, '}'), nil
}

func appendStruct(dst []byte, v reflect.Value, depth int) (_ []byte, err error) {
	dst = append(dst, '{')
	first := true
	for _, f := range reflect.VisibleFields(v.Type()) {
		name := fieldName(f)
		if name == "" {
			continue
		}
		one, err := v.FieldByIndexErr(f.Index)
		if err != nil {
			continue
		}
		dst = appendKey(dst, first, name)
		first = false
		if dst, err = appendJSON(dst, one.Interface(), depth+1); err != nil {
			return dst, err
		}
	}
	return append(dst, '}'), nil
}

// fieldName is the name by which expressions know a field, "" if they do not.
func fieldName(f reflect.StructField) string {
	tag := f.Tag.Get("expr")
	if !f.IsExported() || tag == "-" || f.Anonymous && tag == "" {
		return ""
	}
	if tag != "" {
		return tag
	}
	return f.Name
}

func appendKey(dst []byte, first bool, key string) []byte {
	if !first {
		dst = append(dst, ',')
	}
	return append(appendString(dst, key), ':')
}

func appendFloat(dst []byte, f float64) ([]byte, error) {
	if math.IsInf(f, 0) || math.IsNaN(f) {
		return dst, fmt.Errorf("the number %v has no JSON form", f)
	}
	// As in JavaScript and encoding/json: an exponent only where zeros would pile up.
	if size := math.Abs(f); size != 0 && (size < 1e-6 || size >= 1e21) {
		return strconv.AppendFloat(dst, f, 'e', -1, 64), nil
	}
	return strconv.AppendFloat(dst, f, 'f', -1, 64), nil
}

func appendNumber(dst []byte, n json.Number) ([]byte, error) {
	if n == "" || strings.ContainsAny(string(n[:1]+n[len(n)-1:]), " \t\r\n") || !json.Valid([]byte(n)) || notANumber(n) {
		return dst, fmt.Errorf("%q is not a number", string(n))
	}
	return append(dst, n...), nil
}

// notANumber reports whether JSON that is valid is something other than a number.
func notANumber(n json.Number) bool { return n[0] != '-' && (n[0] < '0' || n[0] > '9') }
