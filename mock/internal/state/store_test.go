package state

import (
	"errors"
	"fmt"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func newStore(t testing.TB, collections ...Collection) *Store {
	t.Helper()
	base, err := NewBase(collections, nil)
	require.NoError(t, err)
	return base.NewStore()
}

func TestBaseMistakes(t *testing.T) {
	t.Parallel()
	_, err := NewBase([]Collection{{Name: "a"}, {Name: "a"}}, nil)
	require.ErrorContains(t, err, `two collections are named "a"`)
	_, err = NewBase(nil, func(tx *Tx) error {
		_, err := tx.Insert("a", "1", []byte(`{}`))
		return err
	})
	require.ErrorIs(t, err, ErrNoCollection)
}

func TestUnknownCollectionIsEmpty(t *testing.T) {
	t.Parallel()
	s := newStore(t, Collection{Name: "a"})
	assert.Equal(t, []string{"a"}, s.View().Collections())
	assert.Nil(t, s.View().Get("b", "1"))
	assert.Zero(t, s.View().Len("b"))
	for range s.View().All("b") {
		t.Error("something in nothing")
	}
	for range s.View().After("b", 0) {
		t.Error("something in nothing")
	}
	for range s.View().From("a", -1) {
		t.Error("something before the beginning")
	}
	err := s.Update(func(tx *Tx) error { return tx.Delete("b", "1") })
	require.ErrorIs(t, err, ErrNoCollection)
}

func TestUpdateThen(t *testing.T) {
	t.Parallel()
	s := newStore(t, Collection{Name: "a"})
	insert := func(id string) func(*Tx) error {
		return func(tx *Tx) error {
			_, err := tx.Insert("a", id, []byte(`{}`))
			return err
		}
	}
	told := 0
	require.NoError(t, s.UpdateThen(insert("1"), func(after *Snapshot) {
		told++
		assert.NotNil(t, s.View().Get("a", "1"), "it is published")
		assert.NotNil(t, after.Get("a", "1"))
	}))
	require.Error(t, s.UpdateThen(insert("1"), func(*Snapshot) { told++ }))
	assert.Equal(t, 1, told, "nothing happened, so nothing is told")

	// What is told comes in the order of the changes, whoever makes them.
	var all sync.WaitGroup
	var versions []uint64
	for i := range 50 {
		all.Go(func() {
			assert.NoError(t, s.UpdateThen(insert("n"+strconv.Itoa(i)), func(after *Snapshot) { versions = append(versions, after.Version()) }))
		})
	}
	all.Wait()
	require.Len(t, versions, 50)
	for i := range versions[1:] {
		assert.Equal(t, versions[i]+1, versions[i+1])
	}
}

func TestUniqueValues(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		first, second string
		duplicate     bool
	}{
		"same text":                 {`{"code":"x"}`, `{"code":"x"}`, true},
		"same text, other spelling": {`{"code":"x"}`, `{"code":"\u0078"}`, true},
		"same number":               {`{"code":7}`, `{"code": 7}`, true},
		"text and number":           {`{"code":"7"}`, `{"code":7}`, false},
		"text and true":             {`{"code":"true"}`, `{"code":true}`, false},
		"true twice":                {`{"code":true}`, `{"code":true}`, true},
		"null is nothing":           {`{"code":null}`, `{"code":null}`, false},
		"missing is nothing":        {`{}`, `{}`, false},
		"objects are nothing":       {`{"code":{}}`, `{"code":{}}`, false},
		"empty text is something":   {`{"code":""}`, `{"code":""}`, true},
		"not the nested one":        {`{"code":"a","x":{"code":"b"}}`, `{"code":"b"}`, false},
		"the last one counts":       {`{"code":"a","code":"b"}`, `{"code":"b"}`, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStore(t, Collection{Name: "a", Unique: []string{"code"}})
			err := s.Update(func(tx *Tx) error {
				_, err := tx.Insert("a", "1", []byte(test.first))
				require.NoError(t, err)
				_, err = tx.Insert("a", "2", []byte(test.second))
				return err
			})
			if !test.duplicate {
				require.NoError(t, err)
				return
			}
			var duplicate *DuplicateError
			require.ErrorAs(t, err, &duplicate)
			assert.Equal(t, "code", duplicate.Field)
			assert.Equal(t, "1", duplicate.Holder.ID)
			assert.EqualError(t, err, "the value of code is taken in a")
		})
	}
}

