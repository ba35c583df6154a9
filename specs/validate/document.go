package validate

import (
	"maps"
	"slices"

	"go.yaml.in/yaml/v4"

	"understudy.dev/specs/validate/internal/tree"
)

// Document is one OpenAPI 3.1 document: routed, with every schema compiled. It is immutable and safe for concurrent
// use.
type Document struct {
	root       *yaml.Node
	operations []*Operation
	byID       map[string]*Operation
	webhooks   []*Webhook
	schemas    map[string]*Schema
	schemes    map[string]*Scheme
	servers    []Server
	routes     *node
	official   opinion
}

// Title is info.title.
func (d *Document) Title() string { return tree.Text(tree.Get(d.root, "info"), "title") }

// Version is info.version.
func (d *Document) Version() string { return tree.Text(tree.Get(d.root, "info"), "version") }

// OpenAPI is the version of the specification that the document names, such as "3.1.0".
func (d *Document) OpenAPI() string { return tree.Text(d.root, "openapi") }

// Operations lists the operations in document order. The slice is the caller's.
func (d *Document) Operations() []*Operation { return slices.Clone(d.operations) }

// Operation finds an operation by id; nil if there is none.
func (d *Document) Operation(id string) *Operation { return d.byID[id] }

// Node is the root mapping of the document, in which aliases and merge keys are replaced by what they stand for. It is
// read only: the document and all its users share it.
func (d *Document) Node() *yaml.Node { return d.root }

// Line is the line of the key or list item that a JSON pointer names, 0 if it names none. References are not followed.
func (d *Document) Line(pointer string) int { return tree.Line(d.root, pointer) }

// Schema finds a schema under components/schemas; nil if there is none.
func (d *Document) Schema(name string) *Schema { return d.schemas[name] }

// Servers lists every distinct server of the document, its paths and its operations, the document's first. The slice is
// the caller's.
func (d *Document) Servers() []Server { return slices.Clone(d.servers) }

// SecuritySchemes are the schemes under components/securitySchemes by name. The map is the caller's.
func (d *Document) SecuritySchemes() map[string]*Scheme { return maps.Clone(d.schemes) }

// Schema is one compiled schema of components/schemas.
type Schema struct{ rule *rule }

// Validate judges one JSON text, direction-free: readOnly and writeOnly have no effect. A nil result means valid. It
// never panics. A nil Schema accepts any JSON.
func (s *Schema) Validate(text []byte) (violations []Violation) {
	defer recovered(&violations)
	if s != nil && s.rule.fast.Accepts(text) {
		return nil
	}
	value, err := decodeJSON(text)
	if err != nil {
		return []Violation{malformed(jsonFormat, err)}
	}
	if s == nil {
		return nil
	}
	return s.rule.judge(value, bodySubject)
}
