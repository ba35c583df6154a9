// Package template compiles the values of an API directory that depend on an
// exchange: bodies, envelopes, headers, ids, conditions, keys of limits. All
// parsing and type checking happens at load; a mistake is an error with
// file:line and a suggestion. Rendering runs compiled programs and copies
// constant bytes that were encoded at load.
//
// It is not a text template engine: there are no loops, no includes and no way
// to put a value into JSON without encoding it.
//
//	scope := template.NewScope(map[string]any{"problem": Problem{}, "body": template.Any})
//	envelope, err := template.Compile("profile.yaml", node, scope)
//	...
//	out, err := envelope.AppendJSON(nil, template.Env{"problem": problem, "body": template.NewRaw(raw)})
//
// # Expressions
//
// An expression ([CompileExpr]) is written in the language of expr-lang
// (https://expr-lang.org/docs/language-definition). It sees the names of its
// [Scope] and the functions listed under [Functions]; nothing in it depends on
// the time of day, on chance or on the order of a Go map. The fields of Go
// structs go by their expr tags.
//
// # Placeholders
//
// Text ([CompileText]) holds placeholders: ${expression}. Braces and quotes
// inside the expression may nest. "$${" stands for "${" itself.
//
// Values are written into text without quotes, numbers without exponent, times
// as RFC 3339 in UTC with whole seconds. Null, lists and objects have no text
// and are errors, at load where the type is known and when rendering otherwise.
//
// # JSON
//
// A JSON template ([Compile]) is a YAML node. A scalar that is exactly one
// placeholder keeps the type of its expression; any other text is text.
// Mappings keep the order of their keys, which hold no placeholders. A key that
// ends with "?" is left out when its value is null:
//
//	details?: ${problem.details}
//
// A key that really ends with "?" is written with "??".
//
// JSON that is already encoded is a [Raw]: it is decoded only when an expression
// looks inside it, and copied byte for byte where an expression is only its name.
package template
