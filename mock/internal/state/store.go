package state

import (
	"fmt"
	"sync"
	"sync/atomic"
)

// A Collection says what is kept under one name.
type Collection struct {
	Name string
	// Unique are top-level fields that no two entities may share a scalar
	// value in. A missing field and null are shared freely.
	Unique []string
	// Hidden are top-level fields that Entity.Public lacks.
	Hidden []string
}

// A Base is the state of a fresh world. It is immutable and safe for
// concurrent use.
type Base struct{ snapshot *Snapshot }

// NewBase makes a base with empty collections and fills it; nil leaves it
// empty. Two collections of one name are an error, as is what fill returns.
func NewBase(collections []Collection, fill func(*Tx) error) (*Base, error) {
	snapshot := &Snapshot{index: make(map[string]int, len(collections))}
	for i := range collections {
		name := collections[i].Name
		if _, taken := snapshot.index[name]; taken {
			return nil, fmt.Errorf("cannot make a base: two collections are named %q", name)
		}
		snapshot.index[name] = i
		snapshot.tables = append(snapshot.tables, newTable(&collections[i]))
	}
	base := &Base{snapshot: snapshot}
	if fill == nil {
		return base, nil
	}
	store := base.NewStore()
	if err := store.Update(fill); err != nil {
		return nil, fmt.Errorf("cannot fill a base: %w", err)
	}
	return &Base{snapshot: store.View()}, nil
}

// NewStore makes a store that holds what the base holds, at once: whatever the
// size of the base, nothing is copied.
func (b *Base) NewStore() *Store {
	s := &Store{base: b}
	s.current.Store(b.snapshot)
	return s
}

// A Store is the state of one world. It is safe for concurrent use.
type Store struct {
	base    *Base
	writing sync.Mutex
	current atomic.Pointer[Snapshot]
}

// View is the state as the last finished Update left it. It takes no lock and
// never changes.
func (s *Store) View() *Snapshot { return s.current.Load() }

// Update runs f as the only writer and publishes what it did. If f returns an
// error or panics, nothing happened. The Tx is of no use afterwards; f must
// not call Update, Reset or Restore of the same store.
func (s *Store) Update(f func(*Tx) error) error { return s.UpdateThen(f, nil) }

// UpdateThen is Update that also calls then, unless that is nil, once what f did
// is published and before anybody else writes: the calls of then are in the
// order of the changes. It must not call Update, Reset or Restore of the same
// store either. It is not called where f fails.
func (s *Store) UpdateThen(f func(*Tx) error, then func(*Snapshot)) error {
	s.writing.Lock()
	defer s.writing.Unlock()
	tx := begin(s.current.Load())
	if err := f(tx); err != nil {
		return err
	}
	if tx.changed {
		s.current.Store(tx.Snapshot)
	}
	if then != nil {
		then(tx.Snapshot)
	}
	return nil
}

// Reset goes back to the base at once.
func (s *Store) Reset() { s.Restore(s.base.snapshot) }

// Restore goes to a snapshot of this store, or of one with the same base, at once.
func (s *Store) Restore(snapshot *Snapshot) {
	s.writing.Lock()
	defer s.writing.Unlock()
	s.current.Store(snapshot)
}

// Fork makes a store with the same base and the present state, at once.
func (s *Store) Fork() *Store {
	fork := &Store{base: s.base}
	fork.current.Store(s.View())
	return fork
}
