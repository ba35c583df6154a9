package behave

import (
	"strings"

	"github.com/tidwall/gjson"
)

// An object is a JSON object taken apart: its members in their order, each
// value as the bytes it was written in.
type object struct {
	members []member
	// at finds members of large objects.
	at map[string]int
}

type member struct {
	name  string
	key   string // encoded, with quotes
	value string // encoded
}

// indexed is the size from which on an object is searched through an index.
const indexed = 16

// parseObject takes a valid JSON object apart. Of several members of one name
// the last one counts, in the place of the first. It reports whether raw is an
// object.
func parseObject(raw []byte) (*object, bool) {
	parsed := gjson.ParseBytes(raw)
	if !parsed.IsObject() {
		return nil, false
	}
	o := &object{}
	parsed.ForEach(func(key, value gjson.Result) bool {
		o.put(member{name: key.String(), key: key.Raw, value: value.Raw})
		return true
	})
	return o, true
}

func (o *object) find(name string) int {
	if o.at != nil {
		if i, ok := o.at[name]; ok {
			return i
		}
		return -1
	}
	for i := range o.members {
		if o.members[i].name == name {
			return i
		}
	}
	return -1
}

func (o *object) has(name string) bool { return o.find(name) >= 0 }

// put replaces the member of that name in its place, or adds one at the end.
func (o *object) put(m member) {
	if i := o.find(m.name); i >= 0 {
		o.members[i].value = m.value
		return
	}
	o.members = append(o.members, m)
	switch n := len(o.members); {
	case o.at != nil:
		o.at[m.name] = n - 1
	case n >= indexed:
		o.at = make(map[string]int, 2*n)
		for i := range o.members {
			o.at[o.members[i].name] = i
		}
	}
}

// set is put for a name and an encoded value.
func (o *object) set(name, value string) {
	o.put(member{name: name, key: quote(name), value: value})
}

// bytes is the object put together.
func (o *object) bytes() []byte {
	size := 2
	for i := range o.members {
		size += len(o.members[i].key) + len(o.members[i].value) + 2
	}
	raw := make([]byte, 0, size)
	raw = append(raw, '{')
	for i := range o.members {
		if i > 0 {
			raw = append(raw, ',')
		}
		raw = append(raw, o.members[i].key...)
		raw = append(raw, ':')
		raw = append(raw, o.members[i].value...)
	}
	return append(raw, '}')
}

// quote is text as a JSON string.
func quote(text string) string { return string(gjson.AppendJSONString(nil, text)) }

// scalar is the text of a JSON scalar: of a string what it says, of anything
// else how it is written. Null, lists and objects have none.
func scalar(value gjson.Result) (string, bool) {
	switch value.Type {
	case gjson.String:
		return value.Str, true
	case gjson.Number, gjson.True, gjson.False:
		return value.Raw, true
	}
	return "", false
}

// path is the GJSON path of a top-level member.
func path(name string) string { return gjson.Escape(name) }

// pointer is the JSON pointer of a top-level member.
func pointer(name string) string {
	return "/" + strings.NewReplacer("~", "~0", "/", "~1").Replace(name)
}