func TestUniqueValueIsFreeAgain(t *testing.T) {
	t.Parallel()
	s := newStore(t, Collection{Name: "a", Unique: []string{"code"}})
	require.NoError(t, s.Update(func(tx *Tx) error {
		_, err := tx.Insert("a", "1", []byte(`{"code":"x"}`))
		require.NoError(t, err)
		_, err = tx.Replace("a", "1", []byte(`{"code":"x","more":1}`))
		require.NoError(t, err, "a thing does not collide with itself")
		_, err = tx.Replace("a", "1", []byte(`{"code":"y"}`))
		require.NoError(t, err)
		_, err = tx.Insert("a", "2", []byte(`{"code":"x"}`))
		require.NoError(t, err, "a value that was given up is free")
		require.NoError(t, tx.Delete("a", "2"))
		_, err = tx.Insert("a", "3", []byte(`{"code":"x"}`))
		return err
	}))
}

func TestHiddenFields(t *testing.T) {
	t.Parallel()
	big := `{"id":"1","n":12345678901234567890,"x":{"pin":1}, "s" : "\u00e9" }`
	for raw, want := range map[string]string{
		big:               big,
		`{"pin":1}`:       `{}`,
		`{"pin":1,"a":2}`: `{"a":2}`,
		`{"a":2,"pin":1}`: `{"a":2}`,
		`{"a": 12345678901234567890 ,"p\u0069n":{"b":[1]},"c":1}`: `{"a":12345678901234567890,"c":1}`,
	} {
		s := newStore(t, Collection{Name: "a", Hidden: []string{"pin", "salt"}})
		require.NoError(t, s.Update(func(tx *Tx) error {
			e, err := tx.Insert("a", "1", []byte(raw))
			require.NoError(t, err)
			assert.Equal(t, want, string(e.Public))
			assert.Equal(t, raw, string(e.Raw), "what is stored is what was sent")
			return nil
		}))
	}
}

func TestPanicRollsBack(t *testing.T) {
	t.Parallel()
	s := newStore(t, Collection{Name: "a"})
	require.Panics(t, func() {
		_ = s.Update(func(tx *Tx) error {
			_, _ = tx.Insert("a", "1", []byte(`{}`))
			panic("halfway")
		})
	})
	assert.Zero(t, s.View().Len("a"))
	require.NoError(t, s.Update(func(*Tx) error { return nil }), "the store can still be written")
}

func TestEmptyUpdateChangesNothing(t *testing.T) {
	t.Parallel()
	s := newStore(t, Collection{Name: "a"})
	before := s.View()
	require.NoError(t, s.Update(func(*Tx) error { return nil }))
	assert.Same(t, before, s.View())
}

func TestMemoIsMadeOnce(t *testing.T) {
	t.Parallel()
	s := newStore(t, Collection{Name: "a"})
	var e *Entity
	require.NoError(t, s.Update(func(tx *Tx) (err error) {
		e, err = tx.Insert("a", "1", []byte(`{}`))
		return err
	}))
	var all sync.WaitGroup
	made := make([]any, 8)
	for i := range made {
		all.Go(func() { made[i] = e.Memo(func(*Entity) any { return new(int) }) })
	}
	all.Wait()
	for _, m := range made {
		assert.Same(t, made[0], m)
	}
}

