package specs

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	yaml "go.yaml.in/yaml/v4"

	"understudy.dev/specs/strict"
	"understudy.dev/specs/validate"
)

// published reads one of the JSON Schemas for editors.
func published(t *testing.T, file string) map[string]any {
	t.Helper()
	src, err := os.ReadFile(file)
	require.NoError(t, err)
	var schema map[string]any
	require.NoError(t, json.Unmarshal(src, &schema))
	return schema
}

// comparer walks a Go type and a schema side by side.
type comparer struct {
	t      *testing.T
	schema map[string]any
}

func (c *comparer) resolve(s any) map[string]any {
	m, _ := s.(map[string]any)
	for m["$ref"] != nil {
		name, _ := strings.CutPrefix(m["$ref"].(string), "#/$defs/")
		m, _ = c.schema["$defs"].(map[string]any)[name].(map[string]any)
		require.NotNil(c.t, m, "no $defs/%s", name)
	}
	return m
}

func (c *comparer) compare(path string, typ reflect.Type, s map[string]any) {
	if typ.Kind() == reflect.Pointer && typ != reflect.TypeFor[*yaml.Node]() {
		typ = typ.Elem()
	}
	switch {
	case typ == reflect.TypeFor[behaviourSyntax]():
		c.behaviour(path, s)
	case typ == reflect.TypeFor[stepSyntax]():
		c.steps(path, s["oneOf"].([]any), nil)
	case reflect.PointerTo(typ).Implements(reflect.TypeFor[strict.Decoder]()) && !strings.HasPrefix(typ.Name(), "Map["):
	case strings.HasPrefix(typ.Name(), "Map["):
		assert.Equal(c.t, "object", s["type"], path)
		entry, _ := typ.FieldByName("entries")
		value, _ := entry.Type.Elem().FieldByName("value")
		c.compare(path+"/*", value.Type, c.resolve(s["additionalProperties"]))
	case typ.Kind() == reflect.Slice:
		assert.Equal(c.t, "array", s["type"], path)
		c.compare(path+"/-", typ.Elem(), c.resolve(s["items"]))
	case typ.Kind() == reflect.Struct:
		c.structure(path, typ, s)
	}
}

func (c *comparer) structure(path string, typ reflect.Type, s map[string]any) {
	assert.Equal(c.t, false, s["additionalProperties"], "%s must be closed", path)
	properties, _ := s["properties"].(map[string]any)
	var known, required []string
	for i := range typ.NumField() {
		key, option, _ := strings.Cut(typ.Field(i).Tag.Get("yaml"), ",")
		if key == "" {
			continue
		}
		known = append(known, key)
		if option == "required" {
			required = append(required, key)
		}
		if properties[key] != nil {
			c.compare(path+"/"+key, typ.Field(i).Type, c.resolve(properties[key]))
		}
	}
	c.same(path, known, properties)
	assert.ElementsMatch(c.t, required, list(s["required"]), "required of %s", path)
}

func (c *comparer) same(path string, known []string, properties map[string]any) {
	slices.Sort(known)
	assert.Equal(c.t, known, slices.Sorted(maps.Keys(properties)), "keys of %s", path)
}

func list(v any) []string {
	var all []string
	items, _ := v.([]any)
	for _, item := range items {
		all = append(all, item.(string))
	}
	return all
}

// behaviour has one form for each verb and one for do.
func (c *comparer) behaviour(path string, s map[string]any) {
	forms := s["oneOf"].([]any)
	extras := keysOf(behaviourExtras{})
	last := len(forms) - 1
	c.same(path+"/do", slices.Clone(extras), c.resolve(forms[last])["properties"].(map[string]any))
	c.steps(path, forms[:last], slices.DeleteFunc(extras, func(key string) bool { return key == "do" }))
}

func (c *comparer) steps(path string, forms []any, extras []string) {
	rows := verbTable()
	require.Len(c.t, forms, len(rows), path)
	inputs := reflect.TypeFor[stepInputs]()
	for i, row := range rows {
		form := c.resolve(forms[i])
		at := path + "/" + string(row.verb)
		known := append(append([]string{string(row.verb)}, row.stepKeys()...), extras...)
		properties, _ := form["properties"].(map[string]any)
		c.same(at, known, properties)
		assert.Equal(c.t, []string{string(row.verb)}, list(form["required"]), at)
		for f := range inputs.NumField() {
			key := inputs.Field(f).Tag.Get("yaml")
			if slices.Contains(row.stepKeys(), key) {
				c.compare(at+"/"+key, inputs.Field(f).Type, c.resolve(properties[key]))
			}
		}
	}
}

