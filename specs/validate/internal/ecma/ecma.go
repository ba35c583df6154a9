// Package ecma compiles the regular expressions of JSON Schema, which are ECMA-262's, for a Go program. What Go's
// linear-time engine means in the same way is given to it; the rest (look-around, back references, ...) runs on a
// backtracking engine under a time limit, and a match that exceeds the limit counts as no match.
//
//	e := ecma.NewEngine()
//	re, err := e.Compile(`^(?!admin)\w+$`)
//	re.MatchString("user")
package ecma

import (
	"fmt"
	"regexp"
	"time"

	"github.com/dlclark/regexp2"
)

// MatchTimeout bounds one match on the backtracking engine.
const MatchTimeout = 100 * time.Millisecond

// Regexp is one compiled expression, safe for concurrent use.
type Regexp interface {
	fmt.Stringer
	MatchString(string) bool
}

// Engine compiles expressions and remembers them by their text, because one document repeats few patterns often. It is
// not safe for concurrent use; what it returns is.
type Engine struct{ known map[string]Regexp }

// NewEngine returns an engine that knows no expression yet.
func NewEngine() *Engine { return &Engine{known: map[string]Regexp{}} }

// Compile compiles one expression.
func (e *Engine) Compile(pattern string) (Regexp, error) {
	if re, ok := e.known[pattern]; ok {
		return re, nil
	}
	re, err := compile(pattern)
	if err != nil {
		return nil, fmt.Errorf("cannot compile pattern %q: %w", pattern, err)
	}
	e.known[pattern] = re
	return re, nil
}

func compile(pattern string) (Regexp, error) {
	if translated, ok := translate(pattern); ok {
		if re, err := regexp.Compile(translated); err == nil {
			return &linear{pattern, re}, nil
		}
	}
	// JSON Schema recommends the unicode flag, but patterns in the wild also use escapes that only its absence allows.
	re, err := regexp2.Compile(pattern, regexp2.ECMAScript|regexp2.Unicode)
	if err != nil {
		re, err = regexp2.Compile(pattern, regexp2.ECMAScript)
	}
	if err != nil {
		return nil, err
	}
	re.MatchTimeout = MatchTimeout
	return backtracking{re}, nil
}

type linear struct {
	source string
	re     *regexp.Regexp
}

func (l *linear) MatchString(s string) bool { return l.re.MatchString(s) }
func (l *linear) String() string            { return l.source }

type backtracking struct{ re *regexp2.Regexp }

func (b backtracking) String() string { return b.re.String() }

func (b backtracking) MatchString(s string) bool {
	ok, err := b.re.MatchString(s)
	return ok && err == nil
}
