package template

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"

	exprbuiltin "github.com/expr-lang/expr/builtin"
	"github.com/expr-lang/expr/conf"

	"understudy.dev/specs/strict"
)

// Functions returns the functions that every expression has besides the
// deterministic ones of the expression language:
//
//	rfc3339(time)       text such as 2026-01-31T12:00:00Z, in UTC
//	unix(time)          whole seconds since 1970
//	seconds(duration)   whole seconds, rounded up
//	duration(text)      a duration from "15m" or "7d"
//	date(text)          the time of an RFC 3339 date-time, or of a date at midnight UTC
//	slug(text)          lower case letters and digits, all else turned into "-"
//	string(value)       the text that the value has in a template
//	toJSON(value)       JSON, the keys of maps in order
//	fromJSON(text)      the value, whole numbers kept whole
//	keys(object)        the keys in order
//	values(object)      the values in the order of the keys
//
// The map is a copy. An [Env] need not hold them.
func Functions() map[string]any {
	all := map[string]any{}
	for name, b := range builtins {
		all[name] = b.typed
	}
	return all
}

// builtin is one function: typed is for the checker and for Go callers, call
// for the machine, whose arguments the checker cannot always vouch for.
type builtin struct {
	typed any
	call  func(params ...any) (any, error)
}

var builtins = map[string]builtin{
	"rfc3339":  unary("rfc3339", rfc3339),
	"unix":     unary("unix", func(t time.Time) (int, error) { return int(t.Unix()), nil }),
	"seconds":  unary("seconds", seconds),
	"duration": unary("duration", strict.ParseDuration),
	"date":     unary("date", date),
	"slug":     unary("slug", slug),
	"string":   unary("string", textOf),
	"toJSON":   unary("toJSON", toJSON),
	"fromJSON": unary("fromJSON", func(s string) (any, error) { return decodeJSON([]byte(s)) }),
	"keys":     unary("keys", keys),
	"values":   unary("values", values),
}

// kept are the functions of the language whose result depends on their arguments
// alone. It has others that read the clock, the machine's time zones or the
// random order of a Go map.
const kept = `all any bitand bitnand bitnot bitor bitshl bitshr bitushr bitxor ceil abs concat count filter find
	findIndex findLast findLastIndex first flatten float floor fromBase64 fromPairs get groupBy hasPrefix hasSuffix
	indexOf int join last lastIndexOf len lower map max mean median min none one reduce repeat replace reverse round
	sort sortBy split splitAfter sum take toBase64 trim trimPrefix trimSuffix type uniq upper`

func unary[A, R any](name string, f func(A) (R, error)) builtin {
	call := func(params ...any) (any, error) {
		if len(params) != 1 {
			return nil, fmt.Errorf("%s takes one argument, got %d", name, len(params))
		}
		arg, ok := params[0].(A)
		if pointer, isPointer := params[0].(*A); isPointer && pointer != nil {
			arg, ok = *pointer, true
		}
		if !ok {
			var want A
			if any(want) != nil || params[0] != nil {
				return nil, fmt.Errorf("%s takes %s, got %s", name, typeName(want), valueName(params[0]))
			}
		}
		return f(arg)
	}
	return builtin{typed: f, call: call}
}

// language is what every expression may call. It is never written to.
var language = newLanguage()

type vocabulary struct {
	builtins, functions conf.FunctionsTable
	disabled            map[string]bool // builtins that are left out or replaced
}

func newLanguage() vocabulary {
	l := vocabulary{conf.FunctionsTable{}, conf.FunctionsTable{}, map[string]bool{}}
	keep := strings.Fields(kept)
	for _, f := range exprbuiltin.Builtins {
		if slices.Contains(keep, f.Name) {
			l.builtins[f.Name] = f
		} else {
			l.disabled[f.Name] = true
		}
	}
	for name, b := range builtins {
		l.add(name, b)
	}
	l.add(inside, builtin{typed: func(any) any { return nil }, call: openInside})
	l.add(orNull, builtin{typed: func(any) any { return nil }, call: openOrNull})
	return l
}

func (l *vocabulary) add(name string, b builtin) {
	l.functions[name] = &exprbuiltin.Function{Name: name, Func: b.call, Types: []reflect.Type{reflect.TypeOf(b.typed)}}
}

func rfc3339(t time.Time) (string, error) { return t.UTC().Format("2006-01-02T15:04:05Z"), nil }

func date(s string) (time.Time, error) {
	for _, layout := range []string{time.RFC3339, time.DateOnly} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UTC(), nil
		}
	}
	return time.Time{}, fmt.Errorf("%q is neither an RFC 3339 date-time nor a date", s)
}

func seconds(d time.Duration) (int, error) {
	whole := int(d / time.Second)
	if d%time.Second > 0 {
		whole++
	}
	return whole, nil
}

func slug(s string) (string, error) {
	words := strings.FieldsFunc(strings.ToLower(s), func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9')
	})
	return strings.Join(words, "-"), nil
}

func toJSON(value any) (string, error) {
	out, err := appendJSON(nil, value, 0)
	return string(out), err
}

func keys(object map[string]any) ([]string, error) {
	return slices.Sorted(maps.Keys(object)), nil
}

func values(object map[string]any) ([]any, error) {
	var list []any
	for _, key := range slices.Sorted(maps.Keys(object)) {
		list = append(list, object[key])
	}
	return list, nil
}

func typeName(value any) string { return formName(value, "another value") }

func valueName(value any) string { return formName(value, "a Go value") }

func formName(value any, other string) string {
	if value == nil {
		return formNull.String()
	}
	if _, ok := value.(time.Duration); ok {
		return "a duration"
	}
	if f := formOfValue(value); f != formUnknown && f != formNone {
		return f.String()
	}
	return other
}
