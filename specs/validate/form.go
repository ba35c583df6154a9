package validate

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"slices"
	"strings"
	"unicode/utf8"
)

// reader reads a body in the format of its media type.
type reader struct {
	media  *media
	format format
	params map[string]string
}

// read gives the body as a JSON value. wrong lists what is wrong with single parts of a body that can otherwise be read.
func (r reader) read(sent []byte) (value any, wrong []Violation, err error) {
	switch r.format {
	case jsonFormat:
		value, err = decodeJSON(sent)
	case formFormat:
		value, err = r.media.readForm(sent)
	case multipartFormat:
		var parts []part
		if parts, err = readParts(sent, r.params["boundary"]); err == nil {
			wrong = r.media.checkParts(parts)
			value, err = r.media.assemble(parts, part.content)
		}
	case textFormat:
		if !utf8.Valid(sent) {
			return nil, nil, errors.New("not valid UTF-8")
		}
		value = r.media.shapeOf().scalar(string(sent))
	}
	return value, wrong, err
}

func (m *media) shapeOf() *shape {
	if m.shape == nil {
		return &shape{}
	}
	return m.shape
}

// readForm reads application/x-www-form-urlencoded into an object: declared properties by their style and type, unknown
// keys as text, or as a list of texts where they repeat.
func (m *media) readForm(sent []byte) (map[string]any, error) {
	pairs, bad, ok := parsePairs(string(sent))
	if !ok {
		return nil, fmt.Errorf("%q is not form-urlencoded UTF-8", bad)
	}
	out := map[string]any{}
	sh := m.shapeOf()
	claimed := func(key string) bool {
		name, _, bracketed := strings.Cut(key, "[")
		_, read := out[name]
		return bracketed && read && sh.properties[name] != nil
	}
	for name, property := range sh.properties {
		v, found, err := m.readProperty(name, property, pairs)
		if err != nil {
			return nil, err
		}
		if found {
			out[name] = v
		}
	}
	for _, p := range pairs {
		if _, done := out[p.key]; done || claimed(p.key) {
			continue
		}
		f := field{p.key, "form", true, sh.property(p.key)}
		out[p.key], _ = f.read(pairs)
	}
	return out, nil
}

func (m *media) readProperty(name string, sh *shape, pairs []pair) (value any, found bool, err error) {
	f := field{name, "form", true, sh}
	e := m.encoding[name]
	if e != nil && e.style != "" {
		f.style, f.explode = e.style, e.explode
	}
	// An exploded object would claim the properties of the form itself.
	if sh.is(objectKind) && f.explode && f.style == "form" {
		f.style = "deepObject"
		if value, found = f.read(pairs); found {
			return value, true, nil
		}
		f.style, f.explode = "form", false
	}
	i := slices.IndexFunc(pairs, func(p pair) bool { return p.key == name })
	asJSON := sh.is(objectKind) || e != nil && len(e.contentType) > 0 && formatOf(e.contentType[0]) == jsonFormat
	if i >= 0 && asJSON {
		if v, err := decodeJSON([]byte(pairs[i].value)); err == nil {
			return v, true, nil
		}
	}
	value, found = f.read(pairs)
	return value, found, nil
}

// part is one part of a multipart body.
type part struct {
	name, filename, contentType string
	file                        bool
	data                        []byte
}

func readParts(sent []byte, boundary string) ([]part, error) {
	if boundary == "" {
		return nil, errors.New("the Content-Type has no boundary")
	}
	// The standard library takes a body that ends in the headers of a part for a whole one.
	if !bytes.Contains(sent, []byte("--"+boundary+"--")) {
		return nil, errors.New("the closing boundary is missing")
	}
	r := multipart.NewReader(bytes.NewReader(sent), boundary)
	var parts []part
	for {
		next, err := r.NextPart()
		if errors.Is(err, io.EOF) {
			return parts, nil
		}
		if err != nil {
			return nil, err
		}
		p := part{name: next.FormName(), filename: next.FileName(), contentType: next.Header.Get("Content-Type")}
		if p.name == "" {
			return nil, errors.New("a part has no name")
		}
		if p.data, err = io.ReadAll(next); err != nil {
			return nil, err
		}
		mediaType, _, _ := contentType(p.contentType)
		f := formatOf(mediaType)
		p.file = p.filename != "" || p.contentType != "" && f != textFormat && f != jsonFormat
		if !p.file && !utf8.Valid(p.data) {
			return nil, fmt.Errorf("part %q is not valid UTF-8", p.name)
		}
		parts = append(parts, p)
	}
}

