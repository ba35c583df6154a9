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
	if least > most {
		return nil, errNever
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
			s, err = rule.text(r.options.Rand, more)
		case formatted:
			s = invent(r)
		default:
			s = fit(r, invent(r), least, most)
		}
		if err != nil {
			return nil, err
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
	for utf8.RuneCountInString(s) < least {
		s += " " + pick(r, nouns)
	}
	if runes := []rune(s); len(runes) > most {
		s = strings.TrimSpace(string(runes[:most]))
		for len([]rune(s)) < least {
			s += "x"
		}
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
