package specs

import (
	yaml "go.yaml.in/yaml/v4"

	"understudy.dev/specs/strict"
)

type profileSyntax struct {
	Order       []name                       `yaml:"order"`
	Request     requestSyntax                `yaml:"request"`
	Credentials strict.Map[credentialSyntax] `yaml:"credentials"`
	Auth        strict.Map[acceptanceSyntax] `yaml:"auth"`
	Limits      strict.Map[limitSyntax]      `yaml:"limits"`
	Errors      errorsSyntax                 `yaml:"errors"`
	Answers     answersSyntax                `yaml:"answers"`
	Resources   strict.Map[resourceSyntax]   `yaml:"resources"`
	Webhooks    *webhooksSyntax              `yaml:"webhooks"`
	Operations  strict.Map[*behaviourSyntax] `yaml:"operations"`
}

type requestSyntax struct {
	ID      *yaml.Node       `yaml:"id"`
	MaxBody byteSize         `yaml:"max_body"`
	Sends   strict.Map[name] `yaml:"sends"`
}

type credentialSyntax struct {
	ID       *yaml.Node       `yaml:"id"`
	Secret   *yaml.Node       `yaml:"secret"`
	Opaque   *yaml.Node       `yaml:"opaque"`
	JWT      *name            `yaml:"jwt"`
	Claims   *yaml.Node       `yaml:"claims"`
	Lifetime *strict.Lifetime `yaml:"lifetime"`

	Set strict.Map[*yaml.Node] `yaml:"set"`
}

type acceptanceSyntax struct {
	Accepts []name     `yaml:"accepts,required"`
	When    *yaml.Node `yaml:"when"`
}

type limitSyntax struct {
	Operations     []name                 `yaml:"operations"`
	Except         []name                 `yaml:"except"`
	Key            *yaml.Node             `yaml:"key,required"`
	Requests       *yaml.Node             `yaml:"requests,required"`
	Per            *strict.Duration       `yaml:"per"`
	Window         *name                  `yaml:"window"`
	Count          *name                  `yaml:"count"`
	ResetOn        *name                  `yaml:"reset_on"`
	Backoff        *backoffSyntax         `yaml:"backoff"`
	Headers        strict.Map[*yaml.Node] `yaml:"headers"`
	RefusalHeaders strict.Map[*yaml.Node] `yaml:"refusal_headers"`
}

type backoffSyntax struct {
	Pos    strict.Pos      `yaml:",pos"`
	First  strict.Duration `yaml:"first,required"`
	Factor float64         `yaml:"factor,required"`
	Max    strict.Duration `yaml:"max,required"`
}

type errorsSyntax struct {
	Problems  strict.Map[refusalSyntax] `yaml:"problems"`
	Envelopes []refusalEnvelopeSyntax   `yaml:"envelopes"`
}

// refusalSyntax is a status alone, or a mapping of status, message and
// attributes of the vendor's own.
type refusalSyntax struct {
	Status     *name
	Message    *yaml.Node
	Attributes strict.Map[*yaml.Node]
}

// DecodeNode implements [strict.Decoder].
func (r *refusalSyntax) DecodeNode(c *strict.Context, node *yaml.Node) {
	if node.Kind == yaml.ScalarNode {
		r.Status = &name{Text: node.Value, Pos: strict.Pos{File: c.File(), Line: node.Line}}
		return
	}
	if !c.Decode(node, &r.Attributes) {
		return
	}
	if status := r.Attributes.Node("status"); status != nil {
		r.Status = &name{Text: status.Value, Pos: strict.Pos{File: c.File(), Line: status.Line}}
	}
	r.Message = r.Attributes.Node("message")
}

// refusalKeys are the keys of a refusal that are no attributes.
func refusalKeys() []string { return []string{"status", "message"} }

type refusalEnvelopeSyntax struct {
	Pos        strict.Pos             `yaml:",pos"`
	Operations []name                 `yaml:"operations"`
	Problems   []name                 `yaml:"problems"`
	Headers    strict.Map[*yaml.Node] `yaml:"headers"`
	Media      *name                  `yaml:"media"`
	Body       *yaml.Node             `yaml:"body"`
}

type answersSyntax struct {
	Headers   strict.Map[*yaml.Node] `yaml:"headers"`
	Envelopes []answerEnvelopeSyntax `yaml:"envelopes"`
}

type answerEnvelopeSyntax struct {
	Pos        strict.Pos             `yaml:",pos"`
	Operations []name                 `yaml:"operations"`
	Verbs      []name                 `yaml:"verbs"`
	Headers    strict.Map[*yaml.Node] `yaml:"headers"`
	Media      *name                  `yaml:"media"`
	Body       *yaml.Node             `yaml:"body"`
}

type resourceSyntax struct {
	Schema   *name                  `yaml:"schema"`
	ID       *yaml.Node             `yaml:"id"`
	Key      *name                  `yaml:"key"`
	Set      strict.Map[*yaml.Node] `yaml:"set"`
	Touch    strict.Map[*yaml.Node] `yaml:"touch"`
	Unique   []name                 `yaml:"unique"`
	Hidden   []name                 `yaml:"hidden"`
	CallerID bool                   `yaml:"caller_id"`
}
