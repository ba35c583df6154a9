package judge

import (
	"slices"
	"strings"

	"understudy.dev/specs"
	"understudy.dev/specs/validate"
)

// facts knows which requirements list which pointers into openapi.yaml.
type facts struct {
	all  bool
	list []fact
}

type fact struct {
	segments    []string
	below       bool
	requirement *specs.Requirement
}

func newFacts(registry *specs.Registry) *facts {
	f := &facts{}
	if registry == nil {
		return f
	}
	f.all = registry.AllDocumented
	for _, requirement := range registry.Requirements {
		for _, one := range requirement.Facts {
			if one.File == "openapi.yaml" {
				f.list = append(f.list, fact{split(one.Pointer), one.Below, requirement})
			}
		}
	}
	return f
}

// covers reports whether the fact names exactly the node, or one above it with everything below.
func (f fact) covers(segments []string) bool {
	if len(segments) < len(f.segments) || len(segments) > len(f.segments) && !f.below {
		return false
	}
	return alike(f.segments, segments[:len(f.segments)])
}

// within reports whether the fact names a node below.
func (f fact) within(segments []string) bool {
	return len(f.segments) > len(segments) && alike(f.segments[:len(segments)], segments)
}

func alike(pattern, segments []string) bool {
	for i, segment := range pattern {
		if segment != "*" && segment != segments[i] {
			return false
		}
	}
	return true
}

// documented reports whether a documented requirement names exactly this node.
func (f *facts) documented(pointer string) bool {
	if f.all {
		return true
	}
	segments := split(pointer)
	return slices.ContainsFunc(f.list, func(one fact) bool {
		return one.requirement.Basis == specs.Documented && one.covers(segments)
	})
}

// documentedWithin is documented, or a node below is.
func (f *facts) documentedWithin(pointer string) bool {
	if f.documented(pointer) {
		return true
	}
	segments := split(pointer)
	return slices.ContainsFunc(f.list, func(one fact) bool {
		return one.requirement.Basis == specs.Documented && one.within(segments)
	})
}

// documentedOperation is documentedWithin for an operation that the fact names itself: what is said of all operations
// alike documents none.
func (f *facts) documentedOperation(pointer string) bool {
	if f.documented(pointer) {
		return true
	}
	segments := split(pointer)
	return slices.ContainsFunc(f.list, func(one fact) bool {
		return one.requirement.Basis == specs.Documented && one.within(segments) &&
			!slices.Contains(one.segments[:len(segments)], "*")
	})
}

// owners lists the requirements that a violation belongs to: those that name the violated keyword or its missing
// names, else those that name something below it. Documented ones leave assumed ones out.
func (f *facts) owners(v validate.Violation) []*specs.Requirement {
	if v.Pointer == "" {
		return nil
	}
	keyword := split(v.Pointer)
	nodes := [][]string{keyword}
	for _, name := range v.Missing {
		nodes = append(nodes, append(slices.Clone(keyword), name))
	}
	for _, selects := range []func(fact) bool{
		func(one fact) bool { return slices.ContainsFunc(nodes, one.covers) },
		// What is said of one status says nothing about others.
		func(one fact) bool { return len(v.Missing) == 0 && v.Kind != validate.Status && one.within(keyword) },
	} {
		if found := f.gather(selects); len(found) > 0 {
			return found
		}
	}
	return nil
}

func (f *facts) gather(selects func(fact) bool) []*specs.Requirement {
	var documented, assumed []*specs.Requirement
	for _, one := range f.list {
		list := &assumed
		if one.requirement.Basis == specs.Documented {
			list = &documented
		}
		if selects(one) && !slices.Contains(*list, one.requirement) {
			*list = append(*list, one.requirement)
		}
	}
	if len(documented) > 0 {
		return documented
	}
	return assumed
}

// split cuts a JSON pointer into unescaped segments.
func split(pointer string) []string {
	if pointer == "" {
		return nil
	}
	segments := strings.Split(strings.TrimPrefix(pointer, "/"), "/")
	for i, segment := range segments {
		segments[i] = strings.ReplaceAll(strings.ReplaceAll(segment, "~1", "/"), "~0", "~")
	}
	return segments
}

func escape(segment string) string {
	return strings.ReplaceAll(strings.ReplaceAll(segment, "~", "~0"), "/", "~1")
}
