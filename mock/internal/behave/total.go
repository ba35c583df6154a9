package behave

import (
	"math/big"
	"strings"
)

// A total adds up JSON numbers without losing a cent: decimal fractions are
// exact, and whole numbers stay whole. The zero value is 0.
type total struct {
	sum big.Rat
	// places is the largest number of decimal places seen.
	places int
}

// maxDigits bounds the numbers that are added exactly; longer ones, and those
// with an exponent, are rounded to a float first.
const maxDigits = 60

func (t *total) add(number string) {
	var n big.Rat
	if len(number) > maxDigits || strings.ContainsAny(number, "eE") {
		f, _, err := big.ParseFloat(number, 10, 53, big.ToNearestEven)
		if err != nil || f.IsInf() {
			return
		}
		float, _ := f.Float64()
		if n.SetFloat64(float) == nil {
			return
		}
	} else if _, ok := n.SetString(number); !ok {
		return
	}
	if _, fraction, found := strings.Cut(number, "."); found && len(number) <= maxDigits {
		t.places = max(t.places, len(fraction))
	}
	t.sum.Add(&t.sum, &n)
}

// text is the sum as a JSON number, without zeros at the end of a fraction.
func (t *total) text() string {
	text := t.sum.FloatString(t.places)
	if t.places > 0 {
		text = strings.TrimSuffix(strings.TrimRight(text, "0"), ".")
	}
	return text
}
