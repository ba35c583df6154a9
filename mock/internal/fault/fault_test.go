package fault_test

import (
	"errors"
	"math"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"understudy.dev/mock/internal/entropy"
	"understudy.dev/mock/internal/fault"
	"understudy.dev/specs"
)

func newSet() *fault.Set { return fault.NewSet(entropy.New(1, "main")) }

func add(t testing.TB, s *fault.Set, r fault.Rule) fault.Rule {
	t.Helper()
	added, err := s.Add(r)
	require.NoError(t, err)
	return added
}

// pattern asks for the fate of n requests: x for a hit.
func pattern(s *fault.Set, n int) string {
	var fates strings.Builder
	for range n {
		if s.Choose("toy", "act", fault.Wishes{}) != nil {
			fates.WriteByte('x')
		} else {
			fates.WriteByte('.')
		}
	}
	return fates.String()
}

func TestTimes(t *testing.T) {
	t.Parallel()
	s := newSet()
	assert.Nil(t, s.Choose("toy", "act", fault.Wishes{}))
	rule := add(t, s, fault.Rule{Status: 503, Times: 2, Headers: []fault.Header{{Name: "Retry-After", Value: "1"}}})
	assert.Equal(t, "f1", rule.ID)
	e := s.Choose("toy", "act", fault.Wishes{})
	require.NotNil(t, e)
	assert.Equal(t, &fault.Effect{Rules: []string{"f1"}, Status: 503, Headers: rule.Headers}, e)
	assert.Equal(t, "x..", pattern(s, 3))
	assert.Equal(t, 2, s.Rules()[0].Hits)
	assert.Equal(t, "f2", add(t, s, fault.Rule{Reset: true}).ID)
	assert.Equal(t, "xxx", pattern(s, 3), "without times or share it happens to all")
	assert.True(t, s.Remove("f2"))
	assert.False(t, s.Remove("f2"))
	assert.Equal(t, "...", pattern(s, 3))
	assert.Equal(t, "f3", add(t, s, fault.Rule{Reset: true}).ID, "an id is never given twice")
	s.Clear()
	assert.Equal(t, "...", pattern(s, 3))
	assert.Equal(t, []fault.Rule{}, s.Rules())
}

func TestWhichRequests(t *testing.T) {
	t.Parallel()
	s := newSet()
	add(t, s, fault.Rule{API: "toy", Operations: []string{"list*", "getBook"}, Status: 500})
	for _, test := range []struct {
		api, operation string
		hit            bool
	}{
		{"toy", "listBooks", true}, {"toy", "getBook", true}, {"toy", "getBooks", false}, {"toy", "", false},
		{"other", "listBooks", false},
	} {
		assert.Equal(t, test.hit, s.Choose(test.api, test.operation, fault.Wishes{}) != nil, test)
	}
	all := newSet()
	add(t, all, fault.Rule{Status: 500})
	assert.NotNil(t, all.Choose("toy", "", fault.Wishes{}), "undocumented routes included")
}

// A share is the same for the same seed, name and rule, another for another, and about as large as asked for.
func TestShare(t *testing.T) {
	t.Parallel()
	fates := func(seed uint64, share float64) string {
		s := fault.NewSet(entropy.New(seed, "main"))
		add(t, s, fault.Rule{Status: 500, Share: share})
		return pattern(s, 1000)
	}
	first := fates(1, 0.3)
	assert.Equal(t, first, fates(1, 0.3))
	assert.NotEqual(t, first, fates(2, 0.3))
	assert.InDelta(t, 300, strings.Count(first, "x"), 60)
	assert.Equal(t, strings.Repeat("x", 1000), fates(1, 1))

	two := newSet()
	add(t, two, fault.Rule{Delay: 1, Share: 0.5})
	add(t, two, fault.Rule{Delay: 2, Share: 0.5})
	apart := 0
	for range 200 {
		if e := two.Choose("toy", "act", fault.Wishes{}); e != nil && len(e.Rules) == 1 {
			apart++
		}
	}
	assert.Greater(t, apart, 50, "each rule has its own luck")
}

func TestAtMostInARow(t *testing.T) {
	t.Parallel()
	s := newSet()
	add(t, s, fault.Rule{Status: 500, Share: 0.9, AtMostInARow: 2})
	fates := pattern(s, 1000)
	assert.NotContains(t, fates, "xxx")
	assert.Contains(t, fates, "xx.xx")
	sure := newSet()
	add(t, sure, fault.Rule{Status: 500, Share: 1, AtMostInARow: 1})
	assert.Equal(t, "x.x.x.", pattern(sure, 6))
}

// Of several rules the oldest that ends a request is the only one that does; the others are kept for later ones.
func TestSeveralRules(t *testing.T) {
	t.Parallel()
	s := newSet()
	add(t, s, fault.Rule{Delay: 20 * time.Second, Headers: []fault.Header{{Name: "A", Value: "1"}}})
	add(t, s, fault.Rule{Problem: specs.RateLimited, Delay: 30 * time.Second, Times: 1})
	add(t, s, fault.Rule{Truncate: true, Times: 1})
	add(t, s, fault.Rule{Delay: 20 * time.Second, Times: 1, Headers: []fault.Header{{Name: "B", Value: "2"}}})

	e := s.Choose("toy", "act", fault.Wishes{})
	assert.Equal(t, "f1, f2, f4", e.Rule())
	assert.Equal(t, "rate_limited", e.Name())
	assert.Equal(t, fault.MaxDelay, e.Delay, "delays add up to a bound")
	assert.Equal(t, []fault.Header{{Name: "A", Value: "1"}, {Name: "B", Value: "2"}}, e.Headers)
	assert.True(t, e.Refuses())

	e = s.Choose("toy", "act", fault.Wishes{})
	assert.Equal(t, "f1, f3", e.Rule())
	assert.Equal(t, "truncate", e.Name())
	assert.False(t, e.Refuses())

	e = s.Choose("toy", "act", fault.Wishes{})
	assert.Equal(t, "f1", e.Rule())
	assert.Empty(t, e.Name())
	assert.Equal(t, 20*time.Second, e.Delay)
}

