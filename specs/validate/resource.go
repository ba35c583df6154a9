package validate

import (
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"

	"understudy.dev/specs/validate/internal/tree"
)

// purpose is what a schema is compiled for: requests do not need what is readOnly, responses not what is writeOnly.
type purpose int

const (
	anyDirection purpose = iota
	inRequest
	inResponse
	purposes
)

// ignorable is, for a purpose, the keyword that takes a property out of required.
var ignorable = [purposes]string{inRequest: "readOnly", inResponse: "writeOnly"}

// asserting lists the keywords of a schema that hold values and decide about validity. The keywords that hold schemas
// are in the grammar. All others are annotations, which the compiled form does without.
var asserting = map[string]bool{
	"type": true, "enum": true, "const": true, "format": true, "required": true, "dependentRequired": true,
	"minLength": true, "maxLength": true, "pattern": true, "minimum": true, "maximum": true,
	"exclusiveMinimum": true, "exclusiveMaximum": true, "multipleOf": true, "minItems": true, "maxItems": true,
	"uniqueItems": true, "minContains": true, "maxContains": true, "minProperties": true, "maxProperties": true,
	"$dynamicRef": true, "$dynamicAnchor": true,
}

// resources writes the schemas of a document as one JSON Schema per purpose: {"$defs": {"0": ..., "1": ...}}, one entry
// for each root of the survey. In that form a compiler visits each schema once, wherever in the document it stands.
type resources struct {
	survey *survey
	// directional tells, by purpose and root, whether the purpose changes that root or anything it refers to. What does
	// not change is compiled only once, for any direction.
	directional [purposes][]bool
}

func newResources(s *survey) *resources {
	r := &resources{survey: s}
	for p := range r.directional {
		r.directional[p] = r.spread(r.pruned(purpose(p)))
	}
	return r
}

// pruned marks the roots in which a purpose shortens some required.
func (r *resources) pruned(p purpose) []bool {
	marked := make([]bool, len(r.survey.rootPtr))
	if !r.survey.marked[ignorable[p]] {
		return marked
	}
	for _, pointer := range r.survey.order {
		n := r.survey.schemas[pointer]
		if len(r.required(pointer, n, p)) != len(tree.Texts(n, "required")) {
			if i, _, ok := r.survey.rootOf(pointer); ok {
				marked[i] = true
			}
		}
	}
	return marked
}

// spread marks, too, every root that refers to a marked one.
func (r *resources) spread(marked []bool) []bool {
	type edge struct{ from, to int }
	var edges []edge
	for from, to := range r.survey.targets {
		f, _, okFrom := r.survey.rootOf(from)
		t, _, okTo := r.survey.rootOf(to)
		if okFrom && okTo {
			edges = append(edges, edge{f, t})
		}
	}
	for changed := true; changed; {
		changed = false
		for _, e := range edges {
			if marked[e.to] && !marked[e.from] {
				marked[e.from], changed = true, true
			}
		}
	}
	return marked
}

// location is the address of a schema for the compiler, in the resource of the purpose or, if that makes no difference,
// in the one for any direction.
func (r *resources) location(pointer string, p purpose) string {
	i, rest, ok := r.survey.rootOf(pointer)
	if !ok {
		return ""
	}
	if !r.directional[p][i] {
		p = anyDirection
	}
	return resourceURL(p) + "#/$defs/" + strconv.Itoa(i) + escapeFragment(rest)
}

func resourceURL(p purpose) string { return "mem://document/" + strconv.Itoa(int(p)) }

// pointerOf is the inverse of location: the pointer into the document for an address the compiler reports.
func (r *resources) pointerOf(location string) string {
	_, fragment, _ := strings.Cut(location, "#/$defs/")
	number, rest, found := strings.Cut(unescapeFragment(fragment), "/")
	i, err := strconv.Atoi(number)
	if err != nil || i >= len(r.survey.rootPtr) {
		return ""
	}
	if found {
		rest = "/" + rest
	}
	return r.survey.rootPtr[i] + rest
}

// build writes the resource of one purpose.
func (r *resources) build(p purpose) map[string]any {
	defs := map[string]any{}
	for i, pointer := range r.survey.rootPtr {
		if p == anyDirection || r.directional[p][i] {
			defs[strconv.Itoa(i)] = r.schema(pointer, p)
		}
	}
	return map[string]any{"$defs": defs}
}

func (r *resources) schema(pointer string, p purpose) any {
	n := tree.Content(r.survey.schemas[pointer])
	if n == nil || n.Kind != yaml.MappingNode {
		return n != nil && n.Tag == "!!bool" && strings.EqualFold(n.Value, "true")
	}
	out := map[string]any{}
	for k, v := range tree.Fields(n) {
		switch sl, nests := grammar["schema"][k.Value]; {
		case nests:
			out[k.Value] = r.nested(sl, pointer+"/"+k.Value, v, p)
		case k.Value == "required":
			if kept := r.required(pointer, n, p); len(kept) > 0 {
				out["required"] = list(kept)
			}
		case asserting[k.Value]:
			value, err := tree.Value(v)
			if err != nil {
				r.survey.errorf(pointer, v.Line, "cannot read %s: %v", k.Value, err)
			}
			out[k.Value] = value
		}
	}
	if target, ok := r.survey.targets[pointer]; ok {
		out["$ref"] = r.location(target, p)
	}
	r.discriminate(pointer, n, out)
	return out
}

func (r *resources) nested(sl slot, pointer string, v *yaml.Node, p purpose) any {
	switch sl.how {
	case listOf:
		if !tree.IsList(v) {
			return "not a list"
		}
		out := []any{}
		for i := range tree.Items(v) {
			out = append(out, r.schema(pointer+"/"+strconv.Itoa(i), p))
		}
		return out
	case mapOf:
		if !tree.IsMap(v) {
			return "not a mapping"
		}
		out := map[string]any{}
		for k := range tree.Fields(v) {
			out[k.Value] = r.schema(pointer+"/"+tree.Escape(k.Value), p)
		}
		return out
	default:
		return r.schema(pointer, p)
	}
}

// required is the list of required names without those that the other direction alone carries.
func (r *resources) required(pointer string, n *yaml.Node, p purpose) []string {
	names := tree.Texts(n, "required")
	keyword := ignorable[p]
	if keyword == "" || len(names) == 0 {
		return names
	}
	return slices.DeleteFunc(names, func(name string) bool {
		return r.carries(pointer+"/properties/"+tree.Escape(name), keyword, 0)
	})
}

// carries tells whether a schema, or one it is composed of, has the keyword set.
func (r *resources) carries(pointer, keyword string, depth int) bool {
	const deepest = 16
	n, ok := r.survey.schemas[pointer]
	if !ok || depth > deepest {
		return false
	}
	if tree.True(n, keyword) {
		return true
	}
	if target, ok := r.survey.targets[pointer]; ok && r.carries(target, keyword, depth+1) {
		return true
	}
	for _, key := range []string{"allOf", "anyOf", "oneOf"} {
		for i := range tree.Items(tree.Get(n, key)) {
			if r.carries(pointer+"/"+key+"/"+strconv.Itoa(i), keyword, depth+1) {
				return true
			}
		}
	}
	return false
}

func list(texts []string) []any {
	out := make([]any, len(texts))
	for i, text := range texts {
		out[i] = text
	}
	return out
}
