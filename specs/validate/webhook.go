package validate

import (
	"net/http"
	"slices"
	"strings"

	"understudy.dev/specs/validate/internal/tree"
)

// Webhook is one entry under webhooks: a request that the server sends. Its fields are read only.
type Webhook struct {
	// Name is the key under webhooks.
	Name string
	// Method is upper case; POST where the entry describes no method.
	Method  string
	Summary string
	// Pointer is the JSON pointer of the operation, or of the entry where there is none. Line is its line.
	Pointer string
	Line    int

	headers []*param
	body    *body // nil if none is declared
}

// Webhooks lists the names of the webhooks in document order. The slice is the caller's.
func (d *Document) Webhooks() []string {
	names := make([]string, len(d.webhooks))
	for i, w := range d.webhooks {
		names[i] = w.Name
	}
	return names
}

// Webhook finds a webhook by name; nil if there is none.
func (d *Document) Webhook(name string) *Webhook {
	i := slices.IndexFunc(d.webhooks, func(w *Webhook) bool { return w.Name == name })
	if i < 0 {
		return nil
	}
	return d.webhooks[i]
}

// ValidateDelivery judges a request that the server has sent. sent is the whole body. A nil result means valid. It never
// panics.
//
// Declared headers must be there if required and fit their schemas in any case. The body is judged as what a server sends:
// what is writeOnly is not asked for. A webhook that declares no body says nothing about it.
func (w *Webhook) ValidateDelivery(h http.Header, sent []byte) (violations []Violation) {
	defer recovered(&violations)
	from := &sender{header: h}
	for _, header := range w.headers {
		wrong, _ := header.check(from)
		violations = append(violations, wrong...)
	}
	contentType := h.Get("Content-Type")
	switch {
	case w.body == nil:
	case len(sent) == 0 && w.body.required && !w.body.mayBeEmpty(contentType):
		violations = append(violations, noBody(w.body.pointer+"/required", "required"))
	case len(sent) > 0 && len(w.body.media) > 0 && !w.body.open(contentType):
		violations = append(violations, w.body.check(contentType, sent)...)
	}
	return violations
}

// allWebhooks builds the webhooks in document order.
func (b *builder) allWebhooks() []*Webhook {
	var out []*Webhook
	for key, item := range tree.Fields(tree.Get(b.root, "webhooks")) {
		if strings.HasPrefix(key.Value, "x-") {
			continue
		}
		pointer, item := b.follow("/webhooks/"+tree.Escape(key.Value), item)
		if item == nil {
			continue // reported with the reference
		}
		w := &Webhook{Name: key.Value, Method: http.MethodPost, Pointer: pointer, Line: key.Line}
		// One event is one request, so one method is meant.
		for _, method := range []string{"post", "put", "patch", "get", "delete"} {
			n := tree.Get(item, method)
			if !tree.IsMap(n) {
				continue
			}
			w.Method, w.Pointer, w.Summary = strings.ToUpper(method), pointer+"/"+method, tree.Text(n, "summary")
			for _, p := range b.params(pointer, item, w.Pointer, n) {
				if p.kind == Header {
					w.headers = append(w.headers, p)
				}
			}
			if request := tree.Get(n, "requestBody"); request != nil {
				w.body = b.deliveryBody(b.follow(w.Pointer+"/requestBody", request))
			}
			break
		}
		out = append(out, w)
	}
	return out
}
