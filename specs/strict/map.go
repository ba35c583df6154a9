package strict

import (
	"iter"

	yaml "go.yaml.in/yaml/v4"
)

// Map is a mapping that keeps the order and the places of its keys.
// The zero value and a nil *Map are empty. It is filled by decoding and not
// changed afterwards, so it may be read by several goroutines.
type Map[T any] struct {
	file    string
	entries []entry[T]
	index   map[string]int
}

type entry[T any] struct {
	key, node *yaml.Node
	value     T
}

// Len returns the number of keys.
func (m *Map[T]) Len() int {
	if m == nil {
		return 0
	}
	return len(m.entries)
}

// Get returns the value of key, and whether there is one.
func (m *Map[T]) Get(key string) (T, bool) {
	if e := m.find(key); e != nil {
		return e.value, true
	}
	var none T
	return none, false
}

// Keys returns the keys in the order of the document, in a slice of their own.
func (m *Map[T]) Keys() []string {
	keys := make([]string, 0, m.Len())
	for key := range m.All() {
		keys = append(keys, key)
	}
	return keys
}

// All runs over keys and values in the order of the document.
func (m *Map[T]) All() iter.Seq2[string, T] {
	return func(yield func(string, T) bool) {
		if m == nil {
			return
		}
		for i := range m.entries {
			if e := &m.entries[i]; !yield(e.key.Value, e.value) {
				return
			}
		}
	}
}

// Node returns the node of key's value, or nil.
func (m *Map[T]) Node(key string) *yaml.Node {
	if e := m.find(key); e != nil {
		return e.node
	}
	return nil
}

// Pos returns the place where key is written, or the zero Pos.
func (m *Map[T]) Pos(key string) Pos {
	if e := m.find(key); e != nil {
		return Pos{File: m.file, Line: e.key.Line}
	}
	return Pos{}
}

func (m *Map[T]) find(key string) *entry[T] {
	if m == nil {
		return nil
	}
	if i, ok := m.index[key]; ok {
		return &m.entries[i]
	}
	return nil
}

// DecodeNode implements [Decoder].
func (m *Map[T]) DecodeNode(c *Context, node *yaml.Node) {
	*m = Map[T]{file: c.File(), index: map[string]int{}}
	c.pairs(node, func(key, value *yaml.Node) {
		e := entry[T]{key: key, node: value}
		c.Decode(value, &e.value)
		m.index[key.Value] = len(m.entries)
		m.entries = append(m.entries, e)
	})
}
