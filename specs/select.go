package specs

import (
	"slices"
	"strings"
)

// Selects reports whether one of the patterns matches an operation id, "" being
// an undocumented route. In a pattern * stands for any text, none included; no
// patterns select everything.
func Selects(patterns []string, id string) bool {
	return len(patterns) == 0 || slices.ContainsFunc(patterns, func(p string) bool { return matches(p, id) })
}

func matches(pattern, text string) bool {
	first, rest, wild := strings.Cut(pattern, "*")
	if !wild {
		return pattern == text
	}
	text, ok := strings.CutPrefix(text, first)
	if !ok {
		return false
	}
	for {
		middle, after, more := strings.Cut(rest, "*")
		if !more {
			return strings.HasSuffix(text, rest)
		}
		_, below, found := strings.Cut(text, middle)
		if !found {
			return false
		}
		text, rest = below, after
	}
}

// Applies reports whether the limit counts the operation; "" is an undocumented route.
func (l *Limit) Applies(operation string) bool {
	return Selects(l.Operations, operation) && (len(l.Except) == 0 || !Selects(l.Except, operation))
}

// Wraps reports whether the envelope is for an answer of the operation whose
// result comes from the verb ("" if from none).
func (e *Envelope) Wraps(operation string, verb Verb) bool {
	return Selects(e.Operations, operation) && (len(e.Verbs) == 0 || slices.Contains(e.Verbs, verb))
}

// Refuses reports whether the envelope is for a refusal of the operation ("" is
// an undocumented route) with the problem.
func (e *Envelope) Refuses(operation string, problem Problem) bool {
	return Selects(e.Operations, operation) && (len(e.Problems) == 0 || slices.ContainsFunc(e.Problems, problem.Is))
}
