package specs_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"understudy.dev/specs"
	"understudy.dev/specs/strict"
)

// FuzzLoad mutates the files of an API. Whatever they hold, loading gives an
// API that is whole or mistakes with places, and never panics.
func FuzzLoad(f *testing.F) {
	read := func(path string) []byte {
		src, err := os.ReadFile(path)
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		require.NoError(f, err)
		return src
	}
	dirs, err := filepath.Glob("../testdata/broken/*")
	require.NoError(f, err)
	for _, dir := range append(dirs, "../testdata/toy") {
		f.Add(read(dir+"/profile.yaml"), read(dir+"/seed.yaml"), read(dir+"/requirements.yaml"))
	}
	// A small document, because it is loaded for every input.
	document := read("../testdata/broken/unknown_key/openapi.yaml")
	f.Fuzz(func(t *testing.T, profile, seed, registry []byte) {
		api, err := specs.Load(fstest.MapFS{
			"toy/openapi.yaml":      {Data: document},
			"toy/profile.yaml":      {Data: profile},
			"toy/seed.yaml":         {Data: seed},
			"toy/requirements.yaml": {Data: registry},
		}, "toy")
		if err == nil {
			whole(t, api)
			return
		}
		var all *strict.Errors
		require.ErrorAs(t, err, &all)
		for _, one := range all.List {
			require.NotEmpty(t, one.File, one.Message)
			require.NotEmpty(t, one.Message)
		}
	})
}

// FuzzLoadDocument mutates a document of which nothing else is known.
func FuzzLoadDocument(f *testing.F) {
	for _, file := range []string{"../testdata/toy/openapi.yaml", "../testdata/broken/unknown_key/openapi.yaml"} {
		src, err := os.ReadFile(file)
		require.NoError(f, err)
		f.Add(src)
	}
	f.Add([]byte(nested))
	f.Fuzz(func(t *testing.T, document []byte) {
		api, err := specs.Load(fstest.MapFS{"bare/openapi.yaml": {Data: document}}, "bare")
		if err == nil {
			whole(t, api)
			return
		}
		var all *strict.Errors
		require.ErrorAs(t, err, &all)
		for _, one := range all.List {
			// What is inferred is the program's own: it must not be what is wrong.
			require.NotEqual(t, "bare/profile.yaml", one.File, one.Message)
		}
	})
}

// whole wants what a loaded API guarantees.
func whole(t *testing.T, api *specs.API) {
	t.Helper()
	p := api.Profile
	require.Len(t, p.Order, 4)
	require.NotNil(t, p.Request.ID)
	require.Positive(t, p.Request.MaxBody)
	for _, problem := range specs.Problems() {
		require.GreaterOrEqual(t, p.Errors.Problems[problem].Status, 400, problem)
	}
	resources := map[string]bool{}
	for _, r := range p.Resources {
		require.NotNil(t, r.ID, r.Name)
		require.NotEmpty(t, r.Key, r.Name)
		for _, f := range append(r.Set, r.Touch...) {
			require.NotNil(t, f.Value, f.Name)
		}
		resources[r.Name] = true
	}
	for _, op := range api.Document.Operations() {
		b := p.Operations[op.ID]
		require.NotNil(t, b, op.ID)
		require.GreaterOrEqual(t, b.Status, 200, op.ID)
		for _, s := range b.Steps {
			require.Contains(t, specs.Verbs(), s.Verb)
			switch s.Verb {
			case specs.VerbAnswer:
				require.NotNil(t, s.Answer)
			case specs.VerbRequire:
				require.NotNil(t, s.Condition)
			case specs.VerbSample:
				require.NotEqual(t, s.Target == "", s.Pointer == "")
			case specs.VerbVerify, specs.VerbIssue, specs.VerbRevoke:
				require.NotEmpty(t, s.Target)
			default:
				require.True(t, resources[s.Target], "%s: %s %s", op.ID, s.Verb, s.Target)
			}
		}
	}
	for _, l := range p.Limits {
		require.NotNil(t, l.Key)
		require.NotNil(t, l.Requests)
		require.True(t, l.Per > 0 || l.Backoff != nil)
	}
	require.NotNil(t, api.Seed)
	require.NotNil(t, api.Registry)
	api.Lint()
}