// Writers at once: of several with the same id or value exactly one gets
// through, and readers see only what was finished.
func TestConcurrentWriters(t *testing.T) {
	t.Parallel()
	const workers, each = 8, 60
	base, err := NewBase([]Collection{{Name: "a", Unique: []string{"code"}}, {Name: "log"}}, nil)
	require.NoError(t, err)
	s := base.NewStore()
	won := make([]int, workers)
	var all sync.WaitGroup
	for w := range workers {
		all.Go(func() {
			for i := range each {
				err := s.Update(func(tx *Tx) error {
					raw := fmt.Appendf(nil, `{"code":"c%d","by":%d}`, i, w)
					if _, err := tx.Insert("log", fmt.Sprintf("%d-%d", w, i), raw); err != nil {
						return err
					}
					_, err := tx.Insert("a", fmt.Sprintf("%d-%d", w, i), raw)
					return err
				})
				if err == nil {
					won[w]++
				}
			}
		})
		all.Go(func() {
			for range each {
				view := s.View()
				assert.Equal(t, view.Len("a"), view.Len("log"), "half a transaction is visible")
				// Another world on the same base is written at the same time.
				assert.NoError(t, base.NewStore().Update(func(tx *Tx) error {
					_, err := tx.Insert("a", "x", []byte(`{"code":"c1"}`))
					return err
				}))
			}
		})
	}
	all.Wait()
	total := 0
	for _, n := range won {
		total += n
	}
	assert.Equal(t, each, total)
	assert.Equal(t, each, s.View().Len("a"))
	assert.Zero(t, base.NewStore().View().Len("a"))
}

func TestCredentials(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	require.NoError(t, s.Update(func(tx *Tx) error {
		require.NoError(t, tx.AddCredential(&Credential{Kind: "key", ID: "k", Value: "s", Seeded: true}))
		require.NoError(t, tx.AddCredential(&Credential{Kind: "token", ID: "t", Value: "v", Alone: true, Parent: &CredentialName{"key", "k"}}))
		require.NoError(t, tx.AddCredential(&Credential{Kind: "token", ID: "u", Value: "w", Alone: true, Parent: &CredentialName{"token", "t"}}))
		require.NoError(t, tx.AddCredential(&Credential{Kind: "key", ID: "k2", Value: "s"}), "secrets of pairs may be the same")
		require.ErrorIs(t, tx.AddCredential(&Credential{Kind: "key", ID: "k"}), ErrTaken)
		require.ErrorIs(t, tx.AddCredential(&Credential{Kind: "token", ID: "x", Value: "v", Alone: true}), ErrTaken)
		return nil
	}))
	before := s.View()
	assert.Equal(t, "t", before.Presented("v").ID)
	assert.Nil(t, before.Presented("s"), "a secret of a pair is nothing alone")
	assert.Nil(t, before.Credential("token", "k"), "ids are those of a kind")
	assert.False(t, before.Revoked(before.Presented("w")))

	require.NoError(t, s.Update(func(tx *Tx) error {
		require.ErrorIs(t, tx.ChangeCredential("key", "nobody", func(*Credential) {}), ErrNoCredential)
		return tx.ChangeCredential("key", "k", func(c *Credential) {
			c.Revoked, c.ExpiresAt, c.ID, c.Value = true, now, "other", "other"
		})
	}))
	view := s.View()
	changed := view.Credential("key", "k")
	require.NotNil(t, changed, "a name does not change")
	assert.Equal(t, "s", changed.Value)
	assert.Equal(t, now, changed.ExpiresAt)
	for _, value := range []string{"v", "w"} {
		assert.True(t, view.Revoked(view.Presented(value)), "what was issued to it is revoked with it")
		assert.False(t, before.Revoked(before.Presented(value)), "an older view does not change")
	}
	assert.False(t, view.Revoked(view.Credential("key", "k2")))
	assert.True(t, view.Revoked(&Credential{Parent: &CredentialName{"key", "gone"}}), "an orphan is not good")
	var ids []string
	for c := range view.Credentials() {
		ids = append(ids, c.ID)
	}
	assert.Equal(t, []string{"k", "t", "u", "k2"}, ids)

	s.Reset()
	assert.Nil(t, s.View().Presented("v"))
}

func TestPruneCredentials(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	dead := func(c *Credential) bool { return c.Revoked }
	require.NoError(t, s.Update(func(tx *Tx) error {
		for i := range 10 {
			id := strconv.Itoa(i)
			require.NoError(t, tx.AddCredential(&Credential{
				Kind: "token", ID: id, Value: "v" + id, Alone: true, Seeded: i == 0, Revoked: i%2 == 0,
			}))
		}
		tx.PruneCredentials(10, dead)
		assert.NotNil(t, tx.Presented("v2"), "not yet too many")
		tx.PruneCredentials(9, dead)
		return nil
	}))
	view := s.View()
	for i := range 10 {
		id := strconv.Itoa(i)
		assert.Equal(t, i == 0 || i%2 == 1, view.Presented("v"+id) != nil, id)
		assert.Equal(t, i == 0 || i%2 == 1, view.Credential("token", id) != nil, id)
	}
}

