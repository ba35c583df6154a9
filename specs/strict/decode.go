package strict

import (
	"errors"
	"fmt"
	"reflect"
	"time"

	yaml "go.yaml.in/yaml/v4"
)

// Decoder is a type that decodes itself. DecodeNode is called on a pointer to
// the value for every node given to it, one that holds nothing included (but a
// pointer to the type stays nil then). It reports mistakes to the [Context].
type Decoder interface {
	DecodeNode(d *Context, node *yaml.Node)
}

// Decode fills v, a pointer that is not nil, from a node that [Parse] made; the
// package documentation says what goes where. What the node does not mention
// keeps its value. All mistakes are collected: the error is nil or an *[Errors],
// and v then holds what could be read. A nil node holds nothing.
func Decode(file string, node *yaml.Node, v any) error {
	c := &Context{file: file, shapes: map[reflect.Type]*shape{}}
	if node == nil {
		node = &yaml.Node{Kind: yaml.ScalarNode, Tag: nullTag}
	}
	c.Decode(node, v)
	return c.errs.Err()
}

// Context is the state of one [Decode], handed to every [Decoder].
// It must not be kept.
type Context struct {
	file   string
	errs   Errors
	shapes map[reflect.Type]*shape

	// The key that led to value, for messages and places: a mapping in block
	// style starts one line below the key that a person would look for.
	value, key *yaml.Node
	item       int // counted from 1 if the value stands in a list below the key
}

// File returns the name of the file that is read.
func (c *Context) File() string { return c.file }

// Pos returns the place of node: where its key is written if it is the value
// that is being decoded, and where it starts otherwise.
func (c *Context) Pos(node *yaml.Node) Pos {
	at := c.origin(node)
	return Pos{File: c.file, Line: at.Line}
}

func (c *Context) origin(node *yaml.Node) *yaml.Node {
	if node == c.value && c.key != nil && c.item == 0 {
		return c.key
	}
	return node
}

// Errorf reports a mistake at the start of node.
func (c *Context) Errorf(node *yaml.Node, format string, args ...any) {
	err := Pos{File: c.file, Line: node.Line}.Errorf(format, args...)
	err.Column = node.Column
	c.errs.Add(err)
}

// Add reports a mistake, or several, that know their place: an *[Error] or an
// *[Errors]. Nil reports nothing.
func (c *Context) Add(err error) { c.errs.Add(err) }

// Decode fills v, a pointer that is not nil, from node and returns whether it
// did so without a mistake.
func (c *Context) Decode(node *yaml.Node, v any) bool {
	before := len(c.errs.List)
	target := reflect.ValueOf(v)
	if target.Kind() != reflect.Pointer || target.IsNil() {
		c.Errorf(node, "cannot decode into %T: not a pointer", v)
		return false
	}
	if node != c.value {
		outer := *c
		c.value, c.key, c.item = node, nil, 0
		defer func() { c.value, c.key, c.item = outer.value, outer.key, outer.item }()
	}
	c.fill(node, target.Elem())
	return len(c.errs.List) == before
}

// under runs f for the value of key, or for one item of the list there.
func (c *Context) under(key, value *yaml.Node, item int, f func()) {
	outer := *c
	c.value, c.key, c.item = value, key, item
	f()
	c.value, c.key, c.item = outer.value, outer.key, outer.item
}

func (c *Context) subject() string {
	switch {
	case c.key == nil:
		return ""
	case c.item > 0:
		return fmt.Sprintf("item %d of %q: ", c.item, c.key.Value)
	}
	return fmt.Sprintf("%q: ", c.key.Value)
}

func (c *Context) mismatch(node *yaml.Node, want string) {
	c.Errorf(node, "%smust be %s, got %s", c.subject(), want, describe(node))
}

func (c *Context) fill(node *yaml.Node, v reflect.Value) {
	null := node.Kind == yaml.ScalarNode && node.ShortTag() == nullTag
	if v.Kind() == reflect.Pointer {
		c.pointer(node, v, null)
		return
	}
	if d, ok := v.Addr().Interface().(Decoder); ok {
		d.DecodeNode(c, node)
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		c.structure(node, v)
	case reflect.Map:
		c.mapping(node, v)
	case reflect.Slice:
		c.list(node, v, null)
	case reflect.Interface:
		if v.NumMethod() > 0 {
			c.Errorf(node, "cannot decode into %s", v.Type())
			return
		}
		if value := c.free(node); value != nil {
			v.Set(reflect.ValueOf(value))
		} else {
			v.SetZero()
		}
	default:
		c.scalar(node, v)
	}
}

func (c *Context) pointer(node *yaml.Node, v reflect.Value, null bool) {
	if v.Type() == reflect.TypeFor[*yaml.Node]() {
		v.Set(reflect.ValueOf(node))
		return
	}
	if null {
		v.SetZero()
		return
	}
	if v.IsNil() {
		v.Set(reflect.New(v.Type().Elem()))
	}
	c.fill(node, v.Elem())
}

// pairs runs f over the keys and values of a mapping.
func (c *Context) pairs(node *yaml.Node, f func(key, value *yaml.Node)) {
	switch {
	case node.Kind == yaml.MappingNode:
		for i := 0; i+1 < len(node.Content); i += 2 {
			key, value := node.Content[i], node.Content[i+1]
			c.under(key, value, 0, func() { f(key, value) })
		}
	case node.ShortTag() != nullTag:
		c.mismatch(node, "a mapping")
	}
}

