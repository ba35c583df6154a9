// Package explorer holds the files of the page on which the served APIs can be read and tried out: a few lines of our own
// around Swagger UI, which is packed by the script refresh and lies in swagger-ui with its licence.
//
// It serves nothing itself and asks nothing of the network: every file is here.
//
//	file, ok := explorer.Open("index.html")
package explorer

import (
	"bytes"
	"compress/gzip"
	"embed"
	"fmt"
	"io"
	"path"
)

// The licences must go along with what they are for.
//
//go:embed index.html explorer.js explorer.css swagger-ui/*.gz swagger-ui/LICENSE swagger-ui/LICENSES-OF-PARTS swagger-ui/NOTICE
var files embed.FS

// A File is one file of the page.
type File struct {
	// Media is its media type.
	Media string
	// Packed is true where Raw is compressed with gzip.
	Packed bool
	// Raw is read only.
	Raw []byte
}

// Open finds a file by its name; "" is the page itself.
func Open(name string) (File, bool) {
	if name == "" {
		name = "index.html"
	}
	media := map[string]string{
		".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8",
		"": "text/plain; charset=utf-8",
	}[path.Ext(name)]
	if media == "" || path.Base(name) != name {
		return File{}, false
	}
	for _, at := range []string{name, "swagger-ui/" + name} {
		if raw, err := files.ReadFile(at); err == nil {
			return File{Media: media, Raw: raw}, true
		}
	}
	raw, err := files.ReadFile("swagger-ui/" + name + ".gz")
	return File{Media: media, Packed: true, Raw: raw}, err == nil
}

// Plain is the file without compression.
func (f File) Plain() ([]byte, error) {
	if !f.Packed {
		return f.Raw, nil
	}
	r, err := gzip.NewReader(bytes.NewReader(f.Raw))
	if err != nil {
		return nil, fmt.Errorf("cannot unpack a file of the explorer: %w", err)
	}
	plain, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("cannot unpack a file of the explorer: %w", err)
	}
	return plain, nil
}
