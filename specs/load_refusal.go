package specs

import "slices"

// nothing stands after else where a step does not refuse at all.
const nothing = "nothing"

// refusal resolves how a step refuses that does not find what it looks for.
func (c *stepLoader) refusal(s *Step, w *stepSyntax) {
	s.Else = s.Verb.Otherwise()
	c.otherwise(s, w)
	here := c.scope(inOperation)
	s.Message = c.text(w.in.Message, here)
	if w.in.Attributes.Len() > 0 && len(c.attributes) == 0 {
		c.errs.Add(w.Pos.Errorf("no problem under \"errors\" declares attributes, so no envelope shows any"))
		return
	}
	for attribute, n := range w.in.Attributes.All() {
		if c.one("attribute", name{attribute, w.in.Attributes.Pos(attribute)}, c.attributes) {
			s.Attributes = append(s.Attributes, Field{Name: attribute, Value: c.value(n, here)})
		}
	}
	worded := w.in.Message != nil || w.in.Attributes.Len() > 0
	switch {
	case s.ElseNothing && worded:
		c.errs.Add(w.Pos.Errorf("a step that does not refuse has nothing to say: leave out \"message\" and \"attributes\""))
	case (w.in.Else != nil || worded) && w.in.Of == nil && slices.Contains([]Verb{VerbList, VerbCreate, VerbAggregate}, s.Verb):
		c.errs.Add(w.Pos.Errorf("%s looks for nothing that it could miss; \"of\" would name a parent", s.Verb))
	}
}

// otherwise resolves what stands after else: a problem, or nothing where an
// outcome can be missing.
func (c *stepLoader) otherwise(s *Step, w *stepSyntax) {
	if w.in.Else == nil {
		return
	}
	known := texted(Problems())
	if s.Verb == VerbRead || s.Verb == VerbVerify {
		known = append(known, nothing)
	}
	switch {
	case !c.one("problem", *w.in.Else, known):
	case w.in.Else.Text == nothing:
		s.Else, s.ElseNothing = "", true
	default:
		s.Else = Problem(w.in.Else.Text)
	}
}