// TestSchemasAgreeWithTheDecoder wants every key that the decoder knows in the
// schema, and the reverse.
func TestSchemasAgreeWithTheDecoder(t *testing.T) {
	t.Parallel()
	for file, typ := range map[string]reflect.Type{
		"profile.schema.json":      reflect.TypeFor[profileSyntax](),
		"seed.schema.json":         reflect.TypeFor[seedSyntax](),
		"requirements.schema.json": reflect.TypeFor[registrySyntax](),
	} {
		t.Run(file, func(t *testing.T) {
			t.Parallel()
			schema := published(t, file)
			(&comparer{t, schema}).compare("", typ, schema)
		})
	}
}

// TestClosedListsAgree compares the enumerations of the schema with those of
// the program.
func TestClosedListsAgree(t *testing.T) {
	t.Parallel()
	c := &comparer{t, published(t, "profile.schema.json")}
	at := func(def string, keys ...string) []string {
		s := c.resolve(map[string]any{"$ref": "#/$defs/" + def})
		for _, key := range keys {
			s = c.resolve(s[key])
		}
		return list(s["enum"])
	}
	assert.Equal(t, texted(Problems()), at("problem"))
	assert.Equal(t, texted(Verbs()), at("answerEnvelope", "properties", "verbs", "items"))
	assert.Equal(t, signatures(), at("webhooks", "properties", "sign"))
	assert.Equal(t, algorithms(), at("credential", "properties", "jwt"))
	assert.Equal(t, texted([]Window{WindowFixed, WindowAligned, WindowSliding}), at("limit", "properties", "window"))
	assert.Equal(t, texted(defaultOrder()), list(c.resolve(c.schema["properties"].(map[string]any)["order"].(map[string]any)["items"])["enum"]))
}

// accepting makes a validator of a published schema.
func accepting(t *testing.T, file string) *validate.Schema {
	t.Helper()
	schema := published(t, file)
	delete(schema, "$schema")
	src, err := json.Marshal(map[string]any{
		"openapi": "3.1.0", "info": map[string]any{"title": file, "version": "1"}, "paths": map[string]any{},
		"components": map[string]any{"schemas": map[string]any{"File": schema}},
	})
	require.NoError(t, err)
	src = []byte(strings.ReplaceAll(string(src), `"#/$defs/`, `"#/components/schemas/File/$defs/`))
	doc, err := validate.Load(file, src, nil)
	require.NoError(t, err)
	return doc.Schema("File")
}

// TestShippedFilesFitTheSchemas wants what the loader takes to please an editor too.
func TestShippedFilesFitTheSchemas(t *testing.T) {
	t.Parallel()
	for name, schema := range map[string]*validate.Schema{
		"profile":      accepting(t, "profile.schema.json"),
		"seed":         accepting(t, "seed.schema.json"),
		"requirements": accepting(t, "requirements.schema.json"),
	} {
		files, err := filepath.Glob("*/" + name + ".yaml")
		require.NoError(t, err)
		for _, file := range append(files, "../testdata/toy/"+name+".yaml") {
			src, err := os.ReadFile(file)
			require.NoError(t, err)
			root, err := strict.Parse(file, src)
			require.NoError(t, err)
			object, err := nodeJSON(file, root, nil)
			require.NoError(t, err)
			for _, v := range schema.Validate(object) {
				t.Errorf("%s: %s", file, v.Message)
			}
		}
	}
}

// TestSchemasRefuse holds the schemas against files that the loader refuses.
func TestSchemasRefuse(t *testing.T) {
	t.Parallel()
	schema := accepting(t, "profile.schema.json")
	for _, name := range []string{"unknown_key", "unknown_verb", "two_verbs", "wrong_verb_input", "limit_without_key", "credential_form", "unknown_problem", "else_unknown", "let_nothing", "let_reserved"} {
		src, err := os.ReadFile("../testdata/broken/" + name + "/profile.yaml")
		require.NoError(t, err)
		root, err := strict.Parse(name, src)
		require.NoError(t, err)
		object, err := nodeJSON(name, root, nil)
		require.NoError(t, err)
		assert.NotEmpty(t, schema.Validate(object), name)
	}
}
