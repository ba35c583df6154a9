package specs

import (
	"strings"

	yaml "go.yaml.in/yaml/v4"

	"understudy.dev/specs/strict"
	"understudy.dev/specs/template"
)

// let compiles the values that a step names; each sees the names before it.
func (c *stepLoader) let(s *Step, w *stepSyntax) {
	var names strict.Map[*yaml.Node]
	if err := strict.Decode(c.file(profileFile), w.Target, &names); err != nil {
		c.errs.Add(err)
		return
	}
	if names.Len() == 0 {
		c.errs.Add(w.Pos.Errorf("let names nothing; it takes names with their values"))
	}
	for key := range names.All() {
		n := names.Node(key)
		value := c.value(n, c.scope(inOperation))
		if as := c.name(name{key, names.Pos(key)}, sampleOf(n)); as != "" && value != nil {
			s.Let = append(s.Let, Field{Name: as, Value: value})
		}
	}
}

// sampleOf is what a template tells of the value that it makes: the fields of an
// object, nothing of what an expression gives.
func sampleOf(n *yaml.Node) any {
	if n.Kind != yaml.MappingNode {
		return nil
	}
	object := template.Object{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		field := n.Content[i].Value
		if double, ok := strings.CutSuffix(field, "??"); ok {
			field = double + "?"
		} else {
			field = strings.TrimSuffix(field, "?")
		}
		object[field] = sampleOf(n.Content[i+1])
	}
	return object
}
