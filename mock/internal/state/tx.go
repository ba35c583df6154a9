package state

import (
	"errors"
	"fmt"
	"slices"
)

// The errors of a Tx, wrapped in what it could not do.
var (
	// ErrNoCollection is an error in the program: collections are declared with the base.
	ErrNoCollection = errors.New("there is no such collection")
	// ErrNotFound means that no entity has the id.
	ErrNotFound = errors.New("there is no such entity")
)

// A DuplicateError means that another entity has the id or a unique value.
type DuplicateError struct {
	Collection string
	// Field is the unique field, "" for the id.
	Field string
	// Holder is the entity that has it.
	Holder *Entity
}

// Error names collection and field.
func (e *DuplicateError) Error() string {
	if e.Field == "" {
		return fmt.Sprintf("the id %q is taken in %s", e.Holder.ID, e.Collection)
	}
	return fmt.Sprintf("the value of %s is taken in %s", e.Field, e.Collection)
}

// A Tx is a transaction. Its embedded Snapshot sees what it has done so far.
type Tx struct {
	*Snapshot
	changed bool
	// forked are the tables that belong to this transaction alone;
	// ledgerForked says the same of the credentials.
	forked       []bool
	ledgerForked bool
}

func begin(from *Snapshot) *Tx {
	view := *from
	return &Tx{Snapshot: &view}
}

// Insert stores a new entity at the end of a collection. The Tx keeps raw,
// which must be a valid JSON object. A taken id or unique value is a
// *DuplicateError.
func (tx *Tx) Insert(collection, id string, raw []byte) (*Entity, error) {
	t, err := tx.write(collection)
	if err != nil {
		return nil, err
	}
	if holder, taken := t.byID.Get(id); taken {
		return nil, &DuplicateError{Collection: collection, Holder: holder}
	}
	entity := &Entity{ID: id, Seq: t.next, Raw: raw}
	if err := tx.put(t, nil, entity); err != nil {
		return nil, err
	}
	t.next++
	return entity, nil
}

// Replace stores another version of an entity in its old place. An unknown id
// is ErrNotFound, a taken unique value a *DuplicateError.
func (tx *Tx) Replace(collection, id string, raw []byte) (*Entity, error) {
	t, err := tx.write(collection)
	if err != nil {
		return nil, err
	}
	old, ok := t.byID.Get(id)
	if !ok {
		return nil, fmt.Errorf("cannot replace %q in %s: %w", id, collection, ErrNotFound)
	}
	entity := &Entity{ID: id, Seq: old.Seq, Raw: raw}
	if err := tx.put(t, old, entity); err != nil {
		return nil, err
	}
	return entity, nil
}

// Delete removes an entity. An unknown id is ErrNotFound.
func (tx *Tx) Delete(collection, id string) error {
	t, err := tx.write(collection)
	if err != nil {
		return err
	}
	old, ok := t.byID.Delete(id)
	if !ok {
		return fmt.Errorf("cannot delete %q in %s: %w", id, collection, ErrNotFound)
	}
	t.bySeq.Delete(old.Seq)
	for i, field := range t.def.Unique {
		if value := uniqueValue(old.Raw, field); value != "" {
			t.unique[i].Delete(value)
		}
	}
	tx.touch()
	return nil
}

// put enters entity into the trees of t, in the place of old if that is not nil.
func (tx *Tx) put(t *table, old, entity *Entity) error {
	values := make([]string, len(t.def.Unique))
	for i, field := range t.def.Unique {
		values[i] = uniqueValue(entity.Raw, field)
		holder, taken := t.unique[i].Get(values[i])
		if taken && holder != old {
			return &DuplicateError{Collection: t.def.Name, Field: field, Holder: holder}
		}
	}
	for i, field := range t.def.Unique {
		if old != nil {
			t.unique[i].Delete(uniqueValue(old.Raw, field))
		}
		if values[i] != "" {
			t.unique[i].Set(values[i], entity)
		}
	}
	tx.touch()
	entity.Version = tx.version
	entity.Public = without(entity.Raw, t.def.Hidden)
	t.byID.Set(entity.ID, entity)
	t.bySeq.Set(entity.Seq, entity)
	return nil
}

func (tx *Tx) touch() {
	tx.changed = true
	tx.version++
}

// write is the table that this transaction may change.
func (tx *Tx) write(collection string) (*table, error) {
	i, ok := tx.index[collection]
	if !ok {
		return nil, fmt.Errorf("cannot write to %q: %w", collection, ErrNoCollection)
	}
	if tx.forked == nil {
		tx.forked = make([]bool, len(tx.tables))
		tx.tables = slices.Clone(tx.tables)
	}
	if !tx.forked[i] {
		tx.tables[i] = tx.tables[i].fork()
		tx.forked[i] = true
	}
	return tx.tables[i], nil
}
