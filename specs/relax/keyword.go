package relax

import "strings"

// class says how a schema keyword is relaxed.
type class int

const (
	unknown       class = iota // like leaf: nothing is known of it
	annotation                 // kept: it accepts and refuses nothing
	leaf                       // kept if documented
	required                   // a list of names, each with a pointer of its own
	dependent                  // a mapping from names, each with a pointer of its own
	reference                  // $ref: kept if documented and its target stays
	one                        // leads to one schema
	list                       // leads to schemas in order
	named                      // leads to schemas by name
	choice                     // anyOf: kept if documented, its branches relaxed
	whole                      // kept if documented with everything below it
	condition                  // if: likewise; then and else go with it
	branch                     // then, else: lead to one schema, if there is an if
	contained                  // contains and its counts: together or not at all
	unevaluated                // kept if documented with everything in its schema
	discriminator              // kept if documented along with the branches it chooses from
	store                      // $defs: relaxed, applied only by references
	foreign                    // never kept: its meaning depends on where it is applied from
	alien                      // makes the whole schema one that cannot be relaxed
)

var classes = map[string]class{
	"title": annotation, "description": annotation, "default": annotation, "deprecated": annotation,
	"readOnly": annotation, "writeOnly": annotation, "example": annotation, "examples": annotation,
	"externalDocs": annotation, "xml": annotation, "$comment": annotation, "$anchor": annotation,
	"$dynamicAnchor": annotation,

	"type": leaf, "enum": leaf, "const": leaf, "format": leaf, "pattern": leaf,
	"minLength": leaf, "maxLength": leaf, "minimum": leaf, "maximum": leaf,
	"exclusiveMinimum": leaf, "exclusiveMaximum": leaf, "multipleOf": leaf,
	"minItems": leaf, "maxItems": leaf, "uniqueItems": leaf, "minProperties": leaf, "maxProperties": leaf,
	"contentEncoding": leaf, "contentMediaType": leaf,

	"required": required, "dependentRequired": dependent, "$ref": reference,
	"items": one, "additionalProperties": one, "propertyNames": one,
	"allOf": list, "prefixItems": list,
	"properties": named, "patternProperties": named, "dependentSchemas": named,
	"anyOf": choice, "oneOf": whole, "not": whole, "contentSchema": whole,
	"if": condition, "then": branch, "else": branch,
	"contains": contained, "minContains": contained, "maxContains": contained,
	"unevaluatedProperties": unevaluated, "unevaluatedItems": unevaluated,
	"discriminator": discriminator, "$defs": store, "definitions": store,
	"$dynamicRef": foreign, "$recursiveRef": foreign,
	"$id": alien, "$schema": alien, "$vocabulary": alien, "$recursiveAnchor": alien,
}

func classOf(keyword string) class {
	if strings.HasPrefix(keyword, "x-") {
		return annotation
	}
	return classes[keyword]
}
