package template

import (
	"bytes"
	"strings"

	yaml "go.yaml.in/yaml/v4"

	"understudy.dev/specs/strict"
)

// Compile compiles a YAML node (from strict.Parse) into a JSON template. A nil
// node is null. All mistakes are collected in an *strict.Errors.
func Compile(file string, node *yaml.Node, scope *Scope) (*Value, error) {
	b := &builder{file: file, scope: scope}
	b.node(node)
	if err := b.errs.Err(); err != nil {
		return nil, err
	}
	return &Value{ops: b.ops}, nil
}

// builder turns a node into ops; stretches of constant output become one op.
type builder struct {
	file  string
	scope *Scope
	ops   []op
	errs  strict.Errors
}

func (b *builder) pos(n *yaml.Node) strict.Pos { return strict.Pos{File: b.file, Line: n.Line} }

func (b *builder) fail(n *yaml.Node, format string, args ...any) {
	b.errs.Add(b.pos(n).Errorf(format, args...))
}

func (b *builder) add(ops ...op) {
	for _, o := range ops {
		last := len(b.ops) - 1
		if o.kind == opBytes && last >= 0 && b.ops[last].kind == opBytes {
			b.ops[last].data = append(b.ops[last].data, o.data...)
			continue
		}
		b.ops = append(b.ops, o)
	}
}

func (b *builder) text(s string) { b.add(op{kind: opBytes, data: []byte(s)}) }

func (b *builder) constant(n *yaml.Node, value any) {
	data, err := appendJSON(nil, value, 0)
	if err != nil {
		b.fail(n, "%w", err)
	}
	b.add(op{kind: opBytes, data: data})
}

func (b *builder) node(n *yaml.Node) {
	switch {
	case n == nil:
		b.text("null")
	case n.Kind == yaml.MappingNode:
		b.mapping(n)
	case n.Kind == yaml.SequenceNode:
		b.list(n)
	default:
		b.scalar(n)
	}
}

func (b *builder) list(n *yaml.Node) {
	b.text("[")
	for i, item := range n.Content {
		if i > 0 {
			b.text(",")
		}
		b.node(item)
	}
	b.text("]")
}

func (b *builder) scalar(n *yaml.Node) {
	var value any
	if err := strict.Decode(b.file, n, &value); err != nil {
		b.errs.Add(err)
		return
	}
	text, ok := value.(string)
	if !ok {
		b.constant(n, value)
		return
	}
	pieces, err := split(text)
	if err != nil {
		b.fail(n, "%w", err)
		return
	}
	if len(pieces) == 1 && pieces[0].placeholder {
		b.expression(n, pieces[0].text)
		return
	}
	t, err := compileText(b.pos(n), pieces, b.scope)
	switch {
	case err != nil:
		b.errs.Add(err)
	case t.Constant():
		b.constant(n, t.literal())
	default:
		b.add(op{kind: opText, text: t})
	}
}

func (b *builder) expression(n *yaml.Node, src string) {
	e, err := CompileExpr(b.pos(n), src, b.scope, Any)
	switch {
	case err != nil:
		b.errs.Add(err)
	case e.form == formNone:
		b.errs.Add(e.failed(errNoJSON))
	case e.Constant():
		b.constant(n, e.value)
	default:
		b.add(op{kind: opExpr, expr: e})
	}
}

func (b *builder) mapping(n *yaml.Node) {
	b.text("{")
	taken := map[string]bool{}
	// Whether a member stands before the next one: surely, or depending on the exchange.
	before, perhaps := false, false
	for i := 0; i+1 < len(n.Content); i += 2 {
		name, optional := b.key(n.Content[i], taken)
		key := append(appendString(nil, name), ':')
		ops := b.apart(n.Content[i+1])
		switch {
		case optional && isExpr(ops):
			b.add(op{kind: opMember, data: key, expr: ops[0].expr})
			perhaps = true
			continue
		case optional && isNullBytes(ops):
			continue
		case before:
			b.text(",")
		case perhaps:
			b.add(op{kind: opComma})
		}
		before = true
		b.add(op{kind: opBytes, data: key})
		b.add(ops...)
	}
	b.text("}")
}

// apart compiles a node into ops of its own.
func (b *builder) apart(n *yaml.Node) []op {
	own := &builder{file: b.file, scope: b.scope}
	own.node(n)
	b.errs.Add(own.errs.Err())
	return own.ops
}

// key checks a key and returns the member's name, and whether it is optional.
func (b *builder) key(n *yaml.Node, taken map[string]bool) (name string, optional bool) {
	if strings.Contains(n.Value, "${") {
		b.fail(n, "the key %q holds a placeholder; only values can", n.Value)
	}
	if double, ok := strings.CutSuffix(n.Value, "??"); ok {
		name = double + "?"
	} else {
		name, optional = strings.CutSuffix(n.Value, "?")
	}
	if taken[name] {
		b.fail(n, "duplicate key %q", name)
	}
	taken[name] = true
	return name, optional
}

func isExpr(ops []op) bool { return len(ops) == 1 && ops[0].kind == opExpr }

func isNullBytes(ops []op) bool {
	return len(ops) == 1 && ops[0].kind == opBytes && bytes.Equal(ops[0].data, []byte("null"))
}
