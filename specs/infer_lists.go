package specs

import (
	"slices"
	"strconv"

	yaml "go.yaml.in/yaml/v4"

	"understudy.dev/specs/validate"
)

// wrap adds the envelope that puts a result where the document has it. One that
// the profile declares for the operation stands before it.
func (in *inference) wrap(op *validate.Operation, b *Behaviour, a *answer) {
	e := &Envelope{Operations: []string{op.ID}, Media: a.media, Pos: b.Pos}
	switch {
	case !a.content:
		e.Media = defaultMedia
	case a.into != "":
		e.Body = in.value(in.around(a, b), in.scope(inAnswer))
	case a.media != defaultMedia:
		e.Body = in.value(textNode("${result}"), in.scope(inAnswer))
	default:
		return
	}
	in.api.Profile.Answers.Envelopes = append(in.api.Profile.Answers.Envelopes, e)
}

// around is the template of the object around a result.
func (in *inference) around(a *answer, b *Behaviour) *yaml.Node {
	s := shapeOf(in.root, a.schema)
	object := mappingNode()
	for _, f := range s.fields {
		var value *yaml.Node
		switch {
		case f.name() == a.into:
			value = textNode("${result}")
		case b.Result() == VerbList:
			value = pageField(f.name(), typesOf(f.resolve(in.root).node), b.Steps[len(b.Steps)-1].Page != nil)
		}
		if value == nil && s.requires(f.name()) {
			value = invent(in.root, f, noHint, 0)
		}
		if value != nil {
			object.Content = append(object.Content, textNode(f.name()), value)
		}
	}
	return object
}

// pageField is the template of a field that usually tells about a page, nil for others.
func pageField(field string, types []string, paged bool) *yaml.Node {
	rows := []struct {
		kind, paged, whole string
		names              []string
	}{
		{"integer", "page.total", "len(result)", []string{"total", "total_count", "totalCount", "total_items", "totalItems"}},
		{"integer", "len(result)", "len(result)", []string{"count"}},
		{"integer", "page.pages", "1", []string{"pages", "total_pages", "totalPages", "page_count", "pageCount"}},
		{"integer", "page.number", "1", []string{"page", "current_page", "currentPage", "page_number", "pageNumber"}},
		{"integer", "page.size", "len(result)", []string{"limit", "per_page", "perPage", "page_size", "pageSize"}},
		{"boolean", "page.more", "false", []string{"has_more", "hasMore", "more", "has_next", "hasNext"}},
		{"null", "page.next", "nil", []string{"next", "next_cursor", "nextCursor", "cursor", "next_page_token", "nextPageToken"}},
	}
	for _, row := range rows {
		if !slices.Contains(row.names, field) || !slices.Contains(types, row.kind) {
			continue
		}
		if paged {
			return textNode("${" + row.paged + "}")
		}
		return textNode("${" + row.whole + "}")
	}
	return nil
}

// inferPage recognizes pages by the names of query parameters.
func (in *inference) inferPage(op *validate.Operation) *Page {
	names := in.queryNames(op)
	first := func(usual ...string) string {
		for _, name := range usual {
			if slices.Contains(names, name) {
				return name
			}
		}
		return ""
	}
	p := &Page{Size: first("limit", "per_page", "perPage", "page_size", "pageSize", "size", "max_results", "maxResults")}
	for _, row := range []struct {
		style string
		names []string
	}{
		{"number", []string{"page", "page_number", "pageNumber"}},
		{"offset", []string{"offset", "skip"}},
		{"cursor", []string{"cursor", "page_token", "pageToken", "after", "starting_after", "next_token"}},
	} {
		if name := first(row.names...); name != "" {
			p.Style, p.Number = row.style, name
			break
		}
	}
	if p.Style == "" {
		return nil
	}
	p.Default, p.Max = defaultPageSize, maximalPageSize
	for _, parameter := range in.parameters(op) {
		if childText(parameter.node, "name") != p.Size || p.Size == "" {
			continue
		}
		schema := parameter.child("schema").resolve(in.root).node
		if n, err := strconv.Atoi(childText(schema, "maximum")); err == nil && n > 0 {
			p.Max = n
		}
		if n, err := strconv.Atoi(childText(schema, "default")); err == nil && n > 0 {
			p.Default = n
		}
	}
	p.Max = max(p.Max, 1)
	p.Default = min(p.Default, p.Max)
	return p
}

// inferFilter lists the query parameters that are fields of what is listed.
func (in *inference) inferFilter(c *collection, op *validate.Operation, p *Page) []string {
	s := in.resources[c.resource.Name]
	var filter []string
	for _, name := range in.queryNames(op) {
		f, ok := s.field(name)
		if !ok || p != nil && (name == p.Number || name == p.Size) {
			continue
		}
		types := typesOf(f.resolve(in.root).node)
		if slices.ContainsFunc(types, func(t string) bool { return t == "string" || t == "integer" || t == "boolean" }) {
			filter = append(filter, name)
		}
	}
	return filter
}
