package specs

import (
	yaml "go.yaml.in/yaml/v4"

	"understudy.dev/specs/strict"
)

type seedSyntax struct {
	Credentials []seedCredentialSyntax   `yaml:"credentials"`
	Resources   strict.Map[[]*yaml.Node] `yaml:"resources"`
}

type seedCredentialSyntax struct {
	Pos    strict.Pos     `yaml:",pos"`
	Kind   name           `yaml:"kind,required"`
	ID     string         `yaml:"id"`
	Secret string         `yaml:"secret"`
	Scopes []string       `yaml:"scopes"`
	Set    map[string]any `yaml:"set"`
	// ExpiresAt is an RFC 3339 date-time.
	ExpiresAt *name `yaml:"expires_at"`
	Revoked   bool  `yaml:"revoked"`
}

type registrySyntax struct {
	OpenAPI      *name                         `yaml:"openapi"`
	Sources      strict.Map[sourceSyntax]      `yaml:"sources"`
	Inputs       strict.Map[inputSyntax]       `yaml:"inputs"`
	Logins       strict.Map[loginSyntax]       `yaml:"logins"`
	Features     strict.Map[string]            `yaml:"features"`
	Requirements strict.Map[requirementSyntax] `yaml:"requirements"`
}

type sourceSyntax struct {
	Title string `yaml:"title,required"`
	URL   string `yaml:"url"`
}

type inputSyntax struct {
	Text     string `yaml:"text,required"`
	Optional bool   `yaml:"optional"`
	Seeded   string `yaml:"seeded"`
	Public   bool   `yaml:"public"`
}

type loginSyntax struct {
	Operation *name              `yaml:"operation"`
	Body      map[string]any     `yaml:"body"`
	Form      strict.Map[string] `yaml:"form"`
	Basic     string             `yaml:"basic"`
	Headers   strict.Map[string] `yaml:"headers"`
	Take      strict.Map[string] `yaml:"take"`
	Send      strict.Map[string] `yaml:"send,required"`
}

type requirementSyntax struct {
	Level  name          `yaml:"level,required"`
	Basis  name          `yaml:"basis,required"`
	Text   string        `yaml:"text,required"`
	Source string        `yaml:"source"`
	Facts  []name        `yaml:"facts"`
	Excuse *excuseSyntax `yaml:"excuse"`
}

type excuseSyntax struct {
	Pos    strict.Pos `yaml:",pos"`
	Reason name       `yaml:"reason,required"`
	Text   string     `yaml:"text,required"`
}
