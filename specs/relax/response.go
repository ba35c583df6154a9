package relax

import (
	"strings"

	"go.yaml.in/yaml/v4"

	"understudy.dev/specs/internal/plain"
)

const (
	anySuccess = "2XX"
	anyMedia   = "*/*"
)

// responses relaxes the mapping from statuses to responses.
func (r *relaxer) responses(n *yaml.Node, pointer string) *yaml.Node {
	if n == nil || n.Kind != yaml.MappingNode {
		return n
	}
	open := r.openSuccesses(n, pointer)
	out := rebuild(n, func(key, value *yaml.Node) *yaml.Node {
		at := plain.Join(pointer, key.Value)
		switch {
		case strings.HasPrefix(key.Value, "x-"):
			return value
		case len(open) > 1 && open[key.Value]:
			r.drop(value, at, at)
			return nil
		case open[key.Value]:
			r.origins[plain.Join(pointer, anySuccess)] = at
			return r.response(value, at, anySuccess)
		}
		return r.response(value, at, key.Value)
	})
	switch {
	case len(open) == 1:
		for i, key := range out.Content {
			if i%2 == 0 && open[key.Value] {
				out.Content[i] = text(key, anySuccess)
			}
		}
	case len(open) > 1:
		out.Content = append(out.Content, text(n, anySuccess), anything(n))
	}
	if plain.Get(out, "default") == nil && !r.documented(pointer) {
		out.Content = append(out.Content, text(n, "default"), anything(n))
	}
	return out
}

// openSuccesses are the statuses of success that nobody documents and that are
// to stand for every success. Where a 2XX stands already, each status keeps the
// response it has: it must not come to be judged by the other.
func (r *relaxer) openSuccesses(n *yaml.Node, pointer string) map[string]bool {
	open := map[string]bool{}
	for key := range plain.Fields(n) {
		switch {
		case strings.EqualFold(key.Value, anySuccess):
			return nil
		case strings.HasPrefix(key.Value, "2") && !r.documented(plain.Join(pointer, key.Value)):
			open[key.Value] = true
		}
	}
	return open
}

// anything is the response that asks for nothing.
func anything(at *yaml.Node) *yaml.Node {
	return mapping(at, "description", "anything", "content", mapping(at, anyMedia, mapping(at)))
}

// bodiless are the statuses whose responses HTTP itself leaves without a body.
var bodiless = map[string]bool{"1XX": true, "100": true, "101": true, "102": true, "103": true, "204": true, "205": true, "304": true}

func (r *relaxer) anyResponse(n *yaml.Node, pointer string) *yaml.Node {
	return r.response(n, pointer, "")
}

func (r *relaxer) response(n *yaml.Node, pointer, status string) *yaml.Node {
	if n == nil || n.Kind != yaml.MappingNode {
		return n
	}
	if plain.Get(n, "$ref") != nil {
		return r.reference(n, pointer, "/components/responses/", func(n *yaml.Node, pointer string) *yaml.Node {
			return r.response(n, pointer, status)
		})
	}
	out := rebuild(n, func(key, value *yaml.Node) *yaml.Node {
		at := plain.Join(pointer, key.Value)
		switch key.Value {
		case "headers":
			return r.each(value, at, r.header)
		case "content":
			return r.content(value, at)
		case "links":
			return nil
		}
		return value
	})
	// That a source shows no body is not a promise that there is none.
	if plain.Get(out, "content") == nil && !bodiless[strings.ToUpper(status)] {
		out.Content = append(out.Content, text(n, "content"), mapping(n, anyMedia, mapping(n)))
	}
	return out
}

// reference keeps a structural reference to a component, which is relaxed where
// it stands. The rare reference elsewhere is replaced by what it means, because
// the place may not survive.
func (r *relaxer) reference(n *yaml.Node, pointer, home string, relax func(*yaml.Node, string) *yaml.Node) *yaml.Node {
	target, local := plain.Target(plain.Get(n, "$ref").Value)
	if !local || strings.HasPrefix(target, home) {
		return n
	}
	meant := plain.At(r.root, target)
	if meant == nil || plain.Get(meant, "$ref") != nil {
		return n // dangling, or a chain: the loader refuses both
	}
	r.origins[pointer] = target
	return relax(meant, target)
}

// content relaxes a mapping from media types to their schemas.
func (r *relaxer) content(n *yaml.Node, pointer string) *yaml.Node {
	if n == nil || n.Kind != yaml.MappingNode {
		return n
	}
	fixed := r.documented(pointer) && len(n.Content) == 0
	for key := range plain.Fields(n) {
		fixed = fixed || r.documented(plain.Join(pointer, key.Value))
	}
	var json *yaml.Node
	var jsonAt string
	out := rebuild(n, func(key, value *yaml.Node) *yaml.Node {
		at := plain.Join(pointer, key.Value)
		media := r.media(value, at)
		if json == nil && isJSON(key.Value) {
			json, jsonAt = media, at
		}
		return media
	})
	if fixed || plain.Get(n, anyMedia) != nil {
		return out
	}
	other := mapping(n)
	if schema := plain.Get(json, "schema"); schema != nil {
		other = mapping(n, "schema", plain.Copy(schema))
		r.origins[plain.Join(pointer, anyMedia)] = jsonAt
	}
	out.Content = append(out.Content, text(n, anyMedia), other)
	return out
}

func isJSON(media string) bool {
	media, _, _ = strings.Cut(strings.ToLower(media), ";")
	media = strings.TrimSpace(media)
	return media == "application/json" || strings.HasSuffix(media, "+json")
}

// media relaxes one media type. A schema that asks for nothing any more goes,
// and with it the need for a body: that answers are JSON does not say that
// there is something to answer.
func (r *relaxer) media(n *yaml.Node, pointer string) *yaml.Node {
	return rebuild(n, func(key, value *yaml.Node) *yaml.Node {
		switch key.Value {
		case "example", "examples":
			return nil
		case "schema":
			schema := r.schema(value, plain.Join(pointer, "schema"))
			if idle(schema) {
				return nil
			}
			return schema
		}
		return value
	})
}

func (r *relaxer) header(n *yaml.Node, pointer string) *yaml.Node {
	if plain.Get(n, "$ref") != nil {
		return r.reference(n, pointer, "/components/headers/", r.header)
	}
	return rebuild(n, func(key, value *yaml.Node) *yaml.Node {
		at := plain.Join(pointer, key.Value)
		switch key.Value {
		case "required":
			if !r.documented(at) {
				return nil
			}
		case "schema":
			return r.schema(value, at)
		case "content":
			return r.content(value, at)
		case "example", "examples":
			return nil
		}
		return value
	})
}
