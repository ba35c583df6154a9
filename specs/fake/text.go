package fake

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// text makes a string: by pattern, else by format, else by the name of its field.
func (r *run) text(t goal, name string) (any, error) {
	least, most := t.between(func(s *schema) (int, int) { return s.minLength, s.maxLength })
	switch {
	case least > most:
		return nil, errNever
	case least > r.bounds.text:
		return nil, errLarge
	}
	var rule *pattern
	var invent func(*run) string
	for _, s := range t {
		if s.pattern != nil && (rule == nil || rule.err != nil) {
			rule = s.pattern
		}
		if invent == nil {
			invent = textFormats[s.format]
		}
	}
	formatted := invent != nil
	if invent == nil {
		invent = hint(name)
	}
	more := 2
	for range 2 * tries {
		var s string
		var err error
		switch {
		case rule != nil && !formatted:
			s, err = rule.text(r.options.Rand, more, r.bounds.text)
		case formatted:
			s = invent(r)
		default:
			s = fit(r, invent(r), least, most)
		}
		if err != nil {
			return nil, err
		}
		if !r.effort.spend(1 + len(s)/4 + t.judging(s)) {
			return nil, errLarge
		}
		n := utf8.RuneCountInString(s)
		switch {
		case n < least:
			more += 1 + (least-n)/2
		case n > most:
			more = max(more-1, 0)
		case t.fitsText(s):
			return s, nil
		}
		formatted = formatted && rule == nil
	}
	if rule != nil {
		return nil, fmt.Errorf("no text of the right length was found that matches the pattern %q", rule.source)
	}
	return nil, errors.New("no text of the right length was found")
}

// fit brings a free text to a length.
func fit(r *run, s string, least, most int) string {
	var b strings.Builder
	b.WriteString(s)
	for n := utf8.RuneCountInString(s); n < least; {
		noun := pick(r, nouns)
		b.WriteString(" " + noun)
		n += 1 + utf8.RuneCountInString(noun)
	}
	s = b.String()
	if runes := []rune(s); len(runes) > most {
		s = strings.TrimSpace(string(runes[:most]))
		s += strings.Repeat("x", max(0, least-utf8.RuneCountInString(s)))
	}
	return s
}

func (t goal) fitsText(v string) bool {
	for _, s := range t {
		if !s.fitsText(v) {
			return false
		}
	}
	return true
}
