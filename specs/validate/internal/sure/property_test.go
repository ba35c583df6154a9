package sure

import (
	"bytes"
	"encoding/json"
	"errors"
	"testing"

	"github.com/pb33f/libopenapi-validator/openapi_vocabulary"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"understudy.dev/specs/internal/arbitrary"
)

// compiler is set up like the one whose schemas the package is for.
func compiler(t require.TestingT, document any) *jsonschema.Compiler {
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	c.RegisterFormat(&jsonschema.Format{Name: "int32", Validate: int32Format})
	c.RegisterVocabulary(openapi_vocabulary.NewOpenAPIVocabulary(openapi_vocabulary.Version31))
	c.AssertVocabs()
	src, err := json.Marshal(document)
	require.NoError(t, err)
	decoded, err := jsonschema.UnmarshalJSON(bytes.NewReader(src))
	require.NoError(t, err)
	require.NoError(t, c.AddResource("https://test/doc.json", decoded))
	return c
}

var errRange = errors.New("out of range")

func int32Format(v any) error {
	var f float64
	switch v := v.(type) {
	case float64:
		f = v
	case json.Number:
		f, _ = v.Float64()
	default:
		return nil
	}
	if f < -1<<31 || f > 1<<31-1 {
		return errRange
	}
	return nil
}

// officially reports whether raw is valid, in both ways to decode it.
func officially(s *jsonschema.Schema, raw []byte) bool {
	var floats any
	if json.Unmarshal(raw, &floats) != nil {
		return false
	}
	exact, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	return err == nil && s.Validate(floats) == nil && s.Validate(exact) == nil
}

// agree draws schemas and texts: what is accepted must be valid.
func agree(t *rapid.T) {
	schemas := arbitrary.Schemas(t)
	c := compiler(t, map[string]any{"components": map[string]any{"schemas": schemas}})
	var shared Compiler
	for _, name := range []string{"A", "B"} {
		s, err := c.Compile("https://test/doc.json" + arbitrary.Prefix + name)
		require.NoError(t, err)
		alone, together := Compile(s), shared.Compile(s)
		for range 4 {
			raw := arbitrary.Text(t, arbitrary.Value(t, schemas, schemas[name]))
			if (alone.Accepts(raw) || together.Accepts(raw)) && !officially(s, raw) {
				t.Fatalf("accepted, but not valid: %s", raw)
			}
		}
	}
}

func TestWhatIsAcceptedIsValid(t *testing.T) {
	t.Parallel()
	rapid.Check(t, agree)
}

func FuzzDrawnSchemas(f *testing.F) { f.Fuzz(rapid.MakeFuzz(agree)) }
