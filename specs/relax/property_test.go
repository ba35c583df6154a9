package relax_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"testing"

	"github.com/pb33f/libopenapi-validator/openapi_vocabulary"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v4"
	"pgregory.net/rapid"

	"understudy.dev/specs/internal/arbitrary"
	"understudy.dev/specs/internal/plain"
	"understudy.dev/specs/relax"
)

func node(t require.TestingT, src []byte) *yaml.Node {
	var n yaml.Node
	require.NoError(t, yaml.Unmarshal(src, &n))
	return &n
}

func value(t require.TestingT, n *yaml.Node) any {
	var v any
	require.NoError(t, n.Decode(&v))
	return v
}

func compiler(t require.TestingT, document any) *jsonschema.Compiler {
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	c.RegisterVocabulary(openapi_vocabulary.NewOpenAPIVocabulary(openapi_vocabulary.Version31))
	c.AssertVocabs()
	src, err := json.Marshal(document)
	require.NoError(t, err)
	decoded, err := jsonschema.UnmarshalJSON(bytes.NewReader(src))
	require.NoError(t, err)
	require.NoError(t, c.AddResource("https://test/doc.json", decoded))
	return c
}

// chance documents a pointer with the given probability in thousandths.
func chance(seed uint32, thousandths uint32) func(string) bool {
	return func(pointer string) bool {
		h := fnv.New32a()
		fmt.Fprint(h, seed, pointer)
		return h.Sum32()%1000 < thousandths
	}
}

func subset(t *rapid.T) func(string) bool {
	return chance(rapid.Uint32().Draw(t, "seed"), rapid.SampledFrom([]uint32{0, 500, 900, 970, 990}).Draw(t, "chance"))
}

// monotone holds that relaxing refuses nothing that was accepted.
func monotone(t *rapid.T) {
	schemas := arbitrary.Schemas(t)
	document := map[string]any{"components": map[string]any{"schemas": schemas}}
	src, err := json.Marshal(document)
	require.NoError(t, err)
	out := value(t, relax.Document(node(t, src), subset(t)))

	full, less := compiler(t, document), compiler(t, out)
	for _, name := range []string{"A", "B", "C"} {
		at := "https://test/doc.json" + arbitrary.Prefix + name
		before, err := full.Compile(at)
		require.NoError(t, err)
		after, err := less.Compile(at)
		require.NoError(t, err, "the relaxed document does not compile")
		for range 3 {
			v := arbitrary.Value(t, schemas, schemas[name])
			if before.Validate(v) != nil {
				continue
			}
			if err := after.Validate(v); err != nil {
				relaxed, _ := json.Marshal(out)
				t.Fatalf("%v is valid under %s\nbut not under %s:\n%v", v, src, relaxed, err)
			}
		}
	}
}

func TestRelaxingIsMonotone(t *testing.T) {
	t.Parallel()
	rapid.Check(t, monotone)
}

func FuzzMonotone(f *testing.F) { f.Fuzz(rapid.MakeFuzz(monotone)) }

// What is documented throughout stays as it is.
func TestDocumentedSchemasStay(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		document := map[string]any{"components": map[string]any{"schemas": arbitrary.Schemas(t)}}
		src, err := json.Marshal(document)
		require.NoError(t, err)
		everything := func(string) bool { return true }
		root := node(t, src)
		require.Equal(t, value(t, root), value(t, relax.Document(root, everything)))
	})
}

// With nothing documented, nothing is judged.
func TestNothingDocumentedAcceptsEverything(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		schemas := arbitrary.Schemas(t)
		src, err := json.Marshal(map[string]any{"components": map[string]any{"schemas": schemas}})
		require.NoError(t, err)
		c := compiler(t, value(t, relax.Document(node(t, src), nil)))
		s, err := c.Compile("https://test/doc.json" + arbitrary.Prefix + "A")
		require.NoError(t, err)
		require.NoError(t, s.Validate(arbitrary.Value(t, schemas, schemas["A"])))
	})
}

// assertions are the keywords that must be documented themselves to be kept.
var assertions = map[string]bool{
	"$ref": true, "type": true, "const": true, "enum": true, "format": true, "pattern": true,
	"anyOf": true, "oneOf": true, "not": true, "if": true, "contains": true, "minContains": true, "maxContains": true,
	"unevaluatedProperties": true, "unevaluatedItems": true, "discriminator": true,
	"minProperties": true, "maxProperties": true, "minItems": true, "maxItems": true, "uniqueItems": true,
	"minLength": true, "maxLength": true, "minimum": true, "maximum": true,
	"exclusiveMinimum": true, "exclusiveMaximum": true, "multipleOf": true,
}

// assumed lists the pointers of what is asserted in a schema without being
// documented.
func assumed(schema any, pointer string, documented func(string) bool) (found []string) {
	if schema == false && !documented(pointer) {
		return []string{pointer}
	}
	s, _ := schema.(map[string]any)
	for keyword, v := range s {
		at := pointer + "/" + keyword
		if assertions[keyword] && !documented(at) {
			found = append(found, at)
		}
		switch keyword {
		case "required":
			for _, name := range v.([]any) {
				if member := plain.Join(at, name.(string)); !documented(at) && !documented(member) {
					found = append(found, member)
				}
			}
		case "properties", "patternProperties", "dependentSchemas":
			for name, sub := range v.(map[string]any) {
				found = append(found, assumed(sub, plain.Join(at, name), documented)...)
			}
		case "allOf", "anyOf", "oneOf", "prefixItems":
			for i, sub := range v.([]any) {
				found = append(found, assumed(sub, fmt.Sprint(at, "/", i), documented)...)
			}
		case "not", "if", "then", "else", "items", "contains", "additionalProperties", "propertyNames",
			"unevaluatedItems", "unevaluatedProperties":
			found = append(found, assumed(v, at, documented)...)
		}
	}
	return found
}

func TestWhatIsKeptIsDocumented(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		schemas := arbitrary.Schemas(t)
		src, err := json.Marshal(map[string]any{"components": map[string]any{"schemas": schemas}})
		require.NoError(t, err)
		documented := subset(t)
		out := value(t, relax.Document(node(t, src), documented)).(map[string]any)
		for name, schema := range out["components"].(map[string]any)["schemas"].(map[string]any) {
			require.Empty(t, assumed(schema, "/components/schemas/"+name, documented), "in %s", src)
		}
	})
}
