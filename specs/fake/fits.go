package fake

import (
	"encoding/json"
	"math/big"
	"slices"
	"unicode/utf8"
)

// judge says whether values fit schemas, apart from unevaluated* and the more
// exotic formats. A pattern that cannot be read is taken to match. Nothing fits
// once there is no effort left.
type judge struct {
	direction Direction
	effort    *effort
	path      []*schema // that are being applied to the value; one that comes back has no answer
}

// fitsAll judges a goal, which has all that its schemas refer to already.
func (j judge) fitsAll(t goal, v any) bool {
	for _, s := range t {
		if !(judge{j.direction, j.effort, []*schema{s}}).own(s, v) {
			return false
		}
	}
	return true
}

// fits judges a further schema for the value that j is at.
func (j judge) fits(s *schema, v any) bool {
	if slices.Contains(j.path, s) {
		return false
	}
	j.path = append(slices.Clip(j.path), s)
	return j.own(s, v) && (s.ref == nil || j.fits(s.ref, v)) &&
		!slices.ContainsFunc(s.allOf, func(part *schema) bool { return !j.fits(part, v) })
}

// part judges a part of the value that j is at.
func (j judge) part(s *schema, v any) bool {
	return judge{direction: j.direction, effort: j.effort}.fits(s, v)
}

// own judges the keywords of s itself, but for $ref and allOf.
func (j judge) own(s *schema, v any) bool {
	if !j.effort.spend(s.judging(v)) || s.never || s.kinds != 0 && s.kinds&kindOf(v) == 0 {
		return false
	}
	if s.hasConst && !equal(s.constant, v) || s.enum != nil && !slices.ContainsFunc(s.enum, func(e any) bool { return equal(e, v) }) {
		return false
	}
	if !j.composed(s, v) {
		return false
	}
	switch v := v.(type) {
	case string:
		return s.fitsText(v)
	case json.Number:
		return s.fitsNumber(v)
	case []any:
		return j.array(s, v)
	case object:
		return j.object(s, v)
	}
	return true
}

// kindOf gives the kinds that a value has; a whole number has two.
func kindOf(v any) kind {
	switch v := v.(type) {
	case bool:
		return truth
	case string:
		return text
	case []any:
		return list
	case object:
		return record
	case json.Number:
		if rational(v).IsInt() {
			return integer
		}
		// The kind number includes integer, so the bit for the rest stands alone.
		return number
	}
	return nothing
}

func (j judge) composed(s *schema, v any) bool {
	matches := 0
	for _, b := range s.oneOf {
		if j.fits(b, v) {
			matches++
		}
	}
	if s.oneOf != nil && matches != 1 {
		return false
	}
	if s.anyOf != nil && !slices.ContainsFunc(s.anyOf, func(b *schema) bool { return j.fits(b, v) }) {
		return false
	}
	if s.not != nil && j.fits(s.not, v) {
		return false
	}
	if s.cond == nil {
		return true
	}
	branch := s.then
	if !j.fits(s.cond, v) {
		branch = s.alt
	}
	return branch == nil || j.fits(branch, v)
}

func (s *schema) fitsText(v string) bool {
	n := utf8.RuneCountInString(v)
	if n < s.minLength || s.maxLength >= 0 && n > s.maxLength {
		return false
	}
	if fits := formatFits[s.format]; fits != nil && (len(v) > maxFormatted || !fits(v)) {
		return false
	}
	return s.pattern == nil || s.pattern.matches(v)
}

func (s *schema) fitsNumber(v json.Number) bool {
	bits := integerFormats[s.format]
	if s.low == nil && s.high == nil && s.multipleOf == nil && bits == 0 {
		return true
	}
	r := rational(v)
	if bits > 0 && r.IsInt() {
		// In two's complement, the complement of a negative number has its size.
		if n := r.Num(); n.Sign() >= 0 && n.BitLen() >= int(bits) || n.Sign() < 0 && new(big.Int).Not(n).BitLen() >= int(bits) {
			return false
		}
	}
	if b := s.low; b != nil {
		if order := r.Cmp(b.value); order < 0 || order == 0 && b.exclusive {
			return false
		}
	}
	if b := s.high; b != nil {
		if order := r.Cmp(b.value); order > 0 || order == 0 && b.exclusive {
			return false
		}
	}
	return s.multipleOf == nil || s.multipleOf.Sign() == 0 || r.Quo(r, s.multipleOf).IsInt()
}

func (j judge) array(s *schema, v []any) bool {
	if len(v) < s.minItems || s.maxItems >= 0 && len(v) > s.maxItems || s.unique && repeats(v) {
		return false
	}
	contained := 0
	for i, item := range v {
		switch {
		case i < len(s.prefix):
			if !j.part(s.prefix[i], item) {
				return false
			}
		case s.items != nil && !j.part(s.items, item):
			return false
		}
		if s.contains != nil && j.part(s.contains, item) {
			contained++
		}
	}
	return s.contains == nil || contained >= s.leastContained() && (s.maxContains < 0 || contained <= s.maxContains)
}

func (s *schema) leastContained() int {
	if s.minContains < 0 {
		return 1
	}
	return s.minContains
}

func repeats(v []any) bool {
	for i := range v {
		if slices.ContainsFunc(v[:i], func(other any) bool { return equal(v[i], other) }) {
			return true
		}
	}
	return false
}

func (j judge) object(s *schema, v object) bool {
	if len(v) < s.minProps || s.maxProps >= 0 && len(v) > s.maxProps || !j.has(s, v, s.required) {
		return false
	}
	for _, d := range s.dependentRequired {
		if _, present := v.get(d.name); present && !j.has(s, v, d.required) {
			return false
		}
	}
	for _, d := range s.dependentSchemas {
		if _, present := v.get(d.name); present && !j.fits(d.schema, v) {
			return false
		}
	}
	for _, m := range v {
		for _, part := range s.parts(m.name) {
			if !j.part(part, m.value) {
				return false
			}
		}
		if s.names != nil && !j.part(s.names, m.name) {
			return false
		}
	}
	return true
}

// has looks for names, but for those that do not travel in this direction.
func (j judge) has(s *schema, v object, names []string) bool {
	for _, name := range names {
		if _, present := v.get(name); present {
			continue
		}
		if p := s.property(name); p == nil || !hidden(p.all, j.direction) {
			return false
		}
	}
	return true
}

func hidden(all []*schema, d Direction) bool {
	return slices.ContainsFunc(all, func(s *schema) bool { return s.hidden(d) })
}

// parts are the schemas that s has for the member of a name.
func (s *schema) parts(name string) []*schema {
	var parts []*schema
	if p := s.property(name); p != nil {
		parts = append(parts, p)
	}
	for i := range s.byPattern {
		if s.byPattern[i].pattern.matches(name) {
			parts = append(parts, s.byPattern[i].schema)
		}
	}
	if parts == nil && s.additional != nil {
		parts = append(parts, s.additional)
	}
	return parts
}
