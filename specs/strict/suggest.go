package strict

import (
	"slices"
	"strings"
)

// Suggest returns the name in known that word was most likely meant to be, or
// "" if none is near. Case and the separators "_", "-" and "." do not count;
// otherwise one slip is forgiven in short words and one per three letters in
// longer ones, two swapped letters being one slip. Of names equally near the
// first in known wins.
func Suggest(word string, known []string) string {
	bare := fold(word)
	limit := max(1, len([]rune(bare))/3)
	best, nearest := "", limit+1
	for _, name := range known {
		candidate := fold(name)
		if d := distance(bare, candidate); d < nearest && d < max(len(bare), len(candidate)) {
			best, nearest = name, d
		}
	}
	return best
}

// Unknown returns the sentence for a name that is not known: `unknown key
// "limts"; did you mean "limits"?`, or the sorted list of known names if none is
// near. The kind is a word such as "key" or "operation".
func Unknown(kind, name string, known []string) string {
	message := "unknown " + kind + " \"" + name + "\""
	if near := Suggest(name, known); near != "" {
		return message + "; did you mean \"" + near + "\"?"
	}
	if len(known) == 0 {
		return message
	}
	sorted := slices.Sorted(slices.Values(known))
	return message + "; known: " + strings.Join(sorted, ", ")
}

func fold(s string) string {
	return strings.ToLower(strings.NewReplacer("_", "", "-", "", ".", "").Replace(s))
}

// distance is the number of inserted, dropped, replaced or swapped letters
// between two words (optimal string alignment).
func distance(a, b string) int {
	x, y := []rune(a), []rune(b)
	before, last := make([]int, len(y)+1), make([]int, len(y)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(x); i++ {
		row := make([]int, len(y)+1)
		row[0] = i
		for j := 1; j <= len(y); j++ {
			cost := 1
			if x[i-1] == y[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && x[i-1] == y[j-2] && x[i-2] == y[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last = last, row
	}
	return last[len(y)]
}
