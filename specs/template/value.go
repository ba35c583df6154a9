package template

import "slices"

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

// Keep returns the rendered value for use in an [Env], encoded as it came where
// it is JSON: a [Raw] stays one, and what is put together becomes one.
func (v *Value) Keep(env Env) (any, error) {
	if len(v.ops) == 1 && v.ops[0].kind == opExpr {
		return v.ops[0].expr.result(env)
	}
	out, err := v.AppendJSON(nil, env)
	if err != nil {
		return nil, err
	}
	return NewRaw(out), nil
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

// Reads reports whether an expression of the template may read the field of the name.
func (v *Value) Reads(name, field string) bool {
	return slices.ContainsFunc(v.ops, func(o op) bool {
		return o.expr != nil && o.expr.Reads(name, field) || o.text != nil && o.text.Reads(name, field)
	})
}

// Fits reports whether the value can be of a kind, as far as the types tell.
func (v *Value) Fits(want Kind) bool {
	if len(v.ops) == 0 || want == Any {
		return want == Any
	}
	f := formUnknown
	switch first := v.ops[0]; first.kind {
	case opExpr:
		f = first.expr.form
	case opText:
		f = formText
	case opBytes:
		f = formOfJSON(first.data)
	}
	return f == formUnknown || want.fits(f)
}

// formOfJSON tells by the first byte.
func formOfJSON(data []byte) form {
	switch data[0] {
	case '[':
		return formList
	case '{':
		return formObject
	case '"':
		return formText
	case 't', 'f':
		return formBool
	case 'n':
		return formNull
	}
	return formNumber
}

// Constant reports whether the template reads nothing: it always renders the
// same bytes, which were made at load.
func (v *Value) Constant() bool {
	return len(v.ops) == 1 && v.ops[0].kind == opBytes
}
