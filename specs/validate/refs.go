package validate

import (
	"fmt"
	"maps"
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
	return unescapeFragment(fragment), true
}

// resolve finds the target of one reference, and walks it if it stands where no object was expected.
func (s *survey) resolve(r reference) {
	if r.node.Kind != yaml.ScalarNode {
		s.errorf(r.from.pointer, r.node.Line, "$ref must be a string, got %s", describeNode(r.node))
		return
	}
	pointer, err := s.target(r.node.Value, r.from.pointer, r.base)
	if err == nil && s.at(pointer) == nil {
		err = fmt.Errorf("there is no %s%s", pointer, s.near(pointer))
	}
	if err == nil {
		err = s.link(r, pointer)
	}
	if err != nil {
		s.errorf(r.from.pointer, r.node.Line, "cannot resolve $ref %q: %v", r.node.Value, err)
	}
}

// link records a resolved reference, and walks its target if nothing has yet.
func (s *survey) link(r reference, pointer string) error {
	is, walked := s.walked[pointer]
	if walked && is != r.from.is && r.from.is == "schema" {
		return fmt.Errorf("it names a %s, not a schema", is)
	}
	switch {
	case r.from.node == nil: // names a schema without standing for it
	case r.from.is == "schema":
		s.targets[r.from.pointer] = pointer
	default:
		s.links[r.from.pointer] = pointer
	}
	if local, ok := fragmentPointer(r.node.Value); !ok || local != pointer {
		// All later readers see references within one document only.
		r.node.Value = "#" + pointer
	}
	if walked {
		return nil
	}
	if r.from.is == "schema" {
		s.addRoot(pointer)
	}
	s.walk(site{r.from.is, pointer, s.at(pointer)}, s.fileRoot(pointer))
	return nil
}

// reportLoops reports references between objects other than schemas that lead back to themselves: they stand for nothing.
func (s *survey) reportLoops() {
	for _, from := range slices.Sorted(maps.Keys(s.links)) {
		at := from
		for range len(s.links) {
			at = s.links[at]
			if at == from {
				s.errorf(from+"/$ref", 0, "the reference leads back to itself")
				break
			}
		}
	}
}

// target is the pointer that a reference names. from is where it stands, base the root of its schema resource or file.
func (s *survey) target(ref, from, base string) (pointer string, err error) {
	id, fragment, _ := strings.Cut(ref, "#")
	if id != "" {
		known, ok := s.names[id]
		if !ok {
			if known, err = s.file(id, from); err != nil {
				return "", err
			}
		}
		base = known
	}
	if fragment == "" || fragment[0] == '/' {
		return base + unescapeFragment(fragment), nil
	}
	pointer, ok := s.names[base+"#"+fragment]
	if !ok {
		return "", fmt.Errorf("there is no $anchor %s", fragment)
	}
	return pointer, nil
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
