package sure

import (
	"reflect"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// vocabulary is where the extensions that are known by name come from.
const vocabulary = "github.com/pb33f/libopenapi-validator/openapi_vocabulary"

// extend takes an extension of the OpenAPI vocabulary into account and reports
// whether it knows what the extension means. Its types are unexported, so they
// are told apart by name.
func (n *node) extend(ext jsonschema.SchemaExt) bool { return n.extendBy(reflect.ValueOf(ext)) }

func (n *node) extendBy(v reflect.Value) bool {
	for v.IsValid() && (v.Kind() == reflect.Pointer || v.Kind() == reflect.Interface) {
		v = v.Elem()
	}
	if !v.IsValid() || v.Kind() != reflect.Struct || v.Type().PkgPath() != vocabulary {
		return false
	}
	switch v.Type().Name() {
	case "exampleExtension", "deprecatedExtension":
		return true
	case "combinedExtension":
		list := v.FieldByName("extensions")
		if !list.IsValid() || list.Kind() != reflect.Slice {
			return false
		}
		for i := range list.Len() {
			if !n.extendBy(list.Index(i)) {
				return false
			}
		}
		return true
	case "discriminatorExtension":
		name := v.FieldByName("propertyName")
		return name.IsValid() && name.Kind() == reflect.String && n.discriminate(name.String())
	}
	return false
}

// discriminate asks for the property; a value that is no object lacks it.
func (n *node) discriminate(name string) bool {
	if name == "" {
		return true
	}
	n.types &= object
	if n.object == nil {
		n.object = &objectRules{names: map[string]int{}, min: -1, max: -1}
	}
	return n.object.require(&n.object.required, []string{name})
}

// formatOf gives nil if nothing is asserted.
func formatOf(f *jsonschema.Format) *format {
	if f == nil {
		return nil
	}
	out := &format{validate: f.Validate}
	for _, probe := range []struct {
		kind  kind
		value any
	}{
		{null, nil}, {boolean, true}, {boolean, false}, {array, []any{}}, {object, map[string]any{}},
	} {
		if f.Validate(probe.value) != nil {
			out.others |= probe.kind
		}
	}
	if !textFormats[f.Name] {
		out.others |= numeric
	}
	return out
}

// textFormats are defined by JSON Schema for strings alone; any other format is
// asked about numbers too.
var textFormats = map[string]bool{
	"date-time": true, "date": true, "time": true, "duration": true, "email": true,
	"hostname": true, "ipv4": true, "ipv6": true, "uri": true, "uri-reference": true,
	"iri": true, "iri-reference": true, "uuid": true, "uri-template": true,
	"json-pointer": true, "relative-json-pointer": true, "regex": true,
}
