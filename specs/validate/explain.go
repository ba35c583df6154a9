package validate

import (
	"cmp"
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"

	"understudy.dev/specs/validate/internal/tree"
)

// maxViolations bounds what one value can be told about itself.
const maxViolations = 100

// subject is what a value is part of: a body, or a named parameter or header.
type subject struct {
	kind Kind
	name string // "" for a body
}

// where words a place in the subject.
func (s subject) where(instance string) string {
	switch {
	case s.name == "" && instance == "":
		return "body"
	case s.name == "":
		return instance
	default:
		return s.title() + instance
	}
}

func (s subject) title() string {
	switch s.kind {
	case Header:
		return "header " + s.name
	case Cookie:
		return "cookie " + s.name
	default:
		return string(s.kind) + " parameter " + s.name
	}
}

// explain turns the judge's error tree into violations, in the order of the value and without repetitions.
func (r *rule) explain(err *jsonschema.ValidationError, about subject) []Violation {
	var out []Violation
	for _, leaf := range relevant(err) {
		out = append(out, r.violations(leaf, about)...)
	}
	slices.SortStableFunc(out, func(a, b Violation) int {
		return cmp.Or(cmp.Compare(a.Instance, b.Instance), cmp.Compare(a.Pointer, b.Pointer))
	})
	out = slices.CompactFunc(out, func(a, b Violation) bool {
		return a.Instance == b.Instance && a.Message == b.Message
	})
	return out[:min(len(out), maxViolations)]
}

// leaf is one reason why a value fails, at its place in the value and in the schema.
type leaf struct {
	instance []string
	url      string
	path     []string // of the keyword below url
	finding
}

func (r *rule) violations(l leaf, about subject) []Violation {
	at := jsonPointer(l.instance)
	pointer := r.resources.pointerOf(l.url) + jsonPointer(l.path)
	keyword := l.keyword
	if keyword == "false" {
		keyword = pointer[strings.LastIndexByte(pointer, '/')+1:]
	}
	if tree.At(r.resources.survey.root, pointer) == nil {
		if source, ok := r.resources.survey.discriminatorOf(pointer); ok {
			pointer, keyword = source, "discriminator"
		}
	}
	places := []string{at}
	if len(l.names) > 0 {
		places = places[:0]
		for _, name := range slices.Sorted(slices.Values(l.names)) {
			places = append(places, at+"/"+tree.Escape(name))
		}
	}
	out := make([]Violation, 0, len(places))
	for _, place := range places {
		out = append(out, Violation{
			Kind: about.kind, Pointer: pointer, Instance: about.name + place, Keyword: keyword, Missing: l.missing,
			Expected: l.expected, Got: l.got, Message: about.where(place) + ": " + l.sentence(),
		})
	}
	return out
}

// relevant lists the leaves of an error tree that tell a reader what to change. Of several alternatives that all fail it
// keeps the one the value was most likely meant for.
func relevant(err *jsonschema.ValidationError) []leaf {
	switch k := err.ErrorKind.(type) {
	case *kind.AnyOf:
		return relevantBranch(err, "anyOf")
	case *kind.OneOf:
		if len(k.Subschemas) == 0 {
			return relevantBranch(err, "oneOf")
		}
	case *kind.Schema, *kind.Group, *kind.AllOf, *kind.Reference:
		var out []leaf
		for _, cause := range err.Causes {
			out = append(out, relevant(cause)...)
		}
		return out
	}
	l := leaf{instance: err.InstanceLocation, url: err.SchemaURL, path: err.ErrorKind.KeywordPath(), finding: describe(err.ErrorKind)}
	return []leaf{l}
}

// branch is one failed alternative.
type branch struct {
	leaves   []leaf
	lacks    []string // properties of the value itself
	otherTag *leaf    // a property whose fixed value says that another alternative was meant
	typeOff  *leaf    // a type that says so
	depth    int
}

func relevantBranch(err *jsonschema.ValidationError, keyword string) []leaf {
	branches := make([]branch, 0, len(err.Causes))
	for _, cause := range err.Causes {
		branches = append(branches, newBranch(relevant(cause), len(err.InstanceLocation)))
	}
	fallback := leaf{
		instance: err.InstanceLocation, url: err.SchemaURL, path: []string{keyword},
		finding: finding{keyword: keyword, must: "must match one of the alternatives", expected: "one of the alternatives"},
	}
	if len(branches) == 0 {
		return []leaf{fallback}
	}
	if missing := lackingInAll(branches); len(missing) > 0 {
		fallback.finding = lacking(keyword, missing, "")
		return []leaf{fallback}
	}
	if merged, ok := mergeRuledOut(branches, fallback); ok {
		return []leaf{merged}
	}
	best := slices.MinFunc(branches, func(a, b branch) int {
		return cmp.Or(cmp.Compare(a.ruledOut(), b.ruledOut()), cmp.Compare(b.depth, a.depth), cmp.Compare(len(a.leaves), len(b.leaves)))
	})
	return best.leaves
}

func newBranch(leaves []leaf, depth int) branch {
	b := branch{leaves: leaves}
	for i, l := range leaves {
		b.depth = max(b.depth, len(l.instance))
		fixed := l.keyword == "const" || l.keyword == "enum"
		switch {
		case l.keyword == "required" && len(l.instance) == depth:
			b.lacks = append(b.lacks, l.missing...)
		case l.keyword == "type" && len(l.instance) == depth:
			b.typeOff = &leaves[i]
		case fixed && len(l.instance) <= depth+1 && b.otherTag == nil:
			b.otherTag = &leaves[i]
		}
	}
	return b
}

// ruledOut is higher the surer it is that the value was not meant for the branch.
func (b branch) ruledOut() int {
	switch {
	case b.typeOff != nil:
		return 2
	case b.otherTag != nil:
		return 1
	default:
		return 0
	}
}

// lackingInAll lists the properties that the value would need whichever alternative was meant.
func lackingInAll(branches []branch) []string {
	return slices.DeleteFunc(slices.Compact(slices.Sorted(slices.Values(branches[0].lacks))), func(name string) bool {
		return slices.ContainsFunc(branches, func(b branch) bool { return !slices.Contains(b.lacks, name) })
	})
}

// mergeRuledOut words the case that no alternative is meant at all: the types of all of them, or the values that the
// same property has in all of them.
func mergeRuledOut(branches []branch, at leaf) (leaf, bool) {
	var expected []string
	var first *leaf
	for _, b := range branches {
		off := b.otherTag
		if b.typeOff != nil {
			off = b.typeOff
		}
		if off == nil || first != nil && (off.keyword == "type") != (first.keyword == "type") {
			return leaf{}, false
		}
		if first != nil && !slices.Equal(first.instance, off.instance) {
			return leaf{}, false
		}
		if first == nil {
			first = off
		}
		for part := range strings.SplitSeq(strings.TrimPrefix(off.expected, "one of "), separator(off.keyword)) {
			if !slices.Contains(expected, part) {
				expected = append(expected, part)
			}
		}
	}
	at.instance, at.got = first.instance, first.got
	if first.keyword == "type" {
		at.must, at.expected = "must be "+articles(expected), strings.Join(expected, " or ")
		return at, true
	}
	at.expected = strings.Join(expected, ", ")
	if len(expected) > 1 {
		at.expected = "one of " + at.expected
	}
	at.must = "must be " + at.expected
	return at, true
}

func separator(keyword string) string {
	if keyword == "type" {
		return " or "
	}
	return ", "
}
