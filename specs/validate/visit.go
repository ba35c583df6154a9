package validate

import (
	"github.com/pb33f/libopenapi/datamodel/high/base"
	v3 "github.com/pb33f/libopenapi/datamodel/high/v3"
	"github.com/pb33f/libopenapi/orderedmap"
)

// eachSchema visits the schemas that the official validator looks up while it judges: those of parameters and of bodies.
func eachSchema(model *v3.Document, visit func(*base.SchemaProxy, purpose)) {
	for item := model.Webhooks.First(); item != nil; item = item.Next() {
		operations := item.Value().GetOperations()
		for op := operations.First(); op != nil; op = op.Next() {
			if delivery := op.Value().RequestBody; delivery != nil {
				for m := delivery.Content.First(); m != nil; m = m.Next() {
					visit(m.Value().Schema, inResponse)
				}
			}
		}
	}
	if model.Paths == nil {
		return
	}
	params := func(list []*v3.Parameter) {
		for _, p := range list {
			visit(p.Schema, anyDirection)
		}
	}
	content := func(media *orderedmap.Map[string, *v3.MediaType], p purpose) {
		for m := media.First(); m != nil; m = m.Next() {
			visit(m.Value().Schema, p)
		}
	}
	for item := model.Paths.PathItems.First(); item != nil; item = item.Next() {
		params(item.Value().Parameters)
		operations := item.Value().GetOperations()
		for op := operations.First(); op != nil; op = op.Next() {
			params(op.Value().Parameters)
			if request := op.Value().RequestBody; request != nil {
				content(request.Content, inRequest)
			}
			if op.Value().Responses == nil {
				continue
			}
			if fallback := op.Value().Responses.Default; fallback != nil {
				content(fallback.Content, inResponse)
			}
			for r := op.Value().Responses.Codes.First(); r != nil; r = r.Next() {
				content(r.Value().Content, inResponse)
			}
		}
	}
}
