// Package understudy_test holds the directions of the design to the whole source: what may import what, where no Go and no
// vendor's name may stand, where time, chance and mutable state may come from.
package understudy_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const module = "understudy.dev/"

// A source is one Go file of the module.
type source struct {
	path string // slashes, from the root: "mock/server.go"
	dir  string
	test bool
	file *ast.File
	set  *token.FileSet
	text string
}

func (s *source) at(n ast.Node) string {
	return s.path + ":" + strconv.Itoa(s.set.Position(n.Pos()).Line)
}

// imports lists the import paths, those of the module without its name.
func (s *source) imports() []string {
	var all []string
	for _, spec := range s.file.Imports {
		name, _ := strconv.Unquote(spec.Path.Value)
		all = append(all, strings.TrimPrefix(name, module))
	}
	return all
}

// sources parses every Go file of the module.
func sources(t *testing.T) []*source {
	t.Helper()
	var all []*source
	set := token.NewFileSet()
	require.NoError(t, filepath.WalkDir(".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && name != "." {
			// A directory with a go.mod is a module of its own: a client that knows the mock by its address only.
			_, err := os.Stat(filepath.Join(name, "go.mod"))
			if err == nil || entry.Name()[0] == '.' || entry.Name() == "node_modules" {
				return filepath.SkipDir
			}
		}
		if entry.IsDir() || !strings.HasSuffix(name, ".go") {
			return nil
		}
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		file, err := parser.ParseFile(set, name, text, parser.ParseComments)
		if err != nil {
			return err
		}
		slashed := filepath.ToSlash(name)
		all = append(all, &source{
			path: slashed, dir: path.Dir(slashed), test: strings.HasSuffix(name, "_test.go"), file: file, set: set, text: string(text),
		})
		return nil
	}))
	require.NotEmpty(t, all)
	return all
}

func below(dir string, roots ...string) bool {
	return slices.ContainsFunc(roots, func(root string) bool { return dir == root || strings.HasPrefix(dir, root+"/") })
}

// reached is everything that the packages below a directory import, directly or through packages of the module.
func reached(all []*source, root string) map[string]string {
	from := map[string]string{}
	var visit func(dir string)
	visit = func(dir string) {
		for _, s := range all {
			if s.dir != dir || s.test {
				continue
			}
			for _, name := range s.imports() {
				if _, seen := from[name]; !seen {
					from[name] = s.path
					visit(name)
				}
			}
		}
	}
	for _, s := range all {
		if below(s.dir, root) && !s.test {
			visit(s.dir)
		}
	}
	return from
}

func TestMockAndConformanceDoNotKnowEachOther(t *testing.T) {
	t.Parallel()
	all := sources(t)
	for one, other := range map[string]string{"mock": "conformance", "conformance": "mock"} {
		for name, from := range reached(all, one) {
			assert.False(t, below(name, other), "%s must not reach %s: %s imports %s", one, other, from, name)
		}
		for _, s := range all {
			for _, name := range s.imports() {
				assert.False(t, below(s.dir, one) && below(name, other), "%s imports %s", s.path, name)
			}
		}
	}
	for _, s := range all {
		imports := s.imports()
		both := slices.ContainsFunc(imports, func(n string) bool { return below(n, "mock") }) &&
			slices.ContainsFunc(imports, func(n string) bool { return below(n, "conformance") })
		assert.False(t, both && !below(s.dir, "cmd"), "only cmd may know both mock and conformance, not %s", s.path)
	}
}

func TestStagesDoNotImportOneAnother(t *testing.T) {
	t.Parallel()
	stages := []string{"mock/internal/limit", "mock/internal/fault", "mock/internal/behave", "mock/internal/journal"}
	around := []string{"mock/internal/control", "mock/internal/caller", "mock/mocktest"}
	for _, s := range sources(t) {
		for _, name := range s.imports() {
			if s.test {
				continue
			}
			if below(s.dir, stages...) {
				assert.False(t, slices.Contains(stages, name) && name != s.dir, "%s: a stage imports the stage %s", s.path, name)
				assert.NotContains(t, around, name, s.path)
			}
			if below(s.dir, "mock/internal") {
				assert.NotEqual(t, "mock", name, "%s: an inner package imports the server", s.path)
			}
		}
	}
}

