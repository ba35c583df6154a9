package specs

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
)

// TestVisible wants each place to see its own names and no others, as the
// README has them.
func TestVisible(t *testing.T) {
	t.Parallel()
	exchange := []string{"request", "params", "query", "body", "operation", "credential"}
	for place, own := range map[place][]string{
		inRequestID:     {"request"},
		inCredential:    {"request", "owner"},
		inAttributes:    {"request", "owner", "credential"},
		inAcceptance:    {"request", "operation", "credential"},
		inClaims:        append(slices.Clone(exchange), "owner"),
		inLimit:         exchange,
		inLimitHeaders:  append(slices.Clone(exchange), "limit"),
		inProblem:       append(slices.Clone(exchange), "problem"),
		inRefusal:       append(slices.Clone(exchange), "problem"),
		inEveryAnswer:   exchange,
		inAnswer:        append(slices.Clone(exchange), "result", "page"),
		inAnswerHeaders: append(slices.Clone(exchange), "invent", "limits", "result", "page"),
		inResource:      exchange,
		inOperation:     append(slices.Clone(exchange), "invent", "limits"),
		inWhere:         append(slices.Clone(exchange), "invent", "limits", "it"),
		inUpload:        append(slices.Clone(exchange), "invent", "limits", "file"),
		inEvent:         nil,
		inDelivery:      {"it"},
	} {
		want := append([]string{"now", "random", "token", "hex", "digits", "uuid", "counter"}, own...)
		assert.ElementsMatch(t, want, newScope(place, nil).run.Names(), string(place))
	}
}
