package wire

import (
	"slices"
	"sync"
)

// An Entry is something that the run created.
type Entry struct {
	// Base and Path are where it was created, the escaped path below the base.
	Base, Path string
	ID         string
	// Login is the name of who created it.
	Login string
	// Check is the id of the check.
	Check string
	// Claimed is true if the check says that it created the thing, false if it only looks like it.
	Claimed bool
}

// A Ledger holds what a run created, and so what it may change. It is safe for concurrent use; the zero value is empty.
type Ledger struct {
	mu       sync.Mutex
	entries  []Entry
	owned    map[string]bool
	invented map[string]bool
}

// Add enters a thing. Entering it twice changes nothing, except that a claim stays a claim.
func (l *Ledger) Add(e Entry) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i, known := range l.entries {
		if known.Path == e.Path && known.ID == e.ID {
			l.entries[i].Claimed = known.Claimed || e.Claimed
			l.own(e)
			return
		}
	}
	l.entries = append(l.entries, e)
	l.own(e)
}

func (l *Ledger) own(e Entry) {
	if l.owned == nil {
		l.owned = map[string]bool{}
	}
	// What only looks created may have been there before.
	l.owned[e.ID] = l.owned[e.ID] || e.Claimed
}

// Invent remembers an id that names nothing.
func (l *Ledger) Invent(id string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.invented == nil {
		l.invented = map[string]bool{}
	}
	l.invented[id] = true
}

// Allows reports whether the thing may be changed or deleted: the run created it, or it does not exist.
func (l *Ledger) Allows(id string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.owned[id] || l.invented[id]
}

// Gone takes a thing out that was deleted. It may no longer be cleaned up, but still be asked for.
func (l *Ledger) Gone(id string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.entries = slices.DeleteFunc(l.entries, func(e Entry) bool { return e.ID == id })
}

// Take empties the ledger of the things of a check, "" meaning every check, and returns them, the newest first.
func (l *Ledger) Take(check string) []Entry {
	l.mu.Lock()
	defer l.mu.Unlock()
	var taken []Entry
	l.entries = slices.DeleteFunc(l.entries, func(e Entry) bool {
		if check != "" && e.Check != check {
			return false
		}
		taken = append(taken, e)
		return true
	})
	slices.Reverse(taken)
	return taken
}
