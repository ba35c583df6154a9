package explorer

import (
	"io/fs"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestOpen(t *testing.T) {
	t.Parallel()
	for name, media := range map[string]string{
		"": "text/html", "index.html": "text/html", "explorer.js": "text/javascript", "explorer.css": "text/css",
		"swagger-ui-bundle.js": "text/javascript", "swagger-ui.css": "text/css", "LICENSE": "text/plain", "NOTICE": "text/plain",
		"LICENSES-OF-PARTS": "text/plain",
	} {
		file, ok := Open(name)
		require.True(t, ok, name)
		assert.Contains(t, file.Media, media, name)
		plain, err := file.Plain()
		require.NoError(t, err, name)
		assert.NotEmpty(t, plain, name)
		assert.Equal(t, file.Packed, len(plain) > len(file.Raw), name)
		assert.NotContains(t, string(plain), "sourceMappingURL", name)
	}
	for _, name := range []string{".", "..", "swagger-ui", "swagger-ui/LICENSE", "swagger-ui.css.gz", "explorer.go", "refresh", "../explorer.go", "none.js"} {
		_, ok := Open(name)
		assert.False(t, ok, name)
	}
}

// TestSize keeps the program small: what a new version of Swagger UI adds must be noticed.
func TestSize(t *testing.T) {
	t.Parallel()
	total := 0
	require.NoError(t, fs.WalkDir(files, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		raw, err := files.ReadFile(name)
		total += len(raw)
		return err
	}))
	assert.Less(t, total, 550<<10, "bytes in the program")
}
