package state

import (
	"iter"

	"github.com/tidwall/btree"
)

// A Snapshot is the state of a world at one moment. It is immutable, except
// that the one inside a Tx follows what the Tx does. A collection that does
// not exist is empty.
type Snapshot struct {
	version     uint64
	index       map[string]int
	tables      []*table
	credentials ledger
}

// Version counts the changes that led here.
func (v *Snapshot) Version() uint64 { return v.version }

// Collections are the names in order of declaration.
func (v *Snapshot) Collections() []string {
	names := make([]string, len(v.tables))
	for i, t := range v.tables {
		names[i] = t.def.Name
	}
	return names
}

// Get finds an entity by id, nil if there is none.
func (v *Snapshot) Get(collection, id string) *Entity {
	t := v.table(collection)
	if t == nil {
		return nil
	}
	entity, _ := t.byID.Get(id)
	return entity
}

// Len counts the entities of a collection.
func (v *Snapshot) Len(collection string) int {
	t := v.table(collection)
	if t == nil {
		return 0
	}
	return t.bySeq.Len()
}

// All walks a collection in order of creation.
func (v *Snapshot) All(collection string) iter.Seq[*Entity] { return v.From(collection, 0) }

// From walks a collection in order of creation, beginning with the entity at
// an offset; it gets there without walking over the ones before.
func (v *Snapshot) From(collection string, offset int) iter.Seq[*Entity] {
	return func(yield func(*Entity) bool) {
		t := v.table(collection)
		if t == nil {
			return
		}
		if seq, _, ok := t.bySeq.GetAt(offset); ok {
			t.walk(seq, yield)
		}
	}
}

// After walks a collection in order of creation, beginning behind the entity
// with a Seq, whether that one still exists or not.
func (v *Snapshot) After(collection string, seq uint64) iter.Seq[*Entity] {
	return func(yield func(*Entity) bool) {
		if t := v.table(collection); t != nil {
			t.walk(seq+1, yield)
		}
	}
}

func (v *Snapshot) table(collection string) *table {
	i, ok := v.index[collection]
	if !ok {
		return nil
	}
	return v.tables[i]
}

// A table is one collection. The trees share their nodes with older and newer
// versions; only a Tx changes them, after a fork.
type table struct {
	def    *Collection
	next   uint64
	bySeq  btree.Map[uint64, *Entity]
	byID   btree.Map[string, *Entity]
	unique []btree.Map[string, *Entity]
}

func newTable(def *Collection) *table {
	return &table{def: def, unique: make([]btree.Map[string, *Entity], len(def.Unique))}
}

func (t *table) walk(seq uint64, yield func(*Entity) bool) {
	t.bySeq.Ascend(seq, func(_ uint64, entity *Entity) bool { return yield(entity) })
}

func (t *table) fork() *table {
	fork := &table{def: t.def, next: t.next, bySeq: forkMap(t.bySeq), byID: forkMap(t.byID)}
	if len(t.unique) > 0 {
		fork.unique = make([]btree.Map[string, *Entity], len(t.unique))
		for i := range t.unique {
			fork.unique[i] = forkMap(t.unique[i])
		}
	}
	return fork
}

// forkMap takes the tree by value because Copy marks the tree it copies from:
// the shared one must stay untouched while others read it or fork it too.
func forkMap[K uint64 | string, V any](m btree.Map[K, V]) btree.Map[K, V] {
	return *m.Copy()
}
