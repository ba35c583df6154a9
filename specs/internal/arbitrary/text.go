package arbitrary

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"pgregory.net/rapid"
)

// Text writes v as JSON the way a careless sender might: with white space,
// needless escapes, other spellings of numbers, shuffled and, now and then,
// repeated members. A repeated member makes the text mean another value than v.
func Text(t *rapid.T, v any) []byte {
	var b strings.Builder
	write(t, &b, v)
	return []byte(b.String())
}

func write(t *rapid.T, b *strings.Builder, v any) {
	space := func() { b.WriteString(rapid.SampledFrom([]string{"", "", "", " ", "\n\t"}).Draw(t, "space")) }
	space()
	defer space()
	switch v := v.(type) {
	case map[string]any:
		keys := slices.Sorted(maps.Keys(v))
		if len(keys) > 0 && rapid.IntRange(0, 5).Draw(t, "repeat") == 0 {
			keys = append(keys, keys[0])
		}
		b.WriteByte('{')
		for i, k := range rapid.Permutation(keys).Draw(t, "order") {
			if i > 0 {
				b.WriteByte(',')
			}
			write(t, b, k)
			b.WriteByte(':')
			if sub := v[k]; rapid.IntRange(0, 9).Draw(t, "other value") > 0 {
				write(t, b, sub)
			} else {
				write(t, b, value(t, 1))
			}
		}
		b.WriteByte('}')
	case []any:
		b.WriteByte('[')
		for i, item := range v {
			if i > 0 {
				b.WriteByte(',')
			}
			write(t, b, item)
		}
		b.WriteByte(']')
	case string:
		b.WriteString(quoted(t, v))
	case int, float64:
		b.WriteString(spelled(t, v))
	default:
		b.WriteString(plain(v))
	}
}

func quoted(t *rapid.T, s string) string {
	if rapid.IntRange(0, 4).Draw(t, "escape") > 0 {
		return plain(s)
	}
	var b strings.Builder
	for _, r := range s {
		fmt.Fprintf(&b, `\u%04x`, r) // the words of this package are all in the basic plane
	}
	return `"` + b.String() + `"`
}

func spelled(t *rapid.T, v any) string {
	s := plain(v)
	if strings.ContainsAny(s, ".eE") {
		return s
	}
	return s + rapid.SampledFrom([]string{"", "", "", ".0", "e0", ".00000000000000000001"}).Draw(t, "spelling")
}

func plain(v any) string {
	s, err := json.Marshal(v)
	if err != nil {
		panic(err) // only JSON values are drawn
	}
	return string(s)
}
