package relax

import (
	"strconv"

	"go.yaml.in/yaml/v4"

	"understudy.dev/specs/internal/plain"
)

func index(pointer string, i int) string { return pointer + "/" + strconv.Itoa(i) }

// keeps decides about a keyword that stays as it is or goes: "" if it stays,
// else the pointer of the assumed thing that makes it go.
func (r *relaxer) keeps(n *yaml.Node, pointer, keyword string) (assumed string) {
	at := plain.Join(pointer, keyword)
	value := plain.Get(n, keyword)
	if value == nil || !r.documented(at) {
		return at
	}
	switch classOf(keyword) {
	case reference:
		return r.keepsReference(value, at)
	case whole, condition:
		return r.below(value, at)
	case contained:
		return r.keepsContains(n, pointer)
	case unevaluated:
		return r.assumedIn(n, pointer)
	case discriminator:
		return r.keepsDiscriminator(n, pointer)
	case foreign, alien:
		return at
	}
	return ""
}

func (r *relaxer) keepsReference(ref *yaml.Node, at string) string {
	target, local := plain.Target(ref.Value)
	if !local || !r.survives(target) {
		return at
	}
	return ""
}

// keepsContains takes contains and its counts as one: without minContains, one
// item is asked for, and counting what a relaxed schema matches proves nothing.
func (r *relaxer) keepsContains(n *yaml.Node, pointer string) string {
	for _, keyword := range []string{"contains", "minContains"} {
		at := plain.Join(pointer, keyword)
		if plain.Get(n, keyword) != nil && !r.documented(at) {
			return at
		}
	}
	if value := plain.Get(n, "contains"); value != nil {
		return r.assumedIn(value, plain.Join(pointer, "contains"))
	}
	return ""
}

func (r *relaxer) keepsDiscriminator(n *yaml.Node, pointer string) string {
	for _, keyword := range []string{"oneOf", "anyOf"} {
		if value := plain.Get(n, keyword); value != nil {
			at := plain.Join(pointer, keyword)
			if !r.documented(at) {
				return at
			}
			if assumed := r.below(value, at); assumed != "" {
				return assumed
			}
		}
	}
	return ""
}

// below is assumedIn for the schemas of a keyword: one, or a list of them.
func (r *relaxer) below(value *yaml.Node, pointer string) string {
	if value.Kind != yaml.SequenceNode {
		return r.assumedIn(value, pointer)
	}
	for i, sub := range value.Content {
		if assumed := r.assumedIn(sub, index(pointer, i)); assumed != "" {
			return assumed
		}
	}
	return ""
}

// assumedIn gives the pointer of the first thing in the schema n, or in what it
// refers to, that is not documented or cannot be kept, and "" if the relaxed
// form of n is n itself.
func (r *relaxer) assumedIn(n *yaml.Node, pointer string) string {
	if assumed, known := r.whole[pointer]; known {
		return assumed
	}
	s := search{r, map[string]bool{}}
	assumed := s.schema(n, pointer)
	if assumed != "" {
		r.whole[pointer] = assumed
		return assumed
	}
	for visited := range s.visited {
		r.whole[visited] = ""
	}
	return ""
}

// search walks everything a schema depends on. A schema met again is taken to be
// documented: if it is not, its first visit says so.
type search struct {
	*relaxer
	visited map[string]bool
}

func (s *search) schema(n *yaml.Node, pointer string) (assumed string) {
	if known, ok := s.whole[pointer]; ok {
		return known
	}
	if n == nil || s.visited[pointer] {
		return ""
	}
	s.visited[pointer] = true
	if n.Kind != yaml.MappingNode {
		if isFalse(n) && !s.documented(pointer) {
			return pointer
		}
		return ""
	}
	for key, value := range plain.Fields(n) {
		if assumed = s.keyword(value, plain.Join(pointer, key.Value), classOf(key.Value)); assumed != "" {
			return assumed
		}
	}
	return ""
}

func (s *search) keyword(value *yaml.Node, at string, c class) string {
	switch c {
	case annotation, store:
		return ""
	case foreign, alien:
		return at
	case required:
		return s.names(value, at)
	case dependent:
		if s.documented(at) {
			return ""
		}
		for key, names := range plain.Fields(value) {
			if assumed := s.names(names, plain.Join(at, key.Value)); assumed != "" {
				return assumed
			}
		}
		return ""
	case one, list, named, branch:
		return s.parts(value, at, c)
	}
	if !s.documented(at) {
		return at
	}
	switch c {
	case reference:
		if assumed := s.keepsReference(value, at); assumed != "" {
			return assumed
		}
		target, _ := plain.Target(value.Value)
		return s.schema(plain.At(s.root, target), target)
	case choice, whole, condition, contained, unevaluated:
		return s.parts(value, at, c)
	}
	return ""
}

// names asks for every member of a list of required names.
func (s *search) names(list *yaml.Node, pointer string) string {
	if s.documented(pointer) {
		return ""
	}
	for _, name := range list.Content {
		if at := plain.Join(pointer, name.Value); !s.documented(at) {
			return at
		}
	}
	return ""
}

func (s *search) parts(value *yaml.Node, pointer string, c class) string {
	switch {
	case c == named:
		for key, sub := range plain.Fields(value) {
			if assumed := s.schema(sub, plain.Join(pointer, key.Value)); assumed != "" {
				return assumed
			}
		}
		return ""
	case value.Kind == yaml.SequenceNode:
		for i, sub := range value.Content {
			if assumed := s.schema(sub, index(pointer, i)); assumed != "" {
				return assumed
			}
		}
		return ""
	}
	return s.schema(value, pointer)
}
