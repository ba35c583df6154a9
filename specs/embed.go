package specs

import (
	"embed"
	"io/fs"
)

// An API directory is one that holds openapi.yaml; the patterns leave the Go
// packages beside them alone.
//
//go:embed */openapi.yaml */profile.yaml */seed.yaml */requirements.yaml */checks/*.txtar */README.md
var embedded embed.FS

// Embedded lists the names of the APIs that are part of the program, sorted.
func Embedded() []string {
	files, err := fs.Glob(embedded, "*/"+openAPIFile)
	if err != nil {
		return nil
	}
	names := make([]string, len(files))
	for i, file := range files {
		names[i] = file[:len(file)-len("/"+openAPIFile)]
	}
	return names
}
