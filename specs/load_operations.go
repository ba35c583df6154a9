package specs

import (
	"slices"
	"strconv"

	yaml "go.yaml.in/yaml/v4"

	"understudy.dev/specs/template"
	"understudy.dev/specs/validate"
)

// behaviour loads what the profile declares for an operation.
func (l *loader) behaviour(operation string, w *behaviourSyntax) *Behaviour {
	op := l.doc.Operation(operation)
	b := &Behaviour{Operation: operation, MaxBody: int64(w.extras.MaxBody), Pos: w.Pos}
	l.readsLimits, l.invents = false, false
	b.Status = l.successStatus(op, w.extras.Status)
	b.Bare = l.bare(op, b.Status)
	c := l.steps(op)
	written := w.extras.Do
	if w.Step != nil {
		written = []*stepSyntax{w.Step}
	}
	for _, s := range written {
		// A step that could not be read was reported already.
		if s != nil && s.Verb != "" {
			b.Steps = append(b.Steps, c.step(s))
			if s.Verb == VerbStream {
				c.streamed(b.Status, s.Pos)
			}
		}
	}
	b.Headers = l.headers(&w.extras.Headers, c.scope(inAnswerHeaders))
	b.Settle = c.settle(w.extras.Settle)
	b.ReadsLimits, b.Invents = l.readsLimits, l.invents
	return b
}

// successStatus is the declared status of a success, or the first 2xx of the document.
func (l *loader) successStatus(op *validate.Operation, written *yaml.Node) int {
	if written == nil {
		if op.SuccessStatus == 0 {
			return 200
		}
		return op.SuccessStatus
	}
	at := name{written.Value, l.profilePos(written)}
	status := l.status(at, 200, 599)
	code := strconv.Itoa(status)
	if status != 0 && !slices.Contains(op.Statuses, code) && !slices.Contains(op.Statuses, code[:1]+"XX") && !slices.Contains(op.Statuses, "default") {
		l.errs.Add(at.Pos.Errorf("%s does not declare the status %d; it declares %s", op.ID, status, listed(op.Statuses)))
	}
	return status
}

// bare reports whether the document declares a response without content for a status.
func (l *loader) bare(op *validate.Operation, status int) bool {
	code := strconv.Itoa(status)
	for _, key := range []string{code, code[:1] + "XX", "default"} {
		if slices.Contains(op.Statuses, key) {
			_, media := l.responseSchema(op, key)
			return media == ""
		}
	}
	return false
}

// operationShapes are what expressions of an operation know beyond the place:
// its parameters, and its body where the schema of it is closed.
func (l *loader) operationShapes(op *validate.Operation) map[string]any {
	shapes := map[string]any{"params": objectOf(op.PathParams...)}
	query := template.Object{}
	for _, p := range l.parameters(op) {
		if name := childText(p.node, "name"); childText(p.node, "in") == "query" {
			query[name] = nil
		}
	}
	shapes["query"] = query
	content := located{nodeAt(l.root, op.Pointer), op.Pointer}.child("requestBody").resolve(l.root).child("content").children()
	if len(content) == 1 {
		if s := shapeOf(l.root, content[0].child("schema")); s.closed {
			shapes["body"] = objectOf(s.names()...)
		}
	}
	for name, sample := range l.names {
		shapes[name] = sample
	}
	return shapes
}

// parameters lists those of an operation and of its path.
func (l *loader) parameters(op *validate.Operation) []located {
	own := located{nodeAt(l.root, op.Pointer), op.Pointer}
	path := parentOf(op.Pointer)
	var all []located
	for _, list := range []located{own.child("parameters"), located{nodeAt(l.root, path), path}.child("parameters")} {
		if list.node == nil {
			continue
		}
		for i := range list.node.Content {
			if p := list.child(strconv.Itoa(i)).resolve(l.root); p.node != nil {
				all = append(all, p)
			}
		}
	}
	return all
}

func (l *loader) queryNames(op *validate.Operation) []string {
	var names []string
	for _, p := range l.parameters(op) {
		if childText(p.node, "in") == "query" {
			names = append(names, childText(p.node, "name"))
		}
	}
	return names
}
