package template

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strconv"
	"strings"
	"sync"
)

// Raw is one JSON value in its encoded form. It is decoded once, when an
// expression first looks inside; until then it is only bytes. A Raw may be used
// by several goroutines. A nil *Raw is null.
type Raw struct {
	json []byte
	once sync.Once
	data any
	err  error
}

// NewRaw returns the JSON value in json, which is kept and must not be changed
// any more. The caller answers for its being one valid JSON value (nothing at
// all is null): it is copied into output as it is. Decoding reports JSON that
// is not valid.
func NewRaw(json []byte) *Raw { return &Raw{json: json} }

// Bytes returns the encoded value as given to [NewRaw], "null" if there is
// none. It must not be changed.
func (r *Raw) Bytes() []byte {
	if r == nil || len(r.json) == 0 {
		return []byte("null")
	}
	return r.json
}

// Value returns the decoded value, nil if the JSON is not valid: nil, bool,
// string, int (a number written without point and exponent that fits 64 bits),
// json.Number (one that does not fit), float64, []any or map[string]any. It is
// shared and must not be changed.
func (r *Raw) Value() any {
	data, _ := r.decoded()
	return data
}

func (r *Raw) decoded() (any, error) {
	if r == nil {
		return nil, nil
	}
	r.once.Do(func() { r.data, r.err = decodeJSON(r.Bytes()) })
	return r.data, r.err
}

func (r *Raw) isNull() bool { return string(bytes.TrimSpace(r.Bytes())) == "null" }

// MarshalJSON implements [json.Marshaler].
func (r *Raw) MarshalJSON() ([]byte, error) { return r.Bytes(), nil }

var errTrailing = errors.New("something follows the JSON value")

func decodeJSON(src []byte) (any, error) {
	d := json.NewDecoder(bytes.NewReader(src))
	d.UseNumber()
	var value any
	if err := d.Decode(&value); err != nil {
		return nil, err
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, errTrailing
	}
	return narrow(value), nil
}

// narrow turns json.Number into Go numbers where nothing is lost of a whole number.
func narrow(value any) any {
	switch v := value.(type) {
	case json.Number:
		return number(v)
	case []any:
		for i := range v {
			v[i] = narrow(v[i])
		}
	case map[string]any:
		for key := range v {
			v[key] = narrow(v[key])
		}
	}
	return value
}

func number(n json.Number) any {
	if !strings.ContainsAny(string(n), ".eE") {
		if i, err := strconv.Atoi(string(n)); err == nil {
			return i
		}
		return n
	}
	if f, err := n.Float64(); err == nil {
		return f
	}
	return n
}
