package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"understudy.dev/conformance"
	"understudy.dev/specs"
	"understudy.dev/specs/strict"
)

// readCredentials fills the inputs and request bodies of t from a YAML file: a
// flat map of input names, and `requests` with a body for each operation id.
// No error repeats a value of the file.
func readCredentials(path string, api *specs.API, t *conformance.Target) error {
	src, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("cannot read the credentials: %w", err)
	}
	file := filepath.ToSlash(path)
	root, err := strict.Parse(file, src)
	if err != nil {
		return fmt.Errorf("cannot read the credentials: %w", err)
	}
	if root.Kind != yaml.MappingNode {
		return fmt.Errorf("%s:%d: must be a map of names to values", file, root.Line)
	}
	names := []string{"requests"}
	for _, input := range api.Registry.Inputs {
		names = append(names, input.Name)
	}
	t.Inputs = map[string]string{}
	for i := 0; i+1 < len(root.Content); i += 2 {
		key, value := root.Content[i], root.Content[i+1]
		switch {
		case key.Value == "requests":
			if t.Requests, err = readRequests(file, value, api); err != nil {
				return err
			}
		case !slices.Contains(names, key.Value):
			return fmt.Errorf("%s:%d: %s has no credential called %q; %s", file, key.Line, api.Name, key.Value, hint(key.Value, names))
		case value.Kind != yaml.ScalarNode || value.Tag == "!!null" || value.Value == "":
			return fmt.Errorf("%s:%d: %s must be a text", file, value.Line, key.Value)
		default:
			t.Inputs[key.Value] = value.Value
		}
	}
	return nil
}

func readRequests(file string, node *yaml.Node, api *specs.API) (map[string]any, error) {
	if node.Kind != yaml.MappingNode {
		return nil, fmt.Errorf("%s:%d: requests must be a map of operation ids to bodies", file, node.Line)
	}
	var names []string
	for _, op := range api.Document.Operations() {
		names = append(names, op.ID)
	}
	bodies := map[string]any{}
	for i := 0; i+1 < len(node.Content); i += 2 {
		key, value := node.Content[i], node.Content[i+1]
		if !slices.Contains(names, key.Value) {
			return nil, fmt.Errorf("%s:%d: %s has no operation called %q; %s", file, key.Line, api.Name, key.Value, hint(key.Value, names))
		}
		var body any
		if err := strict.Decode(file, value, &body); err != nil {
			return nil, err
		}
		bodies[key.Value] = body
	}
	return bodies, nil
}

func hint(name string, known []string) string {
	if near := strict.Suggest(name, known); near != "" {
		return fmt.Sprintf("did you mean %q?", near)
	}
	return "known are " + strings.Join(known, ", ")
}
