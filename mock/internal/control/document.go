package control

import (
	_ "embed"
	"encoding/json"
	"fmt"

	"go.yaml.in/yaml/v4"
)

//go:embed openapi.yaml
var source []byte

// Source is the OpenAPI document of the control plane as it is written, in YAML.
func Source() []byte { return append([]byte(nil), source...) }

// Document is the same document in JSON.
func Document() (json.RawMessage, error) {
	var tree map[string]any
	if err := yaml.Unmarshal(source, &tree); err != nil {
		return nil, fmt.Errorf("cannot read the control plane's document: %w", err)
	}
	raw, err := json.Marshal(tree)
	if err != nil {
		return nil, fmt.Errorf("cannot write the control plane's document: %w", err)
	}
	return raw, nil
}
