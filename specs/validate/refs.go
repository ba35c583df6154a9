package validate

import (
	"maps"
	"net/url"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"understudy.dev/specs/validate/internal/tree"
)

// fragmentPointer is the JSON pointer that a reference within its own resource names. ok is false for a reference to an
// anchor or to another resource.
func fragmentPointer(ref string) (pointer string, ok bool) {
	fragment, ok := strings.CutPrefix(ref, "#")
	if !ok || fragment != "" && fragment[0] != '/' {
		return "", false
	}
	if decoded, err := url.PathUnescape(fragment); err == nil {
		fragment = decoded
	}
	return fragment, true
}

// resolve finds the target of one reference, and walks it if it stands where no object was expected.
func (s *survey) resolve(r reference) {
	if r.node.Kind != yaml.ScalarNode {
		s.errorf(r.node.Line, "$ref must be a string, got %s", describeNode(r.node))
		return
	}
	ref := r.node.Value
	pointer, ok := s.target(ref, r.base)
	switch {
	case !ok && strings.HasPrefix(ref, "#"):
		s.errorf(r.node.Line, "cannot resolve $ref %q: there is no such $anchor", ref)
	case !ok:
		s.errorf(r.node.Line, "cannot resolve $ref %q: it names another file or resource, and none was given", ref)
	case s.at(pointer) == nil:
		s.errorf(r.node.Line, "cannot resolve $ref %q: there is no %s%s", ref, pointer, s.near(pointer))
	default:
		s.link(r, pointer)
	}
}

func (s *survey) link(r reference, pointer string) {
	is, walked := s.walked[pointer]
	if walked && is != r.from.is && r.from.is == "schema" {
		s.errorf(r.node.Line, "cannot resolve $ref %q: it names a %s, not a schema", r.node.Value, is)
		return
	}
	if r.from.is == "schema" {
		s.targets[r.from.pointer] = pointer
	}
	if walked {
		return
	}
	if r.from.is == "schema" {
		s.addRoot(pointer)
	}
	s.walk(site{r.from.is, pointer, s.at(pointer)}, "")
}

func (s *survey) target(ref, base string) (pointer string, ok bool) {
	if pointer, ok := fragmentPointer(ref); ok {
		return base + pointer, true
	}
	if anchor, ok := strings.CutPrefix(ref, "#"); ok {
		pointer, ok := s.names[base+"#"+anchor]
		return pointer, ok
	}
	id, fragment, _ := strings.Cut(ref, "#")
	base, ok = s.names[id]
	if !ok || fragment == "" {
		return base, ok
	}
	return s.target("#"+fragment, base)
}

// near suggests what an unresolvable pointer may have meant.
func (s *survey) near(pointer string) string {
	i := strings.LastIndexByte(pointer, '/')
	if i < 0 {
		return ""
	}
	siblings := map[string]bool{}
	for k := range tree.Fields(s.at(pointer[:i])) {
		siblings[k.Value] = true
	}
	known := slices.Values(slices.Sorted(maps.Keys(siblings)))
	if name := suggest(tree.Unescape(pointer[i+1:]), known); name != "" {
		return "; did you mean " + name + "?"
	}
	return ""
}

// source follows a schema that is nothing but a reference to the one it stands for.
func (s *survey) source(pointer string) string {
	for range len(s.targets) {
		target, ok := s.targets[pointer]
		if !ok || !onlyReference(s.schemas[pointer]) {
			break
		}
		pointer = target
	}
	return pointer
}

func onlyReference(n *yaml.Node) bool {
	for k := range tree.Fields(n) {
		_, nests := grammar["schema"][k.Value]
		if nests || asserting[k.Value] || k.Value == "discriminator" {
			return false
		}
	}
	return true
}
