package validate

import (
	"net/http"
	"net/url"
	"strings"
)

// param is one parameter of an operation, or one header of a response.
type param struct {
	subject
	style      string
	explode    bool
	shape      *shape
	pointer    string
	required   bool
	allowEmpty bool
	// explodeStated tells that the document states explode itself.
	explodeStated bool
	rule          *rule  // nil if any value will do
	media         string // of a parameter declared by content, "" for one with a schema
	plain         bool   // the official validator reads it as the specification says
}

// sender is where parameters come from.
type sender struct {
	match   Match
	request *http.Request
	header  http.Header
	pairs   []pair
	cookies []*http.Cookie
}

// read gives the JSON value that was sent for a parameter. text is what it was read from, where that is one text.
func (p *param) read(from *sender) (value any, text string, sent bool) {
	texts := p.texts(from)
	if p.media != "" {
		if len(texts) == 0 {
			return nil, "", false
		}
		return p.readContent(texts[0]), texts[0], true
	}
	if p.kind == Query {
		value, sent = (&field{p.name, p.style, p.explode, p.shape}).read(from.pairs)
		if len(texts) == 1 {
			text = texts[0]
		}
		return value, text, sent
	}
	if len(texts) == 0 {
		return nil, "", false
	}
	return p.readSimple(texts), texts[0], true
}

// texts are the values sent under the parameter's name. Those of a path are still escaped.
func (p *param) texts(from *sender) []string {
	switch p.kind {
	case Path:
		for i, name := range from.match.Operation.PathParams {
			if name == p.name && i < len(from.match.raw) {
				return from.match.raw[i : i+1]
			}
		}
		return nil
	case Query:
		var out []string
		for _, pair := range from.pairs {
			if pair.key == p.name {
				out = append(out, pair.value)
			}
		}
		return out
	case Cookie:
		var out []string
		for _, c := range from.cookies {
			if c.Name == p.name {
				out = append(out, c.Value)
			}
		}
		return out
	default:
		return from.header.Values(p.name)
	}
}

// readContent reads a parameter that is declared by a media type.
func (p *param) readContent(text string) any {
	if p.kind == Path {
		text = p.unescape(text)
	}
	if p.media == "json" {
		v, err := decodeJSON([]byte(text))
		if err == nil {
			return v
		}
	}
	return p.shape.scalar(text)
}

func (p *param) unescape(raw string) string {
	if p.kind != Path {
		return raw
	}
	if text, err := url.PathUnescape(raw); err == nil {
		return text
	}
	return raw
}

// readSimple reads the styles of paths, headers and cookies.
func (p *param) readSimple(texts []string) any {
	raw := texts[0]
	if p.kind == Header {
		raw = strings.Join(texts, ",")
	}
	raw, parts := p.parts(raw, texts)
	var readings []any
	if p.shape.is(arrayKind) {
		readings = append(readings, p.shape.list(p.unescapeAll(parts)))
	}
	if p.shape.is(objectKind) {
		if object, ok := p.object(parts); ok {
			readings = append(readings, object)
		}
	}
	if len(readings) == 0 || p.shape.kinds&^(arrayKind|objectKind) != 0 {
		readings = append(readings, p.shape.scalar(p.unescape(raw)))
	}
	return p.shape.choose(readings)
}

// parts takes the decoration of a style off and splits what is left into items.
func (p *param) parts(raw string, texts []string) (whole string, parts []string) {
	separator := ","
	switch p.style {
	case "label":
		raw = strings.TrimPrefix(raw, ".")
		if p.explode {
			separator = "."
		}
	case "matrix":
		if !p.explode || !p.shape.is(objectKind) {
			raw = strings.TrimPrefix(raw, ";"+p.name+"=")
		} else {
			raw = strings.TrimPrefix(raw, ";")
		}
		if p.explode && p.shape.is(objectKind) {
			separator = ";"
		} else if p.explode {
			separator = ";" + p.name + "="
		}
	}
	if p.kind == Cookie && p.explode && len(texts) > 1 {
		return raw, texts
	}
	parts = strings.Split(raw, separator)
	if p.kind == Header {
		for i, part := range parts {
			parts[i] = strings.TrimSpace(part)
		}
	}
	return raw, parts
}

func (p *param) unescapeAll(raw []string) []string {
	out := make([]string, len(raw))
	for i, text := range raw {
		out[i] = p.unescape(text)
	}
	return out
}

// object reads k,v,k,v or, exploded, k=v,k=v.
func (p *param) object(parts []string) (map[string]any, bool) {
	if !p.explode {
		return p.shape.pairsOf(p.unescapeAll(parts))
	}
	var flat []string
	for _, part := range parts {
		k, v, ok := strings.Cut(part, "=")
		if !ok {
			return nil, false
		}
		flat = append(flat, k, v)
	}
	return p.shape.pairsOf(p.unescapeAll(flat))
}

// check judges one parameter. sure is false if the official validator should be asked too.
func (p *param) check(from *sender) (violations []Violation, sure bool) {
	value, text, sent := p.read(from)
	switch {
	case !sent && p.required:
		return []Violation{{
			Kind: p.kind, Pointer: p.pointer + "/required", Instance: p.name, Keyword: "required",
			Missing: []string{p.name}, Expected: p.title(), Message: p.title() + " is required",
		}}, true
	case !sent, p.rule == nil:
		return nil, true
	case p.allowEmpty && text == "" && p.kind == Query:
		return nil, true
	case p.rule.accepts(value):
		return nil, true
	}
	return p.rule.judge(value, p.subject), false
}
