package script

import (
	"errors"
	"strings"
)

// split cuts a line into words as testscript does: single quotes hold a word together, and two of them inside stand
// for one. A # outside quotes would cut the line there, silently; it is an error.
func split(line string) ([]string, error) {
	var words []string
	var word strings.Builder
	inWord, quoted := false, false
	for i := 0; i < len(line); i++ {
		c := line[i]
		switch {
		case quoted && c == '\'' && i+1 < len(line) && line[i+1] == '\'':
			word.WriteByte(c)
			i++
		case c == '\'':
			quoted, inWord = !quoted, true
		case quoted:
			word.WriteByte(c)
		case c == ' ' || c == '\t' || c == '\r':
			if inWord {
				words = append(words, word.String())
				word.Reset()
				inWord = false
			}
		case c == '#':
			return nil, errors.New("an unquoted # cuts the line; write it in single quotes")
		default:
			word.WriteByte(c)
			inWord = true
		}
	}
	if quoted {
		return nil, errors.New("a single quote is not closed")
	}
	if inWord {
		words = append(words, word.String())
	}
	return words, nil
}

// quote writes a word so that testscript reads it back unchanged, whatever is in it.
func quote(word string) string {
	return "'" + strings.ReplaceAll(word, "'", "''") + "'"
}
