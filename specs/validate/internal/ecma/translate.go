package ecma

import (
	"strings"
	"unicode/utf8"
)

const (
	spaceClass = `\t\n\v\f\r \x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}\x{feff}`
	anyButEnd  = `[^\n\r\x{2028}\x{2029}]`
)

// translate rewrites an ECMA-262 expression in Go's syntax; ok is false where the two cannot be told to agree.
func translate(pattern string) (string, bool) {
	t := translator{in: pattern}
	for t.in != "" {
		if !t.step() {
			return "", false
		}
	}
	return t.out.String(), !t.inClass
}

type translator struct {
	in      string
	out     strings.Builder
	inClass bool
}

func (t *translator) step() bool {
	switch c := t.in[0]; {
	case c == '\\':
		return t.escape()
	case t.inClass:
		if strings.HasPrefix(t.in, "[:") {
			return false
		}
		t.inClass = c != ']'
		return t.copy()
	case c == '[':
		return t.class()
	case c == '(':
		if strings.HasPrefix(t.in, "(?") && !strings.HasPrefix(t.in, "(?:") {
			return false
		}
		return t.copy()
	case c == '.':
		return t.replace(1, anyButEnd)
	default:
		return t.copy()
	}
}

func (t *translator) class() bool {
	open := "["
	if strings.HasPrefix(t.in, "[^") {
		open = "[^"
	}
	// An empty class matches nothing in one language and opens a longer class in the other.
	if strings.HasPrefix(t.in[len(open):], "]") || strings.HasPrefix(t.in[len(open):], "[:") {
		return false
	}
	t.inClass = true
	return t.replace(len(open), open)
}

func (t *translator) escape() bool {
	if len(t.in) < 2 {
		return false
	}
	switch c := t.in[1]; {
	case c == 's' && t.inClass:
		return t.replace(2, spaceClass)
	case c == 's':
		return t.replace(2, "["+spaceClass+"]")
	case c == 'S' && !t.inClass:
		return t.replace(2, "[^"+spaceClass+"]")
	case strings.IndexByte("dDwWtnvfr", c) >= 0, (c == 'b' || c == 'B') && !t.inClass, isPunct(c):
		return t.replace(2, t.in[:2])
	case c == 'x' && hexDigits(t.in[2:], 2):
		return t.replace(4, t.in[:4])
	case c == 'u' && hexDigits(t.in[2:], 4) && !strings.EqualFold(t.in[2:3], "d"):
		return t.replace(6, `\x{`+t.in[2:6]+`}`)
	default:
		return false
	}
}

func isPunct(c byte) bool {
	return c > ' ' && c < 0x7f && !('0' <= c && c <= '9') && !('a' <= c|0x20 && c|0x20 <= 'z')
}

func hexDigits(s string, n int) bool {
	return len(s) >= n && strings.Trim(s[:n], "0123456789abcdefABCDEF") == ""
}

func (t *translator) copy() bool {
	_, n := utf8.DecodeRuneInString(t.in)
	return t.replace(n, t.in[:n])
}

func (t *translator) replace(n int, with string) bool {
	t.out.WriteString(with)
	t.in = t.in[n:]
	return true
}
