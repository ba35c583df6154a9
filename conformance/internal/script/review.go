package script

import (
	"slices"
	"strings"
)

// review tells what is wrong with a section as a whole.
func (f *File) review(s *Section) {
	own := false
	needs := map[string]bool{}
	begun := false
	for _, c := range s.Commands {
		if c.Verb == "needs" {
			if begun {
				s.problem(c.Line, "needs must stand at the beginning of the section")
			}
			if len(c.Args) > 0 {
				needs[c.Args[0]] = true
			}
			continue
		}
		begun = true
		own = own || c.Claims()
		switch {
		case c.Verb == "advance" && !needs["clock"]:
			s.problem(c.Line, "advance wants `needs clock` at the beginning of the section")
		case c.Verb == "exhaust" && !needs["limits"]:
			s.problem(c.Line, "exhaust wants `needs limits` at the beginning of the section")
		}
	}
	if !own {
		s.problem(s.Line, "the section asserts nothing")
	}
	for _, c := range f.Setup {
		if slices.Contains([]string{"needs", "advance", "exhaust", "receiver", "delivery", "signed"}, c.Verb) {
			s.problem(c.Line, "%s does not belong into the set-up", c.Verb)
		}
	}
	f.reviewDeliveries(s, needs["webhooks"])
	// What is wrong before the first heading is wrong for every section.
	s.Problems = append(slices.Clone(f.Problems), s.Problems...)
}

// reviewDeliveries tells what is wrong with how a section receives deliveries.
func (f *File) reviewDeliveries(s *Section, needed bool) {
	told, received := false, false
	for _, c := range f.All(s) {
		told = told || f.mentions(c, "{receiver}")
		word := c.Verb
		switch {
		case f.mentions(c, "{receiver}"):
			word = "{receiver}"
		case !slices.Contains([]string{"receiver", "delivery", "signed"}, c.Verb):
			word = ""
		}
		if word != "" && !needed {
			s.problem(c.Line, "%s wants `needs webhooks` at the beginning of the section", word)
			needed = true // once is enough
		}
		switch {
		case c.Request() != nil:
			received = false
		case c.Verb == "delivery":
			if !told {
				s.problem(c.Line, "nothing has told the target of {receiver} yet")
			}
			received = !c.Negated
		case c.Verb == "signed" && !received:
			s.problem(c.Line, "signed looks at a delivery, and the last thing is none")
		case received && (c.Verb == "status" || c.Verb == "created"):
			s.problem(c.Line, "%s looks at an answer, and the last thing is a delivery", c.Verb)
		}
	}
}

// mentions reports whether a text stands in a command or in its bodies.
func (f *File) mentions(c *Command, text string) bool {
	if slices.ContainsFunc(c.Args, func(arg string) bool { return strings.Contains(arg, text) }) {
		return true
	}
	return slices.ContainsFunc(c.Files(), func(name string) bool {
		body := f.Bodies[name]
		return body != nil && strings.Contains(string(body.Data), text)
	})
}
