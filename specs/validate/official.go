package validate

import (
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"

	"github.com/pb33f/libopenapi-validator/cache"
	"github.com/pb33f/libopenapi-validator/config"
	liberrors "github.com/pb33f/libopenapi-validator/errors"
	"github.com/pb33f/libopenapi-validator/parameters"
	"github.com/pb33f/libopenapi-validator/requests"
	"github.com/pb33f/libopenapi-validator/responses"
	"github.com/pb33f/libopenapi-validator/schema_validation"
	"github.com/pb33f/libopenapi/datamodel/high/base"
	v3 "github.com/pb33f/libopenapi/datamodel/high/v3"
	"go.yaml.in/yaml/v4"
)

// official is libopenapi-validator, asked for a second opinion wherever the fast path is not sure. It can only add a
// refusal. It is asked about bodies, after this package has decoded them, and about the parameters it reads as the
// specification says (see plain).
//
// Its schema cache is filled while loading with the schemas compiled here: left to itself it would compile each schema
// together with the whole document, which takes minutes for a large one, and at request time it would race.
type official struct {
	options *config.ValidationOptions
	model   *v3.Document
	params  parameters.ParameterValidator
}

// An opinion is what the rest of the package knows of the official validator. Its types, and those of libopenapi, stay
// behind this interface: where they can be reached from an exported type, whoever imports this package reads tens of
// megabytes about them at each compilation.
type opinion interface {
	refusesRequest(m *media, value any, raw []byte) (reason string, refused bool)
	refusesResponse(m *media, value any, raw []byte) (reason string, refused bool)
	checkParams(op *Operation, r *http.Request, m Match) []Violation
}

// openAPIVersion is how the validator names 3.1 in its cache.
const openAPIVersion = 3.1

var officialPurpose = [purposes]schema_validation.SchemaValidationPurpose{
	anyDirection: schema_validation.SchemaValidationPurposeGeneric,
	inRequest:    schema_validation.SchemaValidationPurposeRequestBody,
	inResponse:   schema_validation.SchemaValidationPurposeResponseBody,
}

func newOfficial() *official {
	return &official{options: config.NewValidationOptions(
		config.WithoutSecurityValidation(), config.WithFormatAssertions(), config.WithRegexCache(&sync.Map{}),
	)}
}

// know gives the validator the model of the document.
func (o *official) know(model *v3.Document) {
	// Paths reach the validator without their server's prefix, so it must not take another one off.
	model.Servers = nil
	o.model = model
	o.params = parameters.NewParameterValidator(model, config.WithExistingOpts(o.options))
}

// learn gives the validator the rule for one of its schemas.
func (o *official) learn(schema *base.Schema, r *rule, p purpose) {
	key := schema_validation.SchemaCacheKey(schema.GoLow().Hash(), openAPIVersion, officialPurpose[p])
	if _, known := o.options.SchemaCache.Load(key); known {
		return
	}
	// The rendered forms only decorate messages, which are not used, but an empty one would be rendered on demand.
	rendered := []byte("{}")
	o.options.SchemaCache.Store(key, &cache.SchemaCacheEntry{
		Schema: schema, CompiledSchema: r.schema, RenderedInline: rendered, RenderedJSON: rendered,
		ReferenceSchema: "{}", RenderedNode: &yaml.Node{Kind: yaml.MappingNode},
	})
}

// refusesRequest asks about the body of a request.
func (o *official) refusesRequest(m *media, value any, raw []byte) (reason string, refused bool) {
	schema, known := m.rule.official.(*base.Schema)
	if !known {
		return "", false
	}
	ok, errs := requests.ValidateRequestSchema(&requests.ValidateRequestSchemaInput{
		Request: bareRequest(), Schema: schema, Version: openAPIVersion, BodyRequired: true,
		Options:      []config.Option{config.WithExistingOpts(o.options)},
		DecodedValue: value, RawBody: raw, ValueDecoded: true,
	})
	return reasonOf(errs), !ok
}

