package mock

import (
	"bytes"
	"io"
	"mime"
	"mime/multipart"
	"strings"

	"understudy.dev/mock/internal/behave"
)

// perform does what the operation does. It is the only stage that changes state.
func perform(x *exchange) *refusal {
	x.receive()
	x.decode()
	if b := x.scene.behaviour; b != nil && b.ReadsLimits {
		x.env["limits"] = x.limits()
	}
	call := &behave.Call{
		Operation: x.scene.id, Env: x.env, Params: x.params, Query: x.query, Body: x.body.json,
		Store: x.play.store, Entropy: x.play.entropy, Now: x.now, Emitted: x.play.emitted,
	}
	if len(x.body.raw) > 0 {
		call.Parts = parts(x.r.Header.Get("Content-Type"), x.body.raw)
	}
	result, refused := x.part.programs.Run(call)
	if refused == nil {
		x.result, x.call = result, call
		return nil
	}
	r := &refusal{
		problem: refused.Problem, rule: string(refused.Verb), instance: refused.Pointer,
		detail: refused.Detail, fields: refused.Fields, message: refused.Message, attributes: refused.Attributes,
	}
	if refused.Err != nil {
		r.private = refused.Err.Error()
	}
	return r
}

// limits are all limits by name, as they stand; nil for those that do not apply to the request.
func (x *exchange) limits() map[string]any {
	all := make(map[string]any, len(x.part.api.Profile.Limits))
	for _, limit := range x.part.api.Profile.Limits {
		all[limit.Name] = nil
	}
	if x.decision != nil {
		for _, applied := range x.decision.Applied {
			info := applied.Info
			all[applied.Limit.Name] = &info
		}
	}
	return all
}

// parts are those of a multipart body, nil for another one. What follows a broken part is left out: validation has
// judged it.
func parts(contentType string, raw []byte) []behave.Part {
	media, params, err := mime.ParseMediaType(contentType)
	if err != nil || !strings.HasPrefix(media, "multipart/") {
		return nil
	}
	var all []behave.Part
	for reader := multipart.NewReader(bytes.NewReader(raw), params["boundary"]); ; {
		p, err := reader.NextPart()
		if err != nil {
			return all
		}
		content, err := io.ReadAll(p)
		if err != nil {
			return all
		}
		all = append(all, behave.Part{
			Name: p.FormName(), Filename: p.FileName(), ContentType: p.Header.Get("Content-Type"), Content: content,
		})
	}
}
