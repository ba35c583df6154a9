package specs

import (
	"io/fs"
	"time"

	yaml "go.yaml.in/yaml/v4"

	"understudy.dev/specs/validate"
)

// An API is a vendor's contract, loaded and fully checked. It is immutable and
// safe for concurrent use.
type API struct {
	// Name is the directory's name (or the file's, without ending).
	Name string
	// Dir is where it was read from, for messages: "specs/toy".
	Dir string
	// Document is the OpenAPI document with every constraint, documented or assumed.
	Document *validate.Document
	Profile  *Profile
	Registry *Registry
	Seed     *Seed
	// Checks are the check files, sorted by name.
	Checks []*CheckFile

	// fsys is the directory, documentFile the document's name in messages,
	// profileRoot the profile as it is written, nil without one.
	fsys         fs.FS
	documentFile string
	profileRoot  *yaml.Node
	// documented is filled on first use by Documented.
	documented lazyDocument
}

// A CheckFile is one file of checks, unparsed.
type CheckFile struct {
	// Name is the file's name without ending: "auth_token".
	Name string
	// Path is the path to print: "specs/toy/checks/auth_token.txtar".
	Path string
	Data []byte
}

// A Seed is what exists in a fresh world.
type Seed struct {
	Credentials []*SeedCredential
	// Resources are objects in document order, by resource name, each a JSON object.
	Resources map[string][][]byte
}

// A SeedCredential is a credential that exists in every fresh world.
type SeedCredential struct {
	Kind       string
	ID, Secret string
	Scopes     []string
	Attributes map[string]any
	// ExpiresAt is zero for one that lasts.
	ExpiresAt time.Time
	Revoked   bool
}
