package find

import (
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/tidwall/gjson"
)

// Created finds the id of what an answer created at a collection such as /books: the last segment of its Location, else
// the id of the shallowest object that has one under field, id, uuid, _id, book_id, bookId or the like. field may be "".
// The result keeps the type that the body gives the id.
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
				if id, ok = idOf(item, names); !ok {
					id, ok = idOf(item, rareNames())
				}
			}
			return !ok
		})
		return !ok
	})
	return id, ok
}

// WithID finds the shallowest object whose id fits, by any of the names that ids have at a collection.
func WithID(body []byte, collection string, fits func(gjson.Result) bool) (found gjson.Result, ok bool) {
	names := append(idNames(collection, ""), rareNames()...)
	objects(body, func(object gjson.Result) bool {
		object.ForEach(func(key, value gjson.Result) bool {
			ok = slices.Contains(names, key.String()) && canBeID(value) && fits(value)
			return !ok
		})
		if ok {
			found = object
		}
		return !ok
	})
	return found, ok
}

// FirstID finds an id in an answer: that of some element of a list, else that of the shallowest object.
func FirstID(body []byte, collection string) (gjson.Result, bool) {
	if id, ok := Listed(body, collection); ok {
		return id, true
	}
	return idIn(body, idNames(collection, ""))
}

// idIn prefers the usual names anywhere to an object of one field, and that to the rarer names.
func idIn(body []byte, names []string) (id gjson.Result, ok bool) {
	for _, look := range []func(gjson.Result) (gjson.Result, bool){
		func(object gjson.Result) (gjson.Result, bool) { return idOf(object, names) },
		onlyField,
		func(object gjson.Result) (gjson.Result, bool) { return idOf(object, rareNames()) },
	} {
		objects(body, func(object gjson.Result) bool {
			id, ok = look(object)
			return !ok
		})
		if ok {
			break
		}
	}
	return id, ok
}

// rareNames are fields that hold an id where none has a usual name.
func rareNames() []string { return []string{"key", "slug", "ref", "reference"} }

func canBeID(v gjson.Result) bool {
	return v.Type == gjson.Number || v.Type == gjson.String && v.Str != ""
}

// onlyField takes the text of an object's only field if it looks like an id: not like a word, a sentence or a number.
func onlyField(object gjson.Result) (id gjson.Result, ok bool) {
	fields := 0
	object.ForEach(func(_, value gjson.Result) bool {
		fields++
		id = value
		return true
	})
	return id, fields == 1 && id.Type == gjson.String && oneID.MatchString(id.Str) && strings.ContainsAny(id.Str, "0123456789")
}

var oneID = regexp.MustCompile(`^[A-Za-z0-9_-]{4,64}$`)

// idOf takes the first of the names that the object has with a value that can be an id.
func idOf(object gjson.Result, names []string) (gjson.Result, bool) {
	best, rank := gjson.Result{}, len(names)
	object.ForEach(func(key, value gjson.Result) bool {
		if !canBeID(value) {
			return true
		}
		if i := slices.Index(names[:rank], key.String()); i >= 0 {
			best, rank = value, i
		}
		return true
	})
	return best, rank < len(names)
}

// idNames lists the names that the id of a thing made at a path may have, the likeliest first. Other names that look
// like those of ids are not guessed at: they may name the request, or what the thing belongs to.
func idNames(path, field string) []string {
	names := []string{"id", "uuid", "_id", "uid", "guid", "ulid", "identifier", "ID"}
	if field != "" {
		names = append([]string{field}, names...)
	}
	for _, segment := range slices.Backward(strings.Split(strings.TrimSuffix(path, "/"), "/")) {
		if segment == "" || strings.Contains(segment, "{") {
			break
		}
		words := strings.FieldsFunc(Singular(segment), func(r rune) bool { return r == '-' || r == '_' || r == '.' })
		for first := range words {
			names = append(names, ownIDs(words[first:])...)
		}
		if Singular(segment) != segment {
			break // what stands before the collection is what the thing belongs to
		}
	}
	return names
}

// ownIDs spells the id of a thing: api_client_id, apiClientId.
func ownIDs(words []string) []string {
	camel := words[0]
	for _, word := range words[1:] {
		camel += strings.ToUpper(word[:1]) + word[1:]
	}
	return []string{strings.Join(words, "_") + "_id", camel + "Id", camel + "ID"}
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
