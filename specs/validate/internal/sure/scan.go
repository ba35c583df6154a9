package sure

import "encoding/json"

// longestNumber bounds the digits of a literal: with two digits of exponent it
// still decodes to a finite float64.
const longestNumber = 200

// tame reports whether raw may be handed to recursive code and holds only
// numbers of moderate magnitude. It says nothing about syntax.
func tame(raw []byte) bool {
	depth, digits := 0, 0
	for i := 0; i < len(raw); i++ {
		c := raw[i]
		if '0' <= c && c <= '9' {
			if digits++; digits > longestNumber {
				return false
			}
			continue
		}
		switch c {
		case '"':
			for i++; i < len(raw) && raw[i] != '"'; i++ {
				if raw[i] == '\\' {
					i++
				}
			}
		case '[', '{':
			if depth++; depth > MaxDepth {
				return false
			}
		case ']', '}':
			depth--
		case 'e', 'E':
			if digits > 0 && !shortExponent(raw[i+1:]) {
				return false
			}
		}
		if c != '.' {
			digits = 0
		}
	}
	return true
}

// shortExponent reports whether rest, which follows an e, has at most two digits.
func shortExponent(rest []byte) bool {
	if len(rest) > 0 && (rest[0] == '+' || rest[0] == '-') {
		rest = rest[1:]
	}
	n := 0
	for n < len(rest) && '0' <= rest[n] && rest[n] <= '9' {
		n++
	}
	return n <= 2
}

// walk is one pass over a text that is known to be well formed, so it never
// checks syntax. Positions are byte offsets into src.
type walk struct {
	src  string
	fuel int // what may still be spent; alternatives can multiply the work without bound
}

// space gives the first position at or after i that is not white space.
func (w *walk) space(i int) int {
	for i < len(w.src) && w.src[i] <= ' ' {
		i++
	}
	return i
}

// text gives the position after the string that starts at i, and whether it
// holds escapes.
func (w *walk) text(i int) (end int, escaped bool) {
	for i++; w.src[i] != '"'; i++ {
		if w.src[i] == '\\' {
			escaped = true
			i++
		}
	}
	return i + 1, escaped
}

// content decodes the string between i and end.
func (w *walk) content(i, end int, escaped bool) string {
	if !escaped {
		return w.src[i+1 : end-1]
	}
	var s string
	// The text was validated, so decoding cannot fail.
	_ = json.Unmarshal([]byte(w.src[i:end]), &s)
	return s
}

// skip gives the position after the value that starts at i.
func (w *walk) skip(i int) int {
	start := i
	switch w.src[i] {
	case '"':
		i, _ = w.text(i)
	case '{', '[':
		depth := 0
		for {
			switch w.src[i] {
			case '"':
				i, _ = w.text(i)
				continue
			case '{', '[':
				depth++
			case '}', ']':
				depth--
			}
			i++
			if depth == 0 {
				break
			}
		}
	default:
		i = w.scalar(i)
	}
	w.fuel -= (i - start) >> 3
	return i
}

// scalar gives the position after the number or word that starts at i.
func (w *walk) scalar(i int) int {
	for i < len(w.src) {
		switch w.src[i] {
		case ',', '}', ']', ' ', '\t', '\n', '\r':
			return i
		}
		i++
	}
	return i
}

// next gives the position of the element that follows i inside a container,
// where i is just behind the opening bracket or behind an element, and false at
// the closing bracket, whose position it then gives.
func (w *walk) next(i int) (int, bool) {
	i = w.space(i)
	switch w.src[i] {
	case '}', ']':
		return i, false
	case ',':
		i = w.space(i + 1)
	}
	return i, true
}

// key reads the member name at i and gives the position of its value.
func (w *walk) key(i int) (name string, value int) {
	end, escaped := w.text(i)
	return w.content(i, end, escaped), w.space(w.space(end) + 1)
}
