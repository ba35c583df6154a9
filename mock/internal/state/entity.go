package state

import (
	"sync/atomic"

	"github.com/tidwall/gjson"
)

// An Entity is one version of one stored JSON object. It is immutable; a
// change makes another version.
type Entity struct {
	// ID is unique in the collection.
	ID string
	// Seq orders the collection by creation. It is never used again.
	Seq uint64
	// Version is Snapshot.Version of the change that made this version: it
	// differs between any two versions in the history of a store.
	Version uint64
	// Raw is the object as it was stored, byte by byte. Read only.
	Raw []byte
	// Public is Raw without hidden fields; the same slice if there are none.
	Public []byte

	memo atomic.Pointer[any]
}

// Memo returns what make made of the entity, and makes it only once: it is the
// place for a decoded form. Concurrent first calls may each call make; all of
// them return the same value. Every caller must use the same make.
func (e *Entity) Memo(make func(*Entity) any) any {
	if kept := e.memo.Load(); kept != nil {
		return *kept
	}
	made := make(e)
	if e.memo.CompareAndSwap(nil, &made) {
		return made
	}
	return *e.memo.Load()
}

// uniqueValue is the value that a unique field holds, "" if it holds none.
func uniqueValue(raw []byte, field string) string {
	var found string
	gjson.ParseBytes(raw).ForEach(func(name, value gjson.Result) bool {
		if name.String() != field {
			return true
		}
		switch value.Type {
		case gjson.String:
			// Two spellings of one text are the same text.
			found = `"` + value.String()
		case gjson.Number, gjson.True, gjson.False:
			found = value.Raw
		default:
			found = ""
		}
		// The last of several members of one name counts, as it does for decoders.
		return true
	})
	return found
}

// without is a JSON object minus some members; raw itself if it has none of them.
func without(raw []byte, fields []string) []byte {
	if len(fields) == 0 {
		return raw
	}
	var kept []byte
	cut := false
	gjson.ParseBytes(raw).ForEach(func(name, value gjson.Result) bool {
		for _, field := range fields {
			if name.String() == field {
				cut = true
				return true
			}
		}
		if len(kept) > 0 {
			kept = append(kept, ',')
		}
		kept = append(kept, name.Raw...)
		kept = append(kept, ':')
		kept = append(kept, value.Raw...)
		return true
	})
	if !cut {
		return raw
	}
	public := make([]byte, 0, len(kept)+2)
	public = append(public, '{')
	public = append(public, kept...)
	return append(public, '}')
}