// checkParts judges the media types of parts where the document declares them.
func (m *media) checkParts(parts []part) []Violation {
	var out []Violation
	for _, p := range parts {
		e := m.encoding[p.name]
		if e == nil || len(e.contentType) == 0 || p.contentType == "" {
			continue
		}
		if actual, _, ok := contentType(p.contentType); !ok || !matchesAny(e.contentType, actual) {
			expected := strings.Join(e.contentType, " or ")
			out = append(out, Violation{
				Kind: Body, Pointer: e.pointer + "/contentType", Instance: jsonPointer([]string{p.name}), Keyword: "contentType",
				Expected: expected, Got: p.contentType,
				Message: fmt.Sprintf("/%s: must be sent as %s, got %s", p.name, expected, p.contentType),
			})
		}
	}
	return out
}

// assemble makes an object of parts. Files are what the given function makes of them.
func (m *media) assemble(parts []part, file func(part) any) (map[string]any, error) {
	sh := m.shapeOf()
	grouped := map[string][]any{}
	for _, p := range parts {
		v, err := sh.property(p.name).partValue(p, file)
		if err != nil {
			return nil, err
		}
		grouped[p.name] = append(grouped[p.name], v)
	}
	out := make(map[string]any, len(grouped))
	for name, values := range grouped {
		if len(values) > 1 || sh.property(name).is(arrayKind) && !isList(values[0]) {
			out[name] = values
		} else {
			out[name] = values[0]
		}
	}
	return out, nil
}

func isList(v any) bool {
	_, ok := v.([]any)
	return ok
}

func (sh *shape) partValue(p part, file func(part) any) (any, error) {
	if p.file {
		return file(p), nil
	}
	mediaType, _, _ := contentType(p.contentType)
	declared := formatOf(mediaType) == jsonFormat
	if declared || sh.is(objectKind) {
		v, err := decodeJSON(p.data)
		if err == nil {
			return v, nil
		}
		if declared {
			return nil, fmt.Errorf("part %q: %w", p.name, err)
		}
	}
	if sh.items != nil {
		return sh.items.scalar(string(p.data)), nil
	}
	return sh.scalar(string(p.data)), nil
}

// content is a file as a schema sees it: a string with one character for each character of a text and for each byte of
// anything else, so that lengths mean what they say.
func (p part) content() any {
	if utf8.Valid(p.data) {
		return string(p.data)
	}
	runes := make([]rune, len(p.data))
	for i, c := range p.data {
		runes[i] = rune(c)
	}
	return string(runes)
}

// summary is a file as the rest of a program sees it.
func (p part) summary() any {
	return map[string]any{"filename": p.filename, "content_type": p.contentType, "size": len(p.data)}
}

// DecodeBody gives a request body as JSON, without judging it: JSON as it is, form-urlencoded as an object whose values
// have the types that the schema declares, multipart as an object of its parts, in which a file is
// {"content_type", "filename", "size" in bytes}, and other text as a string. contentType is the value of the request's
// header. An empty body gives nil. A body that cannot be read, or whose media type has no JSON form, is an error.
func (op *Operation) DecodeBody(header string, sent []byte) ([]byte, error) {
	if len(sent) == 0 {
		return nil, nil
	}
	actual, params, ok := contentType(header)
	if !ok {
		return nil, fmt.Errorf("cannot decode body: no media type in Content-Type %q", header)
	}
	m := newMedia(actual)
	if op.body != nil {
		if declared := choose(op.body.media, actual); declared != nil {
			m = declared
		}
	}
	value, err := decodeBody(m, actual, params, sent)
	if err != nil {
		return nil, fmt.Errorf("cannot decode body: %w", err)
	}
	if raw, ok := value.(json.RawMessage); ok {
		return raw, nil
	}
	return marshal(value)
}

func decodeBody(m *media, actual string, params map[string]string, sent []byte) (any, error) {
	switch f := formatOf(actual); f {
	case jsonFormat:
		_, err := decodeJSON(sent)
		return json.RawMessage(sent), err
	case multipartFormat:
		parts, err := readParts(sent, params["boundary"])
		if err != nil {
			return nil, err
		}
		return m.assemble(parts, part.summary)
	case opaque:
		return nil, fmt.Errorf("%s has no JSON form", actual)
	default:
		value, _, err := reader{m, f, params}.read(sent)
		return value, err
	}
}

func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, fmt.Errorf("cannot encode body: %w", err)
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}
