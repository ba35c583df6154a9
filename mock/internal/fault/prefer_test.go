package fault_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"understudy.dev/mock/internal/fault"
)

func TestPrefer(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		values  []string
		name    string
		delay   time.Duration
		applied string
		// notes are parts of the notes, in their order.
		notes []string
	}{
		{values: nil},
		{values: []string{""}},
		{values: []string{"return=minimal, respond-async, handling=lenient"}},
		{values: []string{"code=429"}, name: "429", applied: "code=429"},
		{values: []string{`CODE = "503" ; a=b, wait=2`}, name: "503", delay: 2 * time.Second, applied: "code=503, wait=2"},
		{values: []string{"wait=0.25"}, delay: 250 * time.Millisecond, applied: "wait=0.25"},
		{values: []string{"wait=150ms"}, delay: 150 * time.Millisecond, applied: "wait=150ms"},
		{values: []string{"wait=60"}, delay: time.Minute, applied: "wait=60"},
		{values: []string{"fault=rate_limited", "wait=1"}, name: "rate_limited", delay: time.Second, applied: "fault=rate_limited, wait=1"},
		{values: []string{"fault=reset"}, name: "reset", applied: "fault=reset"},
		{values: []string{`return=minimal; foo="a,code=500", fault=truncate`}, name: "truncate", applied: "fault=truncate"},
		{values: []string{"code=500, code=501", "code=502"}, name: "500", applied: "code=500"},
		{values: []string{"code=200"}, notes: []string{"code=200 is ignored: want a status"}},
		{values: []string{"code=, code=500"}, notes: []string{"code is ignored"}},
		{values: []string{"wait=61, fault=internal"}, name: "internal", applied: "fault=internal", notes: []string{"wait=61 is ignored: want seconds or a duration, at most 1m0s"}},
		{values: []string{"wait=-1"}, notes: []string{"wait=-1"}},
		{values: []string{"wait=1e30"}, notes: []string{"wait=1e30"}},
		{values: []string{"wait=NaN"}, notes: []string{"wait=NaN"}},
		{values: []string{"wait=9999999h"}, notes: []string{"wait=9999999h"}},
		{values: []string{"fault=rate_limit"}, notes: []string{`did you mean "rate_limited"?`}},
		{values: []string{"fault=" + strings.Repeat("x", 100_000)}, notes: []string{"there is no such fault"}},
		{values: []string{"code=500, fault=reset"}, name: "500", applied: "code=500", notes: []string{"fault=reset is ignored: another one says already"}},
		{values: []string{"fault=reset, code=500"}, name: "reset", applied: "fault=reset", notes: []string{"code=500 is ignored: another one says already"}},
	} {
		w := fault.Prefer(test.values)
		label := strings.Join(test.values, " & ")
		require.Len(t, w.Notes, len(test.notes), label)
		for i, note := range test.notes {
			assert.Contains(t, w.Notes[i], note)
			assert.Less(t, len(w.Notes[i]), 250)
		}
		e := newSet().Choose("toy", "act", w)
		assert.Equal(t, w.Given(), e != nil, label)
		if e == nil {
			assert.Empty(t, test.applied, label)
			continue
		}
		assert.Equal(t, test.name, e.Name(), label)
		assert.Equal(t, test.delay, e.Delay, label)
		assert.Equal(t, test.applied, strings.Join(e.Applied, ", "), label)
	}
}

func TestPreferOwn(t *testing.T) {
	t.Parallel()
	assert.True(t, fault.Prefer([]string{"code=x"}).Own)
	assert.True(t, fault.Prefer([]string{"fault=reset"}).Own)
	assert.False(t, fault.Prefer([]string{"wait=1"}).Own, "RFC 7240 defines it for everybody")
	w := fault.Prefer([]string{"wait=1, code=x"})
	w.Ignore("a reason")
	assert.False(t, w.Given())
	require.Len(t, w.Notes, 2)
	assert.Equal(t, "a reason", w.Notes[1])
	assert.Nil(t, newSet().Choose("toy", "act", w))
}

func FuzzPrefer(f *testing.F) {
	f.Add(`code=429, wait="2" ; a="\"", fault=reset`)
	f.Fuzz(func(t *testing.T, value string) {
		w := fault.Prefer([]string{value})
		e := newSet().Choose("toy", "act", w)
		if e == nil {
			return
		}
		assert.True(t, e.Delay >= 0 && e.Delay <= fault.MaxDelay)
		assert.True(t, e.Status == 0 || e.Status >= 400 && e.Status <= 599)
		for _, applied := range e.Applied {
			assert.NotContains(t, applied, "\n")
			assert.NotContains(t, applied, ",")
		}
	})
}
