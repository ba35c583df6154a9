package template

import (
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/file"

	"understudy.dev/specs/strict"
)

// An opener is a function through which an expression meets what may be a Raw.
// The names cannot be written in an expression.
const (
	inside = "inside raw"  // the decoded value
	orNull = "raw or null" // the value as it is, but null if it is a Raw that holds null
)

// held carries a Raw past operators that would follow its pointer.
type held struct{ raw *Raw }

func openInside(params ...any) (any, error) {
	if raw, ok := asRaw(params[0]); ok {
		return raw.decoded()
	}
	return params[0], nil
}

func openOrNull(params ...any) (any, error) {
	raw, ok := asRaw(params[0])
	switch {
	case !ok:
		return params[0], nil
	case raw.isNull():
		return nil, nil
	}
	return held{raw}, nil
}

func asRaw(value any) (*Raw, bool) {
	switch v := value.(type) {
	case *Raw:
		return v, true
	case held:
		return v.raw, true
	}
	return nil, false
}

// inspector walks a parsed expression, children first. It notes what is read,
// and puts an opener around every operand that may be a Raw at run time. The
// result of the whole expression has no parent, so it stays a Raw and can be
// copied byte for byte.
type inspector struct {
	scope *Scope
	uses  map[string]bool
	// fields are those that are read of a name, whole the times that a name is
	// read in any other way.
	fields map[string]bool
	whole  map[string]int
	paths  map[ast.Node]*path
	root   ast.Node
	hint   string // what to say about a field that does not exist
	// strangers are names that nothing declares. The library's checker looks into
	// the arguments of a function only before its result has a type, when errors
	// do not count yet.
	strangers map[string]bool
	err       error
}

func newInspector(scope *Scope) *inspector {
	return &inspector{scope: scope, uses: map[string]bool{}, fields: map[string]bool{}, whole: map[string]int{}, paths: map[ast.Node]*path{}, strangers: map[string]bool{}}
}

// rootPath is the path that the whole expression is, or nil. A chain of a?.b is
// one only as a whole: what follows its end does not share in its being null.
func (i *inspector) rootPath() *path {
	if chain, ok := i.root.(*ast.ChainNode); ok {
		return i.paths[chain.Node]
	}
	return i.paths[i.root]
}

// Visit implements ast.Visitor.
func (i *inspector) Visit(node *ast.Node) {
	i.root = *node
	switch n := (*node).(type) {
	case *ast.IdentifierNode:
		i.identifier(n)
	case *ast.MemberNode:
		i.member(n)
		open(&n.Node, &n.Property)
	case *ast.UnaryNode:
		open(&n.Node)
	case *ast.BinaryNode:
		i.binary(n)
	case *ast.SliceNode:
		open(&n.Node, &n.From, &n.To)
	case *ast.CallNode:
		open(pointers(n.Arguments)...)
	case *ast.BuiltinNode:
		open(pointers(n.Arguments)...)
	case *ast.PredicateNode:
		open(&n.Node)
	case *ast.VariableDeclaratorNode:
		// Its uses have been walked before it.
		delete(i.strangers, n.Name)
	case *ast.ConditionalNode:
		open(&n.Cond)
	case *ast.ArrayNode:
		open(pointers(n.Nodes)...)
	case *ast.PairNode:
		open(&n.Key)
	}
}

func (i *inspector) identifier(n *ast.IdentifierNode) {
	switch {
	case n.Value == "$env":
		i.err = errors.New("$env is not available; use the names themselves")
	case i.scope.has(n.Value):
		i.uses[n.Value] = true
		i.whole[n.Value]++
		i.paths[n] = &path{root: n.Value}
	case language.functions[n.Value] == nil:
		i.strangers[n.Value] = true
	}
}

// missed is what the checker should have found: a name or a field that there is not.
func (i *inspector) missed(scope *Scope) error {
	for _, name := range slices.Sorted(maps.Keys(i.strangers)) {
		return errors.New(unknownName(name, scope))
	}
	if i.hint != "" {
		return errors.New(i.hint)
	}
	return nil
}