func (c *Context) structure(node *yaml.Node, v reflect.Value) {
	s, ok := c.shapes[v.Type()]
	if !ok {
		var err error
		if s, err = shapeOf(v.Type()); err != nil {
			c.Errorf(node, "cannot decode: %w", err)
			return
		}
		c.shapes[v.Type()] = s
	}
	at := c.origin(node)
	for _, index := range s.pos {
		v.FieldByIndex(index).Set(reflect.ValueOf(Pos{File: c.file, Line: at.Line}))
	}
	seen := map[string]bool{}
	before := len(c.errs.List)
	c.pairs(node, func(key, value *yaml.Node) {
		f := s.find(key.Value)
		if f == nil {
			c.Errorf(key, "%s", Unknown("key", key.Value, s.names()))
			return
		}
		seen[f.name] = true
		c.fill(value, v.FieldByIndex(f.index))
	})
	if node.Kind != yaml.MappingNode && len(c.errs.List) > before {
		return
	}
	for _, f := range s.fields {
		if f.required && !seen[f.name] {
			c.Errorf(at, "%smissing key %q", c.subject(), f.name)
		}
	}
}

func (c *Context) mapping(node *yaml.Node, v reflect.Value) {
	t := v.Type()
	made := reflect.MakeMap(t)
	c.pairs(node, func(key, value *yaml.Node) {
		k := reflect.New(t.Key()).Elem()
		if t.Key().Kind() == reflect.String {
			k.SetString(key.Value)
		} else {
			before := len(c.errs.List)
			if c.scalar(key, k); len(c.errs.List) > before {
				return
			}
		}
		one := reflect.New(t.Elem()).Elem()
		c.fill(value, one)
		made.SetMapIndex(k, one)
	})
	v.Set(made)
}

func (c *Context) list(node *yaml.Node, v reflect.Value, null bool) {
	if null {
		v.SetZero()
		return
	}
	if node.Kind != yaml.SequenceNode {
		c.mismatch(node, "a list")
		return
	}
	made := reflect.MakeSlice(v.Type(), len(node.Content), len(node.Content))
	key := c.key
	for i, item := range node.Content {
		c.under(key, item, i+1, func() { c.fill(item, made.Index(i)) })
	}
	v.Set(made)
}

// free decodes a node into the Go value that suits it.
func (c *Context) free(node *yaml.Node) any {
	switch node.Kind {
	case yaml.MappingNode:
		made := map[string]any{}
		c.pairs(node, func(key, value *yaml.Node) { made[key.Value] = c.free(value) })
		return made
	case yaml.SequenceNode:
		made := make([]any, len(node.Content))
		for i, item := range node.Content {
			made[i] = c.free(item)
		}
		return made
	}
	value, err := scalar(node)
	if err != nil {
		c.Errorf(node, "%s%w", c.subject(), err)
		return nil
	}
	switch n := value.(type) {
	case int64:
		if int64(int(n)) == n {
			return int(n)
		}
	case uint64:
	default:
		return value
	}
	c.Errorf(node, "%sthe number %s is out of range", c.subject(), node.Value)
	return nil
}

// errOther is the answer to a value that is of another type.
var errOther = errors.New("of another type")

func (c *Context) scalar(node *yaml.Node, v reflect.Value) {
	want, set := setter(v)
	if set == nil {
		c.Errorf(node, "cannot decode into %s", v.Type())
		return
	}
	if node.Kind != yaml.ScalarNode {
		c.mismatch(node, want)
		return
	}
	value, err := scalar(node)
	if err == nil {
		err = set(value)
	}
	switch {
	case errors.Is(err, errOther):
		c.mismatch(node, want)
	case err != nil:
		c.Errorf(node, "%s%w", c.subject(), err)
	}
}

// setter returns what v takes, in words, and how it is set; nil if it takes no scalar.
func setter(v reflect.Value) (want string, set func(value any) error) {
	outOfRange := func(value any) error { return fmt.Errorf("the number %v is out of range", value) }
	if v.Type() == reflect.TypeFor[time.Duration]() {
		return "", nil // A bare number would silently mean nanoseconds; Duration is the type for it.
	}
	switch {
	case v.Kind() == reflect.String:
		return "text", func(value any) error {
			text, ok := value.(string)
			if !ok {
				return errOther
			}
			v.SetString(text)
			return nil
		}
	case v.Kind() == reflect.Bool:
		return "true or false", func(value any) error {
			b, ok := value.(bool)
			if !ok {
				return errOther
			}
			v.SetBool(b)
			return nil
		}
	case v.CanFloat():
		return "a number", func(value any) error {
			switch n := value.(type) {
			case int64:
				v.SetFloat(float64(n))
			case uint64:
				v.SetFloat(float64(n))
			case float64:
				v.SetFloat(n)
			default:
				return errOther
			}
			return nil
		}
	case v.CanInt():
		return "a whole number", func(value any) error {
			switch n := value.(type) {
			case int64:
				if v.OverflowInt(n) {
					return outOfRange(n)
				}
				v.SetInt(n)
			case uint64:
				return outOfRange(n)
			default:
				return errOther
			}
			return nil
		}
	case v.CanUint():
		return "a whole number", func(value any) error {
			n, ok := value.(uint64)
			if i, small := value.(int64); small {
				if i < 0 {
					return outOfRange(i)
				}
				n, ok = uint64(i), true
			}
			switch {
			case !ok:
				return errOther
			case v.OverflowUint(n):
				return outOfRange(n)
			}
			v.SetUint(n)
			return nil
		}
	}
	return "", nil
}
