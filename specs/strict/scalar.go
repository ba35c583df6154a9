package strict

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"

	yaml "go.yaml.in/yaml/v4"
)

const (
	nullTag  = "!!null"
	boolTag  = "!!bool"
	intTag   = "!!int"
	floatTag = "!!float"
	textTag  = "!!str"
	timeTag  = "!!timestamp"
	mergeTag = "!!merge"
	listTag  = "!!seq"
	mapTag   = "!!map"
)

// describe names a node for a person: `the text "ten"`, "a list".
func describe(n *yaml.Node) string {
	switch n.Kind {
	case yaml.MappingNode:
		return "a mapping"
	case yaml.SequenceNode:
		return "a list"
	}
	switch n.ShortTag() {
	case nullTag:
		return "nothing"
	case boolTag:
		return n.Value
	case intTag, floatTag:
		return "the number " + n.Value
	}
	text := n.Value
	if runes := []rune(text); len(runes) > 40 {
		text = string(runes[:40]) + "…"
	}
	return fmt.Sprintf("the text %q", text)
}

// scalar returns the Go value of a scalar node: nil, bool, int64, uint64 (above
// the range of int64), float64 or string.
func scalar(n *yaml.Node) (any, error) {
	switch tag := n.ShortTag(); tag {
	case nullTag:
		return nil, nil
	case boolTag:
		return strings.EqualFold(n.Value, "true"), nil
	case intTag:
		return integer(n.Value)
	case floatTag:
		return float(n.Value)
	case textTag, timeTag, mergeTag:
		return n.Value, nil
	default:
		return nil, fmt.Errorf("the tag %s is not supported", tag)
	}
}

func integer(s string) (any, error) {
	digits := strings.TrimLeft(s, "+-")
	if strings.Contains(s, "_") || len(digits) > 1 && digits[0] == '0' && digits[1] >= '0' && digits[1] <= '9' {
		return nil, fmt.Errorf("the number %s is ambiguous; write it without underscores and leading zeros, or quote it", s)
	}
	// The explicit sign is dropped because ParseUint does not take one.
	s = strings.TrimPrefix(s, "+")
	if i, err := strconv.ParseInt(s, 0, 64); err == nil {
		return i, nil
	}
	u, err := strconv.ParseUint(s, 0, 64)
	if err != nil {
		return nil, fmt.Errorf("the number %s is out of range", s)
	}
	return u, nil
}

func float(s string) (any, error) {
	switch strings.ToLower(strings.TrimLeft(s, "+-")) {
	case ".inf":
		if strings.HasPrefix(s, "-") {
			return math.Inf(-1), nil
		}
		return math.Inf(1), nil
	case ".nan":
		return math.NaN(), nil
	}
	f, err := strconv.ParseFloat(strings.TrimPrefix(s, "+"), 64)
	switch {
	case errors.Is(err, strconv.ErrRange), err == nil && f == math.Trunc(f) && !strings.ContainsAny(s, ".eE"):
		// The reader calls a whole number a float once 64 bits cannot hold it.
		return nil, fmt.Errorf("the number %s is out of range", s)
	case err != nil || strings.Contains(s, "_"):
		return nil, fmt.Errorf("the number %s is not understood; quote it if it is text", s)
	}
	return f, nil
}
