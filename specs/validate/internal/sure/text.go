package sure

import "unicode/utf8"

func (r *textRules) holds(s string) verdict {
	if r.min >= 0 || r.max >= 0 {
		n := utf8.RuneCountInString(s)
		if n < r.min || r.max >= 0 && n > r.max {
			return no
		}
	}
	return verdictOf(r.pattern == nil || r.pattern.MatchString(s))
}
