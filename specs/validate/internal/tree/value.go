package tree

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"

	"go.yaml.in/yaml/v4"
)

// Value is the JSON value of a node: nil, bool, string, json.Number, []any or map[string]any. Numbers keep the text
// they have in the document where that text is JSON. The error names the line of what JSON cannot hold.
func Value(n *yaml.Node) (any, error) {
	n = Content(n)
	if n == nil {
		return nil, nil
	}
	switch n.Kind {
	case yaml.MappingNode:
		m := make(map[string]any, len(n.Content)/2)
		for k, v := range Fields(n) {
			value, err := Value(v)
			if err != nil {
				return nil, err
			}
			m[k.Value] = value
		}
		return m, nil
	case yaml.SequenceNode:
		list := make([]any, len(n.Content))
		for i, item := range n.Content {
			value, err := Value(item)
			if err != nil {
				return nil, err
			}
			list[i] = value
		}
		return list, nil
	default:
		return scalar(n)
	}
}

// Copy is a tree of the same content that shares no node with n, aliases replaced by what they repeat.
func Copy(n *yaml.Node) *yaml.Node {
	n = Content(n)
	if n == nil {
		return nil
	}
	out := *n
	out.Anchor, out.Content = "", make([]*yaml.Node, len(n.Content))
	for i, child := range n.Content {
		out.Content[i] = Copy(child)
	}
	return &out
}

func scalar(n *yaml.Node) (any, error) {
	switch n.ShortTag() {
	case "!!null":
		return nil, nil
	case "!!bool":
		var b bool
		if err := n.Decode(&b); err != nil {
			return nil, &Problem{Line: n.Line, Message: fmt.Sprintf("cannot read %q as a boolean", n.Value)}
		}
		return b, nil
	case "!!int", "!!float":
		return number(n)
	default:
		// Timestamps and binary are YAML's ideas: JSON has the text as it stands.
		return n.Value, nil
	}
}

func number(n *yaml.Node) (any, error) {
	if json.Valid([]byte(n.Value)) {
		return json.Number(n.Value), nil
	}
	var i int64
	if err := n.Decode(&i); err == nil {
		return json.Number(strconv.FormatInt(i, 10)), nil
	}
	var f float64
	if err := n.Decode(&f); err != nil || math.IsInf(f, 0) || math.IsNaN(f) {
		return nil, &Problem{Line: n.Line, Message: fmt.Sprintf("cannot write the number %s as JSON", n.Value)}
	}
	return json.Number(strconv.FormatFloat(f, 'g', -1, 64)), nil
}
