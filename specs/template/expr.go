package template

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"strings"
	"sync"

	"github.com/expr-lang/expr/checker"
	"github.com/expr-lang/expr/compiler"
	"github.com/expr-lang/expr/conf"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/optimizer"
	"github.com/expr-lang/expr/vm"

	"understudy.dev/specs/strict"
)

// Expr is a compiled expression. It may be used by several goroutines.
// Every error it returns is a *strict.Error with the place of the expression;
// the error of a function that failed stands behind it for errors.As.
type Expr struct {
	pos  strict.Pos
	src  string
	want Kind
	form form // of the result, as far as the types tell
	uses map[string]bool
	// fields are those read of a name, whole the names that are read in any other way.
	fields map[string]bool
	whole  map[string]int

	constant bool
	value    any // of a constant

	path     *path // set if the expression only follows names; it needs no machine then
	program  *vm.Program
	machines sync.Pool
}

// CompileExpr compiles an expression, which is written without "${" and "}".
// Names that the scope does not have, mismatched types and a result that cannot
// be of the wanted kind are errors (an *strict.Error at pos). An expression that
// reads nothing is evaluated at once, and so may fail at once.
func CompileExpr(pos strict.Pos, src string, scope *Scope, want Kind) (*Expr, error) {
	e := &Expr{pos: pos, src: strings.TrimSpace(src), want: want}
	switch {
	case e.src == "":
		return nil, e.failed(errors.New("is empty"))
	case strings.HasPrefix(e.src, "${"):
		return nil, e.failed(errors.New("is an expression already; write it without \"${\" and \"}\""))
	}
	inspector := newInspector(scope)
	program, err := compile(e.src, scope.config(inspector))
	switch {
	case inspector.err != nil:
		return nil, e.failed(inspector.err)
	case err != nil:
		return nil, e.failed(explain(err, scope, inspector))
	}
	if err := inspector.missed(scope); err != nil {
		return nil, e.failed(err)
	}
	e.form = formOf(program.Node().Type())
	if e.form != formUnknown && !want.fits(e.form) {
		return nil, e.failed(fmt.Errorf("must be %s, got %s", want, e.form))
	}
	e.path, e.uses = inspector.rootPath(), inspector.uses
	e.fields, e.whole = inspector.fields, inspector.whole
	if e.path == nil {
		e.program = program
	}
	if len(e.uses) > 0 {
		return e, nil
	}
	value, err := e.result(nil)
	if err != nil {
		return nil, err
	}
	e.constant, e.value = true, value
	return e, nil
}

// compile is the library's own, with a configuration that need not be built anew.
func compile(src string, config *conf.Config) (program *vm.Program, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("cannot compile: %v", r)
		}
	}()
	tree, err := checker.ParseCheck(src, config)
	if err != nil {
		return nil, err
	}
	if err := optimizer.Optimize(&tree.Node, config); err != nil {
		return nil, err
	}
	return compiler.Compile(tree, config)
}

// Eval returns the value. A [Raw] is returned decoded. The value may be shared
// and must not be changed.
func (e *Expr) Eval(env Env) (any, error) {
	value, err := e.result(env)
	if err != nil {
		return nil, err
	}
	if raw, ok := value.(*Raw); ok {
		if value, err = raw.decoded(); err != nil {
			return nil, e.failed(err)
		}
	}
	return value, nil
}

// Bool returns the value of an expression that is true or false; any other
// value, null included, is an error.
func (e *Expr) Bool(env Env) (bool, error) {
	value, err := e.Eval(env)
	if err != nil {
		return false, err
	}
	if b, ok := value.(bool); ok {
		return b, nil
	}
	return false, e.failed(fmt.Errorf("must be %s, got %s", Bool, valueName(value)))
}

// Text returns the text that the value has inside other text.
func (e *Expr) Text(env Env) (string, error) {
	value, err := e.result(env)
	if err != nil {
		return "", err
	}
	text, err := textOf(value)
	if err != nil {
		return "", e.failed(err)
	}
	return text, nil
}

// Number returns the value of an expression that is a number; any other value,
// null included, is an error.
func (e *Expr) Number(env Env) (float64, error) {
	value, err := e.Eval(env)
	if err != nil {
		return 0, err
	}
	f, err := float(value)
	if err != nil {
		return 0, e.failed(err)
	}
	return f, nil
}

// Uses reports whether the expression reads the name.
func (e *Expr) Uses(name string) bool { return e.uses[name] }

// Reads reports whether the expression may read the field of the name. It is
// true as well where the name is read as a whole.
func (e *Expr) Reads(name, field string) bool { return e.fields[name+"."+field] || e.whole[name] > 0 }

// Names returns the names that the expression reads, in a map of its own.
func (e *Expr) Names() map[string]bool { return maps.Clone(e.uses) }

// Constant reports whether the expression reads nothing.
func (e *Expr) Constant() bool { return e.constant }

// Pos returns the place of the expression.
func (e *Expr) Pos() strict.Pos { return e.pos }

// String returns the expression as it is written, without the space around it.
func (e *Expr) String() string { return e.src }

// result is the value with a Raw left as it is.
func (e *Expr) result(env Env) (value any, err error) {
	switch {
	case e.constant:
		return e.value, nil
	case e.path != nil:
		value, err = e.path.eval(env)
	default:
		value, err = e.run(env)
		if raw, ok := asRaw(value); ok {
			value = raw
		}
	}
	if err != nil {
		return nil, e.failed(err)
	}
	if e.want != Any {
		if f := formOfValue(value); !e.want.fits(f) {
			return nil, e.failed(fmt.Errorf("must be %s, got %s", e.want, f))
		}
	}
	return value, nil
}

func (e *Expr) run(env Env) (any, error) {
	machine, ok := e.machines.Get().(*vm.VM)
	if !ok {
		machine = &vm.VM{}
	}
	value, err := machine.Run(e.program, map[string]any(env))
	// What the machine saw must not outlive the exchange.
	clear(machine.Stack[:cap(machine.Stack)])
	clear(machine.Variables)
	e.machines.Put(machine)
	var located *file.Error
	if errors.As(err, &located) {
		if located.Prev != nil {
			return nil, located.Prev
		}
		return nil, errors.New(located.Message)
	}
	return value, err
}

func (e *Expr) failed(err error) error {
	return e.pos.Errorf("expression `%s`: %w", e.src, err)
}

// float returns the number that value is.
func float(value any) (float64, error) {
	switch n := value.(type) {
	case int:
		return float64(n), nil
	case float64:
		return n, nil
	case json.Number:
		return n.Float64()
	}
	v := settled(value)
	switch {
	case !v.IsValid() || formOf(v.Type()) != formNumber:
	case v.CanInt():
		return float64(v.Int()), nil
	case v.CanUint():
		return float64(v.Uint()), nil
	case v.CanFloat():
		return v.Float(), nil
	}
	return 0, fmt.Errorf("must be %s, got %s", Number, valueName(value))
}
