package strict

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	yaml "go.yaml.in/yaml/v4"
)

// maxAliased bounds how many nodes the aliases of one document may stand for,
// so that a small file cannot describe an enormous tree.
const maxAliased = 100_000

// Parse reads one YAML document and returns its root node; an empty document
// is a null scalar. Duplicate keys, several documents, tabs that indent, keys
// that are not scalars, anchors that contain themselves and aliases that stand
// for more than 100,000 nodes together are errors. The error is an *[Errors].
//
// The returned tree is plain: aliases are replaced by the nodes they name (so
// that one node may stand in several places) and merge keys by the keys they
// bring, in their place and order. A key written out wins over a merged one,
// an earlier merged mapping over a later one. The tree must not be changed.
func Parse(file string, src []byte) (*yaml.Node, error) {
	p := &parser{file: file, sizes: map[*yaml.Node]int{}}
	root := p.document(src)
	if p.errs.Err() == nil {
		p.plain(root)
	}
	if err := p.errs.Err(); err != nil {
		return nil, err
	}
	return root, nil
}

type parser struct {
	file    string
	errs    Errors
	sizes   map[*yaml.Node]int // nodes below each finished node, aliases followed; -1 while it is being visited
	aliased int
}

func (p *parser) fail(n *yaml.Node, format string, args ...any) {
	err := Pos{File: p.file, Line: n.Line}.Errorf(format, args...)
	err.Column = n.Column
	p.errs.Add(err)
}

func (p *parser) document(src []byte) *yaml.Node {
	if line := invalidLine(src); line > 0 {
		p.errs.Add(Pos{File: p.file, Line: line}.Errorf("not valid UTF-8"))
		return nil
	}
	loader, err := yaml.NewLoader(bytes.NewReader(src))
	if err != nil {
		p.syntax(src, err)
		return nil
	}
	var first, second yaml.Node
	switch err := loader.Load(&first); {
	case errors.Is(err, io.EOF):
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: nullTag, Line: 1, Column: 1}
	case err != nil:
		p.syntax(src, err)
		return nil
	}
	switch err := loader.Load(&second); {
	case errors.Is(err, io.EOF):
	case err != nil:
		p.syntax(src, err)
	default:
		p.fail(&second, "a second document starts here; a file holds one")
	}
	return first.Content[0]
}

func (p *parser) syntax(src []byte, err error) {
	line, column, message := 0, 0, err.Error()
	var load *yaml.LoadError
	if errors.As(err, &load) {
		line, column, message = load.Mark.Line, load.Mark.Column, load.Message
	}
	if indentedByTab(src, line) {
		message = "a tab cannot indent; use spaces"
	}
	p.errs.Add(&Error{File: p.file, Line: line, Column: column, Message: "cannot read YAML: " + message, Cause: err})
}

// plain replaces aliases and merge keys below n, reports what is wrong there,
// and returns the number of nodes that n stands for.
func (p *parser) plain(n *yaml.Node) int {
	if size, ok := p.sizes[n]; ok {
		if size < 0 {
			p.fail(n, "anchor %q contains itself", n.Anchor)
			return 0
		}
		return size
	}
	p.sizes[n] = -1
	size := 1
	for i, child := range n.Content {
		if child.Kind != yaml.AliasNode {
			size += p.plain(child)
			continue
		}
		if p.sizes[child.Alias] < 0 {
			p.fail(child, "anchor %q contains itself", child.Value)
			child.Alias = &yaml.Node{Kind: yaml.ScalarNode, Tag: nullTag, Line: child.Line, Column: child.Column}
		}
		below := p.plain(child.Alias)
		size += below
		if p.aliased <= maxAliased && p.aliased+below > maxAliased {
			p.fail(child, "aliases stand for more than %d nodes", maxAliased)
		}
		p.aliased = min(p.aliased+below, maxAliased+1)
		n.Content[i] = child.Alias
	}
	if n.Kind == yaml.MappingNode {
		p.keys(n)
	}
	// A saturated size keeps nested expansion from overflowing.
	size = min(size, maxAliased+1)
	p.sizes[n] = size
	return size
}

// keys checks the keys of a mapping and carries out its merges.
func (p *parser) keys(n *yaml.Node) {
	own := map[string]int{}
	merges := false
	for i := 0; i < len(n.Content); i += 2 {
		key := n.Content[i]
		switch {
		case key.Kind != yaml.ScalarNode || key.ShortTag() == nullTag:
			p.fail(key, "a key must be text, got %s", describe(key))
		case own[key.Value] > 0:
			p.fail(key, "duplicate key %q; the first is on line %d", key.Value, own[key.Value])
		default:
			own[key.Value] = key.Line
		}
		merges = merges || key.ShortTag() == mergeTag
	}
	if !merges {
		return
	}
	content := n.Content
	n.Content = nil
	taken := map[string]bool{}
	for i := 0; i < len(content); i += 2 {
		if content[i].ShortTag() != mergeTag {
			n.Content = append(n.Content, content[i], content[i+1])
			continue
		}
		for _, from := range p.merged(content[i+1]) {
			for j := 0; j < len(from.Content); j += 2 {
				if key := from.Content[j]; own[key.Value] == 0 && !taken[key.Value] {
					taken[key.Value] = true
					n.Content = append(n.Content, key, from.Content[j+1])
				}
			}
		}
	}
}

// merged lists the mappings that the value of a merge key names.
func (p *parser) merged(value *yaml.Node) []*yaml.Node {
	list := []*yaml.Node{value}
	if value.Kind == yaml.SequenceNode {
		list = value.Content
	}
	for _, one := range list {
		if one.Kind != yaml.MappingNode {
			p.fail(one, "only a mapping can be merged, got %s", describe(one))
			return nil
		}
	}
	return list
}

func invalidLine(src []byte) int {
	if utf8.Valid(src) {
		return 0
	}
	line := 0
	for text := range bytes.Lines(src) {
		if line++; !utf8.Valid(text) {
			break
		}
	}
	return line
}

func indentedByTab(src []byte, line int) bool {
	for text := range bytes.Lines(src) {
		if line--; line == 0 {
			indent := text[:len(text)-len(bytes.TrimLeft(text, " \t"))]
			return strings.Contains(string(indent), "\t")
		}
	}
	return false
}
