// Package state keeps what exists in one world: collections of JSON objects in
// the order of their creation, and credentials. Readers look at an immutable
// [Snapshot] and take no lock; one writer at a time changes everything or
// nothing in a [Tx].
//
// It knows no HTTP, no templates and no contract: it stores bytes that others
// have validated, and holds what must hold under concurrency, that ids and
// unique fields are unique.
//
//	base, err := state.NewBase([]state.Collection{{Name: "risks", Key: "id"}}, func(tx *state.Tx) error {
//		_, err := tx.Insert("risks", "rsk_1", []byte(`{"id":"rsk_1"}`))
//		return err
//	})
//	store := base.NewStore() // shares everything with the base until it is changed
//	err = store.Update(func(tx *state.Tx) error {
//		_, err := tx.Replace("risks", "rsk_1", []byte(`{"id":"rsk_1","name":"fire"}`))
//		return err
//	})
//	store.View().Get("risks", "rsk_1").Raw
package state
