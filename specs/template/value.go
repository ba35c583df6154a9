package template

import (
	"strings"

	yaml "go.yaml.in/yaml/v4"

	"understudy.dev/specs/strict"
)

// Value is a compiled JSON template. It may be used by several goroutines.
type Value struct {
	ops []op
}

// op appends one stretch of the output.
type op struct {
	kind opKind
	data []byte // opBytes: the output; opMember: the encoded key and its colon
	expr *Expr  // opExpr, opMember
	text *Text  // opText
}

type opKind int

const (
	opBytes  opKind = iota
	opExpr          // the value of an expression
	opText          // text with placeholders
	opComma         // a comma, unless the object has no member yet
	opMember        // a member that is left out if its value is null
)

// Compile compiles a YAML node (from strict.Parse) into a JSON template. A nil
// node is null. All mistakes are collected in an *strict.Errors.
func Compile(file string, node *yaml.Node, scope *Scope) (*Value, error) {
	c := &compiler{file: file, scope: scope, value: &Value{}}
	c.node(node)
	if err := c.errs.Err(); err != nil {
		return nil, err
	}
	return c.value, nil
}

type compiler struct {
	file  string
	scope *Scope
	value *Value
	errs  strict.Errors
}

func (c *compiler) pos(n *yaml.Node) strict.Pos { return strict.Pos{File: c.file, Line: n.Line} }

func (c *compiler) bytes(data ...byte) {
	if n := len(c.value.ops); n > 0 && c.value.ops[n-1].kind == opBytes {
		c.value.ops[n-1].data = append(c.value.ops[n-1].data, data...)
		return
	}
	c.value.ops = append(c.value.ops, op{kind: opBytes, data: data})
}

func (c *compiler) constant(n *yaml.Node, value any) {
	data, err := appendJSON(nil, value, 0)
	if err != nil {
		c.errs.Add(c.pos(n).Errorf("%w", err))
		return
	}
	c.bytes(data...)
}

func (c *compiler) node(n *yaml.Node) {
	if n == nil {
		c.bytes([]byte("null")...)
		return
	}
	switch n.Kind {
	case yaml.DocumentNode:
		c.node(n.Content[0])
	case yaml.MappingNode:
		c.mapping(n)
	case yaml.SequenceNode:
		c.bytes('[')
		for i, item := range n.Content {
			if i > 0 {
				c.bytes(',')
			}
			c.node(item)
		}
		c.bytes(']')
	case yaml.ScalarNode:
		c.scalar(n)
	default:
		c.errs.Add(c.pos(n).Errorf("cannot make JSON of an alias"))
	}
}

func (c *compiler) scalar(n *yaml.Node) {
	var value any
	if err := strict.Decode(c.file, n, &value); err != nil {
		c.errs.Add(err)
		return
	}
	text, ok := value.(string)
	if !ok {
		c.constant(n, value)
		return
	}
	pieces, err := split(text)
	if err != nil {
		c.errs.Add(c.pos(n).Errorf("%w", err))
		return
	}
	if len(pieces) == 1 && pieces[0].placeholder {
		c.expression(n, pieces[0].text)
		return
	}
	t, err := compileText(c.pos(n), pieces, c.scope)
	switch {
	case err != nil:
		c.errs.Add(err)
	case t.Constant():
		c.bytes(appendString(nil, t.literal())...)
	default:
		c.value.ops = append(c.value.ops, op{kind: opText, text: t})
	}
}

func (c *compiler) expression(n *yaml.Node, src string) {
	e, err := compileExpr(c.pos(n), src, c.scope, Any)
	switch {
	case err != nil:
		c.errs.Add(err)
	case formOf(e.program.Node().Type()) == formNone:
		c.errs.Add(e.failed(errNoJSON))
	case e.Constant():
		c.constant(n, e.value)
	default:
		c.value.ops = append(c.value.ops, op{kind: opExpr, expr: e})
	}
}

