package specs

import (
	"reflect"
	"slices"
	"strings"

	yaml "go.yaml.in/yaml/v4"

	"understudy.dev/specs/internal/plain"
	"understudy.dev/specs/strict"
)

// behaviourSyntax is the behaviour of one operation: one step, or several under do.
type behaviourSyntax struct {
	Pos strict.Pos
	// Step is nil when Do is used, and when there is no verb at all.
	Step   *stepSyntax
	extras behaviourExtras
}

// behaviourExtras are the keys of a behaviour that belong to no verb.
type behaviourExtras struct {
	Do      []*stepSyntax          `yaml:"do"`
	Status  *yaml.Node             `yaml:"status"`
	Headers strict.Map[*yaml.Node] `yaml:"headers"`
	MaxBody byteSize               `yaml:"max_body"`
	Settle  []*stepSyntax          `yaml:"settle"`
}

// stepSyntax is one verb with its inputs.
type stepSyntax struct {
	Pos    strict.Pos
	Verb   Verb
	Target *yaml.Node
	in     stepInputs
}

// stepInputs are the inputs of all verbs; verbTable says which takes which.
type stepInputs struct {
	When       *yaml.Node             `yaml:"when"`
	As         *name                  `yaml:"as"`
	ID         *yaml.Node             `yaml:"id"`
	Where      *yaml.Node             `yaml:"where"`
	Else       *name                  `yaml:"else"`
	Message    *yaml.Node             `yaml:"message"`
	Attributes strict.Map[*yaml.Node] `yaml:"attributes"`
	Secret     *yaml.Node             `yaml:"secret"`
	To         *yaml.Node             `yaml:"to"`
	Scopes     *yaml.Node             `yaml:"scopes"`
	Lifetime   *yaml.Node             `yaml:"lifetime"`
	From       *yaml.Node             `yaml:"from"`
	Set        strict.Map[*yaml.Node] `yaml:"set"`
	Of         *name                  `yaml:"of"`
	By         *name                  `yaml:"by"`
	Filter     []name                 `yaml:"filter"`
	Sort       *sortSyntax            `yaml:"sort"`
	Page       *pageSyntax            `yaml:"page"`
	Mode       *name                  `yaml:"mode"`
	Field      *name                  `yaml:"field"`
	Moves      *strict.Map[[]name]    `yaml:"moves"`
	Group      []name                 `yaml:"group"`
	Count      *name                  `yaml:"count"`
	Sum        strict.Map[name]       `yaml:"sum"`
	Part       *name                  `yaml:"part"`
	End        *yaml.Node             `yaml:"end"`
	Every      *yaml.Node             `yaml:"every"`
	Data       *yaml.Node             `yaml:"data"`
}

type sortSyntax struct {
	By         *name  `yaml:"by"`
	Order      *name  `yaml:"order"`
	Fields     []name `yaml:"fields"`
	Default    *name  `yaml:"default"`
	Descending bool   `yaml:"descending"`
}

type pageSyntax struct {
	Pos     strict.Pos `yaml:",pos"`
	Style   name       `yaml:"style,required"`
	Number  *name      `yaml:"number"`
	Offset  *name      `yaml:"offset"`
	Cursor  *name      `yaml:"cursor"`
	Size    *name      `yaml:"size"`
	Default int        `yaml:"default"`
	Max     int        `yaml:"max"`
}

// DecodeNode implements [strict.Decoder].
func (b *behaviourSyntax) DecodeNode(c *strict.Context, node *yaml.Node) {
	b.Pos = c.Pos(node)
	step, extras := split(node, keysOf(behaviourExtras{}))
	c.Decode(extras, &b.extras)
	switch {
	case len(step.Content) > 0:
		b.Step = &stepSyntax{}
		c.Decode(step, b.Step)
		b.Step.Pos = b.Pos
		if keyNode(node, "do") != nil && b.Step.Verb != "" {
			c.Errorf(node, "a behaviour is one verb or a list under \"do\", not both")
		}
	case keyNode(node, "do") == nil || len(b.extras.Do) == 0:
		c.Errorf(node, "a behaviour needs a verb, or a list of them under \"do\"")
	}
}

// DecodeNode implements [strict.Decoder].
func (s *stepSyntax) DecodeNode(c *strict.Context, node *yaml.Node) {
	s.Pos = strict.Pos{File: c.File(), Line: node.Line}
	if node.Kind != yaml.MappingNode {
		c.Errorf(node, "a step must be a mapping with one verb, such as {list: books}")
		return
	}
	known := keysOf(stepInputs{})
	for _, verb := range Verbs() {
		key := keyNode(node, string(verb))
		switch {
		case key == nil:
		case s.Verb != "":
			c.Errorf(key, "a step has one verb, but here are %q and %q; put them into a list under \"do\"", s.Verb, verb)
		default:
			s.Verb = verb
		}
		known = append(known, string(verb))
	}
	inputs, _ := split(node, texted(Verbs()))
	row := s.Verb.row()
	allowed := row.stepKeys()
	unknown := false
	for i := 0; i+1 < len(inputs.Content); i += 2 {
		key := inputs.Content[i]
		switch {
		case !slices.Contains(known, key.Value):
			c.Errorf(key, "%s", strict.Unknown("key", key.Value, known))
			unknown = true
		case s.Verb != "" && !slices.Contains(allowed, key.Value):
			c.Errorf(key, "%s does not take %q; it takes %s", s.Verb, key.Value, strings.Join(allowed, ", "))
			unknown = true
		}
	}
	switch {
	case unknown:
		s.Verb = ""
		return
	case s.Verb == "":
		c.Errorf(node, "no verb here; a step has one of %s", strings.Join(texted(Verbs()), ", "))
		return
	}
	s.Target = plain.Get(node, string(s.Verb))
	c.Decode(inputs, &s.in)
}

// split parts a mapping into the pairs whose key is not among the keys, and the others.
func split(node *yaml.Node, keys []string) (without, with *yaml.Node) {
	a, b := *node, *node
	if node.Kind != yaml.MappingNode {
		b.Kind, b.Content = yaml.MappingNode, nil
		return &a, &b
	}
	a.Content, b.Content = nil, nil
	for i := 0; i+1 < len(node.Content); i += 2 {
		part := &a
		if slices.Contains(keys, node.Content[i].Value) {
			part = &b
		}
		part.Content = append(part.Content, node.Content[i], node.Content[i+1])
	}
	return &a, &b
}

// keysOf lists the keys of a struct for YAML.
func keysOf(v any) []string {
	var keys []string
	t := reflect.TypeOf(v)
	for i := range t.NumField() {
		if key, _, _ := strings.Cut(t.Field(i).Tag.Get("yaml"), ","); key != "" {
			keys = append(keys, key)
		}
	}
	return keys
}

func texted[T ~string](names []T) []string {
	all := make([]string, len(names))
	for i, n := range names {
		all[i] = string(n)
	}
	return all
}

// listed is a sentence's list of names, "nothing else" if there are none.
func listed(names []string) string {
	if len(names) == 0 {
		return "nothing else"
	}
	return strings.Join(names, ", ")
}
