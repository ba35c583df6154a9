package limit

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"understudy.dev/specs"
)

// Exactly as many get through as are allowed, however many come at once.
func TestExactUnderConcurrency(t *testing.T) {
	t.Parallel()
	const allowed, sent = 50, 400
	for _, window := range []specs.Window{specs.WindowFixed, specs.WindowAligned, specs.WindowSliding} {
		for _, count := range []specs.Count{specs.CountRequests, specs.CountFailures} {
			t.Run(fmt.Sprintf("%s %s", window, count), func(t *testing.T) {
				t.Parallel()
				s := limits(func(l *specs.Limit) { l.Window, l.Count = window, count })
				var through atomic.Int64
				var all sync.WaitGroup
				for range sent {
					all.Go(func() {
						d := check(t, s, "a", allowed, noon)
						if !d.Refused {
							through.Add(1)
						}
						d.Settle(401, noon)
						assert.GreaterOrEqual(t, d.Applied[0].Info.Remaining, 0)
					})
				}
				all.Wait()
				assert.EqualValues(t, allowed, through.Load())
			})
		}
	}
}

// A limit on failures refuses nobody for what others might do.
func TestSuccessesAreNotRefused(t *testing.T) {
	t.Parallel()
	s := limits(func(l *specs.Limit) { l.Count = specs.CountFailures })
	var all sync.WaitGroup
	for range 200 {
		all.Go(func() {
			d := check(t, s, "a", 2, noon)
			assert.False(t, d.Refused)
			d.Settle(200, noon)
		})
	}
	all.Wait()
}

func TestWaitingEnds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := Compile([]*specs.Limit{
			{Name: "outer", Requests: compile("9"), Per: time.Hour, Window: specs.WindowFixed, Count: specs.CountFailures},
			{Name: "inner", Requests: compile("1"), Per: time.Hour, Window: specs.WindowFixed, Count: specs.CountFailures},
		}, []string{"op"}).NewSet()
		first := check(t, s, nil, 0, noon)
		require.False(t, first.Refused)

		ctx, cancel := context.WithCancel(context.Background())
		given := make(chan error)
		go func() {
			_, err := s.Check(ctx, "op", nil, noon)
			given <- err
		}()
		synctest.Wait()
		cancel()
		require.ErrorIs(t, <-given, context.Canceled)

		refused := make(chan *Decision)
		go func() { refused <- check(t, s, nil, 0, noon) }()
		synctest.Wait()
		select {
		case <-refused:
			t.Fatal("it must wait for what becomes of the first")
		default:
		}
		first.Settle(401, noon)
		d := <-refused
		assert.True(t, d.Refused)
		d.Settle(429, noon)
		assert.Equal(t, 8, d.Applied[0].Info.Remaining)

		for i := range s.meters {
			for _, c := range s.meters[i].counters {
				assert.Zero(t, c.held, "nothing is held any more")
			}
		}
	})
}