func (c *compiler) mapping(n *yaml.Node) {
	c.bytes('{')
	taken := map[string]bool{}
	certain, possible := false, false // whether a member stands before this one
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		name, optional := memberName(key.Value)
		if pieces, err := split(key.Value); err != nil || len(pieces) > 1 || len(pieces) == 1 && pieces[0].placeholder {
			c.errs.Add(c.pos(key).Errorf("the key %q holds a placeholder; only values can", key.Value))
		}
		if taken[name] {
			c.errs.Add(c.pos(key).Errorf("duplicate key %q", name))
		}
		taken[name] = true
		encoded := append(appendString(nil, name), ':')

		sub := &compiler{file: c.file, scope: c.scope, value: &Value{}}
		sub.node(value)
		c.errs.Add(sub.errs.Err())
		ops := sub.value.ops
		if optional && len(ops) == 1 && ops[0].kind == opExpr {
			c.value.ops = append(c.value.ops, op{kind: opMember, data: encoded, expr: ops[0].expr})
			possible = true
			continue
		}
		if optional && len(ops) == 1 && ops[0].kind == opBytes && string(ops[0].data) == "null" {
			continue
		}
		switch {
		case certain:
			c.bytes(',')
		case possible:
			c.value.ops = append(c.value.ops, op{kind: opComma})
		}
		certain = true
		c.bytes(encoded...)
		for _, o := range ops {
			if o.kind == opBytes {
				c.bytes(o.data...)
				continue
			}
			c.value.ops = append(c.value.ops, o)
		}
	}
	c.bytes('}')
}

// memberName takes the mark of an optional member off a key.
func memberName(key string) (name string, optional bool) {
	if double, ok := strings.CutSuffix(key, "??"); ok {
		return double + "?", false
	}
	return strings.CutSuffix(key, "?")
}

// AppendJSON appends the rendered JSON to dst. On an error, which is an
// *strict.Error of the expression that failed, the result is dst as it was given.
func (v *Value) AppendJSON(dst []byte, env Env) ([]byte, error) {
	given := len(dst)
	for i := range v.ops {
		var err error
		if dst, err = v.ops[i].append(dst, env); err != nil {
			return dst[:given], err
		}
	}
	return dst, nil
}

func (o *op) append(dst []byte, env Env) ([]byte, error) {
	switch o.kind {
	case opBytes:
		return append(dst, o.data...), nil
	case opComma:
		return comma(dst), nil
	case opText:
		return o.text.appendJSON(dst, env)
	}
	value, err := o.expr.result(env)
	if err != nil {
		return dst, err
	}
	if o.kind == opMember {
		if isNull(value) {
			return dst, nil
		}
		dst = append(comma(dst), o.data...)
	}
	dst, err = appendJSON(dst, value, 0)
	if err != nil {
		return dst, o.expr.failed(err)
	}
	return dst, nil
}

// comma separates a member from the one before it. No value ends with the brace
// that opens an object, so that the last byte tells whether there is one.
func comma(dst []byte) []byte {
	if dst[len(dst)-1] == '{' {
		return dst
	}
	return append(dst, ',')
}

func isNull(value any) bool {
	switch v := value.(type) {
	case nil:
		return true
	case string, int, bool, float64:
		return false
	case *Raw:
		return v.isNull()
	}
	return !settled(value).IsValid()
}

// Eval returns the rendered value: that of the expression if the template is
// one placeholder, and otherwise the rendered JSON decoded as [Raw.Value] says.
func (v *Value) Eval(env Env) (any, error) {
	if len(v.ops) == 1 && v.ops[0].kind == opExpr {
		return v.ops[0].expr.Eval(env)
	}
	out, err := v.AppendJSON(nil, env)
	if err != nil {
		return nil, err
	}
	return decodeJSON(out)
}

// Uses reports whether an expression of the template reads the name.
func (v *Value) Uses(name string) bool {
	for i := range v.ops {
		o := &v.ops[i]
		if o.expr != nil && o.expr.Uses(name) || o.text != nil && o.text.Uses(name) {
			return true
		}
	}
	return false
}

// Constant reports whether the template reads nothing: it always renders the
// same bytes, which were made at load.
func (v *Value) Constant() bool {
	return len(v.ops) == 1 && v.ops[0].kind == opBytes
}
