package validate

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"

	"understudy.dev/specs/validate/internal/tree"
)

// discriminate makes a discriminator decide. JSON Schema takes it for an annotation, so that a wrong value passes as long
// as some alternative happens to fit. In the compiled form the property is required, and where a mapping says which
// values stand for which alternative, each alternative accepts its own values only.
func (r *resources) discriminate(pointer string, n *yaml.Node, out map[string]any) {
	discriminator := tree.Get(n, "discriminator")
	property := tree.Text(discriminator, "propertyName")
	if property == "" {
		return
	}
	branches := false
	for _, key := range []string{"oneOf", "anyOf"} {
		alternatives, _ := out[key].([]any)
		branches = branches || len(alternatives) > 0
		values := r.mapping(discriminator, pointer+"/"+key, len(alternatives))
		for i, alternative := range alternatives {
			if schema, ok := alternative.(map[string]any); ok && len(values[i]) > 0 {
				alternatives[i] = pin(schema, property, values[i])
			}
		}
	}
	if !branches && tree.Get(tree.Get(n, "properties"), property) != nil {
		required, _ := out["required"].([]any)
		if !slices.Contains(required, any(property)) && !slices.Contains(tree.Texts(n, "required"), property) {
			out["required"] = append(required, property)
		}
	}
}

// mapping lists for every alternative the values that choose it: those of the mapping and, where the mapping is silent,
// the name of the schema. Without a mapping, or where an alternative is not a reference, nothing can be told.
func (r *resources) mapping(discriminator *yaml.Node, branches string, n int) [][]string {
	values := make([][]string, n)
	declared := map[string][]string{}
	for k, v := range tree.Fields(tree.Get(discriminator, "mapping")) {
		target, ok := fragmentPointer(v.Value)
		if !ok {
			target = "/components/schemas/" + tree.Escape(v.Value)
		}
		declared[target] = append(declared[target], k.Value)
	}
	if len(declared) == 0 {
		return values
	}
	for i := range values {
		target, ok := r.survey.targets[branches+"/"+strconv.Itoa(i)]
		switch {
		case !ok:
		case declared[target] != nil:
			values[i] = declared[target]
		default:
			values[i] = []string{tree.Unescape(target[strings.LastIndexByte(target, '/')+1:])}
		}
	}
	return values
}

// pin narrows an alternative to objects whose property has one of the values.
func pin(schema map[string]any, property string, values []string) map[string]any {
	pinned := maps.Clone(schema)
	properties, _ := pinned["properties"].(map[string]any)
	properties = maps.Clone(properties)
	if properties == nil {
		properties = map[string]any{}
	}
	if _, taken := properties[property]; taken {
		return schema
	}
	properties[property] = map[string]any{"enum": list(values)}
	required, _ := pinned["required"].([]any)
	pinned["properties"] = properties
	pinned["required"] = append(slices.Clone(required), property)
	return pinned
}

// discriminatorOf gives, for a pointer that exists only in the compiled form, the discriminator that put it there.
func (s *survey) discriminatorOf(pointer string) (string, bool) {
	for prefix := pointer; prefix != ""; prefix = prefix[:strings.LastIndexByte(prefix, '/')] {
		if s.at(prefix+"/discriminator") != nil {
			return prefix + "/discriminator", true
		}
	}
	return "", false
}
