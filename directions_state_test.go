package understudy_test

import (
	"go/ast"
	"go/token"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// TestNoMutableStateInPackages allows a package-level variable only as a name for something that never changes: what an
// initializer makes, of a form that is known to be immutable in use, and what no statement writes to.
func TestNoMutableStateInPackages(t *testing.T) {
	t.Parallel()
	variables := map[string]map[string]bool{}
	all := sources(t)
	for _, s := range all {
		if s.test {
			continue
		}
		for _, decl := range s.file.Decls {
			g, ok := decl.(*ast.GenDecl)
			if !ok || g.Tok != token.VAR {
				continue
			}
			for _, spec := range g.Specs {
				v := spec.(*ast.ValueSpec)
				checkVariable(t, s, g, v)
				for _, name := range v.Names {
					if variables[s.dir] == nil {
						variables[s.dir] = map[string]bool{}
					}
					variables[s.dir][name.Name] = true
				}
			}
		}
	}
	for _, s := range all {
		if !s.test {
			checkWrites(t, s, variables[s.dir])
		}
	}
}

func checkVariable(t *testing.T, s *source, g *ast.GenDecl, v *ast.ValueSpec) {
	t.Helper()
	if len(v.Names) == 1 && v.Names[0].Name == "_" {
		return
	}
	if len(v.Values) == 0 {
		doc := g.Doc.Text() + v.Doc.Text()
		for _, group := range []*ast.CommentGroup{g.Doc, v.Doc} {
			if group != nil {
				for _, line := range group.List {
					doc += line.Text
				}
			}
		}
		assert.Contains(t, doc, "//go:embed", "%s: a package-level variable without a value is there to be written", s.at(v))
		return
	}
	for _, value := range v.Values {
		ast.Inspect(value, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.FuncLit:
				return false
			case *ast.ChanType:
				assert.Fail(t, "a package-level channel", s.at(n))
			case *ast.CallExpr:
				assert.True(t, makesConstant(n), "%s: a package-level variable is made by a call that is not known to make something immutable", s.at(n))
			case *ast.SelectorExpr:
				if id, ok := n.X.(*ast.Ident); ok && (id.Name == "atomic" || id.Name == "sync" && !strings.HasPrefix(n.Sel.Name, "Once")) {
					assert.Fail(t, "package-level state for several goroutines", s.at(n))
				}
			}
			return true
		})
	}
}

// makesConstant lists the calls whose results nobody changes.
func makesConstant(call *ast.CallExpr) bool {
	known := []string{
		"errors.New", "fmt.Errorf", "regexp.MustCompile", "regexp2.MustCompile", "strings.NewReplacer",
		"reflect.TypeFor", "reflect.TypeOf", "template.Must", "sync.OnceValue", "sync.OnceValues", "big.NewInt", "big.NewRat",
	}
	fun := call.Fun
	if index, ok := fun.(*ast.IndexExpr); ok {
		fun = index.X
	}
	switch fun := fun.(type) {
	case *ast.SelectorExpr:
		id, ok := fun.X.(*ast.Ident)
		return ok && slices.Contains(known, id.Name+"."+fun.Sel.Name)
	case *ast.Ident:
		// A function of the package itself: its own variables are held to the same rule.
		return true
	case *ast.ArrayType, *ast.MapType, *ast.ParenExpr:
		return true
	}
	return false
}

// checkWrites finds assignments to the package's variables, to what they hold, and pointers to them.
func checkWrites(t *testing.T, s *source, variables map[string]bool) {
	t.Helper()
	for _, decl := range s.file.Decls {
		f, ok := decl.(*ast.FuncDecl)
		if !ok || f.Body == nil {
			continue
		}
		local := declared(f)
		global := func(expr ast.Expr) bool {
			name := root(expr)
			return variables[name] && !local[name]
		}
		ast.Inspect(f.Body, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.AssignStmt:
				for _, left := range n.Lhs {
					assert.False(t, n.Tok != token.DEFINE && global(left), "%s: a package-level variable is written to", s.at(n))
				}
			case *ast.IncDecStmt:
				assert.False(t, global(n.X), "%s: a package-level variable is written to", s.at(n))
			case *ast.UnaryExpr:
				assert.False(t, n.Op == token.AND && global(n.X), "%s: a pointer to a package-level variable", s.at(n))
			case *ast.CallExpr:
				if id, ok := n.Fun.(*ast.Ident); ok && (id.Name == "delete" || id.Name == "clear") && len(n.Args) > 0 {
					assert.False(t, global(n.Args[0]), "%s: a package-level variable is written to", s.at(n))
				}
			}
			return true
		})
	}
}

// root is the variable that an expression such as a.b[i].c begins with, "" for none.
func root(expr ast.Expr) string {
	for {
		switch e := expr.(type) {
		case *ast.IndexExpr:
			expr = e.X
		case *ast.SelectorExpr:
			expr = e.X
		case *ast.StarExpr:
			expr = e.X
		case *ast.ParenExpr:
			expr = e.X
		case *ast.Ident:
			return e.Name
		default:
			return ""
		}
	}
}

// TestTimeAndChanceAreInjected allows the wall's time and the world's chance only where they enter: in the clock and in
// the commands.
func TestTimeAndChanceAreInjected(t *testing.T) {
	t.Parallel()
	for _, s := range sources(t) {
		if s.test || below(s.dir, "mock/internal/clock", "cmd") || strings.HasSuffix(s.dir, "test") {
			continue
		}
		assert.NotContains(t, s.imports(), "math/rand", "%s: chance that nobody seeds", s.path)
		ast.Inspect(s.file, func(n ast.Node) bool {
			// To name time.Now or rand.Reader as the default of what is injected reads nothing; to call it does.
			call, called := n.(*ast.CallExpr)
			if called {
				n = call.Fun
			}
			selector, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			id, ok := selector.X.(*ast.Ident)
			if !ok {
				return true
			}
			switch {
			case id.Name == "time" && called:
				reads := slices.Contains([]string{"Now", "Since", "Until"}, selector.Sel.Name)
				assert.False(t, reads, "%s: time.%s reads the wall", s.at(n), selector.Sel.Name)
			case id.Name == "rand" && (called || selector.Sel.Name != "Reader"):
				makes := slices.Contains([]string{"New", "NewChaCha8", "NewPCG", "Rand", "ChaCha8", "PCG", "Source"}, selector.Sel.Name)
				assert.True(t, makes, "%s: rand.%s is chance that nobody seeds", s.at(n), selector.Sel.Name)
			}
			return true
		})
	}
}
