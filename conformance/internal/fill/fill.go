// Package fill puts values in the place of {NAME} in the texts of checks and logins, encoded for where they stand: as
// JSON in .json bodies, form-encoded in .form bodies, path-escaped in paths, query-escaped behind their question mark.
// A name without a value is an error, never empty text.
//
// It does not know where values come from and is no template language: a placeholder is a name in braces.
package fill

import (
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// A Value is what stands for a name.
type Value struct {
	// Text is the value as text.
	Text string
	// JSON is the value as JSON where it was taken from JSON, "" for text.
	JSON string
}

// Encoded is the value as JSON.
func (v Value) Encoded() string {
	if v.JSON != "" {
		return v.JSON
	}
	encoded, err := json.Marshal(v.Text)
	if err != nil {
		return `""` // a string always encodes
	}
	return string(encoded)
}

// Lookup finds the value of a name.
type Lookup func(name string) (Value, bool)

// An UnsetError tells that a name has no value.
type UnsetError struct{ Name string }

// Error names the placeholder.
func (e *UnsetError) Error() string { return fmt.Sprintf("{%s} is not set", e.Name) }

var placeholder = regexp.MustCompile(`\{([A-Za-z_][A-Za-z0-9_]*)\}`)

// Names lists the names in a text, each once, in order.
func Names(text string) []string {
	var names []string
	for _, m := range placeholder.FindAllStringSubmatch(text, -1) {
		if !slices.Contains(names, m[1]) {
			names = append(names, m[1])
		}
	}
	return names
}

// Only returns the name if the text is exactly one placeholder.
func Only(text string) (string, bool) {
	if m := placeholder.FindStringSubmatch(text); m != nil && m[0] == text {
		return m[1], true
	}
	return "", false
}

// replace replaces every placeholder by what encode makes of it, given the text before it.
func replace(text string, lookup Lookup, encode func(before string, v Value) string) (string, error) {
	var out strings.Builder
	rest := 0
	for _, m := range placeholder.FindAllStringSubmatchIndex(text, -1) {
		name := text[m[2]:m[3]]
		v, ok := lookup(name)
		if !ok {
			return "", &UnsetError{name}
		}
		out.WriteString(text[rest:m[0]])
		out.WriteString(encode(text[:m[0]], v))
		rest = m[1]
	}
	out.WriteString(text[rest:])
	return out.String(), nil
}

// Text fills a text that is encoded nowhere.
func Text(text string, lookup Lookup) (string, error) {
	return replace(text, lookup, func(_ string, v Value) string { return v.Text })
}

// Header fills the value of a header. A value that would begin a new header is an error.
func Header(text string, lookup Lookup) (string, error) {
	filled, err := Text(text, lookup)
	if err == nil && strings.ContainsAny(filled, "\r\n\x00") {
		return "", fmt.Errorf("the header would hold a line break")
	}
	return filled, err
}

// Path fills a path with its query.
func Path(text string, lookup Lookup) (string, error) {
	return replace(text, lookup, func(before string, v Value) string {
		if strings.Contains(before, "?") {
			return url.QueryEscape(v.Text)
		}
		return segment(v.Text)
	})
}

// segment escapes a path segment; a dot segment would change the path's meaning.
func segment(text string) string {
	if text == "." || text == ".." {
		return strings.ReplaceAll(text, ".", "%2E")
	}
	return url.PathEscape(text)
}

// Form fills a form body. The line break at its end is not part of it.
func Form(text string, lookup Lookup) (string, error) {
	return replace(strings.TrimRight(text, "\r\n"), lookup, func(_ string, v Value) string {
		return url.QueryEscape(v.Text)
	})
}

// JSON fills a JSON body, which need not be valid. Inside a JSON string a placeholder becomes its text, outside a JSON
// value.
func JSON(text string, lookup Lookup) (string, error) {
	scanned, inString := 0, false
	return replace(text, lookup, func(before string, v Value) string {
		for ; scanned < len(before); scanned++ {
			switch before[scanned] {
			case '\\':
				if inString {
					scanned++
				}
			case '"':
				inString = !inString
			}
		}
		if !inString {
			return v.Encoded()
		}
		quoted := Value{Text: v.Text}.Encoded()
		return quoted[1 : len(quoted)-1]
	})
}

// Tree fills the strings of a decoded JSON or YAML value. A string that is exactly one placeholder takes the value's
// type. Names that keep returns false for are left alone; a nil keep fills all.
func Tree(tree any, lookup Lookup, keep func(name string) bool) (any, error) {
	switch node := tree.(type) {
	case string:
		if keep != nil && !slices.ContainsFunc(Names(node), keep) {
			return node, nil
		}
		if name, ok := Only(node); ok {
			v, ok := lookup(name)
			if !ok {
				return nil, &UnsetError{name}
			}
			return json.RawMessage(v.Encoded()), nil
		}
		return Text(node, func(name string) (Value, bool) {
			if keep != nil && !keep(name) {
				return Value{Text: "{" + name + "}"}, true
			}
			return lookup(name)
		})
	case map[string]any:
		out := make(map[string]any, len(node))
		for key, value := range node {
			filled, err := Tree(value, lookup, keep)
			if err != nil {
				return nil, err
			}
			out[key] = filled
		}
		return out, nil
	case map[any]any:
		out := make(map[string]any, len(node))
		for key, value := range node {
			out[fmt.Sprint(key)] = value
		}
		return Tree(out, lookup, keep)
	case []any:
		out := make([]any, len(node))
		for i, value := range node {
			filled, err := Tree(value, lookup, keep)
			if err != nil {
				return nil, err
			}
			out[i] = filled
		}
		return out, nil
	}
	return tree, nil
}

// Body fills a body by the ending of its file's name and returns its media type.
func Body(name, text string, lookup Lookup) (body, media string, err error) {
	switch {
	case strings.HasSuffix(name, ".json"):
		body, err = JSON(text, lookup)
		return body, "application/json", err
	case strings.HasSuffix(name, ".form"):
		body, err = Form(text, lookup)
		return body, "application/x-www-form-urlencoded", err
	case strings.HasSuffix(name, ".txt"):
		body, err = Text(text, lookup)
		return body, "text/plain; charset=utf-8", err
	case strings.HasSuffix(name, ".bin"):
		return text, "application/octet-stream", nil
	}
	return "", "", fmt.Errorf("the ending of %s must be .json, .form, .txt or .bin", strconv.Quote(name))
}
