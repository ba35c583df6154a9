package stream_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"understudy.dev/conformance/internal/stream"
)

func TestJSON(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ body, want string }{
		"nothing":                  {"", `[]`},
		"values":                   {"data: {\"n\": 1}\n\ndata: 2\n\ndata: [DONE]\n\n", `[{"n": 1}, 2, "[DONE]"]`},
		"no space, and only one":   {"data:{}\n\ndata:  x\n\n", `[{}, " x"]`},
		"several lines":            {"data: {\ndata: \"n\": 1}\n\ndata: a\ndata: b\n\n", `[{"n": 1}, "a\nb"]`},
		"other line ends":          {"data: 1\r\n\r\ndata: 2\r\rdata: 3\n\n", `[1, 2, 3]`},
		"comments and other names": {": hello\n\nevent: x\nid: 7\nretry: 10\ndata: 1\n\nevent: y\n\ndatax: 2\n\n", `[1]`},
		"no data, and empty data":  {"data\n\ndata:\n\n\n\n", `["", ""]`},
		"a mark before it":         {"\uFEFFdata: 1\n\n", `[1]`},
		"no end":                   {"data: 1\n\ndata: 2", `[1, 2]`},
		"no text at all":           {"data: \xff\n\n", `["` + "\uFFFD" + `"]`},
		"markup":                   {"data: <a>&\n\n", `["<a>&"]`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.JSONEq(t, test.want, string(stream.JSON([]byte(test.body))))
		})
	}
}
