package journal

import (
	"encoding/json"
	"slices"

	"github.com/tidwall/gjson"
)

// A Hider hides secrets in JSON values as the journal does in bodies, but never so that a value is no JSON any more.
type Hider struct{ redactor *redactor }

// Hider hides what is secret now; nothing if Options.Reveal is set.
func (j *Journal) Hider() *Hider { return &Hider{newRedactor(&j.options)} }

// Object hides, in a valid JSON object, the members with these names whatever they are, and texts, lists and objects under
// names that sound like secrets, and secrets that are known, wherever they stand. The order stays.
func (h *Hider) Object(raw []byte, hidden []string) json.RawMessage {
	if h.redactor.reveal {
		return raw
	}
	return h.value(make([]byte, 0, len(raw)), gjson.ParseBytes(raw), hidden)
}

func (h *Hider) value(to []byte, v gjson.Result, hidden []string) []byte {
	switch {
	case v.IsObject():
		to = append(to, '{')
		first := true
		v.ForEach(func(name, value gjson.Result) bool {
			if !first {
				to = append(to, ',')
			}
			first = false
			to = append(append(to, name.Raw...), ':')
			harmless := value.Type == gjson.Null || value.Type == gjson.True || value.Type == gjson.False || value.Type == gjson.Number
			if slices.Contains(hidden, name.String()) || !harmless && h.redactor.secret(name.String()) {
				to = append(to, `"`+Redacted+`"`...)
			} else {
				to = h.value(to, value, nil)
			}
			return true
		})
		return append(to, '}')
	case v.IsArray():
		to = append(to, '[')
		for i, item := range v.Array() {
			if i > 0 {
				to = append(to, ',')
			}
			to = h.value(to, item, nil)
		}
		return append(to, ']')
	case v.Type == gjson.String:
		text := v.String()
		if shown := h.redactor.text(text, nil); shown != text {
			encoded, _ := json.Marshal(shown) // text always can be
			return append(to, encoded...)
		}
	}
	return append(to, v.Raw...)
}
