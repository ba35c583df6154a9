// Package strict reads YAML into Go values and refuses whatever it does not
// understand: unknown keys, values of another type, duplicate keys, a second
// document. Every mistake of a file is reported, in one error, with file:line,
// what was expected, what was found and, where a name is close to a known one,
// a suggestion.
//
// It is not a general YAML binding: it never writes YAML, guesses no type and
// ignores no key. [Parse] makes the tree, [Decode] fills Go values from it:
//
//	type limit struct {
//		At       strict.Pos      `yaml:",pos"`
//		Name     string          `yaml:"name,required"`
//		Requests int             `yaml:"requests"`
//		Per      strict.Duration `yaml:"per"`
//	}
//
//	node, err := strict.Parse("profile.yaml", src)
//	...
//	var limits strict.Map[limit]
//	err = strict.Decode("profile.yaml", node, &limits)
//
// # What goes where
//
// A struct takes a mapping. Its exported fields are filled by the name in their
// yaml tag; a field without a tag, or with the name "-", is left alone. The
// option required makes an absent key an error, inline lifts the fields of a
// struct into the one around it, and pos marks a field of type [Pos] that
// receives the place of the mapping.
//
// Text goes into strings, whole numbers into integers that can hold them,
// numbers into floats, true and false into booleans; nothing is converted: the
// text "1" is no number and the number 1 no text. Dates are text. Lists go into
// slices, mappings into Go maps and, where the order counts, into [Map].
// A value of type any takes everything: int, float64, string, bool, nil, []any
// and map[string]any. A *yaml.Node takes the node as it stands.
// A type with a method DecodeNode ([Decoder]) decodes itself.
//
// Nothing (a key without value, or null) is an empty mapping, list or pointer;
// it is an error where text, a number or a boolean is expected.
//
// Anchors, aliases and merge keys are resolved by [Parse]; the tree it returns
// holds none of them.
package strict