func (i *inspector) member(n *ast.MemberNode) {
	property, ok := n.Property.(*ast.StringNode)
	if !ok {
		return
	}
	if property.Value == "Local" && n.Node.Type() == reflect.TypeFor[time.Time]() {
		i.err = errors.New("the time zone of the machine is not available; times are UTC")
	}
	if below := i.paths[n.Node]; below != nil && !n.Method {
		if len(below.steps) == 0 {
			i.fields[below.root+"."+property.Value] = true
			i.whole[below.root]--
		}
		i.paths[n] = below.extend(newStep(n.Node.Type(), property.Value, n.Optional))
	}
	if known := fieldsOf(n.Node); i.hint == "" && known != nil && !slices.Contains(known, property.Value) {
		i.hint = fmt.Sprintf("%s: %s", n.Node, strict.Unknown("field", property.Value, known))
	}
}

// binary opens both sides, but either side of a ?? b may be the result.
func (i *inspector) binary(n *ast.BinaryNode) {
	if n.Operator == "??" {
		wrap(orNull, &n.Left)
		wrap(orNull, &n.Right)
		return
	}
	open(&n.Left, &n.Right)
}

func pointers(nodes []ast.Node) []*ast.Node {
	list := make([]*ast.Node, len(nodes))
	for i := range nodes {
		list[i] = &nodes[i]
	}
	return list
}

func open(nodes ...*ast.Node) {
	for _, node := range nodes {
		wrap(inside, node)
	}
}

func wrap(opener string, node *ast.Node) {
	if *node == nil || !mayBeRaw(*node) {
		return
	}
	ast.Patch(node, &ast.CallNode{
		Callee:    &ast.IdentifierNode{Value: opener},
		Arguments: []ast.Node{*node},
	})
}

func mayBeRaw(node ast.Node) bool {
	switch n := node.(type) {
	case *ast.IdentifierNode, *ast.MemberNode, *ast.PointerNode, *ast.CallNode, *ast.BuiltinNode,
		*ast.ConditionalNode, *ast.ChainNode, *ast.SequenceNode, *ast.VariableDeclaratorNode:
	case *ast.BinaryNode:
		if n.Operator != "??" {
			return false
		}
	default:
		return false
	}
	t := node.Type()
	return t == reflect.TypeFor[*Raw]() || t.Kind() == reflect.Interface
}

// fieldsOf lists the fields of what the node is known to be, nil if it may have any.
func fieldsOf(node ast.Node) []string {
	n := node.Nature()
	if n.TypeData != nil && n.Strict {
		return slices.Sorted(maps.Keys(n.Fields))
	}
	t := node.Type()
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct || t == reflect.TypeFor[Raw]() {
		return nil
	}
	names := []string{}
	for _, f := range reflect.VisibleFields(t) {
		if name := fieldName(f); name != "" {
			names = append(names, name)
		}
	}
	for m := range t.Methods() {
		names = append(names, m.Name)
	}
	return names
}

// explain turns an error of the compiler into one line, with a suggestion where
// a name is not known.
func explain(err error, scope *Scope, i *inspector) error {
	var located *file.Error
	if !errors.As(err, &located) {
		return err
	}
	message := located.Message
	if name, ok := strings.CutPrefix(message, "unknown name "); ok {
		return errors.New(unknownName(name, scope))
	}
	for _, sign := range []string{"has no field", "has no method", "unknown field"} {
		if i.hint != "" && strings.Contains(message, sign) {
			return errors.New(i.hint)
		}
	}
	return errors.New(message)
}

func unknownName(name string, scope *Scope) string {
	known := scope.Names()
	functions := append(slices.Sorted(maps.Keys(builtins)), slices.Sorted(maps.Keys(language.builtins))...)
	if near := strict.Suggest(name, append(functions, known...)); near != "" {
		known = []string{near}
	}
	return strict.Unknown("name", name, known)
}
