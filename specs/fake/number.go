package fake

import (
	"encoding/json"
	"math/big"
)

// number makes a number: a multiple of a step, between two bounds.
func (r *run) number(t goal, k kind, name string) (any, error) {
	var low, high *bound
	var step *big.Rat
	if k == integer {
		step = big.NewRat(1, 1)
	}
	for _, s := range t {
		low, high = tighter(low, s.low, -1), tighter(high, s.high, 1)
		if s.multipleOf != nil && s.multipleOf.Sign() > 0 {
			step = commonMultiple(step, s.multipleOf)
			if !r.effort.spend((step.Num().BitLen() + step.Denom().BitLen()) / 8) {
				return nil, errLarge
			}
		}
	}
	usual := usualRange(name)
	first, last, ok := multiples(low, high, step, usual)
	for digits := usual.digits; !ok && step == nil && digits <= 20; digits += 2 {
		fine := new(big.Rat).SetFrac(big.NewInt(1), new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(digits)), nil))
		if first, last, ok = multiples(low, high, fine, usual); ok {
			step = fine
		}
	}
	for _, s := range t {
		if bits := integerFormats[s.format]; ok && bits > 0 {
			first, last, ok = clamp(first, last, step, bits)
		}
	}
	if !ok {
		return nil, errNever
	}
	span := new(big.Int).Sub(last, first)
	if span.IsInt64() && span.Int64() < 1<<40 {
		first = first.Add(first, big.NewInt(r.options.Rand.Int64N(span.Int64()+1)))
	} else {
		first = first.Add(first, big.NewInt(r.options.Rand.Int64N(1<<40)))
	}
	return decimal(new(big.Rat).Mul(new(big.Rat).SetInt(first), step)), nil
}

// integerFormats are sizes in bits of the formats that limit numbers.
var integerFormats = map[string]uint{"int8": 8, "int16": 16, "int32": 32, "int64": 64}

// clamp brings multiples of a step into the range of an integer format.
func clamp(first, last *big.Int, step *big.Rat, bits uint) (*big.Int, *big.Int, bool) {
	end := new(big.Rat).SetInt(new(big.Int).Lsh(big.NewInt(1), bits-1))
	most, _ := floor(new(big.Rat).Sub(end, big.NewRat(1, 1)), step)
	least, exact := floor(end.Neg(end), step)
	if !exact {
		least.Add(least, big.NewInt(1))
	}
	if first.Cmp(least) < 0 {
		first = least
	}
	if last.Cmp(most) > 0 {
		last = most
	}
	return first, last, first.Cmp(last) <= 0
}

// commonMultiple gives the least common multiple of two steps, of which a may be
// nil.
func commonMultiple(a, b *big.Rat) *big.Rat {
	if a == nil {
		return b
	}
	// lcm(p/q, r/s) = lcm(p, r) / gcd(q, s), both in lowest terms.
	gcd := new(big.Int).GCD(nil, nil, a.Num(), b.Num())
	lcm := new(big.Int).Div(new(big.Int).Mul(a.Num(), b.Num()), gcd)
	return new(big.Rat).SetFrac(lcm, new(big.Int).GCD(nil, nil, a.Denom(), b.Denom()))
}

// span is where numbers usually lie, and with how many decimals.
type span struct {
	low, high int64
	digits    int
}

// multiples gives the first and last k for which k*step lies between the bounds;
// an end that is not bounded is where numbers usually lie. False if there is none.
func multiples(low, high *bound, step *big.Rat, usual span) (first, last *big.Int, ok bool) {
	if step == nil {
		return nil, nil, false
	}
	from, to := big.NewRat(usual.low, 1), big.NewRat(usual.high, 1)
	switch {
	case low != nil && high != nil:
		from, to = low.value, high.value
	case low != nil:
		from = low.value
		if from.Cmp(to) >= 0 || new(big.Rat).Add(from, step).Cmp(to) > 0 {
			to = away(from, step, 100)
		}
	case high != nil:
		to = high.value
		if to.Cmp(from) <= 0 || new(big.Rat).Sub(to, step).Cmp(from) < 0 {
			from = away(to, step, -100)
		}
	case step.Cmp(to) > 0:
		to = away(to, step, 100)
	}
	first, exact := floor(from, step)
	if !exact || low != nil && low.exclusive && from == low.value {
		first.Add(first, big.NewInt(1))
	}
	last, exact = floor(to, step)
	if exact && high != nil && high.exclusive && to == high.value {
		last.Sub(last, big.NewInt(1))
	}
	return first, last, first.Cmp(last) <= 0
}

// away gives from + n*step.
func away(from, step *big.Rat, n int64) *big.Rat {
	return new(big.Rat).Add(from, new(big.Rat).Mul(step, big.NewRat(n, 1)))
}

// floor gives the greatest k with k*step <= v, and whether they are equal.
func floor(v, step *big.Rat) (k *big.Int, exact bool) {
	q := new(big.Rat).Quo(v, step)
	k = new(big.Int)
	k.DivMod(q.Num(), q.Denom(), new(big.Int)) // Euclidean: rounds down, for the denominator is positive
	return k, q.IsInt()
}

// decimal writes a number without exponent. Every step was written as a decimal
// once, so the digits end.
func decimal(r *big.Rat) json.Number {
	digits := 0
	for scaled := new(big.Rat).Set(r); !scaled.IsInt() && digits < 400; digits++ {
		scaled.Mul(scaled, big.NewRat(10, 1))
	}
	return json.Number(r.FloatString(digits))
}
