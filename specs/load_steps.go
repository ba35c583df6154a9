package specs

import (
	"regexp"
	"slices"
	"strings"

	"understudy.dev/specs/internal/plain"
	"understudy.dev/specs/strict"
	"understudy.dev/specs/template"
	"understudy.dev/specs/validate"
)

var identifier = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// stepLoader loads the steps of one operation in their order.
type stepLoader struct {
	*loader
	op *validate.Operation
	// shapes are what is known of the names of the operation, as of those that
	// earlier steps gave to their outcomes.
	shapes map[string]any
	as     map[string]any
	// scopes are those made since the last name was given.
	scopes map[place]*scope
}

func (l *loader) steps(op *validate.Operation) *stepLoader {
	return &stepLoader{loader: l, op: op, shapes: l.operationShapes(op), as: map[string]any{}, scopes: map[place]*scope{}}
}

// scope is what the next step sees at a place.
func (c *stepLoader) scope(p place) *scope {
	if c.scopes[p] == nil {
		c.scopes[p] = newScope(p, c.shapes).with(c.as)
	}
	return c.scopes[p]
}

func (c *stepLoader) step(w *stepSyntax) *Step {
	s := &Step{Verb: w.Verb, Pos: w.Pos}
	s.When = c.expr(w.in.When, c.scope(inOperation), template.Bool)
	c.target(s, w)
	c.relation(s, w)
	c.expressions(s, w)
	c.templates(s, w)
	c.query(s, w)
	c.state(s, w)
	c.groups(s, w)
	c.refusal(s, w)
	c.others(s, w)
	c.stream(s, w)
	if as := w.in.As; as != nil {
		s.As = c.name(*as, c.outcome(s))
	}
	return s
}

// target resolves what stands after the verb.
func (c *stepLoader) target(s *Step, w *stepSyntax) {
	want := w.Verb.row().target
	switch want {
	case aTemplate:
		s.Answer = c.value(w.Target, c.scope(inOperation))
		return
	case anExpr:
		s.Condition = c.expr(w.Target, c.scope(inOperation), template.Bool)
		return
	case someNames:
		c.let(s, w)
		return
	}
	var target name
	if err := strict.Decode(c.file(profileFile), w.Target, &target); err != nil {
		c.errs.Add(err)
		return
	}
	known := c.resourceNames()
	switch want {
	case aCredential:
		known = c.kinds
	case aSchema:
		known = c.schemaNames()
	case anEvent:
		known = c.doc.Webhooks()
	}
	if c.one(string(want), target, known) {
		s.Target = target.Text
	}
}

// relation resolves the parent of a resource.
func (c *stepLoader) relation(s *Step, w *stepSyntax) {
	switch {
	case w.in.Of == nil && w.in.By == nil:
		return
	case w.in.Of == nil:
		c.errs.Add(w.in.By.Pos.Errorf("\"by\" names the field that refers to a parent; \"of\" must name the parent"))
		return
	case w.in.By == nil:
		c.errs.Add(w.in.Of.Pos.Errorf("\"of\" names the parent; \"by\" must name the field of %s that refers to it", s.Target))
		return
	}
	if n := len(c.op.PathParams); n > 0 {
		s.OfParam = c.op.PathParams[n-1]
	} else {
		c.errs.Add(w.in.Of.Pos.Errorf("%s has no path parameter that could name one of %s", c.op.ID, w.in.Of.Text))
	}
	if c.one("resource", *w.in.Of, c.resourceNames()) {
		s.Of = w.in.Of.Text
	}
	s.By = w.in.By.Text
	c.field(s.Target, *w.in.By)
}

// expressions compiles the inputs that are expressions, and wants those that
// nothing stands in for.
func (c *stepLoader) expressions(s *Step, w *stepSyntax) {
	here := c.scope(inOperation)
	s.ID = c.expr(w.in.ID, here, template.Any)
	s.Secret = c.expr(w.in.Secret, here, template.Any)
	s.To = c.expr(w.in.To, here, template.Any)
	s.Scopes = c.expr(w.in.Scopes, here, template.List)
	s.Lifetime = c.expr(w.in.Lifetime, here, template.Number)
	if w.in.Where != nil {
		things := map[string]any{"it": c.sample(s.Target)}
		if s.Of != "" {
			things["parent"] = c.sample(s.Of)
		}
		s.Where = c.expr(w.in.Where, c.scope(inWhere).with(things), template.Bool)
	}
	if w.in.Every != nil && s.Verb != VerbStream {
		s.Every = c.expr(w.in.Every, c.over(s.Target), template.Bool)
		if w.in.ID != nil || w.in.Where != nil || w.in.Else != nil || w.in.Message != nil || w.in.Attributes.Len() > 0 {
			c.errs.Add(c.profilePos(w.in.Every).Errorf(
				"\"every\" chooses all that %s is about, be it none; \"id\", \"where\" and \"else\" are for one thing", s.Verb))
		}
	}

	missing := func(input string) {
		c.errs.Add(w.Pos.Errorf("%s needs %q: there is nothing else to tell which one", s.Verb, input))
	}
	named := w.in.ID != nil || len(c.op.PathParams) > 0
	switch s.Verb {
	case VerbRead:
		if !named && w.in.Where == nil {
			missing("id")
		}
	case VerbUpdate, VerbDelete:
		if !named && w.in.Where == nil && w.in.Every == nil {
			missing("id")
		}
	case VerbTransition:
		if !named {
			missing("id")
		}
	case VerbRevoke:
		if w.in.ID == nil {
			missing("id")
		}
	case VerbVerify, VerbRedeem:
		if w.in.Secret == nil {
			missing("secret")
		}
		if kind := c.kindOf(s.Target); kind != nil && kind.Secret != nil && w.in.ID == nil {
			missing("id")
		}
	}
}

