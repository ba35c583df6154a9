package wire

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"
)

// ErrNoClock tells that the target offers no clock.
var ErrNoClock = errors.New("the target offers no clock")

// timeline is the time of the target, as far as the run can tell: it goes on with real time unless the target's clock
// stands still, and jumps with every advance.
type timeline struct {
	hook *hook
	real func() time.Time
	// sleep waits in real time.
	sleep func(context.Context, time.Duration) error
	start time.Time

	mu       sync.Mutex
	advanced time.Duration
	jumps    int
}

// now is the time since the run began.
func (t *timeline) now() time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.hook.frozen() {
		return t.advanced
	}
	return t.advanced + t.real().Sub(t.start)
}

// pass lets time go by until at least pause is over: with a clock a whole window at once, else by waiting.
func (t *timeline) pass(ctx context.Context, pause, window time.Duration) error {
	if t.hook == nil {
		return t.sleep(ctx, pause)
	}
	before := t.count()
	t.hook.turn.Lock()
	defer t.hook.turn.Unlock()
	if t.count() != before {
		return ctx.Err() // somebody else has advanced meanwhile
	}
	return t.jump(ctx, max(pause, window))
}

// advance moves the target's clock.
func (t *timeline) advance(ctx context.Context, by time.Duration) error {
	if t.hook == nil {
		return ErrNoClock
	}
	t.hook.turn.Lock()
	defer t.hook.turn.Unlock()
	return t.jump(ctx, by)
}

func (t *timeline) jump(ctx context.Context, by time.Duration) error {
	if err := t.hook.post(ctx, by); err != nil {
		return err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.advanced += by
	t.jumps++
	return nil
}

// count is the number of jumps so far.
func (t *timeline) count() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.jumps
}

// hook is the target's clock.
type hook struct {
	url    string
	client http.RoundTripper
	// turn lets one advance at a time happen.
	turn sync.Mutex

	mu    sync.Mutex
	still bool
}

// frozen reports whether the clock has said that it stands still between advances.
func (h *hook) frozen() bool {
	if h == nil {
		return false
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.still
}

func (h *hook) post(ctx context.Context, by time.Duration) error {
	body := fmt.Sprintf(`{"advance":%q}`, written(by))
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, h.url, bytes.NewReader([]byte(body)))
	if err != nil {
		return errors.New("cannot advance the clock: its URL is wrong")
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Accept", "application/json")
	answer, err := h.client.RoundTrip(r)
	if err != nil {
		return &TransportError{Reason: "cannot advance the clock: " + plainReason(err), Err: err}
	}
	defer answer.Body.Close()
	data, err := io.ReadAll(io.LimitReader(answer.Body, 1<<20))
	if err != nil {
		return &TransportError{Reason: "cannot advance the clock: " + plainReason(err), Err: err}
	}
	if answer.StatusCode/100 != 2 {
		return fmt.Errorf("cannot advance the clock: it answered %d", answer.StatusCode)
	}
	var state struct {
		Frozen bool `json:"frozen"`
	}
	if json.Unmarshal(data, &state) == nil {
		h.mu.Lock()
		h.still = state.Frozen
		h.mu.Unlock()
	}
	return nil
}

// written is the duration in one unit, as most clocks can read it: 61m, not 1h1m0s.
func written(d time.Duration) string {
	for _, unit := range []struct {
		name string
		size time.Duration
	}{{"h", time.Hour}, {"m", time.Minute}, {"s", time.Second}} {
		if d%unit.size == 0 && d != 0 {
			return fmt.Sprintf("%d%s", d/unit.size, unit.name)
		}
	}
	return fmt.Sprintf("%dms", d.Milliseconds())
}
