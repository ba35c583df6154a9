package judge

import (
	"encoding/json"
	"fmt"
	"maps"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"understudy.dev/specs/validate"
)

// RestsOn says what assumption a request of the suite rests on, "" for none: an operation, a query parameter, a media
// type or a field that no document tells about. A target that refuses such a request has broken no promise. Foreign are
// values that the user or the target gave: how those look is no assumption of ours.
func (j *Judge) RestsOn(op *validate.Operation, r *http.Request, body []byte, foreign []string) string {
	if op == nil || j.assumed {
		return ""
	}
	at := j.shapes.root.at(op.Pointer)
	if !j.facts.documentedOperation(op.Pointer) {
		return "the operation " + op.ID
	}
	for name := range r.URL.Query() {
		if p := j.parameter(op, "query", name); p.yaml == nil || !j.facts.documentedWithin(p.pointer) {
			return "the query parameter " + name
		}
	}
	if len(body) == 0 {
		return ""
	}
	media, parameters, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil {
		return ""
	}
	content := j.shapes.resolve(at.child("requestBody")).child("content").child(media)
	if content.yaml == nil || !j.facts.documentedWithin(content.pointer) {
		return "the media type " + media
	}
	if field := undocumented(j.shapes.of(content.child("schema")), decode(media, parameters, body), foreign, ""); field != "" {
		return "the body's field " + field
	}
	return ""
}

// decode reads a body as far as its fields go; nil if there are none, or if it cannot be read and so rests on no field.
func decode(media string, parameters map[string]string, body []byte) any {
	switch {
	case strings.HasSuffix(media, "json"):
		var value any
		if json.Unmarshal(body, &value) != nil {
			return nil
		}
		return value
	case media == "application/x-www-form-urlencoded":
		values, err := url.ParseQuery(string(body))
		if err != nil {
			return nil
		}
		fields := map[string]any{}
		for name := range values {
			fields[name] = values.Get(name)
		}
		return fields
	case media == "multipart/form-data":
		form, err := multipart.NewReader(strings.NewReader(string(body)), parameters["boundary"]).ReadForm(int64(len(body)) + 1)
		if err != nil {
			return nil
		}
		defer form.RemoveAll()
		fields := map[string]any{}
		for name := range form.Value {
			fields[name] = ""
		}
		for name := range form.File {
			fields[name] = ""
		}
		return fields
	}
	return nil
}

// undocumented names a field of the value that no document tells about, "" if there is none: the first one by name.
func undocumented(s *shape, value any, foreign []string, path string) string {
	switch v := value.(type) {
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(v)) {
			field := strings.TrimPrefix(path+"."+name, ".")
			if !s.fields[name].tells(v[name], foreign) {
				return field
			}
			if found := undocumented(s.fields[name], v[name], foreign, field); found != "" {
				return found
			}
		}
	case []any:
		for _, inner := range v {
			if !s.items.tells(inner, foreign) {
				return strings.TrimPrefix(path+".*", ".")
			}
			if found := undocumented(s.items, inner, foreign, path+".*"); found != "" {
				return found
			}
		}
	}
	return ""
}

// tells reports whether a document tells that the value may be sent. A nil shape tells nothing.
func (s *shape) tells(value any, foreign []string) bool {
	if s == nil || !s.named {
		return false
	}
	text, scalar := "", true
	switch v := value.(type) {
	case map[string]any, []any:
		scalar = false
	case string:
		text = v
	default:
		text = fmt.Sprint(v)
	}
	return s.documented || scalar && (s.shown[text] || slices.Contains(foreign, text))
}

// parameter finds the declaration of a parameter, at the operation or at its path.
func (j *Judge) parameter(op *validate.Operation, in, name string) node {
	at := j.shapes.root.at(op.Pointer)
	above := j.shapes.root.at(op.Pointer[:strings.LastIndexByte(op.Pointer, '/')])
	for _, list := range []node{at.child("parameters"), above.child("parameters")} {
		for i := range list.len() {
			declared := list.child(strconv.Itoa(i))
			p := j.shapes.resolve(declared)
			if p.child("in").text() == in && p.child("name").text() == name {
				return p
			}
		}
	}
	return node{}
}

// QueryParameters lists the query parameters that an operation declares.
func (j *Judge) QueryParameters(op *validate.Operation) []string {
	at := j.shapes.root.at(op.Pointer)
	above := j.shapes.root.at(op.Pointer[:strings.LastIndexByte(op.Pointer, '/')])
	var names []string
	for _, list := range []node{at.child("parameters"), above.child("parameters")} {
		for i := range list.len() {
			if p := j.shapes.resolve(list.child(strconv.Itoa(i))); p.child("in").text() == "query" {
				names = append(names, p.child("name").text())
			}
		}
	}
	return names
}

// PathForm is what the document says about a path parameter: the pattern and the format of its schema, "" where it
// has none, and its type.
type PathForm struct {
	Pattern, Format, Type string
	// Documented is true if a document tells the form.
	Documented bool
}

// PathForm reads the form of a path parameter.
func (j *Judge) PathForm(op *validate.Operation, name string) PathForm {
	p := j.parameter(op, "path", name)
	schema := j.shapes.resolve(p.child("schema"))
	form := PathForm{
		Pattern: schema.child("pattern").text(), Format: schema.child("format").text(), Type: schema.child("type").text(),
	}
	form.Documented = form.Pattern != "" && j.facts.documented(schema.child("pattern").pointer) ||
		form.Format != "" && j.facts.documented(schema.child("format").pointer) ||
		form.Type == "integer" && j.facts.documented(schema.child("type").pointer)
	return form
}
