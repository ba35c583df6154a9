package receive

import (
	"encoding/json"
	"maps"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/tidwall/gjson"
)

// maxNodes bounds the walk through a body.
const maxNodes = 20_000

// Event tells which of the known events a delivery is about, "" if none can be seen. The name stands in a header or as
// a field of the body, wherever the vendor has put it: a header comes before the body, an outer field before an inner
// one. Texts in lists are not looked at: there a subscription names what it is for. A name that is spelt exactly comes
// before one that differs in case and separators (INCIDENT_CREATED) or has something before it
// (com.example.incident.created), because how a name is written down in a delivery is seldom documented.
func Event(known []string, h http.Header, body []byte) string {
	values := texts(h, body)
	for _, same := range []func(text, name string) bool{
		func(text, name string) bool { return text == name },
		func(text, name string) bool { return plain(text) == plain(name) },
		prefixed,
	} {
		for _, text := range values {
			for _, name := range known {
				if same(text, name) {
					return name
				}
			}
		}
	}
	return ""
}

// prefixed reports whether a text ends with the name, behind a separator.
func prefixed(text, name string) bool {
	before, ok := strings.CutSuffix(strings.ToLower(text), strings.ToLower(name))
	return ok && before != "" && strings.ContainsAny(before[len(before)-1:], "./:_-")
}

// plain is a name without case and separators.
func plain(text string) string {
	const longest = 200 // no name is longer
	if len(text) > longest {
		return ""
	}
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(".-_:/ ", r) {
			return -1
		}
		return r
	}, strings.ToLower(text))
}

// texts lists the texts in which the name of an event may stand, the likeliest first.
func texts(h http.Header, body []byte) []string {
	var all []string
	for _, name := range slices.Sorted(maps.Keys(h)) {
		if !slices.Contains([]string{"Authorization", "Cookie", "Content-Type", "User-Agent"}, name) {
			all = append(all, h[name]...)
		}
	}
	media, _, err := mime.ParseMediaType(h.Get("Content-Type"))
	switch {
	case json.Valid(body):
		return append(all, fields(body)...)
	case err == nil && media == "application/x-www-form-urlencoded":
		if form, err := url.ParseQuery(string(body)); err == nil {
			for _, name := range slices.Sorted(maps.Keys(form)) {
				all = append(all, form[name]...)
			}
		}
	default:
		all = append(all, strings.TrimSpace(string(body)))
	}
	return all
}

// fields lists the texts that are fields of objects, the outermost first.
func fields(body []byte) []string {
	var all []string
	queue := []gjson.Result{gjson.ParseBytes(body)}
	for seen := 0; len(queue) > 0 && seen < maxNodes; seen++ {
		node := queue[0]
		queue = queue[1:]
		node.ForEach(func(_, child gjson.Result) bool {
			switch {
			case child.IsObject() || child.IsArray():
				queue = append(queue, child)
			case child.Type == gjson.String && node.IsObject():
				all = append(all, child.Str)
			}
			return true
		})
	}
	return all
}
