package fake

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"regexp"
	"regexp/syntax"
	"strings"
	"unicode"
)

// pattern is a regular expression that texts can be made for, if err is nil.
type pattern struct {
	source string
	re     *regexp.Regexp
	tree   *syntax.Regexp
	// size is about the number of its instructions.
	size int
	err  error
}

func newPattern(source string) *pattern {
	p := &pattern{source: source}
	translated := translate(source)
	if p.re, p.err = regexp.Compile(translated); p.err == nil {
		p.tree, p.err = syntax.Parse(translated, syntax.Perl)
	}
	if p.tree != nil {
		p.size = sizeOf(p.tree)
	}
	var bad *syntax.Error
	if errors.As(p.err, &bad) {
		p.err = fmt.Errorf("the pattern %q cannot be used to make texts: %s `%s`", source, bad.Code, bad.Expr)
	}
	return p
}

// parsedSize is the size that the pattern will have, 0 if it cannot be read.
func parsedSize(source string) int {
	tree, err := syntax.Parse(translate(source), syntax.Perl)
	if err != nil {
		return 0
	}
	return sizeOf(tree)
}

// translate turns what ECMAScript writes differently into Go's spelling.
func translate(source string) string {
	if !strings.Contains(source, `\u`) {
		return source
	}
	var b strings.Builder
	for i := 0; i < len(source); i++ {
		switch {
		case source[i] != '\\' || i+1 == len(source):
			b.WriteByte(source[i])
		case source[i+1] == 'u' && i+6 <= len(source) && source[i+2] != '{':
			b.WriteString(`\x{` + source[i+2:i+6] + `}`)
			i += 5
		default:
			b.WriteString(source[i : i+2])
			i++
		}
	}
	return b.String()
}

// matches takes a pattern that cannot be read to match.
func (p *pattern) matches(s string) bool { return p.re == nil || p.re.MatchString(s) }

// text makes a text that most likely matches; more is how often, at most, an
// unbounded repetition goes beyond its least.
func (p *pattern) text(r *rand.Rand, more, longest int) (string, error) {
	if p.err != nil {
		return "", p.err
	}
	var b strings.Builder
	if !spell(&b, p.tree, r, more, longest) {
		return "", fmt.Errorf("no text matches the pattern %q", p.source)
	}
	return b.String(), nil
}

// spell writes one text of a syntax tree. Assertions are written as nothing:
// whether they hold shows in the end. It gives up beyond the longest text.
func spell(b *strings.Builder, re *syntax.Regexp, r *rand.Rand, more, longest int) bool {
	repeat := func(least, most int) bool {
		if most < 0 || most > least+more {
			most = least + more
		}
		for range least + r.IntN(most-least+1) {
			if b.Len() > longest || !spell(b, re.Sub[0], r, more, longest) {
				return false
			}
		}
		return true
	}
	switch re.Op {
	case syntax.OpNoMatch:
		return false
	case syntax.OpLiteral:
		b.WriteString(string(re.Rune))
	case syntax.OpCharClass:
		return spellClass(b, re.Rune, r)
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		b.WriteByte(letters[r.IntN(len(letters))])
	case syntax.OpCapture:
		return spell(b, re.Sub[0], r, more, longest)
	case syntax.OpConcat:
		for _, sub := range re.Sub {
			if !spell(b, sub, r, more, longest) {
				return false
			}
		}
	case syntax.OpAlternate:
		return spell(b, re.Sub[r.IntN(len(re.Sub))], r, more, longest)
	case syntax.OpStar:
		return repeat(0, -1)
	case syntax.OpPlus:
		return repeat(1, -1)
	case syntax.OpQuest:
		return repeat(0, 1)
	case syntax.OpRepeat:
		return repeat(re.Min, re.Max)
	}
	return true
}

const (
	letters = "abcdefghijklmnopqrstuvwxyz"
	digits  = "0123456789"
	// maxText bounds what is written for one pattern.
	maxText = 1 << 16
)

// spellClass writes a character of a class, which is a list of ranges: a common
// one if there is one.
func spellClass(b *strings.Builder, ranges []rune, r *rand.Rand) bool {
	var common []rune
	for _, c := range letters + digits {
		if inClass(ranges, c) {
			common = append(common, c)
		}
	}
	if common == nil {
		for c := '!'; c <= '~'; c++ {
			if inClass(ranges, c) {
				common = append(common, c)
			}
		}
	}
	if common != nil {
		b.WriteRune(common[r.IntN(len(common))])
		return true
	}
	for i := 0; i+1 < len(ranges); i += 2 {
		for c := ranges[i]; c <= ranges[i+1] && c < ranges[i]+1000; c++ {
			if unicode.IsPrint(c) {
				b.WriteRune(c)
				return true
			}
		}
	}
	if len(ranges) == 0 {
		return false
	}
	b.WriteRune(ranges[0])
	return true
}

func inClass(ranges []rune, c rune) bool {
	for i := 0; i+1 < len(ranges); i += 2 {
		if ranges[i] <= c && c <= ranges[i+1] {
			return true
		}
	}
	return false
}
