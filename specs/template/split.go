package template

import (
	"errors"
	"strings"
)

// piece is literal text, or the expression of a placeholder.
type piece struct {
	text        string
	placeholder bool
}

var errOpen = errors.New("a placeholder \"${\" is not closed; write \"$${\" for the text \"${\"")

// split cuts text at its placeholders and unescapes what stands between them.
func split(src string) ([]piece, error) {
	var pieces []piece
	var literal strings.Builder
	flush := func() {
		if literal.Len() > 0 {
			pieces = append(pieces, piece{text: literal.String()})
			literal.Reset()
		}
	}
	for {
		i := strings.Index(src, "${")
		if i < 0 {
			literal.WriteString(src)
			flush()
			return pieces, nil
		}
		if i > 0 && src[i-1] == '$' {
			literal.WriteString(src[:i-1] + "${")
			src = src[i+2:]
			continue
		}
		literal.WriteString(src[:i])
		flush()
		end := closing(src[i+2:])
		if end < 0 {
			return nil, errOpen
		}
		pieces = append(pieces, piece{text: src[i+2 : i+2+end], placeholder: true})
		src = src[i+2+end+1:]
	}
}

// closing returns the index of the brace that closes the expression at the
// start of s, or -1. Braces in nested mappings, strings and comments do not.
func closing(s string) int {
	depth := 0
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '{':
			depth++
		case '}':
			if depth == 0 {
				return i
			}
			depth--
		case '"', '\'', '`', '/':
			n := skipped(s[i:])
			if n < 0 {
				return -1
			}
			i += n - 1
		}
	}
	return -1
}

// skipped returns the length of the string, comment or division at the start of
// s, or -1 if it does not end.
func skipped(s string) int {
	switch {
	case strings.HasPrefix(s, "//"):
		return through(s, "\n")
	case strings.HasPrefix(s, "/*"):
		return through(s, "*/")
	case s[0] == '/':
		return 1
	}
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] == s[0]:
			return i + 1
		case s[i] == '\\' && s[0] != '`':
			i++
		}
	}
	return -1
}

func through(s, end string) int {
	i := strings.Index(s[2:], end)
	if i < 0 {
		return -1
	}
	return 2 + i + len(end)
}
