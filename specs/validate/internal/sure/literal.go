package sure

import (
	"fmt"
	"math/big"
)

// literals is the set of values that an enum or a const allows.
type literals struct {
	words   kind // which of null, and the booleans below
	truths  [2]bool
	texts   map[string]struct{}
	numbers []number
	nested  kind // arrays or objects are listed: never judged, only told apart by kind
	opaque  bool // holds a value that could not be read
}

func literalsOf(values []any) *literals {
	l := &literals{texts: map[string]struct{}{}}
	for _, v := range values {
		switch v := v.(type) {
		case nil:
			l.words |= null
		case bool:
			if v {
				l.truths[1] = true
			} else {
				l.truths[0] = true
			}
		case string:
			l.texts[v] = struct{}{}
		case []any:
			l.nested |= array
		case map[string]any:
			l.nested |= object
		default:
			r, ok := new(big.Rat).SetString(fmt.Sprint(v))
			if !ok {
				l.opaque = true
				continue
			}
			l.numbers = append(l.numbers, numberOf(r))
		}
	}
	return l
}

func (l *literals) hasText(s string) verdict {
	_, ok := l.texts[s]
	return verdictOf(ok)
}

func (l *literals) hasNumber(n *number) verdict {
	v := no
	if l.opaque {
		v = unsure
	}
	for i := range l.numbers {
		sign, ok := n.compare(&l.numbers[i])
		switch {
		case !ok:
			v = max(v, unsure)
		case sign == 0:
			return yes
		}
	}
	return v
}

func (l *literals) hasNested(k kind) verdict {
	if l.nested&k != 0 {
		return unsure
	}
	return no
}