func TestStateAndStagesKnowNoHTTP(t *testing.T) {
	t.Parallel()
	for _, s := range sources(t) {
		switch s.dir {
		case "mock/internal/state", "mock/internal/entropy", "mock/internal/clock", "mock/internal/limit", "mock/internal/fault",
			"mock/internal/credential", "mock/internal/behave":
			if !s.test {
				assert.NotContains(t, s.imports(), "net/http", s.path)
			}
		}
	}
}

// TestOneFileOwnsTheOrder finds the stages by their signature: only stages.go may name them.
func TestOneFileOwnsTheOrder(t *testing.T) {
	t.Parallel()
	owner := map[string]string{}
	var server []*source
	for _, s := range sources(t) {
		if s.dir != "mock" || s.test {
			continue
		}
		server = append(server, s)
		for _, decl := range s.file.Decls {
			if f, ok := decl.(*ast.FuncDecl); ok && isStage(f) {
				owner[f.Name.Name] = s.path
			}
		}
	}
	require.GreaterOrEqual(t, len(owner), 6, "the stages have another signature now: %v", owner)
	for _, s := range server {
		for _, decl := range s.file.Decls {
			f, ok := decl.(*ast.FuncDecl)
			if !ok || s.path == "mock/stages.go" {
				continue
			}
			local := declared(f)
			ast.Inspect(f.Body, func(n ast.Node) bool {
				if selector, ok := n.(*ast.SelectorExpr); ok {
					// A method or field of the same name is something else.
					_, plain := selector.X.(*ast.Ident)
					return !plain
				}
				if id, ok := n.(*ast.Ident); ok && owner[id.Name] != "" && !local[id.Name] {
					assert.Fail(t, "a stage is named outside mock/stages.go", "%s: %s", s.at(id), id.Name)
				}
				return true
			})
		}
	}
}

// declared are the names that a function declares for itself.
func declared(f *ast.FuncDecl) map[string]bool {
	names := map[string]bool{}
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			for _, left := range n.Lhs {
				if id, ok := left.(*ast.Ident); ok && n.Tok == token.DEFINE {
					names[id.Name] = true
				}
			}
		case *ast.RangeStmt:
			for _, left := range []ast.Expr{n.Key, n.Value} {
				if id, ok := left.(*ast.Ident); ok && n.Tok == token.DEFINE {
					names[id.Name] = true
				}
			}
		case *ast.ValueSpec:
			for _, id := range n.Names {
				names[id.Name] = true
			}
		case *ast.Field:
			for _, id := range n.Names {
				names[id.Name] = true
			}
		}
		return true
	})
	return names
}

func isStage(f *ast.FuncDecl) bool {
	if f.Recv != nil || f.Type.Params.NumFields() != 1 || f.Type.Results.NumFields() != 1 {
		return false
	}
	return pointerTo(f.Type.Params.List[0].Type, "exchange") && pointerTo(f.Type.Results.List[0].Type, "refusal")
}

func pointerTo(expr ast.Expr, name string) bool {
	star, ok := expr.(*ast.StarExpr)
	if !ok {
		return false
	}
	id, ok := star.X.(*ast.Ident)
	return ok && id.Name == name
}

func TestOnlyRenderWritesResponses(t *testing.T) {
	t.Parallel()
	for _, s := range sources(t) {
		if s.test || !below(s.dir, "mock") || below(s.dir, "mock/internal/control", "mock/mocktest") {
			continue
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			selector, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			switch selector.Sel.Name {
			case "WriteHeader", "w":
				assert.Equal(t, "mock/render.go", s.path, "%s: only render writes responses", s.at(n))
			case "ResponseWriter":
				assert.Equal(t, "mock", s.dir, "%s: an inner package sees a response writer", s.at(n))
			}
			return true
		})
	}
}

// apis are the names of the directories of APIs.
func apis(t *testing.T) []string {
	t.Helper()
	entries, err := os.ReadDir("specs")
	require.NoError(t, err)
	var names []string
	for _, entry := range entries {
		if _, err := os.Stat(filepath.Join("specs", entry.Name(), "openapi.yaml")); err == nil {
			names = append(names, entry.Name())
		}
	}
	require.NotEmpty(t, names)
	return names
}

func TestAPIsAreData(t *testing.T) {
	t.Parallel()
	all, names := sources(t), apis(t)
	for _, s := range all {
		for _, name := range names {
			assert.False(t, below(s.dir, "specs/"+name), "%s: an API is data", s.path)
			if below(s.dir, "specs", "mock", "conformance") || s.dir == "." {
				assert.NotContains(t, strings.ToLower(s.text), strings.ToLower(name), "%s: the engine names an API", s.path)
			}
		}
	}
}
