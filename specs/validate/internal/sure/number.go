package sure

import (
	"math/big"
	"math/bits"
	"strconv"
)

// maxDigits is the count of significant decimal digits that every float64
// keeps: a literal within it means the same number however it is decoded.
const maxDigits = 15

var powers = [maxDigits + 1]uint64{
	1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
}

// number is a value of the text or a limit of the schema. Where exact, it is
// ±magnitude/10^scale; float is always its nearest float64.
type number struct {
	exact     bool
	negative  bool
	magnitude uint64
	scale     int
	float     float64
	whole     verdict // is it an integer?
}

// literal reads a well-formed JSON number.
func literal(s string) number {
	n := number{exact: true, whole: unsure}
	digits, plain, point := 0, true, false
	for i := 0; i < len(s) && plain; i++ {
		switch c := s[i]; c {
		case '-':
			n.negative = true
		case '.':
			point = true
		case 'e', 'E':
			n.exact, plain = false, false
		default:
			if digits++; digits > maxDigits {
				n.exact = false
				continue
			}
			n.magnitude = n.magnitude*10 + uint64(c-'0')
			if point {
				n.scale++
			}
		}
	}
	switch {
	case n.exact:
		n.whole = verdictOf(n.magnitude%powers[n.scale] == 0)
		n.negative = n.negative && n.magnitude != 0
	case plain && !point:
		n.whole = yes
	}
	if n.exact {
		// Both operands are exact in a float64, so the quotient is rounded once.
		n.float = float64(n.magnitude) / float64(powers[n.scale])
		if n.negative {
			n.float = -n.float
		}
		return n
	}
	// Out of range cannot happen after tame; an infinity compares as unequal anyway.
	n.float, _ = strconv.ParseFloat(s, 64)
	return n
}

// numberOf converts a limit of the schema.
func numberOf(r *big.Rat) number {
	var n number
	n.float, _ = r.Float64()
	n.whole = verdictOf(r.IsInt())
	scaled := new(big.Rat).Abs(r)
	ten := big.NewRat(10, 1)
	for ; n.scale <= maxDigits; n.scale++ {
		if scaled.IsInt() {
			m := scaled.Num()
			if n.exact = m.IsUint64() && m.Uint64() < powers[maxDigits]; n.exact {
				n.magnitude, n.negative = m.Uint64(), r.Sign() < 0
			}
			return n
		}
		scaled.Mul(scaled, ten)
	}
	return n
}

// compare gives the sign of n-o, and false where it cannot tell.
func (n *number) compare(o *number) (int, bool) {
	if !n.exact || !o.exact {
		// Rounding is monotone: different floats order the numbers behind them.
		switch {
		case n.float < o.float:
			return -1, true
		case n.float > o.float:
			return 1, true
		}
		return 0, false
	}
	if n.negative != o.negative {
		if n.negative {
			return -1, true
		}
		return 1, true
	}
	nh, nl := bits.Mul64(n.magnitude, powers[o.scale])
	oh, ol := bits.Mul64(o.magnitude, powers[n.scale])
	sign := 0
	switch {
	case nh > oh || nh == oh && nl > ol:
		sign = 1
	case nh < oh || nh == oh && nl < ol:
		sign = -1
	}
	if n.negative {
		sign = -sign
	}
	return sign, true
}

// multipleOf reports whether n is a whole multiple of o.
func (n *number) multipleOf(o *number) verdict {
	if !n.exact || !o.exact || o.magnitude == 0 {
		return unsure
	}
	nh, nl := bits.Mul64(n.magnitude, powers[o.scale])
	oh, ol := bits.Mul64(o.magnitude, powers[n.scale])
	if nh != 0 || oh != 0 {
		return unsure
	}
	return verdictOf(nl%ol == 0)
}

// limit is one bound: the sign of (value - bound) must lie in [low, high].
type limit struct {
	bound     number
	low, high int
}

func (l *limit) holds(n *number) verdict {
	sign, ok := n.compare(&l.bound)
	if !ok {
		return unsure
	}
	return verdictOf(l.low <= sign && sign <= l.high)
}
