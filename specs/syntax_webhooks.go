package specs

import (
	yaml "go.yaml.in/yaml/v4"

	"understudy.dev/specs/strict"
)

type webhooksSyntax struct {
	Pos           strict.Pos             `yaml:",pos"`
	Subscriptions name                   `yaml:"subscriptions,required"`
	URL           *yaml.Node             `yaml:"url,required"`
	When          *yaml.Node             `yaml:"when"`
	Secret        *yaml.Node             `yaml:"secret"`
	ID            *yaml.Node             `yaml:"id"`
	Headers       strict.Map[*yaml.Node] `yaml:"headers"`
	Body          *yaml.Node             `yaml:"body"`
	Sign          *name                  `yaml:"sign"`
	Timeout       *strict.Duration       `yaml:"timeout"`
	Retry         *retrySyntax           `yaml:"retry"`
}

type retrySyntax struct {
	Pos      strict.Pos       `yaml:",pos"`
	Attempts *int             `yaml:"attempts"`
	First    *strict.Duration `yaml:"first"`
	Factor   *float64         `yaml:"factor"`
	Max      *strict.Duration `yaml:"max"`
}
