package specs

import (
	"fmt"
	"slices"
	"strings"

	"understudy.dev/specs/template"
	"understudy.dev/specs/validate"
)

// infer gives every operation that the profile leaves open its natural
// behaviour: what its path, method and schemas say to anybody who reads them.
// Without a profile, credentials and errors are inferred too.
func (l *loader) infer(alone bool) {
	if alone {
		l.inferAuth()
		l.inferErrors()
	}
	in := &inference{
		loader:      l,
		collections: map[string]*collection{},
		made:        map[string]bool{},
	}
	in.survey()
	for _, op := range l.doc.Operations() {
		if l.api.Profile.Operations[op.ID] == nil {
			l.api.Profile.Operations[op.ID] = in.behaviour(op)
		}
	}
}

// inference is what is known of the paths of a document.
type inference struct {
	*loader
	// collections go by their path with nameless parameters: "/books/{}/copies".
	collections map[string]*collection
	order       []*collection
	// made are the resources that were inferred, not declared.
	made map[string]bool
}

// A collection is a path such as /books together with /books/{book_id}.
type collection struct {
	key string
	// noun is the last segment.
	noun   string
	parent *collection
	// list and create are operations of the path itself, items those of the
	// path of one thing, by method.
	list, create *validate.Operation
	items        map[string]*validate.Operation
	// param is the path parameter of one thing.
	param string
	// resource is nil for a collection that nothing can be put into.
	resource *Resource
	// params are the path parameters before that of one thing. Each bond ties the
	// things to the value of one; the last may name a thing of another resource.
	params []string
	bonds  []bond
	of, by string
}

// A bond is a field that holds the value of a path parameter.
type bond struct{ param, field string }

// behaviour is the natural behaviour of an operation.
func (in *inference) behaviour(op *validate.Operation) *Behaviour {
	b := &Behaviour{Operation: op.ID, Inferred: true, Status: op.SuccessStatus}
	if b.Status == 0 {
		b.Status = 200
	}
	answer := in.answer(op)
	c, item := in.find(op)
	if c != nil && c.resource != nil {
		b.Steps = in.steps(c, op, item, &answer)
	}
	switch {
	case len(b.Steps) == 0, !answer.shaped && answer.schema.node != nil && b.Steps[len(b.Steps)-1].Verb != VerbSample:
		b.Steps = append(b.Steps, answer.sample()...)
	}
	in.wrap(op, b, &answer)
	return b
}

// steps are those of a collection's operation; none if the method means nothing here.
func (in *inference) steps(c *collection, op *validate.Operation, item bool, answer *answer) []*Step {
	if !item {
		return in.collectionSteps(c, op, answer)
	}
	answer.single(in, c)
	var steps []*Step
	// A thing of a nested collection is found only below its own parent, and a
	// deleted one can be shown only if it was read before.
	shown := op.Method == "DELETE" && answer.shaped && answer.schema.node != nil
	if len(c.bonds) > 0 || shown || op.Method == "GET" {
		steps = append(steps, in.read(c))
	}
	switch op.Method {
	case "GET":
		return steps
	case "PUT", "PATCH":
		return append(steps, &Step{Verb: VerbUpdate, Target: c.resource.Name, Replace: op.Method == "PUT"})
	case "DELETE":
		return append(steps, &Step{Verb: VerbDelete, Target: c.resource.Name})
	}
	return nil
}

func (in *inference) collectionSteps(c *collection, op *validate.Operation, answer *answer) []*Step {
	s := &Step{Target: c.resource.Name, Of: c.of, By: c.by}
	free := c.bonds
	if c.of != "" {
		free = c.bonds[:len(c.bonds)-1]
		s.OfParam = c.bonds[len(free)].param
	}
	switch op.Method {
	case "POST":
		s.Verb = VerbCreate
		answer.single(in, c)
		for _, b := range free {
			value := in.value(textNode("${"+b.value()+"}"), in.scope(inOperation))
			s.Set = append(s.Set, Field{Name: b.field, Value: value})
		}
	case "GET":
		if answer.list(in, c); !answer.shaped {
			return nil
		}
		s.Verb = VerbList
		s.Where = in.bound(free)
		s.Page = in.inferPage(op)
		s.Filter = in.inferFilter(c, op, s.Page)
	default:
		return nil
	}
	steps := []*Step{s}
	if s.Verb == VerbCreate && slices.ContainsFunc(c.bonds, func(b bond) bool { return slices.Contains(c.resource.Hidden, b.field) }) {
		// Creating shows hidden fields, once; reading does not.
		s.As = "made"
		id := in.expr(textNode("made["+quoted(c.resource.Key)+"]"), in.scope(inOperation).with(map[string]any{"made": nil}), template.Any)
		steps = append(steps, &Step{Verb: VerbRead, Target: c.resource.Name, ID: id, Else: NotFound})
	}
	return steps
}

// read finds the thing that the last path parameter names, below its parent.
func (in *inference) read(c *collection) *Step {
	return &Step{Verb: VerbRead, Target: c.resource.Name, Else: NotFound, Where: in.bound(c.bonds)}
}

// bound is the condition that a thing belongs to the path, nil without bonds.
func (in *inference) bound(bonds []bond) *template.Expr {
	var terms []string
	for _, b := range bonds {
		field := "it[" + quoted(b.field) + "]"
		terms = append(terms, fmt.Sprintf("%s != nil and string(%s) == string(%s)", field, field, b.value()))
	}
	if terms == nil {
		return nil
	}
	return in.expr(textNode(strings.Join(terms, " and ")), newScope(inWhere, nil), template.Bool)
}

func (b bond) value() string { return "params[" + quoted(b.param) + "]" }

func quoted(s string) string {
	return "'" + strings.NewReplacer("\\", "\\\\", "'", "\\'").Replace(s) + "'"
}
