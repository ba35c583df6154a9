package ecma

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/dlclark/regexp2"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestCompile(t *testing.T) {
	t.Parallel()
	tests := []struct {
		pattern  string
		linear   bool
		yes, not []string
	}{
		{`^\d{3}$`, true, []string{"123"}, []string{"12", "١٢٣", "123\n"}},
		{`a.c`, true, []string{"abc", "aéc"}, []string{"a\rc", "a\u2028c", "ac"}},
		{`^\s$`, true, []string{"\u00a0", "\ufeff", "\v"}, []string{"x", ""}},
		{`^[\s,]+$`, true, []string{" ,\u3000"}, []string{"x"}},
		{`^\S+$`, true, []string{"x"}, []string{"\u00a0"}},
		{`^\w+\/\-$`, true, []string{"a/-"}, []string{"é/-"}},
		{`^\u0041\x42$`, true, []string{"AB"}, []string{"ab"}},
		{`^(?:a|b)+?$`, true, []string{"ab"}, []string{""}},
		{`^[^a\]]$`, true, []string{"b"}, []string{"a", "]"}},
		{`^\p{L}$`, false, []string{"é"}, []string{"1"}},
		{`^(?!admin)\w+$`, false, []string{"user"}, []string{"admins"}},
		{`^(?<=a)?b$`, false, []string{"b"}, []string{"c"}},
		{`(a)\1`, false, []string{"aa"}, []string{"ab"}},
		{`^[]a]`, false, nil, []string{"a", "]"}},
		{`^a{2000}$`, false, []string{strings.Repeat("a", 2000)}, []string{"a"}},
	}
	e := NewEngine()
	for _, tt := range tests {
		re, err := e.Compile(tt.pattern)
		require.NoError(t, err, tt.pattern)
		_, isLinear := re.(*linear)
		assert.Equal(t, tt.linear, isLinear, tt.pattern)
		assert.Equal(t, tt.pattern, re.String())
		for _, s := range tt.yes {
			assert.True(t, re.MatchString(s), "%s %q", tt.pattern, s)
		}
		for _, s := range tt.not {
			assert.False(t, re.MatchString(s), "%s %q", tt.pattern, s)
		}
		again, err := e.Compile(tt.pattern)
		require.NoError(t, err)
		assert.Same(t, pointerOf(re), pointerOf(again))
	}
	for _, pattern := range []string{"(", "[", "a**", `\`} {
		_, err := e.Compile(pattern)
		assert.ErrorContains(t, err, "cannot compile pattern", pattern)
	}
}

func pointerOf(re Regexp) any {
	if b, ok := re.(backtracking); ok {
		return b.re
	}
	return re
}

// TestTimeout shows that a pattern which backtracks without end is no match rather than no answer.
func TestTimeout(t *testing.T) {
	t.Parallel()
	re, err := NewEngine().Compile(`^(?=(a+)+$)a`)
	require.NoError(t, err)
	done := make(chan bool, 1)
	go func() { done <- re.MatchString(strings.Repeat("a", 64) + "!") }()
	select {
	case matched := <-done:
		assert.False(t, matched)
	case <-time.After(100 * MatchTimeout):
		t.Fatal("the match did not end")
	}
}

// FuzzTranslate holds the translation against the backtracking engine's reading of the same pattern.
func FuzzTranslate(f *testing.F) {
	for _, pattern := range []string{`^\d+$`, `a.c`, `[\s\w-]`, `\S`, `[^\]a]{2,3}?`, `\u00e9|\x41`, `(?:a|b)*`, `\bfoo\b`, `x\.y\/z`} {
		f.Add(pattern, "abc \u00a0\n")
	}
	f.Fuzz(func(t *testing.T, pattern, text string) {
		translated, ok := translate(pattern)
		if !ok || len(pattern) > 40 || len(text) > 40 || strings.ToValidUTF8(pattern+text, "") != pattern+text {
			return
		}
		re, err := regexp.Compile(translated)
		if err != nil {
			return
		}
		other, err := regexp2.Compile(pattern, regexp2.ECMAScript|regexp2.Unicode)
		if err != nil {
			return
		}
		other.MatchTimeout = MatchTimeout
		if want, err := other.MatchString(text); err == nil {
			assert.Equal(t, want, re.MatchString(text), "%q as %q on %q", pattern, translated, text)
		}
	})
}
