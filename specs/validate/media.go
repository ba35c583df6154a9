package validate

import (
	"mime"
	"slices"
	"strings"
)

// format is how a body is read.
type format int

const (
	opaque format = iota // accepted unread
	jsonFormat
	formFormat
	multipartFormat
	textFormat
)

// formatOf tells how to read a media type. Streams of several values (server-sent events, lines of JSON) are opaque:
// their schema describes one event, and where events end is not OpenAPI's to say.
func formatOf(mediaType string) format {
	top, sub, _ := strings.Cut(mediaType, "/")
	switch {
	case mediaType == "application/json", mediaType == "text/json", strings.HasSuffix(sub, "+json"):
		return jsonFormat
	case mediaType == "application/x-www-form-urlencoded":
		return formFormat
	case mediaType == "multipart/form-data":
		return multipartFormat
	case top == "text" && sub != "event-stream":
		return textFormat
	default:
		return opaque
	}
}

// media is one declared media type of a body.
type media struct {
	declared string // as the document writes it
	top, sub string // lower case, without parameters
	pointer  string
	rule     *rule // nil if there is no schema
	shape    *shape
	encoding map[string]*encoding
}

// encoding is how one property of a form or multipart body is written.
type encoding struct {
	style       string
	explode     bool
	contentType []string
	pointer     string
}

// contentType splits the value of a Content-Type header. ok is false if it is none.
func contentType(header string) (mediaType string, params map[string]string, ok bool) {
	if header == "" {
		return "", nil, false
	}
	mediaType, params, err := mime.ParseMediaType(header)
	if err != nil {
		// A broken parameter does not make the type unknown.
		mediaType, _, _ = strings.Cut(header, ";")
		mediaType = strings.ToLower(strings.TrimSpace(mediaType))
	}
	top, sub, ok := strings.Cut(mediaType, "/")
	return mediaType, params, ok && top != "" && sub != ""
}

// fits ranks how well a declared media type describes an actual one: 0 not at all, then */*, type/*, type/*+suffix, and
// the very type.
func (m *media) fits(top, sub string) int {
	suffix, ranged := strings.CutPrefix(m.sub, "*")
	switch {
	case m.top == top && m.sub == sub:
		return 4
	case m.top == top && ranged && suffix != "" && strings.HasSuffix(sub, suffix):
		return 3
	case m.top == top && m.sub == "*":
		return 2
	case m.top == "*" && m.sub == "*":
		return 1
	default:
		return 0
	}
}

// choose finds the declared media type that describes an actual one best; nil if none does.
func choose(declared []*media, actual string) *media {
	top, sub, _ := strings.Cut(actual, "/")
	var best *media
	rank := 0
	for _, m := range declared {
		if r := m.fits(top, sub); r > rank {
			best, rank = m, r
		}
	}
	return best
}

// matchesAny tells whether a media type is within one of several, which may be ranges.
func matchesAny(ranges []string, actual string) bool {
	top, sub, _ := strings.Cut(actual, "/")
	return slices.ContainsFunc(ranges, func(r string) bool { return newMedia(r).fits(top, sub) > 0 })
}

func newMedia(declared string) *media {
	bare, _, _ := strings.Cut(strings.ToLower(declared), ";")
	top, sub, _ := strings.Cut(strings.TrimSpace(bare), "/")
	return &media{declared: declared, top: top, sub: sub}
}

func mediaNames(declared []*media) []string {
	out := make([]string, len(declared))
	for i, m := range declared {
		out[i] = m.declared
	}
	return out
}

// name is the media type without parameters.
func (m *media) name() string { return m.top + "/" + m.sub }
