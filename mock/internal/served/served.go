// Package served writes an API's OpenAPI document as a caller of this server needs it: in JSON, in one piece, in its own
// order, and with the URLs of this server in the place of the documented ones.
//
// It judges nothing: the document was loaded before.
//
//	document, err := served.New(api.Document.Node(), func(url string) (string, bool) { return "/toy/v1", true })
//	raw := document.For("http://localhost:4010/w/side")
package served

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"
)

// The loader keeps further files of a document under graftedKey, to which references lead then. For other readers these are
// parts of one document, and must not look like files to the loader when it reads that.
const graftedKey, partsKey = "x-files", "x-parts"

// mark stands where the caller's origin and prefix go. JSON text never holds the character itself.
const mark = "\x00"

// A Document is ready to be given to any caller. It is immutable.
type Document struct{ parts [][]byte }

// A Place says where a documented URL, of a server or of an OAuth flow, is served: the path on this server, variables in
// braces included. False leaves the URL alone.
type Place func(url string) (path string, ok bool)

// New writes the document whose root is given.
func New(root *yaml.Node, place Place) (*Document, error) {
	w := &writer{place: place}
	if root.Kind == yaml.DocumentNode && len(root.Content) > 0 {
		root = root.Content[0]
	}
	if err := w.root(root); err != nil {
		return nil, fmt.Errorf("cannot write the document as JSON: %w", err)
	}
	return &Document{parts: bytes.Split(w.out.Bytes(), []byte(mark))}, nil
}

// For is the document for a caller who reaches this server at an origin and a prefix, such as
// "http://localhost:4010/w/side". The bytes are the caller's.
func (d *Document) For(origin string) []byte {
	quoted, _ := json.Marshal(origin) // text always can be
	return bytes.Join(d.parts, quoted[1:len(quoted)-1])
}

type writer struct {
	out   bytes.Buffer
	place Place
}

// root adds the servers of a document that names none: they are then what the specification says, the root.
func (w *writer) root(n *yaml.Node) error {
	if n.Kind == yaml.MappingNode && get(n, "servers") == nil {
		url := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: "/"}
		server := &yaml.Node{Kind: yaml.MappingNode, Content: []*yaml.Node{{Kind: yaml.ScalarNode, Tag: "!!str", Value: "url"}, url}}
		added := *n
		added.Content = append(slices.Clone(n.Content),
			&yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: "servers"}, &yaml.Node{Kind: yaml.SequenceNode, Content: []*yaml.Node{server}})
		n = &added
	}
	return w.value(n)
}

func (w *writer) value(n *yaml.Node) error {
	switch n.Kind {
	case yaml.AliasNode:
		return w.value(n.Alias)
	case yaml.MappingNode:
		w.out.WriteByte('{')
		for i := 0; i+1 < len(n.Content); i += 2 {
			if i > 0 {
				w.out.WriteByte(',')
			}
			key, value := n.Content[i].Value, n.Content[i+1]
			if key == graftedKey {
				key = partsKey
			}
			w.text(key)
			w.out.WriteByte(':')
			if err := w.member(key, value); err != nil {
				return err
			}
		}
		w.out.WriteByte('}')
		return nil
	case yaml.SequenceNode:
		return w.list(n.Content)
	}
	return w.scalar(n)
}

// member writes the value of a key; the keys that hold URLs are known by their names and by what the URLs are.
func (w *writer) member(key string, value *yaml.Node) error {
	switch key {
	case "servers":
		if value.Kind == yaml.SequenceNode {
			return w.list(w.servers(value.Content))
		}
	case "authorizationUrl", "tokenUrl", "refreshUrl", "openIdConnectUrl":
		if path, ok := w.place(value.Value); ok && value.Kind == yaml.ScalarNode {
			return w.placed(path)
		}
	}
	return w.value(value)
}

func (w *writer) list(items []*yaml.Node) error {
	w.out.WriteByte('[')
	for i, item := range items {
		if i > 0 {
			w.out.WriteByte(',')
		}
		if err := w.value(item); err != nil {
			return err
		}
	}
	w.out.WriteByte(']')
	return nil
}

// servers are the entries of a list of servers with the URLs of this server. Of those that have become the same, such as
// the vendor's production and its sandbox, one is enough, unless they have names.
func (w *writer) servers(entries []*yaml.Node) []*yaml.Node {
	var all []*yaml.Node
	seen := map[string]bool{}
	for _, entry := range entries {
		url := get(entry, "url")
		if url == nil {
			return entries // no list of servers, whatever its name
		}
		path, ok := w.place(url.Value)
		if !ok {
			all = append(all, entry)
			continue
		}
		name := ""
		if base := get(entry, "x-base"); base != nil {
			name = base.Value
		}
		if known := path + " " + name; name == "" && seen[path] || seen[known] {
			continue
		}
		seen[path], seen[path+" "+name] = true, true
		moved := &yaml.Node{Kind: yaml.MappingNode}
		for i := 0; i+1 < len(entry.Content); i += 2 {
			key, value := entry.Content[i], entry.Content[i+1]
			switch key.Value {
			case "url":
				value = &yaml.Node{Kind: yaml.ScalarNode, Tag: placedTag, Value: path}
			case "variables":
				if value = used(value, path); value == nil {
					continue
				}
			}
			moved.Content = append(moved.Content, key, value)
		}
		all = append(all, moved)
	}
	return all
}

// used keeps the variables that a path holds; nil if it holds none.
func used(variables *yaml.Node, path string) *yaml.Node {
	kept := &yaml.Node{Kind: yaml.MappingNode}
	for i := 0; i+1 < len(variables.Content); i += 2 {
		if strings.Contains(path, "{"+variables.Content[i].Value+"}") {
			kept.Content = append(kept.Content, variables.Content[i], variables.Content[i+1])
		}
	}
	if len(kept.Content) == 0 {
		return nil
	}
	return kept
}

// placedTag tells a path on this server from other text.
const placedTag = "!placed"

func (w *writer) placed(path string) error {
	w.out.WriteString(`"` + mark)
	quoted, err := json.Marshal(path)
	w.out.Write(quoted[1:])
	return err
}

func (w *writer) text(text string) {
	quoted, _ := json.Marshal(text) // text always can be
	w.out.Write(quoted)
}

func (w *writer) scalar(n *yaml.Node) error {
	if n.Tag == placedTag {
		return w.placed(n.Value)
	}
	switch n.ShortTag() {
	case "!!null":
		w.out.WriteString("null")
	case "!!bool", "!!int", "!!float":
		if json.Valid([]byte(n.Value)) { // as it is written: numbers keep every digit
			w.out.WriteString(n.Value)
			return nil
		}
		var value any
		if err := n.Decode(&value); err != nil {
			return err
		}
		if f, ok := value.(float64); ok && (math.IsInf(f, 0) || math.IsNaN(f)) {
			return fmt.Errorf("line %d: JSON has no number %s", n.Line, n.Value)
		}
		encoded, err := json.Marshal(value)
		w.out.Write(encoded)
		return err
	default:
		if rest, ok := strings.CutPrefix(n.Value, "#/"+graftedKey+"/"); ok {
			w.text("#/" + partsKey + "/" + rest)
			return nil
		}
		w.text(n.Value)
	}
	return nil
}

func get(n *yaml.Node, key string) *yaml.Node {
	if n.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return n.Content[i+1]
		}
	}
	return nil
}
