package behave

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/tidwall/gjson"

	"understudy.dev/mock/internal/entropy"
	"understudy.dev/specs"
)

const forms = `
operations:
  act: {answer: {first: "${invent(body.schema)}", city: "${invent(body.schema)?.city}", again: "${invent(body.schema) == invent(body.schema)}"}}
  create: {answer: "${map(body.tools, invent(.parameters) ?? {})}"}
  read: {answer: here}
`

func TestInvent(t *testing.T) {
	t.Parallel()
	w := newThings(t, forms, "")
	weather := request{body: `{"schema":{"type":"object","required":["city"],"properties":{"city":{"type":"string"},"at":{"type":"string","format":"date-time"}}}}`}
	first := w.run("act", weather)
	made := gjson.Parse(first)
	assert.NotEmpty(t, made.Get("city").String())
	assert.Equal(t, made.Get("city").String(), made.Get("first.city").String())
	assert.True(t, made.Get("again").Bool())
	made.Get("first").ForEach(func(key, _ gjson.Result) bool {
		assert.Contains(t, []string{"city", "at"}, key.String())
		return true
	})
	assert.Equal(t, first, w.run("act", weather), "the same schema gives the same data")
	w.entropy = entropy.New(2, "main")
	assert.NotEqual(t, first, w.run("act", weather), "another seed gives other data")
	w.entropy = entropy.New(1, "main")
	w.now = noon.Add(90 * 24 * time.Hour)
	assert.NotEqual(t, first, w.run("act", weather), "dates are near to the world's time")

	assert.Equal(t, `[{"a":1},{},{},{}]`,
		w.run("create", request{body: `{"tools":[{"parameters":{"const":{"a":1}}},{"parameters":null},{},{"parameters":{"$ref":"#"}}]}`}))
	for _, schema := range []string{`null`, `7`, `"x"`, `[]`, `false`, `{"minItems":1e9}`, `{"enum":[` + strings.Repeat("1,", 9999) + `1]}`} {
		assert.Equal(t, `[{}]`, w.run("create", request{body: `{"tools":[{"parameters":` + schema + `}]}`}), schema)
	}
	// What many schemas ask for together is bounded as well.
	greedy := `{"parameters":{"type":"array","minItems":900,"items":{"type":"string"}}}`
	many := gjson.Parse(w.run("create", request{body: `{"tools":[` + strings.Repeat(greedy+",", 99) + greedy + `]}`}))
	assert.Len(t, many.Get("0").Array(), 900)
	assert.Equal(t, `{}`, many.Get("99").Raw)
	assert.False(t, w.api.Profile.Operations["read"].Invents)
	assert.True(t, w.api.Profile.Operations["create"].Invents)
}

func TestLibraryPreviews(t *testing.T) {
	t.Parallel()
	w := newLibrary(t)
	got := w.run("previewForm", request{body: `{"schema":{"type":"object","properties":{"email":{"type":"string","format":"email"}}}}`})
	assert.Regexp(t, `^\{"example":\{"email":".*@example.com"\}\}$`, got)
	assert.Equal(t, "Nothing fits that schema.", *w.refused("previewForm", request{body: `{"schema":{"not":{}}}`}, specs.Invalid).Message)
}