// refusesResponse asks about the body of a response.
func (o *official) refusesResponse(m *media, value any, raw []byte) (reason string, refused bool) {
	schema, known := m.rule.official.(*base.Schema)
	if !known {
		return "", false
	}
	ok, errs := responses.ValidateResponseSchema(&responses.ValidateResponseSchemaInput{
		Request: bareRequest(), Response: &http.Response{Body: io.NopCloser(strings.NewReader(""))},
		Schema: schema, Version: openAPIVersion,
		Options:      []config.Option{config.WithExistingOpts(o.options)},
		DecodedValue: value, RawBody: raw, ValueDecoded: true,
	})
	return reasonOf(errs), !ok
}

func bareRequest() *http.Request {
	return &http.Request{Method: http.MethodPost, URL: &url.URL{Path: "/"}, Header: http.Header{}}
}

func reasonOf(errs []*liberrors.ValidationError) string {
	switch {
	case len(errs) == 0:
		return "refused"
	case len(errs[0].SchemaValidationErrors) > 0:
		return errs[0].SchemaValidationErrors[0].Reason
	}
	return errs[0].Reason
}

// checkParams asks about the parameters of a request, location by location.
func (o *official) checkParams(op *Operation, r *http.Request, m Match) []Violation {
	item, _ := o.model.Paths.PathItems.Get(op.Path)
	if item == nil {
		return nil
	}
	request := &http.Request{
		Method: op.Method, Header: r.Header,
		URL: &url.URL{Path: unescapeFragment(m.path), RawPath: m.path, RawQuery: r.URL.RawQuery},
	}
	var out []Violation
	for _, location := range []struct {
		kind     Kind
		validate func(*http.Request, *v3.PathItem, string) (bool, []*liberrors.ValidationError)
	}{
		{Path, o.params.ValidatePathParamsWithPathItem},
		{Query, o.params.ValidateQueryParamsWithPathItem},
		{Header, o.params.ValidateHeaderParamsWithPathItem},
		{Cookie, o.params.ValidateCookieParamsWithPathItem},
	} {
		if !op.plain(location.kind) {
			continue
		}
		_, errs := location.validate(request, item, op.Path)
		for _, err := range errs {
			about := subject{location.kind, err.ParameterName}
			out = append(out, Violation{
				Kind: about.kind, Instance: about.name, Pointer: op.paramPointer(about),
				Message: about.title() + ": " + reasonOf([]*liberrors.ValidationError{err}),
			})
		}
	}
	return out
}

func (op *Operation) paramPointer(about subject) string {
	for _, p := range op.params {
		if p.subject == about {
			return p.pointer
		}
	}
	return op.Pointer + "/parameters"
}

// plain tells whether the validator reads all parameters of a location as the specification says.
func (op *Operation) plain(in Kind) bool {
	if !op.takes[in] {
		return false
	}
	for _, p := range op.params {
		if p.kind == in && !p.plain {
			return false
		}
	}
	return true
}

// misread lists what makes the official validator wrong about a parameter, in either direction. Such a parameter is
// judged here alone.
var misread = []struct {
	why string
	has func(p *param) bool
}{
	{"content other than a JSON object makes it panic", func(p *param) bool { return p.media != "" }},
	{"several types are taken for a conjunction, none for anything", func(p *param) bool {
		return p.shape.kinds != numberKind && p.shape.kinds != stringKind && p.shape.kinds != booleanKind
	}},
	{"a style other than the default is only half read", func(p *param) bool { return p.style != defaultStyle[p.kind] }},
	{"with an explicit explode, a percent-encoded reserved character is taken for a plain one", func(p *param) bool {
		return p.kind == Query && p.explodeStated
	}},
	{"the values of an enum are compared as trimmed text", func(p *param) bool {
		return p.rule != nil && p.rule.schema.Enum != nil && slices.ContainsFunc(p.rule.schema.Enum.Values, func(v any) bool {
			text, ok := v.(string)
			return !ok || strings.TrimSpace(text) != text
		})
	}},
	{"an empty value is refused where it is allowed", func(p *param) bool { return p.allowEmpty }},
}

func isPlain(p *param) bool {
	for _, m := range misread {
		if m.has(p) {
			return false
		}
	}
	return true
}
