package validate

import (
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"

	"understudy.dev/specs/validate/internal/tree"
)

// params lists the parameters of an operation: those of its path that it does not override, then its own.
func (b *builder) params(itemPointer string, item *yaml.Node, opPointer string, op *yaml.Node) []*param {
	var out []*param
	for _, from := range []site{{"path item", itemPointer, item}, {"operation", opPointer, op}} {
		for i, n := range tree.Items(tree.Get(from.node, "parameters")) {
			p := b.param(b.follow(from.pointer+"/parameters/"+strconv.Itoa(i), n))
			if p == nil {
				continue
			}
			out = slices.DeleteFunc(out, func(other *param) bool { return other.subject == p.subject })
			out = append(out, p)
		}
	}
	return out
}

// param reads one parameter; nil if it is to be ignored or was reported.
func (b *builder) param(pointer string, n *yaml.Node) *param {
	if n == nil {
		return nil
	}
	name, in := tree.Text(n, "name"), Kind(tree.Text(n, "in"))
	if defaultStyle[in] == "" {
		b.errorf(pointer, n.Line, "parameter %q: in must be path, query, header or cookie, got %q", name, in)
		return nil
	}
	if name == "" {
		b.errorf(pointer, n.Line, "a parameter must have a name")
		return nil
	}
	if in == Header && reservedHeaders[strings.ToLower(name)] {
		return nil
	}
	p := b.carrier(subject{in, name}, pointer, n)
	p.required = p.required || in == Path
	p.plain = isPlain(p)
	return p
}

// carrier reads what parameters and headers have in common.
func (b *builder) carrier(about subject, pointer string, n *yaml.Node) *param {
	p := &param{
		subject: about, pointer: pointer, style: tree.Text(n, "style"), shape: &shape{},
		required: tree.True(n, "required"), allowEmpty: tree.True(n, "allowEmptyValue"),
	}
	switch {
	case p.style == "":
		p.style = defaultStyle[p.kind]
	case !slices.Contains(styles[p.kind], p.style):
		b.errorf(pointer+"/style", 0, "%s: style must be one of %s, got %q",
			about.title(), strings.Join(styles[p.kind], ", "), p.style)
	}
	p.explode = p.style == "form"
	if explode := tree.Get(n, "explode"); explode != nil {
		p.explode, p.explodeStated = tree.True(n, "explode"), true
	}
	schema := pointer + "/schema"
	for key, m := range tree.Fields(tree.Get(n, "content")) {
		p.media = "text"
		if formatOf(newMedia(key.Value).name()) == jsonFormat {
			p.media = "json"
		}
		mediaPointer, _ := b.follow(pointer+"/content/"+tree.Escape(key.Value), m)
		schema = mediaPointer + "/schema"
	}
	if _, ok := b.schemas[schema]; ok {
		if p.rule = b.compiler.compile(schema, anyDirection); p.rule != nil {
			p.shape = b.shapes.of(p.rule.schema)
		}
	}
	return p
}

func (b *builder) requestBody(pointer string, n *yaml.Node) *body {
	return &body{
		pointer: pointer, required: tree.True(n, "required"), media: b.media(pointer, n, inRequest),
		official: b.official.refusesRequest,
	}
}

// deliveryBody is the body of a request that the server sends, which makes it like that of a response.
func (b *builder) deliveryBody(pointer string, n *yaml.Node) *body {
	return &body{
		pointer: pointer, required: tree.True(n, "required"), media: b.media(pointer, n, inResponse),
		official: b.official.refusesResponse,
	}
}

func (b *builder) responses(op *Operation, n *yaml.Node) {
	for k, v := range tree.Fields(tree.Get(n, "responses")) {
		if strings.HasPrefix(k.Value, "x-") {
			continue
		}
		key, ok := statusKey(k.Value)
		if !ok {
			b.errorf(op.Pointer, k.Line, "a response must be a status such as 200, a range such as 4XX, or default, got %q", k.Value)
			continue
		}
		op.Statuses = append(op.Statuses, key)
		if status, err := strconv.Atoi(strings.ReplaceAll(key, "X", "0")); err == nil && status/100 == 2 && op.SuccessStatus == 0 {
			op.SuccessStatus = status
		}
		pointer, declared := b.follow(op.Pointer+"/responses/"+tree.Escape(k.Value), v)
		op.responses[key] = b.response(key, pointer, declared)
	}
}

func statusKey(key string) (string, bool) {
	upper := strings.ToUpper(key)
	if key == "default" {
		return key, true
	}
	ok := len(key) == 3 && upper[0] >= '1' && upper[0] <= '5' &&
		(upper[1:] == "XX" || strings.Trim(upper[1:], "0123456789") == "")
	return upper, ok
}

func (b *builder) response(key, pointer string, n *yaml.Node) *response {
	r := &response{key: key, pointer: pointer}
	for k, v := range tree.Fields(tree.Get(n, "headers")) {
		if strings.EqualFold(k.Value, "Content-Type") {
			continue // the media types say it
		}
		at, header := b.follow(pointer+"/headers/"+tree.Escape(k.Value), v)
		r.headers = append(r.headers, b.carrier(subject{Header, k.Value}, at, header))
	}
	r.body = body{pointer: pointer, media: b.media(pointer, n, inResponse), official: b.official.refusesResponse}
	return r
}

// media reads the content of a body.
func (b *builder) media(pointer string, n *yaml.Node, p purpose) []*media {
	var out []*media
	for k, v := range tree.Fields(tree.Get(n, "content")) {
		m := newMedia(k.Value)
		if m.top == "" || m.sub == "" {
			b.errorf(pointer, k.Line, "%q is not a media type", k.Value)
		}
		at, node := b.follow(pointer+"/content/"+tree.Escape(k.Value), v)
		m.pointer = at
		if _, ok := b.schemas[at+"/schema"]; ok {
			m.rule = b.compiler.compile(at+"/schema", p)
		}
		if f := formatOf(m.name()); m.rule != nil && f != jsonFormat && f != opaque || m.sub == "*" && m.rule != nil {
			m.shape = b.shapes.of(m.rule.schema)
		}
		m.encoding = b.encoding(at, node)
		out = append(out, m)
	}
	return out
}

func (b *builder) encoding(pointer string, n *yaml.Node) map[string]*encoding {
	var out map[string]*encoding
	for k, v := range tree.Fields(tree.Get(n, "encoding")) {
		e := &encoding{style: tree.Text(v, "style"), pointer: pointer + "/encoding/" + tree.Escape(k.Value)}
		e.explode = e.style == "form"
		if tree.Get(v, "explode") != nil {
			e.explode = tree.True(v, "explode")
			if e.style == "" {
				e.style = "form"
			}
		}
		for name := range strings.SplitSeq(tree.Text(v, "contentType"), ",") {
			if name = strings.TrimSpace(name); name != "" {
				e.contentType = append(e.contentType, name)
			}
		}
		if out == nil {
			out = map[string]*encoding{}
		}
		out[k.Value] = e
	}
	return out
}
