package journal

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestHider(t *testing.T) {
	t.Parallel()
	options := &Options{Names: []string{"badge"}, Known: func() []string { return []string{"hunter2-hunter2"} }}
	tests := map[string]string{
		`{"b":1,"a":[1,2.50,{"x":null}],"t":"plain"}`:                         `{"b":1,"a":[1,2.50,{"x":null}],"t":"plain"}`,
		`{"pin":1815,"deep":{"pin":1}}`:                                       `{"pin":"[redacted]","deep":{"pin":1}}`,
		`{"secrets":["a",1],"token":{"a":1},"max_token":5,"badge":"b"}`:       `{"secrets":"[redacted]","token":"[redacted]","max_token":5,"badge":"[redacted]"}`,
		`{"note":"it is hunter2-hunter2 \"now\"","list":["hunter2-hunter2"]}`: `{"note":"it is [redacted] \"now\"","list":["[redacted]"]}`,
		`{}`: `{}`,
	}
	for raw, want := range tests {
		got := New(options).Hider().Object([]byte(raw), []string{"pin"})
		assert.Equal(t, want, string(got))
		assert.True(t, json.Valid(got), raw)
		options := *options
		options.Reveal = true
		assert.Equal(t, raw, string(New(&options).Hider().Object([]byte(raw), []string{"pin"})), "revealed")
	}
}
