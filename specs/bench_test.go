package specs_test

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"understudy.dev/specs"
	"understudy.dev/specs/validate"
)

// The pair shows what loading costs beside its largest part, the document.

func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		toy(b)
	}
}

func BenchmarkLoadDocumentAlone(b *testing.B) {
	src, err := os.ReadFile("../testdata/toy/openapi.yaml")
	require.NoError(b, err)
	for b.Loop() {
		_, err := validate.Load("openapi.yaml", src, nil)
		require.NoError(b, err)
	}
}

func BenchmarkOpenEmbedded(b *testing.B) {
	for b.Loop() {
		for _, name := range specs.Embedded() {
			_, err := specs.Open(name)
			require.NoError(b, err)
		}
	}
}
