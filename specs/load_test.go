package specs_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"understudy.dev/specs"
	"understudy.dev/specs/strict"
)

// TestBroken loads every API of testdata/broken and wants exactly the mistakes
// that its error.txt lists.
func TestBroken(t *testing.T) {
	t.Parallel()
	dirs, err := filepath.Glob("../testdata/broken/*")
	require.NoError(t, err)
	require.Greater(t, len(dirs), 60)
	for _, dir := range dirs {
		t.Run(filepath.Base(dir), func(t *testing.T) {
			t.Parallel()
			want, err := os.ReadFile(filepath.Join(dir, "error.txt"))
			require.NoError(t, err)
			api, err := specs.Load(os.DirFS(dir), ".")
			require.Error(t, err)
			assert.Nil(t, api)
			assert.Equal(t, strings.TrimSpace(string(want)), err.Error())
			var all *strict.Errors
			require.ErrorAs(t, err, &all)
			for _, one := range all.List {
				assert.NotEmpty(t, one.File, one.Message)
				assert.True(t, one.Line > 0 || strings.Contains(one.Message, "cannot read"), "%s: no line", one)
			}
		})
	}
}

func toy(t testing.TB) *specs.API {
	t.Helper()
	api, err := specs.LoadDir("../testdata/toy")
	require.NoError(t, err)
	return api
}

func TestToyLoads(t *testing.T) {
	t.Parallel()
	api := toy(t)
	assert.Equal(t, "toy", api.Name)
	assert.Equal(t, "../testdata/toy", api.Dir)
	assert.Empty(t, api.Lint())
	assert.Len(t, api.Checks, 5)
	assert.Equal(t, "../testdata/toy/checks/auth_token.txtar", api.Checks[0].Path)
	assert.Equal(t, "auth_token", api.Checks[0].Name)

	verbs := map[specs.Verb]bool{}
	for _, op := range api.Document.Operations() {
		b := api.Profile.Operations[op.ID]
		require.NotNil(t, b, op.ID)
		assert.Equal(t, op.SuccessStatus, b.Status, op.ID)
		for _, s := range b.Steps {
			verbs[s.Verb] = true
		}
	}
	for _, verb := range specs.Verbs() {
		assert.True(t, verbs[verb], "the toy does not use %s", verb)
	}
	for _, problem := range specs.Problems() {
		assert.NotZero(t, api.Profile.Errors.Problems[problem].Status, problem)
	}
}

func TestToyProfile(t *testing.T) {
	t.Parallel()
	p := toy(t).Profile

	problems := p.Errors.Problems
	assert.Equal(t, 409, problems[specs.Duplicate].Status)
	assert.Equal(t, 404, problems[specs.WrongMethod].Status, "a problem takes the status of its parent before the default")
	assert.Equal(t, 401, problems[specs.RevokedCredential].Status)
	text, err := problems[specs.RevokedCredential].Message.Render(nil)
	require.NoError(t, err)
	assert.Equal(t, "Ask for a new token.", text)
	assert.Nil(t, problems[specs.Invalid].Message)
	assert.Contains(t, problems[specs.Malformed].Attributes, "code")

	limit := p.Limits[2]
	assert.Equal(t, specs.CountFailures, limit.Count)
	assert.True(t, limit.ResetOnSuccess)
	assert.True(t, limit.Applies("login"))
	assert.False(t, limit.Applies(""))
	assert.True(t, p.Limits[0].Applies(""))
	assert.False(t, p.Limits[0].Applies("health"))

	create := p.Operations["createLoan"].Steps
	assert.Equal(t, specs.Forbidden, create[2].Else)
	assert.Equal(t, specs.NotFound, create[0].Else)
	assert.False(t, create[0].ElseNothing)
	who := p.Operations["whoami"].Steps[0]
	assert.True(t, who.ElseNothing)
	assert.Empty(t, who.Else)
	assert.Equal(t, specs.VerbCreate, p.Operations["createLoan"].Result())
	assert.Equal(t, "book_id", p.Operations["listCopies"].Steps[0].OfParam)
	assert.True(t, p.Operations["setCopyStatus"].Steps[0].Set[0].Optional)
	assert.Equal(t, "lost_at", p.Operations["setCopyStatus"].Steps[0].Set[0].Name)
	assert.Equal(t, [][2]string{{"days", "days"}}, p.Operations["summarizeLoans"].Steps[0].Sums)

	// Natural behaviours of operations that the profile leaves open.
	replace := p.Operations["replaceBook"]
	assert.True(t, replace.Inferred)
	assert.True(t, replace.Steps[0].Replace)
	assert.Equal(t, "Recommendation", p.Operations["recommend"].Steps[0].Target)
}

