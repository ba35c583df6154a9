package validate

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/url"
	"strconv"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"

	"understudy.dev/specs/validate/internal/ecma"
	"understudy.dev/specs/validate/internal/sure"
	"understudy.dev/specs/validate/internal/tree"
)

// compiler turns schemas at pointers into rules. One compiler serves a whole document, so that a schema which many
// others refer to is compiled once.
type compiler struct {
	resources *resources
	schemas   *jsonschema.Compiler
	fast      *sure.Compiler // nil if the fast path is off
	rules     map[string]*rule
}

func newCompiler(r *resources, official bool) (*compiler, error) {
	c := &compiler{resources: r, schemas: jsonschema.NewCompiler(), rules: map[string]*rule{}}
	if !official {
		c.fast = new(sure.Compiler)
	}
	c.schemas.DefaultDraft(jsonschema.Draft2020)
	c.schemas.AssertFormat()
	c.schemas.UseLoader(jsonschema.SchemeURLLoader{})
	engine := ecma.NewEngine()
	c.schemas.UseRegexpEngine(func(pattern string) (jsonschema.Regexp, error) { return engine.Compile(pattern) })
	for _, f := range formats {
		c.schemas.RegisterFormat(&jsonschema.Format{Name: f.name, Validate: f.check})
	}
	for p := range purposes {
		if err := c.schemas.AddResource(resourceURL(p), r.build(p)); err != nil {
			return nil, fmt.Errorf("cannot add schemas: %w", err)
		}
	}
	return c, nil
}

// compile gives the rule for the schema at a pointer, or nil after recording why there is none.
func (c *compiler) compile(pointer string, p purpose) *rule {
	pointer = c.resources.survey.source(pointer)
	location := c.resources.location(pointer, p)
	if known, ok := c.rules[location]; ok {
		return known
	}
	schema, err := c.schemas.Compile(location)
	if err != nil {
		c.report(pointer, err)
		c.rules[location] = nil
		return nil
	}
	r := &rule{resources: c.resources, schema: schema}
	if c.fast != nil {
		r.fast = c.fast.Compile(schema)
	}
	c.rules[location] = r
	return r
}

// report turns the compiler's complaint into errors at the lines that cause it.
func (c *compiler) report(pointer string, err error) {
	var meta *jsonschema.SchemaValidationError
	var invalid *jsonschema.ValidationError
	if errors.As(err, &meta) && errors.As(meta.Err, &invalid) {
		c.reportMeta(meta.URL, invalid)
		return
	}
	c.resources.survey.errorf(pointer, 0, "cannot compile schema: %v", err)
}

// reportMeta reports the innermost reasons why a schema breaks the rules for schemas.
func (c *compiler) reportMeta(url string, err *jsonschema.ValidationError) {
	if len(err.Causes) > 0 {
		for _, cause := range err.Causes {
			c.reportMeta(url, cause)
		}
		return
	}
	at := c.resources.pointerOf(strings.TrimSuffix(url, "#") + "#" + jsonPointer(err.InstanceLocation))
	if format, ok := err.ErrorKind.(*kind.Format); ok {
		c.resources.survey.errorf(at, 0, "invalid schema: %v", format.Err)
		return
	}
	c.resources.survey.errorf(at, 0, "invalid schema: %s", describe(err.ErrorKind).sentence())
}

// formats are those of OpenAPI that the schema compiler does not know.
var formats = []struct {
	name  string
	check func(any) error
}{
	{"int32", integerWithin(math.MinInt32, math.MaxInt32)},
	{"int64", integerWithin(math.MinInt64, math.MaxInt64)},
}

// integerWithin accepts everything that is not a number: a format says nothing about other types.
func integerWithin(low, high int64) func(any) error {
	return func(v any) error {
		var text string
		switch v := v.(type) {
		case json.Number:
			text = v.String()
		case float64:
			text = strconv.FormatFloat(v, 'f', -1, 64)
		default:
			return nil
		}
		n, err := strconv.ParseInt(wholeNumber(text), 10, 64)
		if err != nil || n < low || n > high {
			return fmt.Errorf("must be an integer from %d to %d", low, high)
		}
		return nil
	}
}

// wholeNumber removes a fraction of zeros, with which JSON may write an integer.
func wholeNumber(text string) string {
	whole, fraction, ok := strings.Cut(text, ".")
	if ok && strings.Trim(fraction, "0") == "" {
		return whole
	}
	if strings.ContainsAny(text, "eE") {
		if f, err := strconv.ParseFloat(text, 64); err == nil && math.Trunc(f) == f && math.Abs(f) < 1<<53 {
			return strconv.FormatInt(int64(f), 10)
		}
	}
	return text
}

func jsonPointer(tokens []string) string {
	var b strings.Builder
	for _, token := range tokens {
		b.WriteByte('/')
		b.WriteString(tree.Escape(token))
	}
	return b.String()
}

func escapeFragment(pointer string) string {
	return strings.ReplaceAll(url.PathEscape(pointer), "%2F", "/")
}

func unescapeFragment(fragment string) string {
	if decoded, err := url.PathUnescape(fragment); err == nil {
		return decoded
	}
	return fragment
}
