package specs

import (
	"bytes"
	"encoding/json"
	"slices"
	"time"

	yaml "go.yaml.in/yaml/v4"

	"understudy.dev/specs/internal/plain"
	"understudy.dev/specs/strict"
)

// seed loads seed.yaml: what exists in a fresh world.
func (l *loader) seed() {
	var written seedSyntax
	l.decode(seedFile, &written)
	seed := l.api.Seed
	if seed == nil {
		seed = &Seed{Resources: map[string][][]byte{}}
		l.api.Seed = seed
	}
	seen := map[[2]string]bool{}
	for i := range written.Credentials {
		if c := l.seedCredential(&written.Credentials[i], seen); c != nil {
			seed.Credentials = append(seed.Credentials, c)
		}
	}
	for resource, nodes := range written.Resources.All() {
		if l.one("resource", name{resource, written.Resources.Pos(resource)}, l.resourceNames()) {
			seed.Resources[resource] = l.seedResources(l.resourceOf(resource), nodes)
		}
	}
}

// credentialFields are what every credential shows in expressions.
func credentialFields() []string {
	return []string{"kind", "id", "owner", "scopes", "expires_at", "state"}
}

func (l *loader) seedCredential(w *seedCredentialSyntax, seen map[[2]string]bool) *SeedCredential {
	if !l.one("credential kind", w.Kind, l.kinds) {
		return nil
	}
	kind := l.kindOf(w.Kind.Text)
	switch {
	case kind.JWT != "":
		l.errs.Add(w.Pos.Errorf("a %s is signed when it is issued; it cannot be seeded", kind.Name))
	case w.Secret == "":
		l.errs.Add(w.Pos.Errorf("a seeded %s needs a secret", kind.Name))
	case kind.Secret != nil && w.ID == "":
		l.errs.Add(w.Pos.Errorf("a seeded %s needs an id: it is a pair", kind.Name))
	}
	presented := [2]string{kind.Name, w.Secret}
	if kind.Secret != nil {
		presented[1] = w.ID
	}
	if seen[presented] && presented[1] != "" {
		l.errs.Add(w.Pos.Errorf("there is a %s %q already", kind.Name, presented[1]))
	}
	seen[presented] = true
	for _, attribute := range sortedKeys(w.Set) {
		if slices.Contains(credentialFields(), attribute) {
			l.errs.Add(w.Pos.Errorf("the attribute %q would hide credential.%s", attribute, attribute))
		}
	}
	return &SeedCredential{
		Kind: kind.Name, ID: w.ID, Secret: w.Secret, Scopes: w.Scopes, Attributes: w.Set,
		ExpiresAt: l.instant(w.ExpiresAt), Revoked: w.Revoked,
	}
}

// instant reads an RFC 3339 date-time, zero where none is written.
func (l *loader) instant(w *name) time.Time {
	if w == nil {
		return time.Time{}
	}
	t, err := time.Parse(time.RFC3339, w.Text)
	if err != nil {
		l.errs.Add(w.Pos.Errorf("%q is no date-time; write it as 2026-01-31T12:00:00Z", w.Text))
	}
	return t.UTC()
}

// seedResources wants objects that the schema of the resource allows, with
// ids and unique values of their own.
func (l *loader) seedResources(r *Resource, nodes []*yaml.Node) [][]byte {
	var all [][]byte
	taken := map[[2]string]int{}
	for _, n := range nodes {
		pos := strict.Pos{File: l.file(seedFile), Line: n.Line}
		if n.Kind != yaml.MappingNode {
			l.errs.Add(pos.Errorf("%s: must be a mapping", r.Name))
			continue
		}
		if plain.Get(n, r.Key) == nil {
			l.errs.Add(pos.Errorf("%s: %q is missing; it is the id", r.Name, r.Key))
		}
		for _, field := range append([]string{r.Key}, r.Unique...) {
			v := plain.Get(n, field)
			if v == nil || v.ShortTag() == "!!null" {
				continue
			}
			key := [2]string{field, v.ShortTag() + v.Value}
			if line, ok := taken[key]; ok {
				l.errs.Add(strict.Pos{File: pos.File, Line: v.Line}.Errorf("%s: %s %q is taken on line %d already", r.Name, field, v.Value, line))
				continue
			}
			taken[key] = v.Line
		}
		object, err := nodeJSON(pos.File, n, nil)
		if err != nil {
			l.errs.Add(err)
			continue
		}
		l.seedShape(r, n)
		all = append(all, object)
	}
	return all
}

// seedShape judges a seeded object by its schema, hidden fields left aside:
// the schema describes what callers see.
func (l *loader) seedShape(r *Resource, n *yaml.Node) {
	schema := l.doc.Schema(r.Schema)
	if r.Schema == "" || schema == nil {
		return
	}
	visible, _ := split(n, r.Hidden)
	object, err := nodeJSON(l.file(seedFile), visible, nil)
	if err != nil {
		return
	}
	for _, v := range schema.Validate(object) {
		at := n
		if inner := nodeAt(n, v.Instance); inner != nil {
			at = inner
		}
		l.errs.Add(strict.Pos{File: l.file(seedFile), Line: at.Line}.Errorf("%s: %s", r.Name, v.Message))
	}
}

// nodeJSON appends a node as JSON, keys in the order of the document.
func nodeJSON(file string, n *yaml.Node, dst []byte) ([]byte, error) {
	switch n.Kind {
	case yaml.MappingNode:
		return nodeList(file, n, dst, '{', '}')
	case yaml.SequenceNode:
		return nodeList(file, n, dst, '[', ']')
	}
	var value any
	if err := strict.Decode(file, n, &value); err != nil {
		return nil, err
	}
	return appendAny(file, n, dst, value)
}

func nodeList(file string, n *yaml.Node, dst []byte, open, shut byte) ([]byte, error) {
	dst = append(dst, open)
	for i, item := range n.Content {
		var err error
		if n.Kind == yaml.MappingNode && i%2 == 0 {
			if i > 0 {
				dst = append(dst, ',')
			}
			if dst, err = appendAny(file, item, dst, item.Value); err != nil {
				return nil, err
			}
			dst = append(dst, ':')
			continue
		}
		if n.Kind == yaml.SequenceNode && i > 0 {
			dst = append(dst, ',')
		}
		if dst, err = nodeJSON(file, item, dst); err != nil {
			return nil, err
		}
	}
	return append(dst, shut), nil
}

func appendAny(file string, n *yaml.Node, dst []byte, value any) ([]byte, error) {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		return nil, strict.Pos{File: file, Line: n.Line}.Errorf("cannot make JSON of %q: %w", n.Value, err)
	}
	return append(dst, bytes.TrimSpace(out.Bytes())...), nil
}
