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
		{"receiver", false, checkReceiver},
		{"delivery", true, count(1, 1, "delivery EVENT")},
		{"signed", true, count(1, 1, "signed SECRET")},
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