func TestWishesComeFirst(t *testing.T) {
	t.Parallel()
	s := newSet()
	add(t, s, fault.Rule{Status: 500, Times: 1})
	add(t, s, fault.Rule{Delay: time.Second})
	e := s.Choose("toy", "act", fault.Prefer([]string{"fault=reset, wait=2"}))
	assert.Equal(t, "Prefer, f2", e.Rule())
	assert.Equal(t, "reset", e.Name())
	assert.Equal(t, 3*time.Second, e.Delay)
	assert.Equal(t, []string{"fault=reset", "wait=2"}, e.Applied)
	e = s.Choose("toy", "act", fault.Prefer([]string{"wait=1"}))
	assert.Equal(t, "500", e.Name(), "what only delays leaves the rest to the rules")
	assert.Equal(t, 2*time.Second, e.Delay)
}

func TestRefusedRules(t *testing.T) {
	t.Parallel()
	for want, rule := range map[string]fault.Rule{
		"needs one of":                            {},
		"not several":                             {Status: 500, Reset: true},
		`did you mean "rate_limited"?`:            {Problem: "rate_limit"},
		"status must be from 400 to 599, got 200": {Status: 200},
		"got 600":                                 {Status: 600},
		"got -1":                                  {Status: -1},
		"delay must be from 0s to 1m0s":           {Delay: fault.MaxDelay + 1},
		"got -1ns":                                {Status: 500, Delay: -1},
		"times must be":                           {Status: 500, Times: -1},
		"share must be":                           {Status: 500, Share: 1.5},
		"got NaN":                                 {Status: 500, Share: math.NaN()},
		"not both":                                {Status: 500, Share: 0.5, Times: 1},
		"at_most_in_a_row must be":                {Status: 500, Share: 0.5, AtMostInARow: -1},
		"there is no share":                       {Status: 500, AtMostInARow: 1},
		"is no name of a header":                  {Status: 500, Headers: []fault.Header{{Name: "a b"}}},
		"holds what no header can":                {Status: 500, Headers: []fault.Header{{Name: "A", Value: "a\r\nb"}}},
		"cannot set Content-Length":               {Status: 500, Headers: []fault.Header{{Name: "content-length", Value: "1"}}},
	} {
		s := newSet()
		_, err := s.Add(rule)
		require.Error(t, err, want)
		assert.Contains(t, err.Error(), want)
		assert.Empty(t, s.Rules())
	}
}

func TestTooManyRules(t *testing.T) {
	t.Parallel()
	s := newSet()
	add(t, s, fault.Rule{Status: 500, Times: 1})
	for range fault.MaxRules - 1 {
		add(t, s, fault.Rule{Delay: time.Second})
	}
	_, err := s.Add(fault.Rule{Status: 500})
	assert.True(t, errors.Is(err, fault.ErrFull))
	s.Choose("toy", "act", fault.Wishes{})
	add(t, s, fault.Rule{Status: 500})
	assert.Equal(t, "f2", s.Rules()[0].ID, "what is used up makes room")
}

func TestFork(t *testing.T) {
	t.Parallel()
	s := newSet()
	add(t, s, fault.Rule{Status: 500, Times: 3})
	add(t, s, fault.Rule{Status: 502, Share: 0.5})
	require.NotNil(t, s.Choose("toy", "act", fault.Wishes{}))
	fork, same := s.Fork(nil), s.Fork(nil)
	assert.Equal(t, s.Rules(), fork.Rules())
	assert.Equal(t, pattern(s, 50), pattern(same, 50), "it goes on as the origin does")
	assert.Equal(t, "xx", pattern(fork, 2))
	assert.Equal(t, 3, fork.Rules()[0].Hits)
	assert.Zero(t, fork.Rules()[1].Hits, "each counts for itself")
	add(t, fork, fault.Rule{Reset: true})
	assert.Len(t, fork.Rules(), 3)
	assert.Len(t, s.Rules(), 2)

	other := newSet()
	add(t, other, fault.Rule{Status: 502, Share: 0.5})
	another := other.Fork(entropy.New(1, "other"))
	assert.NotEqual(t, pattern(other, 50), pattern(another, 50), "a world of another name has another luck")
	assert.Empty(t, newSet().Fork(nil).Rules())
}

// However many requests come at once, a rule happens as often as it says.
func TestTimesAreExact(t *testing.T) {
	t.Parallel()
	s := newSet()
	add(t, s, fault.Rule{Status: 500, Times: 100})
	var hits atomic.Int64
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 50 {
				if s.Choose("toy", "act", fault.Wishes{}) != nil {
					hits.Add(1)
				}
				s.Rules()
			}
		})
	}
	all.Wait()
	assert.EqualValues(t, 100, hits.Load())
}
