package state

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// things is the collection of the model.
var things = Collection{Name: "things", Unique: []string{"code", "name"}, Hidden: []string{"secret"}}

// A thing is an entity of the naive model: a list that is searched from end to
// end and copied whole.
type thing struct {
	ID, Code, Name string
	Number         int
}

func (t thing) raw() []byte {
	return fmt.Appendf(nil, `{"id":%q,"code":%q,"secret":%d,"name":%q}`, t.ID, t.Code, t.Number, t.Name)
}

func (t thing) public() string {
	return fmt.Sprintf(`{"id":%q,"code":%q,"name":%q}`, t.ID, t.Code, t.Name)
}

type model struct {
	store *Store
	want  []thing
	// kept are snapshots taken on the way, with what they must go on showing.
	kept []keptView
}

type keptView struct {
	view *Snapshot
	want []thing
}

var errRollback = errors.New("roll back")

func (m *model) at(id string) int {
	return slices.IndexFunc(m.want, func(t thing) bool { return t.ID == id })
}

// taken reports whether another thing holds a unique value.
func (m *model) taken(t thing) bool {
	return slices.ContainsFunc(m.want, func(o thing) bool {
		return o.ID != t.ID && (o.Code == t.Code || o.Name == t.Name)
	})
}

func (m *model) random(t *rapid.T) thing {
	return thing{
		ID:     rapid.SampledFrom([]string{"a", "b", "c", "d", "e", "f", "g", "h"}).Draw(t, "id"),
		Code:   rapid.SampledFrom([]string{"1", "2", "3", "4", "5", "6"}).Draw(t, "code"),
		Name:   rapid.SampledFrom([]string{"p", "q", "r", "s", "t", "u"}).Draw(t, "name"),
		Number: rapid.IntRange(0, 9).Draw(t, "number"),
	}
}

// keep remembers the present view; a few are enough.
func (m *model) keep() {
	m.kept = append(m.kept, keptView{m.store.View(), slices.Clone(m.want)})
	m.kept = m.kept[max(0, len(m.kept)-3):]
}

// insert does to store and model alike what a transaction may do.
func (m *model) insert(t *rapid.T, tx *Tx) {
	made := m.random(t)
	e, err := tx.Insert("things", made.ID, made.raw())
	if m.at(made.ID) >= 0 || m.taken(made) {
		var duplicate *DuplicateError
		require.ErrorAs(t, err, &duplicate)
		if m.at(made.ID) >= 0 {
			require.Empty(t, duplicate.Field)
		}
		return
	}
	require.NoError(t, err)
	require.Equal(t, made.public(), string(e.Public))
	m.want = append(m.want, made)
}

func (m *model) replace(t *rapid.T, tx *Tx) {
	made := m.random(t)
	_, err := tx.Replace("things", made.ID, made.raw())
	at := m.at(made.ID)
	switch {
	case at < 0:
		require.ErrorIs(t, err, ErrNotFound)
	case m.taken(made):
		var duplicate *DuplicateError
		require.ErrorAs(t, err, &duplicate)
		require.NotEmpty(t, duplicate.Field)
	default:
		require.NoError(t, err)
		m.want[at] = made
	}
}

func (m *model) remove(t *rapid.T, tx *Tx) {
	id := m.random(t).ID
	err := tx.Delete("things", id)
	at := m.at(id)
	if at < 0 {
		require.ErrorIs(t, err, ErrNotFound)
		return
	}
	require.NoError(t, err)
	m.want = slices.Delete(m.want, at, at+1)
}

func (m *model) transaction(t *rapid.T, fails bool) {
	before := slices.Clone(m.want)
	err := m.store.Update(func(tx *Tx) error {
		for range rapid.IntRange(0, 5).Draw(t, "steps") {
			rapid.SampledFrom([]func(*rapid.T, *Tx){m.insert, m.insert, m.replace, m.remove}).Draw(t, "step")(t, tx)
			check(t, tx.Snapshot, m.want)
		}
		if fails {
			return errRollback
		}
		return nil
	})
	if fails {
		require.ErrorIs(t, err, errRollback)
		m.want = before
		return
	}
	require.NoError(t, err)
}

// check compares every way to read with the model.
func check(t *rapid.T, view *Snapshot, want []thing) {
	require.Equal(t, len(want), view.Len("things"))
	var ids []string
	var seqs []uint64
	for e := range view.All("things") {
		ids = append(ids, e.ID)
		seqs = append(seqs, e.Seq)
	}
	require.True(t, slices.IsSorted(seqs))
	for i, w := range want {
		require.Equal(t, w.ID, ids[i])
		e := view.Get("things", w.ID)
		require.NotNil(t, e)
		require.Equal(t, string(w.raw()), string(e.Raw))
		require.Equal(t, w.public(), string(e.Public))
		for got := range view.From("things", i) {
			require.Same(t, e, got)
			break
		}
		rest := 0
		for range view.After("things", e.Seq) {
			rest++
		}
		require.Equal(t, len(want)-i-1, rest)
	}
	require.Nil(t, view.Get("things", "nobody"))
}

// The store does what a list does, in transactions, through rollback, reset,
// restore and fork; and what was once seen does not change.
func TestStoreAgainstModel(t *testing.T) {
	t.Parallel()
	seeded := []thing{{ID: "a", Code: "1", Name: "p"}, {ID: "b", Code: "2", Name: "q"}}
	base, err := NewBase([]Collection{{Name: "others"}, things}, func(tx *Tx) error {
		for _, s := range seeded {
			if _, err := tx.Insert("things", s.ID, s.raw()); err != nil {
				return err
			}
		}
		return nil
	})
	require.NoError(t, err)

	rapid.Check(t, func(t *rapid.T) {
		m := &model{store: base.NewStore(), want: slices.Clone(seeded)}
		t.Repeat(map[string]func(*rapid.T){
			"commit":   func(t *rapid.T) { m.transaction(t, false) },
			"rollback": func(t *rapid.T) { m.transaction(t, true) },
			"reset": func(t *rapid.T) {
				m.store.Reset()
				m.want = slices.Clone(seeded)
			},
			"keep": func(t *rapid.T) {
				m.keep()
			},
			"restore": func(t *rapid.T) {
				if len(m.kept) == 0 {
					return // nothing was kept
				}
				kept := rapid.SampledFrom(m.kept).Draw(t, "kept")
				m.store.Restore(kept.view)
				m.want = slices.Clone(kept.want)
			},
			"fork": func(t *rapid.T) {
				m.keep()
				m.store = m.store.Fork()
			},
			"": func(t *rapid.T) {
				check(t, m.store.View(), m.want)
				for _, kept := range m.kept {
					check(t, kept.view, kept.want)
				}
				check(t, base.NewStore().View(), seeded)
			},
		})
	})
}

// Versions tell any two versions of an entity apart.
func TestVersions(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		base, err := NewBase([]Collection{things}, nil)
		require.NoError(t, err)
		m := &model{store: base.NewStore()}
		seen := map[uint64]string{}
		for range 20 {
			m.transaction(t, rapid.Bool().Draw(t, "fails"))
			for e := range m.store.View().All("things") {
				raw, known := seen[e.Version]
				if known {
					require.Equal(t, raw, string(e.Raw))
				}
				seen[e.Version] = string(e.Raw)
				require.True(t, json.Valid(e.Public))
			}
		}
	})
}
