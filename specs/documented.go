package specs

import (
	"fmt"
	"sync"

	yaml "go.yaml.in/yaml/v4"

	"understudy.dev/specs/relax"
	"understudy.dev/specs/validate"
)

// lazyDocument is a document made on first use.
type lazyDocument struct {
	once     sync.Once
	document *validate.Document
	relaxed  *relax.Relaxed
	err      error
}

// Documented is the documented document: the OpenAPI document in which every
// constraint that no documented requirement lists is relaxed. It is made on
// first use and kept. Where the whole document is the vendor's own, it is the
// document itself.
func (a *API) Documented() (*validate.Document, error) {
	a.relax()
	return a.documented.document, a.documented.err
}

// Origin translates a JSON pointer into the documented document to that of the
// same thing in the document as it is written.
func (a *API) Origin(pointer string) string {
	a.relax()
	if a.documented.relaxed == nil {
		return pointer
	}
	return a.documented.relaxed.Origin(pointer)
}

func (a *API) relax() {
	l := &a.documented
	l.once.Do(func() {
		if a.Registry.AllDocumented {
			l.document = a.Document
			return
		}
		l.relaxed = relax.Derive(a.Document.Node(), a.isDocumented)
		src, err := yaml.Marshal(l.relaxed.Root)
		if err == nil {
			l.document, err = validate.Load(a.documentFile, src, &validate.Options{FS: a.fsys})
		}
		if err != nil {
			l.err = fmt.Errorf("cannot make the documented form of %s: %w", a.Name, err)
		}
	})
}

// Owner lists the documented requirements that rest on the node of openapi.yaml
// at a JSON pointer, in the order of the registry. None means that nobody
// promised it, unless the registry says that the whole document is the vendor's.
func (a *API) Owner(pointer string) []*Requirement { return a.owners(openAPIFile, pointer) }

// ProfileOwner is Owner for a node of profile.yaml.
func (a *API) ProfileOwner(pointer string) []*Requirement { return a.owners(profileFile, pointer) }

func (a *API) owners(file, pointer string) []*Requirement {
	var owners []*Requirement
	for _, r := range a.Registry.Requirements {
		if r.Basis == Documented && r.restsOn(file, pointer) {
			owners = append(owners, r)
		}
	}
	return owners
}

func (a *API) isDocumented(pointer string) bool {
	return a.Registry.AllDocumented || len(a.Owner(pointer)) > 0
}

func (r *Requirement) restsOn(file, pointer string) bool {
	for _, f := range r.Facts {
		if f.File == file && f.Covers(pointer) {
			return true
		}
	}
	return false
}
