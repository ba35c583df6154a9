package validate

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"go.yaml.in/yaml/v4"

	"understudy.dev/specs/validate/internal/tree"
)

// filesKey is the extension at the top of a document under which the other files it refers to are kept, by name. With
// them in it a document of many files is one tree with one space of pointers.
const filesKey = "x-files"

// file gives the pointer to the root of another file, named relative to the file in which from stands, after reading it
// if it is met for the first time.
func (s *survey) file(ref, from string) (pointer string, err error) {
	if strings.Contains(ref, "://") {
		return "", errors.New("references over the network are not followed")
	}
	if s.fs == nil {
		return "", errors.New("it names another file, and no files are given")
	}
	name := path.Join(path.Dir(s.nameOf(from)), unescapeFragment(ref))
	if name == path.Base(s.name) {
		return "", nil
	}
	pointer = "/" + filesKey + "/" + tree.Escape(name)
	if s.files[pointer] {
		return pointer, nil
	}
	src, err := fs.ReadFile(s.fs, name)
	if err != nil {
		return "", err
	}
	var n yaml.Node
	if err := yaml.Unmarshal(src, &n); err != nil {
		return "", fmt.Errorf("cannot parse %s: %w", name, err)
	}
	s.graft(name, tree.Content(&n))
	s.files[pointer] = true
	for _, p := range tree.Check(&n) {
		s.errorf(pointer, p.Line, "%s", p.Message)
	}
	return pointer, nil
}

// graft puts a file into the document.
func (s *survey) graft(name string, n *yaml.Node) {
	if n == nil {
		n = &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
	}
	files := tree.Get(s.root, filesKey)
	if files == nil {
		files = &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
		s.root.Content = append(s.root.Content, textNode(filesKey), files)
	}
	files.Content = append(files.Content, textNode(name), n)
}

func textNode(text string) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: text, Line: 1}
}

// fileRoot is the pointer to the root of the file that a pointer leads into; "" for the document itself.
func (s *survey) fileRoot(pointer string) string {
	rest, ok := strings.CutPrefix(pointer, "/"+filesKey+"/")
	if !ok {
		return ""
	}
	name, _, _ := strings.Cut(rest, "/")
	return "/" + filesKey + "/" + name
}

// nameOf is the name of the file that a pointer leads into, relative to the document's directory.
func (s *survey) nameOf(pointer string) string {
	if root := s.fileRoot(pointer); root != "" {
		return tree.Unescape(root[len(filesKey)+2:])
	}
	return path.Base(s.name)
}

// fileOf is the name of that file for messages: beside the document's own.
func (s *survey) fileOf(pointer string) string {
	if s.fileRoot(pointer) == "" {
		return s.name
	}
	return path.Join(path.Dir(s.name), s.nameOf(pointer))
}
