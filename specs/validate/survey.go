package validate

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"understudy.dev/specs/validate/internal/tree"
)

// survey is what one walk over a document finds: every schema and every reference, at their pointers.
type survey struct {
	name  string // of the document's file
	root  *yaml.Node
	fs    fs.FS // of the document's directory; nil if there are no other files
	files map[string]bool
	errs  []*Error
	// schemas holds every schema of the document by pointer, order lists them as they were met.
	schemas map[string]*yaml.Node
	order   []string
	// roots numbers the schemas that do not stand inside another one, rootPtr is its inverse.
	roots   map[string]int
	rootPtr []string
	// marked tells which of the keywords readOnly and writeOnly the document uses.
	marked map[string]bool
	// targets holds, by the pointer of a schema with a $ref, the pointer it refers to.
	targets map[string]string

	// links holds the same for every other object.
	links map[string]string

	walked  map[string]object
	refs    []reference
	names   map[string]string // $id and base#$anchor to pointer
	lookups map[string]*yaml.Node
}

// reference is a $ref that is not resolved yet. base is the pointer of the schema resource it stands in, "" for the
// document's own.
type reference struct {
	from site
	base string
	node *yaml.Node
}

// surveyDocument walks the document from its root and then everything that references reach.
func surveyDocument(name string, root *yaml.Node, files fs.FS) *survey {
	s := &survey{
		name: name, root: root, fs: files, files: map[string]bool{},
		schemas: map[string]*yaml.Node{}, roots: map[string]int{}, marked: map[string]bool{},
		targets: map[string]string{}, links: map[string]string{}, walked: map[string]object{}, names: map[string]string{},
		lookups: map[string]*yaml.Node{},
	}
	s.walk(site{"document", "", root}, "")
	for len(s.refs) > 0 {
		next := s.refs[0]
		s.refs = s.refs[1:]
		s.resolve(next)
	}
	s.reportLoops()
	return s
}

// errorf reports what is wrong at a pointer. line is 0 where the pointer itself leads to the line.
func (s *survey) errorf(pointer string, line int, format string, args ...any) {
	if line == 0 {
		line = tree.Line(s.root, tree.Nearest(s.root, pointer))
	}
	e := &Error{File: s.fileOf(pointer), Line: line, Message: fmt.Sprintf(format, args...)}
	if !slices.ContainsFunc(s.errs, func(known *Error) bool { return *known == *e }) {
		s.errs = append(s.errs, e)
	}
}

// at is tree.At with a memory, because many references name the same few places.
func (s *survey) at(pointer string) *yaml.Node {
	n, known := s.lookups[pointer]
	if !known {
		n = tree.At(s.root, pointer)
		s.lookups[pointer] = n
	}
	return n
}

func (s *survey) addRoot(pointer string) {
	s.roots[pointer] = len(s.rootPtr)
	s.rootPtr = append(s.rootPtr, pointer)
}

func (s *survey) walk(at site, base string) {
	s.walked[at.pointer] = at.is
	if at.is == "schema" {
		base = s.schema(at, base)
	}
	if at.node == nil {
		return
	}
	if ref := tree.Get(at.node, "$ref"); ref != nil {
		s.refs = append(s.refs, reference{at, base, ref})
	}
	for child := range children(at) {
		if child.is == "schema" && at.is != "schema" {
			s.addRoot(child.pointer)
		}
		s.walk(child, base)
	}
}

// schema records a schema and what it is called, and checks what would otherwise fail late or obscurely.
func (s *survey) schema(at site, base string) string {
	s.schemas[at.pointer] = at.node
	s.order = append(s.order, at.pointer)
	if at.node != nil && !tree.IsMap(at.node) && at.node.Tag != "!!bool" {
		s.errorf(at.pointer, at.node.Line, "a schema must be a mapping or a boolean, got %s", describeNode(at.node))
	}
	if id := tree.Text(at.node, "$id"); id != "" {
		base = at.pointer
		s.names[strings.TrimSuffix(id, "#")] = at.pointer
	}
	for _, key := range []string{"$anchor", "$dynamicAnchor"} {
		if anchor := tree.Text(at.node, key); anchor != "" {
			s.names[base+"#"+anchor] = at.pointer
		}
	}
	for _, v := range tree.Fields(tree.Get(tree.Get(at.node, "discriminator"), "mapping")) {
		named := s.at("/components/schemas/"+tree.Escape(v.Value)) != nil
		if !named && strings.ContainsAny(v.Value, "#./") {
			s.refs = append(s.refs, reference{site{"schema", at.pointer + "/discriminator/mapping", nil}, base, v})
		}
	}
	for k, v := range tree.Fields(at.node) {
		switch k.Value {
		case "readOnly", "writeOnly":
			s.marked[k.Value] = true
		case "nullable":
			s.errorf(at.pointer, k.Line, "nullable is not a keyword of OpenAPI 3.1: %s", nullableAdvice(at.node, v))
		}
	}
	return base
}

func nullableAdvice(n, value *yaml.Node) string {
	if value == nil || value.Value != "true" {
		return "remove it, a schema whose type has no null refuses null"
	}
	if t := tree.Text(n, "type"); t != "" {
		return fmt.Sprintf("write type: [%s, 'null']", t)
	}
	return "write anyOf with {type: 'null'} as one alternative"
}

func describeNode(n *yaml.Node) string {
	switch {
	case tree.IsMap(n):
		return "a mapping"
	case tree.IsList(n):
		return "a list"
	case n.Value == "":
		return "nothing"
	default:
		return fmt.Sprintf("%q", n.Value)
	}
}

// follow resolves the references of an object that is not a schema, and gives the pointer where it really stands. A
// chain of references that never ends gives nil.
func (s *survey) follow(pointer string, n *yaml.Node) (string, *yaml.Node) {
	const longest = 64
	for range longest {
		ref := tree.Text(n, "$ref")
		if ref == "" {
			return pointer, n
		}
		target, ok := fragmentPointer(ref)
		if !ok {
			return pointer, nil
		}
		pointer, n = target, s.at(target)
	}
	return pointer, nil
}

// rootOf splits the pointer of a schema into the root it stands in and the rest of the way.
func (s *survey) rootOf(pointer string) (index int, rest string, ok bool) {
	for prefix := pointer; ; {
		if i, found := s.roots[prefix]; found {
			return i, pointer[len(prefix):], true
		}
		slash := strings.LastIndexByte(prefix, '/')
		if slash < 0 {
			return 0, "", false
		}
		prefix = prefix[:slash]
	}
}
