package validate

import (
	"cmp"
	"iter"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"

	"understudy.dev/specs/validate/internal/tree"
)

// object is a kind of object that the OpenAPI specification defines.
type object string

// arity says how many objects stand under a key.
type arity int

const (
	one arity = iota
	listOf
	mapOf
)

type slot struct {
	is  object
	how arity
}

// grammar lists, for every kind of object, the keys under which further objects stand. The key "*" is any key. What is
// not listed holds values: it is not searched for schemas or references.
var grammar = map[object]map[string]slot{
	"document": {"paths": {"path item", mapOf}, "webhooks": {"path item", mapOf}, "components": {"components", one}},
	"components": {
		"schemas": {"schema", mapOf}, "responses": {"response", mapOf}, "parameters": {"parameter", mapOf},
		"headers": {"header", mapOf}, "requestBodies": {"request body", mapOf}, "pathItems": {"path item", mapOf},
		"callbacks": {"callback", mapOf}, "securitySchemes": {"security scheme", mapOf}, "examples": {"example", mapOf},
		"links": {"link", mapOf},
	},
	"path item": {
		"parameters": {"parameter", listOf}, "get": {"operation", one}, "put": {"operation", one},
		"post": {"operation", one}, "delete": {"operation", one}, "options": {"operation", one},
		"head": {"operation", one}, "patch": {"operation", one}, "trace": {"operation", one},
	},
	"operation": {
		"parameters": {"parameter", listOf}, "requestBody": {"request body", one}, "responses": {"response", mapOf},
		"callbacks": {"callback", mapOf},
	},
	"callback":     {"*": {"path item", one}},
	"request body": {"content": {"media type", mapOf}},
	"response": {
		"content": {"media type", mapOf}, "headers": {"header", mapOf}, "links": {"link", mapOf},
	},
	"parameter":  {"schema": {"schema", one}, "content": {"media type", mapOf}, "examples": {"example", mapOf}},
	"header":     {"schema": {"schema", one}, "content": {"media type", mapOf}, "examples": {"example", mapOf}},
	"media type": {"schema": {"schema", one}, "encoding": {"encoding", mapOf}, "examples": {"example", mapOf}},
	"encoding":   {"headers": {"header", mapOf}},
	"schema": {
		"properties": {"schema", mapOf}, "patternProperties": {"schema", mapOf}, "$defs": {"schema", mapOf},
		"definitions": {"schema", mapOf}, "dependentSchemas": {"schema", mapOf},
		"allOf": {"schema", listOf}, "anyOf": {"schema", listOf}, "oneOf": {"schema", listOf},
		"prefixItems": {"schema", listOf}, "items": {"schema", one}, "contains": {"schema", one},
		"additionalProperties": {"schema", one}, "unevaluatedProperties": {"schema", one},
		"unevaluatedItems": {"schema", one}, "propertyNames": {"schema", one}, "not": {"schema", one},
		"if": {"schema", one}, "then": {"schema", one}, "else": {"schema", one}, "contentSchema": {"schema", one},
	},
}

// site is one object at its place.
type site struct {
	is      object
	pointer string
	node    *yaml.Node
}

// children yields the objects directly below a site, in document order.
func children(s site) iter.Seq[site] {
	return func(yield func(site) bool) {
		slots := grammar[s.is]
		any, open := slots["*"]
		for k, v := range tree.Fields(s.node) {
			sl, ok := slots[k.Value]
			if !ok && open && k.Value != "$ref" && !strings.HasPrefix(k.Value, "x-") {
				sl, ok = any, true
			}
			if ok && !expand(sl, s.pointer+"/"+tree.Escape(k.Value), v, yield) {
				return
			}
		}
	}
}

func expand(sl slot, pointer string, v *yaml.Node, yield func(site) bool) bool {
	switch sl.how {
	case listOf:
		for i, item := range tree.Items(v) {
			if !yield(site{sl.is, pointer + "/" + strconv.Itoa(i), item}) {
				return false
			}
		}
	case mapOf:
		for k, item := range tree.Fields(v) {
			// Only paths and responses may hold extensions among their names, and neither can name anything "x-".
			if strings.HasPrefix(k.Value, "x-") && (sl.is == "path item" || sl.is == "response") {
				continue
			}
			if !yield(site{sl.is, pointer + "/" + tree.Escape(k.Value), item}) {
				return false
			}
		}
	default:
		return yield(site{sl.is, pointer, v})
	}
	return true
}

// suggest finds the known name that a wrong one most likely means; "" if none is near.
func suggest(wrong string, known iter.Seq[string]) string {
	best, limit := "", len(wrong)/3+1
	for name := range known {
		if d := editDistance(strings.ToLower(wrong), strings.ToLower(name)); d <= limit && (d < limit || best == "") {
			best, limit = name, d
		}
	}
	return best
}

func editDistance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			next := min(row[j]+1, row[j+1]+1)
			if a[i] == b[j] {
				next = min(next, diagonal)
			} else {
				next = min(next, diagonal+1)
			}
			diagonal, row[j+1] = row[j+1], next
		}
	}
	return row[len(b)]
}

// sortedErrors orders problems as a reader meets them in the file.
func sortedErrors(errs []*Error) []*Error {
	slices.SortStableFunc(errs, func(a, b *Error) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line))
	})
	return errs
}
