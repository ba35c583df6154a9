package script

import (
	"fmt"
	"slices"
	"strings"

	"understudy.dev/specs/strict"
)

// verb is a word of the language.
type verb struct {
	name string
	// claims is true for a word that is true or false, and so may be negated.
	claims bool
	// check reads the arguments and tells what is wrong with them.
	check func(args []string) error
}

// verbTable is the allow-list. Whatever is not in it is refused before testscript sees it.
func verbTable() []verb {
	return []verb{
		{"needs", false, checkNeeds},
		{"as", false, count(1, 1, "as NAME")},
		{"GET", false, checkRequest("GET")},
		{"HEAD", false, checkRequest("HEAD")},
		{"OPTIONS", false, checkRequest("OPTIONS")},
		{"POST", false, checkRequest("POST")},
		{"PUT", false, checkRequest("PUT")},
		{"PATCH", false, checkRequest("PATCH")},
		{"DELETE", false, checkRequest("DELETE")},
		{"invalid", false, checkInvalid},
		{"alike", false, checkInvalid},
		{"created", false, checkCreated},
		{"status", true, checkStatus},
		{"header", true, checkHeader},
		{"json", true, checkJSON},
		{"find", true, checkFind},
		{"capture", false, checkCapture},
		{"jwt", true, checkJWT},
		{"advance", false, checkAdvance},
		{"exhaust", true, checkExhaust},
	}
}

// Verbs lists the words of the language.
func Verbs() []string {
	var names []string
	for _, v := range verbTable() {
		names = append(names, v.name)
	}
	return names
}

func findVerb(name string) (verb, bool) {
	table := verbTable()
	i := slices.IndexFunc(table, func(v verb) bool { return v.name == name })
	if i < 0 {
		return verb{}, false
	}
	return table[i], true
}

// Claims reports whether the command is true or false.
func (c *Command) Claims() bool {
	v, _ := findVerb(c.Verb)
	return v.claims
}

// check tells what is wrong with the command by itself.
func (c *Command) check(f *File) []string {
	if strings.HasPrefix(c.Verb, "[") {
		return []string{"conditions are not for checks; say what the section needs"}
	}
	v, ok := findVerb(c.Verb)
	if !ok {
		return []string{strict.Unknown("command", c.Verb, Verbs())}
	}
	var messages []string
	if c.Negated && (!v.claims || v.name == "exhaust") {
		messages = append(messages, fmt.Sprintf("%s claims nothing that could be negated", c.Verb))
	}
	if err := v.check(c.Args); err != nil {
		return append(messages, err.Error())
	}
	for _, name := range c.Files() {
		if f.Bodies[name] == nil {
			messages = append(messages, strict.Unknown("file", name, f.bodyNames()))
		}
	}
	return messages
}

func (f *File) bodyNames() []string {
	var names []string
	for name := range f.Bodies {
		names = append(names, name)
	}
	return names
}

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
		if slices.Contains([]string{"needs", "advance", "exhaust"}, c.Verb) {
			s.problem(c.Line, "%s does not belong into the set-up", c.Verb)
		}
	}
	// What is wrong before the first heading is wrong for every section.
	s.Problems = append(slices.Clone(f.Problems), s.Problems...)
}
