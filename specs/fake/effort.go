package fake

import "regexp/syntax"

// An effort is how much may still be done for one value, in units of about a
// microsecond at most. It counts work and not time, so that the same schema ends
// the same way everywhere. Nil is without limit.
type effort struct{ left int }

// spend uses up n, and reports whether there is still something left.
func (e *effort) spend(n int) bool {
	if e == nil {
		return true
	}
	e.left -= min(max(n, 0), e.left+1)
	return e.left > 0
}

func (e *effort) over() bool { return e != nil && e.left <= 0 }

// An Allowance is what several calls of [Invent] may take together: about ten
// times what a single one may take. It is for one goroutine.
type Allowance struct{ left int }

// NewAllowance is a whole one.
func NewAllowance() *Allowance { return &Allowance{10 * maxEffort} }

// grant gives an effort out of the allowance; take says afterwards what is left
// of it.
func (a *Allowance) grant() *effort {
	if a == nil {
		return &effort{maxEffort}
	}
	return &effort{min(maxEffort, a.left)}
}

func (a *Allowance) take(granted int, e *effort) {
	if a != nil {
		a.left -= granted - max(e.left, 0)
	}
}

// weigh is about the number of bytes of a value as JSON.
func weigh(v any) int {
	switch v := v.(type) {
	case string:
		return 2 + len(v)
	case []any:
		sum := 2
		for _, item := range v {
			sum += 1 + weigh(item)
		}
		return sum
	case object:
		sum := 2
		for _, m := range v {
			sum += 4 + len(m.name) + weigh(m.value)
		}
		return sum
	}
	return 4
}

// composite reports whether comparing with a value may take long.
func composite(v any) bool {
	switch v.(type) {
	case []any, object:
		return true
	}
	return false
}

// judging is what it takes to apply the keywords of s to the surface of a value.
func (s *schema) judging(v any) int {
	n := 1 + len(s.enum)
	if composite(v) && (s.hasConst || s.enum != nil) {
		n += 1000
	}
	switch v := v.(type) {
	case string:
		n += len(v) / 64
		if s.pattern != nil {
			n += len(v) * s.pattern.size / 64
		}
	case []any:
		n += len(v)
		if s.unique {
			n += len(v) * len(v) / 2
		}
	case object:
		for _, p := range s.byPattern {
			n += len(v) * p.pattern.size
		}
		n += len(v) * (8 + len(s.properties) + len(s.required) + len(s.dependentRequired) + len(s.dependentSchemas)) / 8
	}
	return n
}

func (t goal) judging(v any) int {
	n := 0
	for _, s := range t {
		n += s.judging(v)
	}
	return n
}

// making is what it takes to find out which members an object of a goal has.
func (t goal) making() int {
	n, patterns := len(t), 0
	for _, s := range t {
		n += len(s.properties) + len(s.required) + len(s.dependentSchemas)
		for _, d := range s.dependentRequired {
			n += 1 + len(d.required)
		}
		for _, p := range s.byPattern {
			patterns += p.pattern.size
		}
	}
	return 1 + n*n/64 + n*patterns
}

// sizeOf is about the number of instructions of a regular expression. The parser
// has limited how often repetitions multiply.
func sizeOf(re *syntax.Regexp) int {
	size := 1
	if re.Op == syntax.OpLiteral {
		size = len(re.Rune)
	}
	for _, sub := range re.Sub {
		size += sizeOf(sub)
	}
	if re.Op == syntax.OpRepeat {
		size *= max(re.Min, re.Max, 1)
	}
	return size
}
