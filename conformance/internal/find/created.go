package find

import (
	"net/url"
	"strings"

	"github.com/tidwall/gjson"
)

// Created finds the id of what an answer created at a collection such as /books: the last segment of its Location, else
// the id of the shallowest object that has one under field, id, uuid, _id, book_id or bookId. field may be "". The
// result keeps the type that the body gives the id.
func Created(location string, body []byte, collection, field string) (gjson.Result, bool) {
	names := idNames(collection, field)
	inBody, ok := idIn(body, names)
	last := lastSegment(location)
	switch {
	case field != "" && ok, last == "":
		return inBody, ok
	case ok && inBody.String() == last:
		return inBody, true
	}
	return gjson.Result{Type: gjson.String, Str: last, Raw: quoted(last)}, true
}

// Listed finds the id of some element of a list at a collection.
func Listed(body []byte, collection string) (gjson.Result, bool) {
	names := idNames(collection, "")
	var id gjson.Result
	ok := false
	lists(body, func(list gjson.Result) bool {
		list.ForEach(func(_, item gjson.Result) bool {
			if item.IsObject() {
				id, ok = idOf(item, names)
			}
			return !ok
		})
		return !ok
	})
	return id, ok
}

func idIn(body []byte, names []string) (id gjson.Result, ok bool) {
	objects(body, func(object gjson.Result) bool {
		id, ok = idOf(object, names)
		return !ok
	})
	return id, ok
}

// idOf takes the first of the names that the object has with a value that can be an id.
func idOf(object gjson.Result, names []string) (gjson.Result, bool) {
	best, rank := gjson.Result{}, len(names)
	object.ForEach(func(key, value gjson.Result) bool {
		for i, name := range names[:rank] {
			if key.String() == name && (value.Type == gjson.Number || value.Type == gjson.String && value.Str != "") {
				best, rank = value, i
				break
			}
		}
		return true
	})
	return best, rank < len(names)
}

func idNames(collection, field string) []string {
	names := []string{"id", "uuid", "_id"}
	if field != "" {
		names = append([]string{field}, names...)
	}
	words := strings.FieldsFunc(Singular(lastLiteral(collection)), func(r rune) bool { return r == '-' || r == '_' })
	if len(words) == 0 {
		return names
	}
	camel := words[0]
	for _, word := range words[1:] {
		camel += strings.ToUpper(word[:1]) + word[1:]
	}
	return append(names, strings.Join(words, "_")+"_id", camel+"Id")
}

// lastLiteral is the last segment of a path template that is no parameter.
func lastLiteral(path string) string {
	last := ""
	for segment := range strings.SplitSeq(path, "/") {
		if segment != "" && !strings.Contains(segment, "{") {
			last = segment
		}
	}
	return last
}

// Singular is the likely singular of an English plural: books, policies, addresses, boxes.
func Singular(plural string) string {
	for _, rule := range [][2]string{{"ies", "y"}, {"sses", "ss"}, {"shes", "sh"}, {"ches", "ch"}, {"xes", "x"}, {"ss", "ss"}, {"us", "us"}, {"s", ""}} {
		if stem, ok := strings.CutSuffix(plural, rule[0]); ok && stem != "" {
			return stem + rule[1]
		}
	}
	return plural
}

// lastSegment is the decoded last segment of a Location, "" if there is none.
func lastSegment(location string) string {
	u, err := url.Parse(location)
	if err != nil {
		return ""
	}
	path := strings.TrimRight(u.EscapedPath(), "/")
	segment, err := url.PathUnescape(path[strings.LastIndexByte(path, '/')+1:])
	if err != nil {
		return ""
	}
	return segment
}