func (l *loader) kindOf(kind string) *CredentialKind {
	i := slices.IndexFunc(l.api.Profile.Credentials, func(c *CredentialKind) bool { return c.Name == kind })
	if i < 0 {
		return nil
	}
	return l.api.Profile.Credentials[i]
}

// over is what a step sees that is about one thing of a resource after the other.
func (c *stepLoader) over(resource string) *scope {
	return c.scope(inWhere).with(map[string]any{"it": c.sample(resource)})
}

// templates compiles what a step stores.
func (c *stepLoader) templates(s *Step, w *stepSyntax) {
	here := c.scope(inOperation)
	if s.Verb == VerbUpdate {
		here = c.over(s.Target)
	}
	s.From = c.value(w.in.From, here)
	s.Data = c.value(w.in.Data, here)
	if s.Verb == VerbUpload {
		here = c.scope(inUpload)
	}
	if s.Verb == VerbIssue {
		s.Set = c.fields(&w.in.Set, here)
		return
	}
	s.Set = c.set(s.Target, &w.in.Set, here)
}

// others resolves what belongs to single verbs.
func (c *stepLoader) others(s *Step, w *stepSyntax) {
	if w.in.Mode != nil && c.one("mode", *w.in.Mode, []string{"merge", "replace"}) {
		s.Replace = w.in.Mode.Text == "replace"
	}
	if s.Verb == VerbUpload {
		c.part(s, w)
	}
	if s.Verb == VerbEmit && c.api.Profile.Webhooks == nil {
		c.errs.Add(w.Pos.Errorf("emit needs the section \"webhooks\", which says who gets the events"))
	}
}

// part wants a part that the form of the operation has.
func (c *stepLoader) part(s *Step, w *stepSyntax) {
	s.Part = "file"
	pos := w.Pos
	if w.in.Part != nil {
		s.Part, pos = w.in.Part.Text, w.in.Part.Pos
	}
	form := located{nodeAt(c.root, c.op.Pointer), c.op.Pointer}.child("requestBody").resolve(c.root).
		child("content").child("multipart/form-data")
	if form.node == nil {
		c.errs.Add(w.Pos.Errorf("%s takes no multipart/form-data, so nothing can be uploaded", c.op.ID))
		return
	}
	if body := shapeOf(c.root, form.child("schema")); len(body.fields) > 0 {
		c.one("part", name{s.Part, pos}, body.names())
	}
}

// outcome is what expressions know of what a step produces.
func (c *stepLoader) outcome(s *Step) any {
	switch s.Verb {
	case VerbUpdate, VerbDelete:
		if s.Every == nil {
			return c.sample(s.Target)
		}
	case VerbCreate, VerbRead, VerbTransition, VerbUpload:
		return c.sample(s.Target)
	}
	return nil
}

// name keeps a value under the name that a step gives it.
func (c *stepLoader) name(as name, sample any) string {
	switch {
	case as.Pos.Line == 0:
		return ""
	case !identifier.MatchString(as.Text):
		c.errs.Add(as.Pos.Errorf("%q cannot be a name in expressions; use letters, digits and _", as.Text))
		return ""
	case reserved(as.Text):
		c.errs.Add(as.Pos.Errorf("the name %q has a meaning of its own; choose another", as.Text))
		return ""
	case slices.Contains(sortedKeys(c.as), as.Text):
		c.errs.Add(as.Pos.Errorf("an earlier step is called %q already", as.Text))
		return ""
	}
	c.as[as.Text] = sample
	clear(c.scopes)
	return as.Text
}

// enumOf lists the values that a field of a resource may have, nil if any.
func (c *stepLoader) enumOf(resource, field string) []string {
	if s := c.resources[resource]; s != nil {
		if f, ok := s.field(field); ok {
			return textsOf(plain.Get(f.resolve(c.root).node, "enum"))
		}
	}
	return nil
}

// state resolves the field and the moves of a transition.
func (c *stepLoader) state(s *Step, w *stepSyntax) {
	if s.Verb != VerbTransition {
		return
	}
	s.StateField = "status"
	if w.in.Field != nil {
		s.StateField = w.in.Field.Text
		c.field(s.Target, *w.in.Field)
	} else {
		c.field(s.Target, name{s.StateField, w.Pos})
	}
	if w.in.Moves == nil {
		return
	}
	states := c.enumOf(s.Target, s.StateField)
	s.Moves = map[string][]string{}
	for from, to := range w.in.Moves.All() {
		s.Moves[from] = texts(to)
		for _, state := range append([]name{{from, w.in.Moves.Pos(from)}}, to...) {
			if states != nil {
				c.one(strings.TrimSuffix(s.Target+" "+s.StateField, " "), state, states)
			}
		}
	}
}

// groups resolves the fields of an aggregate.
func (c *stepLoader) groups(s *Step, w *stepSyntax) {
	if s.Verb != VerbAggregate {
		return
	}
	for _, field := range w.in.Group {
		c.field(s.Target, field)
	}
	s.Group = texts(w.in.Group)
	if w.in.Count != nil {
		s.CountAs = w.in.Count.Text
	}
	for as, field := range w.in.Sum.All() {
		c.field(s.Target, field)
		s.Sums = append(s.Sums, [2]string{as, field.Text})
	}
	if s.CountAs == "" && len(s.Sums) == 0 {
		c.errs.Add(w.Pos.Errorf("aggregate needs \"count\" or \"sum\": the groups would hold nothing"))
	}
}
