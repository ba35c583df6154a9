package validate

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"
)

// MaxDepth is how deep arrays and objects may nest in a body. Deeper ones are Malformed: what a schema says about them
// could only be found out by work that grows faster than the body.
const MaxDepth = 512

// decodeJSON reads exactly one JSON text. Numbers keep their text.
func decodeJSON(text []byte) (any, error) {
	if err := wellFormed(text); err != nil {
		return nil, err
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var v any
	if err := decoder.Decode(&v); err != nil {
		return nil, syntaxError(err, len(text))
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("more than one JSON value, the second at offset %d", decoder.InputOffset())
	}
	return v, numbers(v)
}

func syntaxError(err error, size int) error {
	var syntax *json.SyntaxError
	switch {
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return fmt.Errorf("unexpected end of JSON at offset %d", size)
	case errors.As(err, &syntax):
		return fmt.Errorf("%w at offset %d", err, syntax.Offset)
	default:
		return err
	}
}

// wellFormed checks what encoding/json lets pass or finds out at too high a price.
func wellFormed(text []byte) error {
	if !utf8.Valid(text) {
		return errors.New("not valid UTF-8")
	}
	depth, quoted := 0, false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{' || c == '[':
			if depth++; depth > MaxDepth {
				return fmt.Errorf("nested deeper than %d levels", MaxDepth)
			}
		case c == '}' || c == ']':
			depth--
		}
	}
	return nil
}

// numbers refuses numbers that no float64 can hold, and normalises those too small for one, in place. Exact arithmetic
// on either would take time and memory without bound.
func numbers(v any) error {
	switch v := v.(type) {
	case json.Number:
		if _, ok := number(v.String()); !ok {
			return fmt.Errorf("the number %.40s is out of range", v.String())
		}
	case []any:
		for i, item := range v {
			if err := numbers(item); err != nil {
				return err
			}
			if n, ok := item.(json.Number); ok {
				v[i], _ = number(n.String())
			}
		}
	case map[string]any:
		for key, item := range v {
			if err := numbers(item); err != nil {
				return err
			}
			if n, ok := item.(json.Number); ok {
				v[key], _ = number(n.String())
			}
		}
	}
	return nil
}
