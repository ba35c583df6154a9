package validate

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const routes = head + `paths:
  /: {get: {operationId: root}}
  /a: {get: {operationId: a}, post: {operationId: postA}}
  /a/: {get: {operationId: aSlash}}
  /a/{x}: {get: {operationId: ax}, delete: {operationId: deleteAx}}
  /a/me: {get: {operationId: me}, head: {operationId: headMe}}
  /{y}/b: {get: {operationId: yb}}
  /files/{name}.json: {get: {operationId: json}}
  /files/{name}: {get: {operationId: file}}
  /files/{name}.{ext}: {get: {operationId: ext}}
  /span/{from}..{to}: {get: {operationId: span}}
  /caf%C3%A9: {get: {operationId: cafe}}
  /a/{x}/c/{z}: {put: {operationId: axcz}}
  /a/me/c/{z}: {patch: {operationId: mecz}}
`

func TestRoute(t *testing.T) {
	t.Parallel()
	tests := []struct {
		method, path, want string // want is an operationId, or the methods allowed
		params             map[string]string
	}{
		{"GET", "/", "root", nil},
		{"GET", "/a", "a", nil},
		{"GET", "/a/", "aSlash", nil},
		{"GET", "/a/1", "ax", map[string]string{"x": "1"}},
		{"GET", "/a/me", "me", nil},
		{"HEAD", "/a/me", "headMe", nil},
		{"HEAD", "/a/1", "ax", map[string]string{"x": "1"}},
		{"DELETE", "/a/me", "deleteAx", map[string]string{"x": "me"}},
		{"GET", "/a/b", "ax", map[string]string{"x": "b"}},
		{"GET", "/z/b", "yb", map[string]string{"y": "z"}},
		{"GET", "/files/x.json", "json", map[string]string{"name": "x"}},
		{"GET", "/files/x.txt", "ext", map[string]string{"name": "x", "ext": "txt"}},
		{"GET", "/files/x.y.txt", "ext", map[string]string{"name": "x", "ext": "y.txt"}},
		{"GET", "/files/x", "file", map[string]string{"name": "x"}},
		{"GET", "/files/.json", "file", map[string]string{"name": ".json"}},
		{"GET", "/span/1..2", "span", map[string]string{"from": "1", "to": "2"}},
		{"GET", "/caf%c3%a9", "cafe", nil},
		{"GET", "/a/x%2Fy%20z", "ax", map[string]string{"x": "x/y z"}},
		{"PUT", "/a/me/c/1", "axcz", map[string]string{"x": "me", "z": "1"}},
		{"PATCH", "/a/me/c/1", "mecz", map[string]string{"z": "1"}},
		{"GET", "/a/me/c/1", "PATCH PUT", nil},
		{"PUT", "/a", "GET POST", nil},
		{"get", "/a", "GET POST", nil},
		{"", "/a", "GET POST", nil},
		{"GET", "", "", nil},
		{"GET", "a", "", nil},
		{"GET", "//", "", nil},
		{"GET", "//a", "", nil},
		{"GET", "/a//", "", nil},
		{"GET", "/a/1/", "", nil},
		{"GET", "/a/.", "", nil},
		{"GET", "/a/%2e%2E", "", nil},
		{"GET", "/a/%zz", "", nil},
		{"GET", "/a/%ff", "", nil},
		{"GET", "/a/\xff", "", nil},
		{"GET", "/none", "", nil},
		{"GET", "/files//x", "", nil},
	}
	d, err := Load("a.yaml", []byte(routes), nil)
	require.NoError(t, err)
	for _, tt := range tests {
		t.Run(tt.method+tt.path, func(t *testing.T) {
			t.Parallel()
			m, err := d.Route(tt.method, tt.path)
			switch err {
			case RouteOK:
				assert.Equal(t, tt.want, m.Operation.ID)
				assert.Equal(t, tt.params, m.Params)
				assert.Empty(t, m.Allowed)
			case UnknownMethod:
				assert.Equal(t, tt.want, strings.Join(m.Allowed, " "))
				assert.Nil(t, m.Operation)
			default:
				assert.Equal(t, UnknownPath, err)
				assert.Empty(t, tt.want)
			}
		})
	}
}

// slowRoute finds the templates that match a path one by one, as the specification describes it.
func slowRoute(d *Document, path string) []string {
	var out []string
	segments := strings.Split(strings.TrimPrefix(path, "/"), "/")
	if !strings.HasPrefix(path, "/") {
		return nil
	}
	for _, op := range d.Operations() {
		templates := strings.Split(strings.TrimPrefix(op.Path, "/"), "/")
		fits := len(templates) == len(segments)
		for i := 0; fits && i < len(segments); i++ {
			text, err := url.PathUnescape(segments[i])
			parts, names, _ := parsePattern(templates[i])
			literal, _ := url.PathUnescape(templates[i])
			captured := false
			if len(names) > 0 {
				_, captured = parts.capture(segments[i], nil)
			}
			fits = err == nil && text != "." && text != ".." && utf8.ValidString(text) &&
				(captured || len(names) == 0 && literal == text)
		}
		if fits {
			out = append(out, op.ID)
		}
	}
	return out
}

// FuzzRoute holds the trie against a search through all templates, and every capture against the path it came from.
func FuzzRoute(f *testing.F) {
	for _, path := range []string{"/", "/a/1", "//items/5", "/files/x.json", "/span/a..b..c", "/a/%2e", "/%", "/a/me/c/z", "/\x00/b"} {
		f.Add(path)
	}
	d, err := Load("a.yaml", []byte(routes), nil)
	require.NoError(f, err)
	f.Fuzz(func(t *testing.T, path string) {
		found := slowRoute(d, path)
		for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodPut, "NONE"} {
			m, err := d.Route(method, path)
			assert.Equal(t, len(found) == 0, err == UnknownPath)
			if err != RouteOK {
				continue
			}
			assert.True(t, slices.Contains(found, m.Operation.ID))
			for i, name := range m.Operation.PathParams {
				assert.NotEmpty(t, m.raw[i])
				assert.Contains(t, path, m.raw[i])
				if text, err := url.PathUnescape(m.raw[i]); err == nil {
					assert.Equal(t, text, m.Params[name])
				}
			}
		}
	})
}
