package specs

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	yaml "go.yaml.in/yaml/v4"

	"understudy.dev/specs/internal/plain"
	"understudy.dev/specs/strict"
	"understudy.dev/specs/validate"
)

// The files of an API directory.
const (
	openAPIFile  = "openapi.yaml"
	profileFile  = "profile.yaml"
	seedFile     = "seed.yaml"
	registryFile = "requirements.yaml"
)

// loader is the state of one load. Its parts report mistakes to errs and go on,
// so that one load finds them all.
type loader struct {
	fsys fs.FS
	// dir is the directory within fsys, shown the same for messages.
	dir, shown string
	options    Loader
	// alone is true when there is a document and no directory around it.
	alone bool
	errs  strict.Errors

	api   *API
	doc   *validate.Document
	root  *yaml.Node
	kinds []string
	// names shows what operations and problems have beyond their fixed fields.
	names map[string]any
	// attributes are those that problems declare.
	attributes []string
	// scopes are those made so far.
	scopes map[place]*scope
	// operations are the ids of the document.
	operations []string
	// readsBases is true once something compiled reads request.bases.
	readsBases bool
	// readsLimits and invents are true once the operation that is being loaded
	// reads limits, or uses the function invent.
	readsLimits, invents bool
	// resources are the fields of each resource.
	resources map[string]*shape
}

func (l *loader) load(name, document string) (*API, error) {
	l.api = &API{Name: name, Dir: l.shown}
	if slices.Contains(reservedSegments(), name) {
		l.errs.Add(&strict.Error{File: l.shown, Message: fmt.Sprintf("an API cannot be called %q: the name is taken by the server", name)})
	}
	if !l.document(document) {
		return nil, l.errs.Err()
	}
	if !l.profile() {
		// What refers to the profile would only repeat that it cannot be read.
		l.decode(seedFile, &seedSyntax{})
		l.decode(registryFile, &registrySyntax{})
		return nil, l.errs.Err()
	}
	l.seed()
	l.registry()
	l.checks()
	if err := l.errs.Err(); err != nil {
		return nil, err
	}
	return l.api, nil
}

// reservedSegments are first segments of paths that belong to the server.
func reservedSegments() []string { return []string{"__admin", "w"} }

// document loads the OpenAPI document and reports whether there is one to go on with.
func (l *loader) document(file string) bool {
	src, err := fs.ReadFile(l.fsys, path.Join(l.dir, file))
	if err != nil {
		l.errs.Add(&strict.Error{File: l.file(file), Message: "cannot read: " + reason(err), Cause: err})
		return false
	}
	sub, err := fs.Sub(l.fsys, l.dir)
	if err != nil {
		l.errs.Add(err)
		return false
	}
	l.api.fsys, l.api.documentFile = sub, l.file(file)
	doc, err := validate.Load(l.file(file), src, &validate.Options{FS: sub, Official: l.options.Official})
	if err != nil {
		l.documentErrors(err)
		return false
	}
	l.doc, l.root, l.api.Document = doc, unaliased(doc.Node()), doc
	for _, op := range doc.Operations() {
		l.operations = append(l.operations, op.ID)
		l.reservedPath(op)
	}
	return true
}

// unaliased is the document without aliases and merge keys, so that one pointer
// leads to one node; a document without any is not copied.
func unaliased(root *yaml.Node) *yaml.Node {
	if !aliases(root) {
		return root
	}
	return plain.Copy(root)
}

func aliases(n *yaml.Node) bool {
	return n.Kind == yaml.AliasNode || slices.ContainsFunc(n.Content, aliases)
}

// documentErrors takes over the mistakes in an OpenAPI document.
func (l *loader) documentErrors(err error) {
	if many, ok := err.(interface{ Unwrap() []error }); ok {
		for _, one := range many.Unwrap() {
			l.documentErrors(one)
		}
		return
	}
	var one *validate.Error
	if errors.As(err, &one) {
		err = &strict.Error{File: one.File, Line: one.Line, Message: one.Message, Cause: one}
	}
	l.errs.Add(err)
}

// reservedPath refuses an operation that the server itself would answer.
func (l *loader) reservedPath(op *validate.Operation) {
	bases := []string{""}
	for _, server := range op.Servers {
		bases = append(bases, serverPath(server.URL))
	}
	for _, base := range bases[min(1, len(bases)-1):] {
		first, _, _ := strings.Cut(strings.TrimPrefix(path.Join(base, op.Path), "/"), "/")
		if slices.Contains(reservedSegments(), first) {
			l.errs.Add(strict.Pos{File: l.api.documentFile, Line: op.Line}.Errorf(
				"%s: the path /%s belongs to the server itself", op.ID, first))
			return
		}
	}
}

// serverPath is the path of a server's URL, which may be relative.
func serverPath(url string) string {
	if _, rest, ok := strings.Cut(url, "://"); ok {
		_, after, _ := strings.Cut(rest, "/")
		return "/" + after
	}
	return url
}

// decode reads a file that may be missing into v and returns its root, nil
// without one. It is not ok if the file is there and cannot be read as YAML.
func (l *loader) decode(file string, v any) (root *yaml.Node, ok bool) {
	src, err := fs.ReadFile(l.fsys, path.Join(l.dir, file))
	switch {
	case l.alone || errors.Is(err, fs.ErrNotExist):
		return nil, true
	case err != nil:
		l.errs.Add(&strict.Error{File: l.file(file), Message: "cannot read: " + reason(err), Cause: err})
		return nil, false
	}
	root, err = strict.Parse(l.file(file), src)
	if err != nil {
		l.errs.Add(err)
		return nil, false
	}
	l.errs.Add(strict.Decode(l.file(file), root, v))
	return root, true
}

// checks reads the check files.
func (l *loader) checks() {
	if l.alone {
		return
	}
	files, err := fs.Glob(l.fsys, path.Join(l.dir, "checks", "*.txtar"))
	if err != nil {
		l.errs.Add(err)
		return
	}
	for _, file := range files {
		data, err := fs.ReadFile(l.fsys, file)
		if err != nil {
			l.errs.Add(err)
			continue
		}
		base := path.Base(file)
		l.api.Checks = append(l.api.Checks, &CheckFile{
			Name: strings.TrimSuffix(base, ".txtar"),
			Path: l.file("checks/" + base),
			Data: data,
		})
	}
}

// file is the name of a file for messages.
func (l *loader) file(name string) string { return path.Join(l.shown, name) }

// reason is the cause of a failed file access without the path, which stands
// before the message already.
func reason(err error) string {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err.Error()
	}
	return err.Error()
}