// What has ended is kept as long as something needs it that has not.
func TestPruneCredentialsKeepsOwners(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	issue := func(tx *Tx, id, to string, change func(*Credential)) {
		c := &Credential{Kind: "token", ID: id, Value: "v" + id, Alone: true}
		if to != "" {
			c.Parent = &CredentialName{"token", to}
		}
		change(c)
		require.NoError(t, tx.AddCredential(c))
	}
	good := func(*Credential) {}
	used := func(c *Credential) { c.Used = true }
	revoked := func(c *Credential) { c.Revoked = true }
	dead := func(c *Credential) bool { return c.Used || c.Revoked }
	require.NoError(t, s.Update(func(tx *Tx) error {
		issue(tx, "code", "", used)
		issue(tx, "session", "code", good)
		issue(tx, "lost", "", revoked)
		issue(tx, "late", "lost", good)
		issue(tx, "first", "", used)
		issue(tx, "second", "first", used)
		return nil
	}))
	prune := func() {
		require.NoError(t, s.Update(func(tx *Tx) error { tx.PruneCredentials(0, dead); return nil }))
	}
	prune()
	left := func() (ids []string) {
		for c := range s.View().Credentials() {
			ids = append(ids, c.ID)
		}
		return ids
	}
	assert.Equal(t, []string{"code", "session", "late", "first"}, left())
	view := s.View()
	assert.False(t, view.Revoked(view.Credential("token", "session")))
	assert.True(t, view.Revoked(view.Credential("token", "late")))
	prune()
	assert.Equal(t, []string{"code", "session", "late"}, left(), "once nothing needs it, it goes")
}

// Many that last stand before those that have ended.
func TestPruneCredentialsGoesOn(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	require.NoError(t, s.Update(func(tx *Tx) error {
		for i := range 3 * maxLook {
			id := strconv.Itoa(i)
			require.NoError(t, tx.AddCredential(&Credential{Kind: "token", ID: id, Revoked: i >= 2*maxLook}))
		}
		return nil
	}))
	for range 3 {
		require.NoError(t, s.Update(func(tx *Tx) error {
			tx.PruneCredentials(0, func(c *Credential) bool { return c.Revoked })
			return tx.AddCredential(&Credential{Kind: "token", ID: "n" + strconv.Itoa(int(tx.Version()))})
		}))
	}
	assert.Nil(t, s.View().Credential("token", strconv.Itoa(2*maxLook)))
	assert.NotNil(t, s.View().Credential("token", "0"))
}

func BenchmarkNewStore(b *testing.B) {
	base := bigBase(b)
	b.ReportAllocs()
	for b.Loop() {
		base.NewStore()
	}
}

func BenchmarkReset(b *testing.B) {
	s := bigBase(b).NewStore()
	b.ReportAllocs()
	for b.Loop() {
		s.Reset()
	}
}

func BenchmarkInsert(b *testing.B) {
	s := bigBase(b).NewStore()
	raw := []byte(`{"id":"x","name":"a risk","level":"high"}`)
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		i++
		_ = s.Update(func(tx *Tx) error {
			_, err := tx.Insert("a", "n"+strconv.Itoa(i), raw)
			return err
		})
	}
}

func BenchmarkGet(b *testing.B) {
	s := bigBase(b).NewStore()
	b.ReportAllocs()
	for b.Loop() {
		if s.View().Get("a", "500") == nil {
			b.Fatal("gone")
		}
	}
}

func bigBase(b *testing.B) *Base {
	b.Helper()
	base, err := NewBase([]Collection{{Name: "a"}, {Name: "b"}}, func(tx *Tx) error {
		var errs []error
		for i := range 1000 {
			_, err := tx.Insert("a", strconv.Itoa(i), fmt.Appendf(nil, `{"id":"%d"}`, i))
			errs = append(errs, err)
		}
		return errors.Join(errs...)
	})
	require.NoError(b, err)
	return base
}
