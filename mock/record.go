package mock

import (
	"fmt"
	"net/http"
	"slices"
	"time"

	"understudy.dev/mock/internal/journal"
)

// record keeps the exchange in the world's journal.
func (x *exchange) record(a *answer, sent http.Header) {
	record := journal.Record{
		ID: x.id, Time: x.now, Duration: x.play.run.clock.Now().Sub(x.now), World: x.run.world.name,
		API: x.part.api.Name, Operation: x.scene.id, Method: x.r.Method, Path: x.r.URL.RequestURI(), Status: a.status,
		Request:  journal.Message{Headers: lines(x.r.Header), Body: x.body.raw, Size: x.body.size},
		Response: journal.Message{Headers: lines(sent), Body: a.body, Size: int64(len(a.body))},
		Secrets:  x.secrets(), Open: x.open, Broken: x.broken, Notes: x.notes,
	}
	if f := x.fault; f != nil {
		record.Fault = &journal.Fault{Rule: f.Rule(), Effect: f.Name(), Delay: f.Delay}
	}
	if record.Duration < 0 {
		record.Duration = time.Duration(0)
	}
	if r := x.refusal; r != nil {
		record.Refusal = &journal.Refusal{
			Stage: r.stage, Problem: string(r.problem), Rule: r.rule, Pointer: r.pointer, Instance: r.instance,
			Expected: r.expected, Got: r.got, Detail: r.explanation(),
		}
	}
	x.run.journal.Add(record)
}

// amend ends the entry of a stream, with what was sent and what is about to be.
func (x *exchange) amend(out *outlet, next []byte, why error) {
	x.run.journal.Amend(x.id, func(r *journal.Record) {
		r.Duration = max(0, x.run.clock.Now().Sub(x.now))
		r.Open, r.Notes = false, x.notes
		r.Response.Body = append(slices.Clone(out.kept), next...)
		r.Response.Size = out.size + int64(len(next))
		if why != nil {
			r.Broken = fmt.Sprintf("%s after %d of %d events", why, out.events, len(x.result.Stream.Events))
		}
	})
}

// explanation is the most precise detail there is.
func (r *refusal) explanation() string {
	switch {
	case r.private != "":
		return r.private
	case r.detail != "":
		return r.detail
	}
	return r.problem.Detail()
}

// lines flattens headers, which the journal must not share with their owner.
func lines(headers http.Header) []journal.Header {
	all := make([]journal.Header, 0, len(headers))
	for name, values := range headers {
		for _, value := range values {
			all = append(all, journal.Header{Name: name, Value: value})
		}
	}
	return all
}
