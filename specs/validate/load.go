package validate

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/pb33f/libopenapi"
	"github.com/pb33f/libopenapi/datamodel"
	"github.com/pb33f/libopenapi/datamodel/high/base"
	v3 "github.com/pb33f/libopenapi/datamodel/high/v3"
	"github.com/pb33f/libopenapi/datamodel/low"
	"github.com/pb33f/libopenapi/index"
	"go.yaml.in/yaml/v4"

	"understudy.dev/specs/internal/plain"
	"understudy.dev/specs/validate/internal/tree"
)

// Options change how a document is loaded and judged. A nil *Options means the zero value.
type Options struct {
	// Official turns the fast path off: every verdict comes from the schema compiler and the official validator. It is
	// slower and, unless there is a defect in the fast path, changes no verdict.
	Official bool
	// FS is the directory in which the document stands, for references to other files. Without it such a reference is
	// an error. The files a document refers to become part of it, under the key x-files at its top, and pointers into
	// them begin with "/x-files/" and the escaped name of the file.
	FS fs.FS
}

// Error is one reason why a document does not load.
type Error struct {
	File    string
	Line    int // 0 if unknown
	Message string
}

// Error is "file:line: message".
func (e *Error) Error() string {
	if e.Line == 0 {
		return e.File + ": " + e.Message
	}
	return fmt.Sprintf("%s:%d: %s", e.File, e.Line, e.Message)
}

// Load parses, resolves and compiles src, an OpenAPI 3.1 document in YAML or JSON. name is the file name used in errors.
// The error joins an *Error for every reason that was found, in the order of the file; src is not changed.
func Load(name string, src []byte, o *Options) (*Document, error) {
	if o == nil {
		o = &Options{}
	}
	d, errs := load(name, src, o)
	if len(errs) == 0 {
		return d, nil
	}
	joined := make([]error, len(errs))
	for i, err := range sortedErrors(errs) {
		joined[i] = err
	}
	return nil, errors.Join(joined...)
}

func load(name string, src []byte, o *Options) (*Document, []*Error) {
	fail := func(line int, format string, args ...any) []*Error {
		return []*Error{{name, line, fmt.Sprintf(format, args...)}}
	}
	parsed, err := parse(src)
	if err != nil {
		line, reason := unreadable(src, err)
		return nil, fail(line, "cannot load: %s", reason)
	}
	root := tree.Content(parsed.GetSpecInfo().RootNode)
	if reason := unsupported(root); reason != "" {
		return nil, fail(1, "cannot load: %s", reason)
	}
	if problems := tree.Check(root); len(problems) > 0 {
		var errs []*Error
		for _, p := range problems {
			errs = append(errs, &Error{name, p.Line, p.Message})
		}
		return nil, errs
	}
	s := surveyDocument(name, root, o.FS)
	reportEndless(s)
	if len(s.errs) > 0 {
		return nil, s.errs
	}
	if len(s.files) > 0 {
		// libopenapi reads one file only, so it gets the document with the others in it.
		// The copy is for the encoder, which changes the nodes it writes.
		whole, err := yaml.Marshal(tree.Copy(root))
		if err == nil {
			parsed, err = parse(whole)
		}
		if err != nil {
			return nil, fail(1, "cannot join files: %v", err)
		}
	}
	modelled := make(chan modelOrError, 1)
	model := func() {
		model, err := parsed.BuildV3Model()
		modelled <- modelOrError{model, err}
	}
	// libopenapi writes merge keys out in the nodes that both read.
	alone := merges(root)
	if !alone {
		go model()
	}
	second := newOfficial()
	d, c, err := build(s, o.Official, second)
	if alone {
		model()
	}
	built := <-modelled
	switch {
	case err != nil:
		return nil, fail(1, "%v", err)
	case len(s.errs) > 0:
		return nil, s.errs
	case built.model == nil:
		return nil, fail(1, "cannot build the model: %v", built.err)
	}
	teach(second, &built.model.Model, c, parsed.GetSpecInfo().RootNode)
	// libopenapi remembers the hash of every node for good, which keeps whole documents alive.
	low.ClearHashCache()
	index.ClearHashCache()
	return d, nil
}

// merges reports whether a node or one below it is a merge key.
func merges(n *yaml.Node) bool {
	return n.Tag == "!!merge" || n.Kind == yaml.ScalarNode && n.Value == "<<" || slices.ContainsFunc(n.Content, merges)
}

type modelOrError struct {
	model *libopenapi.DocumentModel[v3.Document]
	err   error
}

// parse keeps libopenapi to what it is needed for: no circularity checks, which this package makes more exactly, and
// nothing for other kinds of consumers.
func parse(src []byte) (libopenapi.Document, error) {
	return libopenapi.NewDocumentWithConfiguration(slices.Clone(src), &datamodel.DocumentConfiguration{
		SkipCircularReferenceCheck: true, SkipJSONConversion: true, SkipMetadataCollection: true,
		ExcludeExtensionRefs: true, Logger: slog.New(slog.DiscardHandler),
	})
}

// syntaxPattern finds the line and the reason in what the YAML parser says.
var syntaxPattern = regexp.MustCompile(`L(\d+)\.C\d+[^:]*: (.*)`)

