package validate

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
)

// Values gives the path and query parameters of a request as the JSON values that their schemas make of them: nil, bool,
// string, int, float64, []any or map[string]any, and json.Number for a whole number that no int can hold. A parameter that
// was not sent is not there. It judges nothing: what does not fit its schema stays text. Either map may be nil; a query
// that cannot be decoded has no values.
func (op *Operation) Values(r *http.Request, m Match) (path, query map[string]any) {
	if len(m.Params) > 0 {
		path = make(map[string]any, len(m.Params))
		for name, text := range m.Params {
			path[name] = text
		}
	}
	if len(op.params) == 0 {
		return path, nil
	}
	from := &sender{match: m, request: r, header: r.Header}
	if r.URL.RawQuery != "" && op.takes[Query] {
		from.pairs, _, _ = parsePairs(r.URL.RawQuery)
	}
	for _, p := range op.params {
		var values *map[string]any
		switch p.kind {
		case Path:
			if p.media == "" && p.shape != nil && p.shape.kinds == stringKind {
				continue // the text is the value
			}
			values = &path
		case Query:
			values = &query
		default:
			continue
		}
		value, _, sent := p.read(from)
		if !sent {
			continue
		}
		if *values == nil {
			*values = map[string]any{}
		}
		(*values)[p.name] = plainNumbers(value)
	}
	return path, query
}

// plainNumbers replaces numbers as they were written by Go numbers, where nothing is lost of a whole one.
func plainNumbers(value any) any {
	switch v := value.(type) {
	case json.Number:
		if i, err := strconv.Atoi(string(v)); err == nil {
			return i
		}
		if f, err := v.Float64(); err == nil && strings.ContainsAny(string(v), ".eE") {
			return f
		}
	case []any:
		for i := range v {
			v[i] = plainNumbers(v[i])
		}
	case map[string]any:
		for name := range v {
			v[name] = plainNumbers(v[name])
		}
	}
	return value
}
