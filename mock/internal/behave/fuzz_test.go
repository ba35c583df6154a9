package behave

import (
	"encoding/json"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/tidwall/gjson"
)

// An object that is taken apart and put together again means what it meant.
func FuzzObject(f *testing.F) {
	for _, seed := range []string{`{}`, `{"a":1}`, `{"a":1,"a":2}`, ` { "\u0061" : [1, {}] , "b":"\"" } `, `{"":null}`, `{"a.b":1,"*":2,"#":3}`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var want map[string]json.RawMessage
		if !utf8.ValidString(text) || json.Unmarshal([]byte(text), &want) != nil || want == nil {
			return // no object
		}
		o, ok := parseObject([]byte(text))
		require.True(t, ok)
		var got map[string]json.RawMessage
		require.NoError(t, json.Unmarshal(o.bytes(), &got))
		require.Equal(t, len(want), len(o.members))
		for name, value := range want {
			assert.JSONEq(t, string(value), string(got[name]), "%q", name)
			if name != "" {
				assert.JSONEq(t, string(value), gjson.GetBytes(o.bytes(), path(name)).Raw, "by path %q", name)
			}
		}
	})
}

// No text makes a cursor of a list but those that the list gave out.
func FuzzCursor(f *testing.F) {
	byName := order{field: "name"}
	for _, i := range []item{{seq: 0}, {seq: 300, key: sortKey{kind: keyText, text: "x"}}, {seq: 1, key: sortKey{kind: keyNumber, text: "1.5", number: 1.5}}} {
		f.Add(encodeCursor(i, "list", byName))
		f.Add(encodeCursor(i, "list", order{}))
	}
	f.Add("")
	f.Fuzz(func(t *testing.T, text string) {
		for _, o := range []order{byName, {}} {
			if after, ok := decodeCursor(text, "list", o); ok {
				assert.Equal(t, text, encodeCursor(*after, "list", o))
			}
		}
	})
}