// unreadable tells why libopenapi did not take a document.
func unreadable(src []byte, err error) (line int, reason string) {
	var n yaml.Node
	if syntax := yaml.Unmarshal(src, &n); syntax != nil {
		if found := syntaxPattern.FindStringSubmatch(syntax.Error()); found != nil {
			line, _ = strconv.Atoi(found[1])
			return line, found[2]
		}
		return 1, syntax.Error()
	}
	if reason := unsupported(tree.Content(&n)); reason != "" {
		return 1, reason
	}
	return 1, err.Error()
}

// unsupported tells why a document of another version is not read; "" if it is 3.1.
func unsupported(root *yaml.Node) string {
	version := tree.Text(root, "openapi")
	switch {
	case root == nil || root.Kind == 0 || root.Tag == "!!null":
		return "there is nothing in it"
	case !tree.IsMap(root):
		return "the document must be a mapping, got " + describeNode(root)
	case strings.HasPrefix(version, "3.1"):
		return ""
	case tree.Get(root, "swagger") != nil:
		return "this is Swagger 2.0: convert it to OpenAPI 3.1 first"
	case strings.HasPrefix(version, "3.0"):
		return "this is OpenAPI " + version + ", and only 3.1 is read: set openapi to 3.1.1 and write nullable: true as " +
			"type: [T, 'null'] and exclusiveMinimum: true as a number"
	case version == "":
		return "there is no field openapi at the top"
	default:
		return "this is OpenAPI " + version + ", and only 3.1 is read"
	}
}

// reportEndless reports the schemas that no value can satisfy, by their own names where they have one.
func reportEndless(s *survey) {
	endless := s.endless()
	named := slices.DeleteFunc(slices.Clone(endless), func(pointer string) bool {
		return !strings.HasPrefix(pointer, "/components/schemas/")
	})
	if len(named) > 0 {
		endless = named
	}
	for _, pointer := range endless {
		s.errorf(pointer, 0, "no value can satisfy %s: it refers to itself without end", pointer)
	}
}

// build makes the document of its parts, all but what the official validator is to know. What is wrong with the document
// is reported to the survey.
func build(s *survey, official bool, second opinion) (*Document, *compiler, error) {
	c, err := newCompiler(newResources(s), official)
	if err != nil {
		return nil, nil, err
	}
	d := &Document{
		root: plain.View(s.root), byID: map[string]*Operation{}, schemas: map[string]*Schema{}, routes: &node{}, official: second,
	}
	b := &builder{survey: s, compiler: c, shapes: shaper{}, official: d.official, ids: map[string]int{}}
	b.schemes = b.securitySchemes()
	d.schemes, d.operations = b.schemes, b.operations()
	for _, op := range d.operations {
		d.byID[op.ID] = op
		if taken := d.routes.add(op); taken != nil {
			s.errorf(op.Pointer, op.Line, "%s %s cannot be told from %s %s on line %d", op.Method, op.Path, taken.Method, taken.Path, taken.Line)
		}
	}
	for k := range tree.Fields(tree.At(s.root, "/components/schemas")) {
		if r := c.compile("/components/schemas/"+tree.Escape(k.Value), anyDirection); r != nil {
			d.schemas[k.Value] = &Schema{r}
		}
	}
	d.webhooks = b.allWebhooks()
	d.servers = b.allServers()
	return d, c, nil
}

func (b *builder) allServers() []Server {
	out := b.servers(b.root)
	for key, item := range tree.Fields(tree.Get(b.root, "paths")) {
		_, item = b.follow("/paths/"+tree.Escape(key.Value), item)
		lists := [][]Server{b.servers(item)}
		for _, method := range methods {
			lists = append(lists, b.servers(tree.Get(item, method)))
		}
		for _, server := range slices.Concat(lists...) {
			if !slices.ContainsFunc(out, func(known Server) bool { return reflect.DeepEqual(known, server) }) {
				out = append(out, server)
			}
		}
	}
	return out
}

// teach hands the compiled schemas to the official validator. Its model and the survey meet at the nodes of the model's
// source, which is the survey's own tree unless that was joined from several files.
func teach(o *official, model *v3.Document, c *compiler, source *yaml.Node) {
	s := c.resources.survey
	pointers := make(map[*yaml.Node]string, len(s.schemas))
	for _, pointer := range s.order {
		n := s.schemas[pointer]
		if len(s.files) > 0 {
			n = tree.At(source, pointer)
		}
		if _, known := pointers[n]; !known {
			pointers[n] = pointer
		}
	}
	learn := func(proxy *base.SchemaProxy, p purpose) {
		for proxy != nil {
			schema := proxy.Schema()
			if schema == nil || schema.GoLow() == nil {
				return
			}
			pointer, ok := pointers[schema.GoLow().RootNode]
			if !ok {
				return
			}
			if r := c.compile(pointer, p); r != nil {
				o.learn(schema, r, p)
				r.official = schema
			}
			if p != anyDirection || schema.Items == nil || !schema.Items.IsA() {
				return
			}
			proxy = schema.Items.A // the validator looks the items of an array parameter up by themselves
		}
	}
	o.know(model)
	eachSchema(model, learn)
}
