package entropy

import (
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// golden are the first values of a stream.
var golden = []string{
	"supwxr2ukxqw", "MbTbqVAE4aOtAZVo4UrVmT6vLaUPwWqXKu5rVtsC", "a833844960d627d5", "443474",
	"83addc32-16c3-4c7b-bb99-0b3bb5dd1e45",
}

// draw takes one value of every sort.
func draw(s *Stream) []string {
	return []string{s.Random(12), s.Token(40), s.Hex(16), s.Digits(6), s.UUID()}
}

func TestValuesHaveTheirForm(t *testing.T) {
	t.Parallel()
	forms := []string{
		`^[a-z0-9]{12}$`, `^[A-Za-z0-9]{40}$`, `^[0-9a-f]{16}$`, `^[0-9]{6}$`,
		`^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`,
	}
	s := New(1, "main").Kind("risks")
	for range 200 {
		for i, value := range draw(s) {
			assert.Regexp(t, regexp.MustCompile(forms[i]), value)
		}
	}
	for _, n := range []int{0, -1, -1 << 60} {
		assert.Empty(t, s.Random(n))
	}
	assert.Len(t, s.Token(1<<40), 4096)
}

func TestAlphabetsAreUsedEvenly(t *testing.T) {
	t.Parallel()
	const length, rounds = 4000, 31
	s := New(7, "main").Kind("even")
	seen := map[rune]int{}
	for range rounds {
		for _, c := range s.Token(length) {
			seen[c]++
		}
	}
	require.Len(t, seen, 62)
	for c, n := range seen {
		assert.InDelta(t, length*rounds/62, n, 300, "%c", c)
	}
}

func TestSameSeedGivesSameValues(t *testing.T) {
	t.Parallel()
	var first []string
	for range 3 {
		s := New(42, "main").Kind("risks")
		values := slices.Concat(draw(s), draw(s))
		assert.Len(t, slices.Compact(slices.Sorted(slices.Values(values))), len(values), "values repeat")
		if first == nil {
			first = values
		}
		assert.Equal(t, first, values)
	}
	// Golden: ids in other people's tests must not change between versions.
	assert.Equal(t, golden, first[:5])

	for name, other := range map[string]*Stream{
		"seed":  New(43, "main").Kind("risks"),
		"world": New(42, "other").Kind("risks"),
		"kind":  New(42, "main").Kind("assets"),
		"split": New(42, "mainkind").Kind("risks"),
	} {
		for i, value := range draw(other) {
			assert.NotEqual(t, first[i], value, name)
		}
	}
}

func TestKindsDoNotDisturbEachOther(t *testing.T) {
	t.Parallel()
	alone := New(1, "w").Kind("a")
	want := []string{alone.Random(9), alone.Random(9)}
	s := New(1, "w")
	got := []string{s.Kind("a").Random(9)}
	draw(s.Kind("b"))
	s.Kind("a").Counter()
	s.Fixed("a").Uint64()
	assert.Equal(t, want, append(got, s.Kind("a").Random(9)))
}

func TestCounterAndFixed(t *testing.T) {
	t.Parallel()
	s := New(1, "w")
	for want := 1; want <= 3; want++ {
		s.Kind("a").UUID()
		assert.Equal(t, want, s.Kind("a").Counter())
	}
	assert.Equal(t, 1, s.Kind("b").Counter())

	assert.Equal(t, s.Fixed("x").Uint64(), New(1, "w").Fixed("x").Uint64())
	assert.NotEqual(t, s.Fixed("x").Uint64(), s.Fixed("y").Uint64())
	assert.NotEqual(t, s.Fixed("x").Uint64(), New(2, "w").Fixed("x").Uint64())

	a, b := New(1, "w").Kind("a"), New(1, "w").Kind("a")
	assert.Equal(t, a.Rand().Uint64(), b.Rand().Uint64())
	assert.NotEqual(t, a.Rand().Uint64(), a.Rand().Uint64())
}

func TestFunctionsDrawFromTheStream(t *testing.T) {
	t.Parallel()
	s, twin := New(1, "w").Kind("a"), New(1, "w").Kind("a")
	functions := s.Functions()
	for _, name := range []string{"random", "token", "hex", "digits"} {
		require.Contains(t, functions, name)
	}
	assert.Equal(t, twin.Random(5), functions["random"].(func(int) string)(5))
	assert.Equal(t, twin.Token(5), functions["token"].(func(int) string)(5))
	assert.Equal(t, twin.Hex(5), functions["hex"].(func(int) string)(5))
	assert.Equal(t, twin.Digits(5), functions["digits"].(func(int) string)(5))
	assert.Equal(t, twin.UUID(), functions["uuid"].(func() string)())
	assert.Equal(t, 1, functions["counter"].(func() int)())
}

func TestRestore(t *testing.T) {
	t.Parallel()
	s := New(1, "w")
	a := s.Kind("a")
	draw(a)
	a.Counter()
	at := s.Position()
	want := append(draw(a), draw(s.Kind("later"))...)
	require.Equal(t, 2, a.Counter())

	s.Restore(at)
	assert.Equal(t, want, append(draw(a), draw(s.Kind("later"))...), "streams go back, new ones to their start")
	assert.Equal(t, 2, a.Counter())

	other := New(1, "w")
	other.Restore(at)
	assert.Equal(t, want[:5], draw(other.Kind("a")), "a position serves another source")

	s.Restore(nil)
	assert.Equal(t, New(1, "w").Kind("a").UUID(), a.UUID())
	assert.Equal(t, 1, a.Counter())
}

func TestConcurrentDrawsAreDistinct(t *testing.T) {
	t.Parallel()
	const workers, each = 8, 300
	s := New(1, "w")
	values := make([][]string, workers)
	var all sync.WaitGroup
	for i := range workers {
		all.Go(func() {
			for range each {
				values[i] = append(values[i], s.Kind("a").Random(16))
			}
		})
	}
	all.Wait()
	got := slices.Sorted(slices.Values(slices.Concat(values...)))

	twin := New(1, "w").Kind("a")
	var want []string
	for range workers * each {
		want = append(want, twin.Random(16))
	}
	slices.Sort(want)
	assert.Equal(t, strings.Join(want, "\n"), strings.Join(got, "\n"))
}

func BenchmarkRandom(b *testing.B) {
	s := New(1, "w").Kind("a")
	b.ReportAllocs()
	for b.Loop() {
		s.Random(12)
	}
}
