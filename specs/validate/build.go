package validate

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"

	"understudy.dev/specs/validate/internal/tree"
)

// methods are those that a path item can hold, in the order in which they are reported.
var methods = []string{"get", "put", "post", "delete", "options", "head", "patch", "trace"}

// defaultStyle is how a parameter is written where the document does not say.
var defaultStyle = map[Kind]string{Path: "simple", Header: "simple", Query: "form", Cookie: "form"}

// styles are those that the specification allows for each place.
var styles = map[Kind][]string{
	Path: {"simple", "label", "matrix"}, Header: {"simple"}, Cookie: {"form"},
	Query: {"form", "spaceDelimited", "pipeDelimited", "deepObject"},
}

// reservedHeaders are described elsewhere in a document: as parameters they are to be ignored.
var reservedHeaders = map[string]bool{"accept": true, "content-type": true, "authorization": true}

// builder makes operations of a surveyed document.
type builder struct {
	*survey
	compiler *compiler
	shapes   shaper
	schemes  map[string]*Scheme
	official opinion
	ids      map[string]int // line of each operationId
}

// operations builds all operations in document order. Operations without an id get theirs last, so that none takes an id
// that is given further down.
func (b *builder) operations() []*Operation {
	var out []*Operation
	for key, item := range tree.Fields(tree.Get(b.root, "paths")) {
		if strings.HasPrefix(key.Value, "x-") {
			continue
		}
		pointer, item := b.follow("/paths/"+tree.Escape(key.Value), item)
		if item == nil {
			continue // reported with the reference
		}
		names := b.template(key)
		for k, v := range tree.Fields(item) {
			if slices.Contains(methods, k.Value) && tree.IsMap(v) {
				op := b.operation(key.Value, k, v, pointer, item)
				op.PathParams = names
				b.pathParams(op)
				out = append(out, op)
			}
		}
	}
	for _, op := range out {
		if op.ID == "" {
			op.ID = b.makeID(op)
		}
	}
	return out
}

// template checks a path and gives the names of its parameters.
func (b *builder) template(key *yaml.Node) []string {
	if !strings.HasPrefix(key.Value, "/") {
		b.errorf("", key.Line, "path %q must begin with a slash", key.Value)
	}
	var names []string
	for segment := range strings.SplitSeq(key.Value, "/") {
		_, found, ok := parsePattern(segment)
		if !ok {
			b.errorf("", key.Line, "path %q has braces that do not match up", key.Value)
			return nil
		}
		names = append(names, found...)
	}
	for i, name := range names {
		if slices.Contains(names[:i], name) {
			b.errorf("", key.Line, "path %q names parameter %q twice", key.Value, name)
		}
	}
	return names
}

func (b *builder) operation(path string, key, n *yaml.Node, itemPointer string, item *yaml.Node) *Operation {
	op := &Operation{
		ID: tree.Text(n, "operationId"), Method: strings.ToUpper(key.Value), Path: path, Line: key.Line,
		Pointer: itemPointer + "/" + key.Value, Summary: tree.Text(n, "summary"), Tags: tree.Texts(n, "tags"),
		Servers: b.servers(n, item, b.root), takes: map[Kind]bool{}, responses: map[string]*response{},
		official: b.official,
	}
	op.Extensions = b.extensions(op.Pointer, n)
	if op.ID != "" {
		line := tree.Get(n, "operationId").Line
		if first, dup := b.ids[op.ID]; dup {
			b.errorf(op.Pointer, line, "duplicate operationId %q: first on line %d", op.ID, first)
		}
		b.ids[op.ID] = line
	}
	op.Security = b.security(op.Pointer, n)
	op.params = b.params(itemPointer, item, op.Pointer, n)
	for _, p := range op.params {
		op.takes[p.kind] = true
	}
	if request := tree.Get(n, "requestBody"); request != nil {
		op.body = b.requestBody(b.follow(op.Pointer+"/requestBody", request))
		op.RequestMedia = mediaNames(op.body.media)
	}
	b.responses(op, n)
	return op
}

// pathParams checks that the parameters of the template and those that are declared are the same. An undeclared one is a
// text of any kind.
func (b *builder) pathParams(op *Operation) {
	for _, p := range op.params {
		if p.kind == Path && !slices.Contains(op.PathParams, p.name) {
			b.errorf(p.pointer, 0, "path parameter %q is not in the path %s", p.name, op.Path)
		}
	}
}

func (b *builder) makeID(op *Operation) string {
	words := strings.FieldsFunc(op.Path, func(r rune) bool {
		return !('a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9')
	})
	base := strings.Join(append([]string{strings.ToLower(op.Method)}, words...), "_")
	id := base
	for n := 2; b.ids[id] != 0; n++ {
		id = base + "_" + strconv.Itoa(n)
	}
	b.ids[id] = op.Line
	return id
}

func (b *builder) extensions(pointer string, n *yaml.Node) map[string]any {
	var out map[string]any
	for k, v := range tree.Fields(n) {
		if !strings.HasPrefix(k.Value, "x-") {
			continue
		}
		var value any
		if err := v.Decode(&value); err != nil {
			b.errorf(pointer, v.Line, "cannot read %s: %v", k.Value, err)
			continue
		}
		if out == nil {
			out = map[string]any{}
		}
		out[k.Value] = value
	}
	return out
}

// servers gives the first list of servers that one of the nodes has.
func (b *builder) servers(nodes ...*yaml.Node) []Server {
	for _, n := range nodes {
		var out []Server
		for _, item := range tree.Items(tree.Get(n, "servers")) {
			s := Server{URL: tree.Text(item, "url"), Description: tree.Text(item, "description"), Name: tree.Text(item, "x-base")}
			for name, variable := range tree.Fields(tree.Get(item, "variables")) {
				if s.Defaults == nil {
					s.Defaults = map[string]string{}
				}
				s.Defaults[name.Value] = tree.Text(variable, "default")
			}
			out = append(out, s)
		}
		if out != nil {
			return out
		}
	}
	return nil
}

func (b *builder) securitySchemes() map[string]*Scheme {
	out := map[string]*Scheme{}
	for k, v := range tree.Fields(tree.At(b.root, "/components/securitySchemes")) {
		pointer, n := b.follow("/components/securitySchemes/"+tree.Escape(k.Value), v)
		out[k.Value] = &Scheme{
			Name: k.Value, Type: tree.Text(n, "type"), Scheme: strings.ToLower(tree.Text(n, "scheme")),
			In: tree.Text(n, "in"), ParamName: tree.Text(n, "name"), Pointer: pointer,
		}
	}
	return out
}

// security reads the requirements in force for an operation: its own, even if empty, or the document's.
func (b *builder) security(pointer string, n *yaml.Node) []Requirement {
	list := tree.Get(n, "security")
	if list == nil {
		list = tree.Get(b.root, "security")
	}
	var out []Requirement
	for _, item := range tree.Items(list) {
		requirement := Requirement{}
		for k, scopes := range tree.Fields(item) {
			scheme := b.schemes[k.Value]
			if scheme == nil {
				hint := ""
				if name := suggest(k.Value, slices.Values(slices.Sorted(maps.Keys(b.schemes)))); name != "" {
					hint = fmt.Sprintf("; did you mean %s?", name)
				}
				b.errorf(pointer, k.Line, "unknown security scheme %q%s", k.Value, hint)
				continue
			}
			use := SchemeUse{Name: k.Value, Scheme: scheme}
			for _, scope := range tree.Items(scopes) {
				use.Scopes = append(use.Scopes, scope.Value)
			}
			requirement = append(requirement, use)
		}
		out = append(out, requirement)
	}
	return out
}
