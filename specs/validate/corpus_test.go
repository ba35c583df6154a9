package validate

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// corpus gives whole documents by name: the ones kept with these tests and, where UNDERSTUDY_CORPUS names a directory,
// every file in it.
func corpus(t testing.TB) map[string][]byte {
	t.Helper()
	out := map[string][]byte{}
	read := func(dir string) {
		entries, err := os.ReadDir(dir)
		require.NoError(t, err)
		for _, entry := range entries {
			if !entry.Type().IsRegular() {
				continue
			}
			src, err := os.ReadFile(filepath.Join(dir, entry.Name()))
			require.NoError(t, err)
			out[entry.Name()] = src
		}
	}
	read("testdata")
	if dir := os.Getenv("UNDERSTUDY_CORPUS"); dir != "" {
		read(dir)
	}
	out["generated.yaml"] = []byte(generated(300))
	return out
}

// TestCorpus loads every document, or is told on which lines it cannot be kept to, and asks of each what must hold for
// any.
func TestCorpus(t *testing.T) {
	t.Parallel()
	for name, src := range corpus(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d, err := Load(name, src, nil)
			if err != nil {
				for line := range strings.SplitSeq(err.Error(), "\n") {
					assert.Regexp(t, `^`+name+`:\d+: `, line)
				}
				return
			}
			require.NotEmpty(t, d.Operations())
			for _, op := range d.Operations() {
				assert.NotZero(t, d.Line(op.Pointer), op.Pointer)
				path := fill(op)
				m, routeErr := d.Route(op.Method, path)
				require.Equal(t, RouteOK, routeErr, "%s %s", op.Method, path)
				assert.Equal(t, op.Method, m.Operation.Method)
				judgeAnything(t, d, op, path)
			}
		})
	}
}

// fill makes a path that the template of an operation matches.
func fill(op *Operation) string {
	path := op.Path
	for _, name := range op.PathParams {
		path = strings.ReplaceAll(path, "{"+name+"}", "1")
	}
	return path
}

// judgeAnything sends what no contract foresees: there must be an answer, it must not be a panic, and every pointer in it
// must lead somewhere.
func judgeAnything(t *testing.T, d *Document, op *Operation, path string) {
	t.Helper()
	var all []Violation
	for _, media := range append([]string{"application/json"}, op.RequestMedia...) {
		for _, body := range []string{"", "{}", `[{"id":"1","type":1,"name":null}]`, "a=1&b[c]=2", "\xff"} {
			r := call{op.Method + " " + path + "?limit=x&id=1", []string{"Content-Type: " + media}, body}.request(t)
			m, _ := d.Route(op.Method, path)
			all = append(all, m.Operation.ValidateRequest(r, m, []byte(body))...)
			for _, status := range []int{200, 201, 404, 500} {
				all = append(all, op.ValidateResponse(status, r.Header, []byte(body), op.Method)...)
			}
		}
	}
	for _, v := range all {
		assert.NotEqual(t, Internal, v.Kind, v.Message)
		assert.NotEmpty(t, v.Message)
		if v.Pointer != "" {
			assert.NotZero(t, d.Line(v.Pointer), "%s %s: %s", op.Method, op.Path, v.Pointer)
		}
	}
}
