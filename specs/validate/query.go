package validate

import (
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"
)

// pair is one key and value of a query or form. raw is the value before decoding.
type pair struct{ key, value, raw string }

// parsePairs reads application/x-www-form-urlencoded text, in order. bad is the first part that has a broken
// escape or invalid UTF-8.
func parsePairs(text string) (pairs []pair, bad string, ok bool) {
	if text == "" {
		return nil, "", true
	}
	for part := range strings.SplitSeq(text, "&") {
		if part == "" {
			continue
		}
		rawKey, rawValue, _ := strings.Cut(part, "=")
		key, errKey := url.QueryUnescape(rawKey)
		value, errValue := url.QueryUnescape(rawValue)
		if errKey != nil || errValue != nil || !utf8.ValidString(key) || !utf8.ValidString(value) {
			return nil, part, false
		}
		pairs = append(pairs, pair{key, value, rawValue})
	}
	return pairs, "", true
}

// field is a named value in a query or form, and how it is written there.
type field struct {
	name    string
	style   string // form, spaceDelimited, pipeDelimited or deepObject
	explode bool
	shape   *shape
}

// delimiters are what separates the items of an array that is written as one value. They are looked for before decoding,
// so that an escaped comma belongs to its item.
var delimiters = map[string][]string{
	"form": {","}, "spaceDelimited": {"%20", "+"}, "pipeDelimited": {"|", "%7C", "%7c"},
}

// read gives the JSON value that the pairs hold for the field, and false if they hold none.
func (f *field) read(pairs []pair) (any, bool) {
	var own []pair
	for _, p := range pairs {
		if p.key == f.name {
			own = append(own, p)
		}
	}
	if f.style == "deepObject" || len(own) == 0 && f.shape.is(objectKind) && hasBrackets(pairs, f.name) {
		return f.readBrackets(pairs)
	}
	if f.explode && f.style == "form" && f.shape.is(objectKind) && len(own) == 0 {
		return f.readProperties(pairs)
	}
	if len(own) == 0 {
		return nil, false
	}
	var readings []any
	if f.shape.is(arrayKind) {
		readings = append(readings, f.shape.list(f.split(own)))
	}
	if f.shape.is(objectKind) && !f.explode {
		if object, ok := f.shape.pairsOf(f.split(own)); ok {
			readings = append(readings, object)
		}
	}
	if len(own) > 1 && len(readings) == 0 {
		// Nothing declared says what a repeated key means; as a list it breaks whatever the schema does say.
		return f.shape.list(values(own)), true
	}
	if len(own) == 1 && (f.shape.kinds == 0 || f.shape.kinds&^(arrayKind|objectKind) != 0 || len(readings) == 0) {
		readings = append(readings, f.shape.scalar(own[0].value))
	}
	return f.shape.choose(readings), true
}

func values(pairs []pair) []string {
	out := make([]string, len(pairs))
	for i, p := range pairs {
		out[i] = p.value
	}
	return out
}

func (f *field) split(own []pair) []string {
	if f.explode {
		return values(own)
	}
	var out []string
	for _, p := range own {
		for _, raw := range splitAny(p.raw, delimiters[f.style]) {
			text, err := url.QueryUnescape(raw)
			if err != nil {
				text = raw
			}
			out = append(out, text)
		}
	}
	return out
}

func splitAny(text string, separators []string) []string {
	for _, separator := range separators[min(1, len(separators)):] {
		text = strings.ReplaceAll(text, separator, separators[0])
	}
	if len(separators) == 0 {
		return []string{text}
	}
	return strings.Split(text, separators[0])
}

// pairsOf makes an object of texts that are keys and values in turn.
func (sh *shape) pairsOf(texts []string) (map[string]any, bool) {
	if len(texts)%2 != 0 {
		return nil, false
	}
	out := map[string]any{}
	for i := 0; i < len(texts); i += 2 {
		out[texts[i]] = sh.property(texts[i]).scalar(texts[i+1])
	}
	return out, true
}

// readProperties reads an exploded object, whose properties stand on their own among the other pairs.
func (f *field) readProperties(pairs []pair) (any, bool) {
	out := map[string]any{}
	for name, property := range f.shape.properties {
		own := slices.DeleteFunc(slices.Clone(pairs), func(p pair) bool { return p.key != name })
		if len(own) > 0 {
			v, _ := (&field{name: name, style: "form", explode: true, shape: property}).read(own)
			out[name] = v
		}
	}
	return out, len(out) > 0
}

func hasBrackets(pairs []pair, name string) bool {
	return slices.ContainsFunc(pairs, func(p pair) bool { return strings.HasPrefix(p.key, name+"[") })
}

// readBrackets reads name[a]=1&name[b][c]=2&name[d][]=3.
func (f *field) readBrackets(pairs []pair) (any, bool) {
	root := &bracketed{}
	for _, p := range pairs {
		if path, ok := bracketPath(p.key, f.name); ok {
			root.add(path, p.value)
		}
	}
	if len(root.children) == 0 {
		return nil, false
	}
	return root.value(f.shape), true
}

// bracketed is a tree of texts by name.
type bracketed struct {
	texts    []string
	children map[string]*bracketed
}

// maxBrackets bounds how deep keys in brackets nest.
const maxBrackets = 16

func bracketPath(key, name string) ([]string, bool) {
	rest, ok := strings.CutPrefix(key, name)
	if !ok || !strings.HasPrefix(rest, "[") || !strings.HasSuffix(rest, "]") {
		return nil, false
	}
	path := strings.Split(rest[1:len(rest)-1], "][")
	return path, len(path) <= maxBrackets
}

func (b *bracketed) add(path []string, text string) {
	if len(path) == 0 || len(path) == 1 && path[0] == "" {
		b.texts = append(b.texts, text)
		return
	}
	if b.children == nil {
		b.children = map[string]*bracketed{}
	}
	if b.children[path[0]] == nil {
		b.children[path[0]] = &bracketed{}
	}
	b.children[path[0]].add(path[1:], text)
}

func (b *bracketed) value(sh *shape) any {
	switch {
	case len(b.children) > 0:
		out := map[string]any{}
		for name, child := range b.children {
			out[name] = child.value(sh.property(name))
		}
		return out
	case sh.is(arrayKind) || len(b.texts) > 1:
		return sh.list(b.texts)
	default:
		return sh.scalar(b.texts[0])
	}
}
