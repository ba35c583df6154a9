package validate

import (
	"maps"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"
)

// Match is the outcome of routing.
type Match struct {
	// Operation is nil unless the route was found.
	Operation *Operation
	// Params are the decoded path parameters by name; nil if there are none.
	Params map[string]string
	// Allowed lists, for UnknownMethod, the methods of the path, sorted.
	Allowed []string

	path string   // as it was matched, still escaped
	raw  []string // path parameters in template order, still escaped
}

// RouteError says why no operation was found.
type RouteError int

// The outcomes of routing.
const (
	// RouteOK means that an operation was found.
	RouteOK RouteError = iota
	// UnknownPath means that no path of the document matches.
	UnknownPath
	// UnknownMethod means that a path matches, but has no such method; Match.Allowed is filled.
	UnknownMethod
)

// Route finds the operation for a method and an escaped path (r.URL.EscapedPath()), the server's path already removed.
//
// A literal segment beats one with parameters, segment by segment from the left; where the better path lacks the method,
// the next one that has it is taken. A parameter never matches an empty segment, and an escaped slash is part of its
// segment. A path with dot segments, broken escapes or invalid UTF-8 matches nothing. HEAD is answered by GET where it is not declared.
func (d *Document) Route(method, escapedPath string) (Match, RouteError) {
	segments, ok := splitPath(escapedPath)
	if !ok {
		return Match{}, UnknownPath
	}
	s := search{method: method, path: escapedPath, segments: segments}
	if s.visit(d.routes, 0) {
		return s.match, RouteOK
	}
	if s.fallback.Operation != nil {
		return s.fallback, RouteOK
	}
	if s.allowed == nil {
		return Match{}, UnknownPath
	}
	return Match{Allowed: slices.Sorted(maps.Keys(s.allowed))}, UnknownMethod
}

// segment is one segment of a request's path.
type segment struct{ raw, text string }

func splitPath(escaped string) ([]segment, bool) {
	rest, ok := strings.CutPrefix(escaped, "/")
	if !ok || !utf8.ValidString(rest) {
		return nil, false
	}
	segments := make([]segment, 0, 8)
	for raw := range strings.SplitSeq(rest, "/") {
		text := raw
		if strings.IndexByte(raw, '%') >= 0 {
			var err error
			if text, err = url.PathUnescape(raw); err != nil || !utf8.ValidString(text) {
				return nil, false
			}
		}
		if text == "." || text == ".." {
			return nil, false
		}
		segments = append(segments, segment{raw, text})
	}
	return segments, true
}

// node is one segment deep in the trie of all paths.
type node struct {
	literals  map[string]*node
	patterns  []*edge // most specific first
	endpoints map[string]*Operation
}

// edge leads on through a segment that is not a literal.
type edge struct {
	pattern pattern
	to      *node
}

// pattern is a segment of a template as its literal parts: n+1 parts around n parameters, n being one or more.
type pattern []string

// parsePattern splits a segment of a template. ok is false if the braces do not match up.
func parsePattern(template string) (parts pattern, names []string, ok bool) {
	for {
		before, rest, found := strings.Cut(template, "{")
		if strings.Contains(before, "}") {
			return nil, nil, false
		}
		parts = append(parts, before)
		if !found {
			return parts, names, true
		}
		name, after, closed := strings.Cut(rest, "}")
		if !closed || name == "" || strings.Contains(name, "{") {
			return nil, nil, false
		}
		names = append(names, name)
		template = after
	}
}

// capture matches a segment and appends what the parameters stand for. Every parameter takes at least one character and
// as few as it can, which leaves the most for those that follow: no other division could match where this one does not.
func (p pattern) capture(text string, out []string) ([]string, bool) {
	last := len(p) - 1
	text, ok := strings.CutPrefix(text, p[0])
	if !ok {
		return out, false
	}
	for _, literal := range p[1:last] {
		if text == "" {
			return out, false
		}
		i := strings.Index(text[1:], literal)
		if i < 0 {
			return out, false
		}
		out = append(out, text[:i+1])
		text = text[i+1+len(literal):]
	}
	value, ok := strings.CutSuffix(text, p[last])
	if !ok || value == "" {
		return out, false
	}
	return append(out, value), true
}

// add puts an operation into the trie. It gives the operation that already has the same method and shape of path.
func (n *node) add(op *Operation) (taken *Operation) {
	for template := range strings.SplitSeq(strings.TrimPrefix(op.Path, "/"), "/") {
		parts, names, _ := parsePattern(template)
		if len(names) == 0 {
			n = n.literal(unescapeFragment(template))
		} else {
			n = n.pattern(parts)
		}
	}
	if n.endpoints == nil {
		n.endpoints = map[string]*Operation{}
	}
	if taken := n.endpoints[op.Method]; taken != nil {
		return taken
	}
	for _, other := range n.endpoints {
		if other.Path != op.Path {
			return other
		}
	}
	n.endpoints[op.Method] = op
	return nil
}

func (n *node) literal(text string) *node {
	if n.literals == nil {
		n.literals = map[string]*node{}
	}
	if n.literals[text] == nil {
		n.literals[text] = &node{}
	}
	return n.literals[text]
}

func (n *node) pattern(p pattern) *node {
	i, found := slices.BinarySearchFunc(n.patterns, p, func(e *edge, p pattern) int { return e.pattern.compare(p) })
	if !found {
		n.patterns = slices.Insert(n.patterns, i, &edge{p, &node{}})
	}
	return n.patterns[i].to
}

// compare orders patterns by how much of them is literal, the most literal first.
func (p pattern) compare(q pattern) int {
	if d := len(strings.Join(q, "")) - len(strings.Join(p, "")); d != 0 {
		return d
	}
	return slices.Compare(p, q)
}

// search is one walk through the trie.
type search struct {
	method   string
	path     string
	segments []segment
	captured []string // as many as patterns have been passed, still escaped
	match    Match
	fallback Match // GET for HEAD
	allowed  map[string]bool
}

func (s *search) visit(n *node, depth int) bool {
	if depth == len(s.segments) {
		return s.arrive(n)
	}
	at := s.segments[depth]
	if next := n.literals[at.text]; next != nil && s.visit(next, depth+1) {
		return true
	}
	if at.text == "" {
		return false
	}
	for _, e := range n.patterns {
		mark := len(s.captured)
		captured, ok := e.pattern.capture(at.raw, s.captured)
		if !ok {
			s.captured = s.captured[:mark]
			continue
		}
		s.captured = captured
		if s.visit(e.to, depth+1) {
			return true
		}
		s.captured = s.captured[:mark]
	}
	return false
}

func (s *search) arrive(n *node) bool {
	if op := n.endpoints[s.method]; op != nil {
		s.match = s.found(op)
		return true
	}
	if len(n.endpoints) == 0 {
		return false
	}
	if get := n.endpoints["GET"]; get != nil && s.method == "HEAD" && s.fallback.Operation == nil {
		s.fallback = s.found(get)
	}
	if s.allowed == nil {
		s.allowed = map[string]bool{}
	}
	for method := range n.endpoints {
		s.allowed[method] = true
	}
	return false
}

func (s *search) found(op *Operation) Match {
	m := Match{Operation: op, path: s.path}
	if len(op.PathParams) == 0 {
		return m
	}
	m.raw = slices.Clone(s.captured)
	m.Params = make(map[string]string, len(m.raw))
	for i, name := range op.PathParams {
		// The escapes of the whole segment were checked, but a pattern may have cut through one.
		text, err := url.PathUnescape(m.raw[i])
		if err != nil {
			text = m.raw[i]
		}
		m.Params[name] = text
	}
	return m
}
