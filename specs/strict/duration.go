package strict

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	yaml "go.yaml.in/yaml/v4"
)

// Duration is a span of time, written as "15m", "24h", "1h30m" or, with days of
// 24 hours, as "7d" or "1d12h". It is never negative when decoded.
type Duration time.Duration

// String writes d as [time.Duration] does.
func (d Duration) String() string { return time.Duration(d).String() }

// DecodeNode implements [Decoder].
func (d *Duration) DecodeNode(c *Context, node *yaml.Node) {
	if parsed, ok := c.duration(node, "a duration such as 15m, 24h or 7d"); ok {
		*d = Duration(parsed)
	}
}

// Lifetime is a [Duration] that may also be the word "never": then it does not end.
// The zero value ends at once.
type Lifetime struct {
	Duration time.Duration // 0 if Never
	Never    bool
}

// String writes l as it is read.
func (l Lifetime) String() string {
	if l.Never {
		return "never"
	}
	return l.Duration.String()
}

// DecodeNode implements [Decoder].
func (l *Lifetime) DecodeNode(c *Context, node *yaml.Node) {
	if node.Kind == yaml.ScalarNode && node.Value == "never" {
		*l = Lifetime{Never: true}
		return
	}
	if parsed, ok := c.duration(node, "a duration such as 15m, 24h or 7d, or never"); ok {
		*l = Lifetime{Duration: parsed}
	}
}

func (c *Context) duration(node *yaml.Node, want string) (time.Duration, bool) {
	if node.Kind == yaml.ScalarNode && node.ShortTag() == textTag {
		parsed, err := ParseDuration(node.Value)
		if err == nil {
			return parsed, true
		}
		if !errors.Is(err, errNoDuration) {
			c.Errorf(node, "%s%s", c.subject(), err)
			return 0, false
		}
	}
	c.mismatch(node, want)
	return 0, false
}

var errNoDuration = errors.New("not a duration")

// ParseDuration reads what a [Duration] may be written as. A negative duration
// and one beyond about 292 years are errors.
func ParseDuration(s string) (time.Duration, error) {
	rest := s
	var days time.Duration
	if number, after, found := strings.Cut(s, "d"); found {
		n, err := strconv.ParseUint(number, 10, 32)
		if err != nil {
			return 0, fmt.Errorf("cannot read %q: %w", s, errNoDuration)
		}
		if n > 106_751 {
			return 0, fmt.Errorf("the duration %q is too long", s)
		}
		days, rest = time.Duration(n)*24*time.Hour, after
		if rest == "" {
			return days, nil
		}
	}
	span, err := time.ParseDuration(rest)
	switch {
	case err != nil:
		return 0, fmt.Errorf("cannot read %q: %w", s, errNoDuration)
	case span < 0 || strings.HasPrefix(rest, "+"):
		return 0, fmt.Errorf("the duration %q must have no sign", s)
	case days+span < days:
		return 0, fmt.Errorf("the duration %q is too long", s)
	}
	return days + span, nil
}
