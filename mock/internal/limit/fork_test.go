package limit

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"understudy.dev/specs"
)

func TestFork(t *testing.T) {
	t.Parallel()
	for _, window := range []specs.Window{specs.WindowFixed, specs.WindowAligned, specs.WindowSliding} {
		s := limits(func(l *specs.Limit) { l.Window = window })
		count := func(s *Set, key string, at time.Time) (remaining int, refused bool) {
			d := check(t, s, key, 3, at)
			d.Settle(200, at)
			return d.Applied[0].Info.Remaining, d.Refused
		}
		count(s, "a", noon)
		count(s, "a", noon.Add(time.Second))
		fork := s.Fork(noon.Add(2 * time.Second))
		remaining, _ := count(fork, "a", noon.Add(3*time.Second))
		assert.Equal(t, 0, remaining, "%s: the fork goes on", window)
		_, refused := count(fork, "a", noon.Add(3*time.Second))
		assert.True(t, refused, window)
		remaining, refused = count(s, "a", noon.Add(3*time.Second))
		assert.Equal(t, 0, remaining, "%s: the origin knows nothing of it", window)
		assert.False(t, refused, window)
		remaining, _ = count(fork, "b", noon)
		assert.Equal(t, 2, remaining, window)

		fork = s.Fork(noon.Add(4 * time.Second))
		again := fork.Fork(noon.Add(4 * time.Second))
		_, refused = count(again, "a", noon.Add(5*time.Second))
		assert.True(t, refused, "%s: a fork of a fork", window)
		remaining, _ = count(fork, "a", noon.Add(2*time.Minute))
		assert.Equal(t, 2, remaining, "%s: windows end in a fork", window)
		later := s.Fork(noon.Add(2 * time.Minute))
		assert.Empty(t, later.meters[0].noted, "%s: what is over is not copied", window)
	}
}

// TestForkHoldsNothing lets requests that are under way in the origin count there alone.
func TestForkHoldsNothing(t *testing.T) {
	t.Parallel()
	s := limits(func(l *specs.Limit) {
		l.Count, l.Backoff = specs.CountFailures, &specs.Backoff{First: time.Minute, Factor: 2, Max: time.Hour}
	})
	check(t, s, "a", 2, noon).Settle(401, noon)
	pending := check(t, s, "a", 2, noon)
	fork := s.Fork(noon)
	d := check(t, fork, "a", 2, noon) // would wait for ever if the fork held the other one
	assert.Equal(t, 1, d.Applied[0].Info.Remaining)
	d.Settle(200, noon)
	pending.Settle(401, noon)
	assert.True(t, check(t, s, "a", 2, noon).Refused)
	assert.True(t, check(t, s.Fork(noon), "a", 2, noon).Refused, "a waiting time goes along")
	assert.False(t, check(t, fork, "a", 2, noon).Refused)
}

// TestForksOfASlidingWindowShareNothing lets origin and forks count on from the same times.
func TestForksOfASlidingWindowShareNothing(t *testing.T) {
	t.Parallel()
	s := limits(func(l *specs.Limit) { l.Window = specs.WindowSliding })
	for i := range 5 { // the list has room behind its end now
		check(t, s, "a", 100, noon.Add(time.Duration(i)*time.Second)).Settle(200, noon)
	}
	at := noon.Add(10 * time.Second)
	one, two := s.Fork(at), s.Fork(at)
	check(t, one, "a", 100, at.Add(1*time.Second))
	check(t, s, "a", 100, at.Add(2*time.Second))
	check(t, two, "a", 100, at.Add(3*time.Second))
	for set, want := range map[*Set]time.Duration{one: 1, s: 2, two: 3} {
		times := set.meters[0].counters["a"].times
		require.Len(t, times, 6)
		assert.Equal(t, at.Add(want*time.Second), times[5])
	}
}

// TestForkKeepsTheOldestFirst, so that it is forgotten first where there are too many.
func TestForkKeepsTheOldestFirst(t *testing.T) {
	t.Parallel()
	s := limits(nil)
	s.keys = 3
	for _, key := range []string{"a", "b", "c", "a"} {
		check(t, s, key, 10, noon).Settle(200, noon)
	}
	fork := s.Fork(noon)
	check(t, fork, "d", 10, noon)
	assert.Equal(t, 9, check(t, fork, "b", 10, noon).Applied[0].Info.Remaining, "b was forgotten")
}
