package fake_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/pb33f/libopenapi-validator/openapi_vocabulary"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v4"
	"pgregory.net/rapid"

	"understudy.dev/specs/fake"
	"understudy.dev/specs/internal/arbitrary"
)

func node(t require.TestingT, src []byte) *yaml.Node {
	var n yaml.Node
	require.NoError(t, yaml.Unmarshal(src, &n))
	return &n
}

func compiler(t require.TestingT, src []byte) *jsonschema.Compiler {
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	c.RegisterFormat(&jsonschema.Format{Name: "int32", Validate: int32Format})
	c.RegisterVocabulary(openapi_vocabulary.NewOpenAPIVocabulary(openapi_vocabulary.Version31))
	c.AssertVocabs()
	decoded, err := jsonschema.UnmarshalJSON(bytes.NewReader(src))
	require.NoError(t, err)
	require.NoError(t, c.AddResource("https://test/doc.json", decoded))
	return c
}

var errRange = errors.New("out of range")

func int32Format(v any) error {
	n, ok := v.(json.Number)
	if !ok {
		return nil
	}
	if f, err := n.Float64(); err != nil || f < math.MinInt32 || f > math.MaxInt32 {
		return errRange
	}
	return nil
}

// valid fails unless raw is valid under s.
func valid(t require.TestingT, s *jsonschema.Schema, raw []byte) {
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	require.NoError(t, err, "%s", raw)
	require.NoError(t, s.Validate(v), "%s", raw)
}

// sound holds that a value, if one is found, is valid.
func sound(t *rapid.T) {
	src, err := json.Marshal(map[string]any{"components": map[string]any{"schemas": arbitrary.Schemas(t)}})
	require.NoError(t, err)
	if strings.Contains(string(src), `"unevaluated`) {
		return // not looked at, as the package says
	}
	g, c := fake.New(node(t, src)), compiler(t, src)
	for _, name := range []string{"A", "B", "C"} {
		seed := rapid.Uint64().Draw(t, "seed")
		raw, err := g.Value("/components/schemas/"+name, &fake.Options{Rand: rand.New(rand.NewPCG(seed, 0))})
		if err != nil {
			continue
		}
		s, err := c.Compile("https://test/doc.json" + arbitrary.Prefix + name)
		require.NoError(t, err)
		v, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
		require.NoError(t, err, "%s", raw)
		if err := s.Validate(v); err != nil {
			t.Fatalf("%s is not valid under %s of %s: %v", raw, name, src, err)
		}
	}
}

func TestValuesOfDrawnSchemas(t *testing.T) {
	t.Parallel()
	rapid.Check(t, sound)
}

func FuzzValue(f *testing.F) { f.Fuzz(rapid.MakeFuzz(sound)) }
