package specs

import (
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"understudy.dev/specs/strict"
)

// A Loader loads APIs in a way of its own. Load, LoadDir, LoadFile and Open are
// those of the zero Loader.
type Loader struct {
	// Official lets every request and response be judged by libopenapi-validator
	// and the schema compiler, without the fast path. The verdicts are the same.
	Official bool
}

// Load reads the API in dir, a directory of fsys. The error is an
// *strict.Errors with every mistake, each with file:line.
func Load(fsys fs.FS, dir string) (*API, error) { return Loader{}.Load(fsys, dir) }

// LoadDir reads the API in a directory of the disk; messages name its files as
// dir does.
func LoadDir(dir string) (*API, error) { return Loader{}.LoadDir(dir) }

// LoadFile reads one OpenAPI document of the disk, in YAML or JSON, as an API
// of which nothing else is known: credentials, errors and behaviours are inferred.
func LoadFile(file string) (*API, error) { return Loader{}.LoadFile(file) }

// Open loads an embedded API.
func Open(name string) (*API, error) { return Loader{}.Open(name) }

// Load is the function Load.
func (o Loader) Load(fsys fs.FS, dir string) (*API, error) {
	return o.loadDir(fsys, path.Clean(dir), path.Clean(dir))
}

// LoadDir is the function LoadDir.
func (o Loader) LoadDir(dir string) (*API, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("cannot load %s: %w", dir, err)
	}
	l := &loader{options: o, fsys: os.DirFS(abs), dir: ".", shown: filepath.ToSlash(filepath.Clean(dir))}
	return l.load(filepath.Base(abs), openAPIFile)
}

// LoadFile is the function LoadFile.
func (o Loader) LoadFile(file string) (*API, error) {
	abs, err := filepath.Abs(file)
	if err != nil {
		return nil, fmt.Errorf("cannot load %s: %w", file, err)
	}
	base := filepath.Base(abs)
	l := &loader{
		options: o,
		fsys:    os.DirFS(filepath.Dir(abs)),
		dir:     ".",
		shown:   filepath.ToSlash(filepath.Dir(filepath.Clean(file))),
		alone:   true,
	}
	return l.load(strings.TrimSuffix(base, filepath.Ext(base)), base)
}

// Open is the function Open.
func (o Loader) Open(name string) (*API, error) {
	if _, err := fs.Stat(embedded, name+"/"+openAPIFile); err != nil {
		return nil, fmt.Errorf("%s", strict.Unknown("API", name, Embedded()))
	}
	return o.loadDir(embedded, name, "specs/"+name)
}

func (o Loader) loadDir(fsys fs.FS, dir, shown string) (*API, error) {
	l := &loader{options: o, fsys: fsys, dir: dir, shown: shown}
	return l.load(path.Base(dir), openAPIFile)
}
