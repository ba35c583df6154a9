package relax

import (
	"go.yaml.in/yaml/v4"

	"understudy.dev/specs/internal/plain"
)

var methods = map[string]bool{
	"get": true, "put": true, "post": true, "delete": true,
	"options": true, "head": true, "patch": true, "trace": true,
}

// document relaxes every response and every delivery of a webhook, and the
// components they are made of.
func (r *relaxer) document(n *yaml.Node) *yaml.Node {
	return rebuild(n, func(key, value *yaml.Node) *yaml.Node {
		switch key.Value {
		case "paths":
			return r.each(value, "/paths", r.pathItem)
		case "webhooks":
			return r.each(value, "/webhooks", r.webhook)
		case "components":
			return r.components(value)
		}
		return value
	})
}

func (r *relaxer) components(n *yaml.Node) *yaml.Node {
	parts := map[string]func(*yaml.Node, string) *yaml.Node{
		"schemas": r.schema, "responses": r.anyResponse, "headers": r.header, "pathItems": r.pathItem,
	}
	return rebuild(n, func(key, value *yaml.Node) *yaml.Node {
		if relax := parts[key.Value]; relax != nil {
			return r.each(value, plain.Join("/components", key.Value), relax)
		}
		return value
	})
}

// each relaxes the values of a mapping from names to one kind of object.
func (r *relaxer) each(n *yaml.Node, pointer string, relax func(*yaml.Node, string) *yaml.Node) *yaml.Node {
	return rebuild(n, func(key, value *yaml.Node) *yaml.Node {
		return relax(value, plain.Join(pointer, key.Value))
	})
}

func (r *relaxer) pathItem(n *yaml.Node, pointer string) *yaml.Node {
	return rebuild(n, func(key, value *yaml.Node) *yaml.Node {
		if !methods[key.Value] {
			return value
		}
		at := plain.Join(pointer, key.Value)
		return rebuild(value, func(key, value *yaml.Node) *yaml.Node {
			if key.Value == "responses" {
				return r.responses(value, plain.Join(at, "responses"))
			}
			return value
		})
	})
}