func TestSeedKeepsTheDocument(t *testing.T) {
	t.Parallel()
	seed := toy(t).Seed
	assert.Equal(t, `{"id":101,"book_id":"bk_emma","shelf":"A1","status":"available"}`, string(seed.Resources["copies"][0]))
	assert.Equal(t, "key_librarian", seed.Credentials[0].ID)
	assert.Equal(t, map[string]any{"role": "librarian"}, seed.Credentials[0].Attributes)
}

func TestEmbedded(t *testing.T) {
	t.Parallel()
	require.NotEmpty(t, specs.Embedded())
	for _, name := range specs.Embedded() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			api, err := specs.Open(name)
			require.NoError(t, err)
			assert.Equal(t, name, api.Name)
			_, err = api.Documented()
			require.NoError(t, err)
		})
	}
	_, err := specs.Open("nobody")
	assert.ErrorContains(t, err, `unknown API "nobody"`)
}

func TestHiddenFieldsNeedNoSchema(t *testing.T) {
	t.Parallel()
	api, err := specs.Load(fstest.MapFS{
		"a/openapi.yaml": {Data: []byte(tiny + "components: {schemas: {Key: {type: object, additionalProperties: false, properties: {id: {type: string}}}}}\n")},
		"a/profile.yaml": {Data: []byte("resources: {keys: {schema: Key, hidden: [secret], set: {secret: \"${token(9)}\"}}}\n")},
		"a/seed.yaml":    {Data: []byte("resources: {keys: [{id: a, secret: b}]}\n")},
	}, "a")
	require.NoError(t, err)
	assert.Equal(t, `{"id":"a","secret":"b"}`, string(api.Seed.Resources["keys"][0]))
}

const tiny = `openapi: 3.1.0
info: {title: Tiny, version: "1"}
paths: {}
`

func TestReservedNames(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"w", "__admin"} {
		_, err := specs.Load(fstest.MapFS{name + "/openapi.yaml": {Data: []byte(tiny)}}, name)
		assert.ErrorContains(t, err, "the name is taken by the server")
	}
}

func TestRecursiveSchemaLoads(t *testing.T) {
	t.Parallel()
	src := tiny + `components:
  schemas:
    Tree: {type: object, properties: {children: {type: array, items: {$ref: "#/components/schemas/Tree"}}}}
`
	profile := "resources: {trees: {schema: Tree}}\n"
	_, err := specs.Load(fstest.MapFS{"a/openapi.yaml": {Data: []byte(src)}, "a/profile.yaml": {Data: []byte(profile)}}, "a")
	require.NoError(t, err)
}

func TestLoadFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "small.yaml")
	require.NoError(t, os.WriteFile(path, []byte(tiny), 0o600))
	// Files beside a bare document are not its own.
	require.NoError(t, os.WriteFile(filepath.Join(filepath.Dir(path), "profile.yaml"), []byte("nonsense: 1"), 0o600))
	api, err := specs.LoadFile(path)
	require.NoError(t, err)
	assert.Equal(t, "small", api.Name)

	_, err = specs.LoadFile(filepath.Join(t.TempDir(), "none.yaml"))
	assert.ErrorContains(t, err, "none.yaml: cannot read: no such file or directory")
	_, err = specs.LoadDir(t.TempDir())
	assert.ErrorContains(t, err, "openapi.yaml: cannot read: no such file or directory")
}
