package specs

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	yaml "go.yaml.in/yaml/v4"

	"understudy.dev/specs/internal/plain"
)

// Usual names of times that a server keeps.
var (
	creationTimes = []string{"created_at", "createdAt", "created", "date_created", "creation_date"}
	changeTimes   = []string{"updated_at", "updatedAt", "updated", "modified_at", "modifiedAt", "last_modified"}
)

// inventFields sets the fields of a resource that answers need and callers do
// not send, or may leave out.
func (in *inference) inventFields(r *Resource, s, sent *shape) {
	here := in.scope(inResource)
	for _, f := range s.fields {
		field, schema := f.name(), f.resolve(in.root)
		time := childText(schema.node, "format") == "date-time"
		changed := time && slices.Contains(changeTimes, field)
		kept := changed || time && slices.Contains(creationTimes, field)
		given, ok := sent.field(field)
		ok = ok && !in.readOnly(given)
		if field == r.Key || ok && sent.requires(field) || !kept && !s.requires(field) {
			continue
		}
		value := invent(in.root, f, noHint, 0)
		if ok {
			value = orElse(field, value)
		}
		if value == nil {
			continue
		}
		set := Field{Name: field, Value: in.value(value, here)}
		if changed {
			r.Touch = append(r.Touch, set)
			continue
		}
		r.Set = append(r.Set, set)
	}
}

func noHint(string, located) *yaml.Node { return nil }

// readOnly reports whether a field is the server's alone.
func (in *inference) readOnly(f located) bool {
	return childText(f.node, "readOnly") == "true" || childText(f.resolve(in.root).node, "readOnly") == "true"
}

// orElse is a template of what the caller sent for a field or, without that, of
// the value; nil where an expression cannot say so.
func orElse(field string, value *yaml.Node) *yaml.Node {
	if value.Kind != yaml.ScalarNode || !identifier.MatchString(field) {
		return nil
	}
	other := value.Value
	switch value.ShortTag() {
	case "!!null":
		other = "nil"
	case "!!str":
		inner, ok := strings.CutPrefix(other, "${")
		if other = strings.TrimSuffix(inner, "}"); !ok {
			other = quoted(strings.ReplaceAll(value.Value, "$${", "${"))
		}
	}
	return textNode(fmt.Sprintf("${body?.%s ?? %s}", field, other))
}

// inventID is the template of an id that suits its schema.
func inventID(schema *yaml.Node) string {
	types := typesOf(schema)
	switch {
	case slices.Contains(types, "integer"), slices.Contains(types, "number"):
		return "${counter()}"
	case childText(schema, "format") == "uuid":
		return defaultID
	case childText(schema, "pattern") != "":
		return patternedID(childText(schema, "pattern"))
	}
	// The beginning of a documented id is often a mark of its kind.
	for _, n := range []*yaml.Node{plain.Get(schema, "example"), firstOf(plain.Get(schema, "examples"))} {
		if n == nil || n.Kind != yaml.ScalarNode {
			continue
		}
		if i := strings.LastIndexAny(n.Value, "_-"); i > 0 && i <= 8 && len(n.Value)-i > 6 {
			return literal(textNode(n.Value[:i+1])).Value + fmt.Sprintf("${random(%d)}", len(n.Value)-i-1)
		}
	}
	return defaultID
}

// patternedID is a template of an id that a pattern allows, the default one if none of the usual forms will do.
func patternedID(pattern string) string {
	allowed, err := regexp.Compile(pattern)
	if err != nil {
		return defaultID
	}
	for _, form := range []struct{ sample, template string }{
		{"0f8fad5b-d9cb-469f-a165-70867728950e", defaultID},
		{"100000000000000000", "1${digits(17)}"},
		{"0123456789abcdef01234567", "${hex(24)}"},
		{"a0b1c2d3e4f5", "${random(12)}"},
		{"1000", "1${digits(3)}"},
	} {
		if allowed.MatchString(form.sample) {
			return form.template
		}
	}
	return defaultID
}

func firstOf(list *yaml.Node) *yaml.Node {
	if list == nil || list.Kind != yaml.SequenceNode || len(list.Content) == 0 {
		return nil
	}
	return list.Content[0]
}
