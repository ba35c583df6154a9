package fake

import "slices"

// goal is a set of schemas that one value must obey. It holds, for each of them,
// what its references and its allOf add.
type goal []*schema

// and adds more schemas to a goal.
func (t goal) and(more ...*schema) goal {
	out := slices.Clip(t)
	for _, s := range more {
		for _, part := range s.all {
			if !slices.Contains(out, part) {
				out = append(out, part)
			}
		}
	}
	return out
}

// kind settles on one type: one that the keywords speak of if they do, and null
// only where nothing else is allowed.
func (t goal) kind() (kind, bool) {
	allowed, spoken := nothing|truth|integer|number|text|list|record, kind(0)
	for _, s := range t {
		if s.kinds != 0 {
			allowed &= s.kinds
		}
		spoken |= s.speaksOf()
	}
	if both := allowed & spoken; both != 0 {
		allowed = both
	}
	for _, k := range []kind{text, number, integer, truth, record, list, nothing} {
		if allowed&k != 0 {
			return k, true
		}
	}
	return 0, false
}

// speaksOf is what the keywords of a schema are about.
func (s *schema) speaksOf() kind {
	var k kind
	if s.properties != nil || s.byPattern != nil || s.additional != nil || s.required != nil || s.names != nil || s.minProps > 0 {
		k |= record
	}
	if s.items != nil || s.prefix != nil || s.contains != nil || s.minItems > 0 || s.unique {
		k |= list
	}
	if s.pattern != nil || s.minLength > 0 || s.maxLength >= 0 || textFormats[s.format] != nil {
		k |= text
	}
	if s.low != nil || s.high != nil || s.multipleOf != nil {
		k |= number | integer
	}
	return k
}
