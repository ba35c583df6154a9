package conformance

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"understudy.dev/conformance/internal/fill"
	"understudy.dev/conformance/internal/script"
	"understudy.dev/specs"
	"understudy.dev/specs/strict"
)

// A Finding is something wrong with the checks of an API. Its text begins with file:line.
type Finding = *strict.Error

// Lint checks the checks without a server: headings, commands, names, files, and that every requirement has a check
// or an excuse. The findings are in the order of the files; nil means none.
func Lint(api *specs.API) []Finding {
	if api.Registry == nil {
		return nil
	}
	l := &linter{api: api, suite: &suite{api: api, loginOperations: loginOperations(api)}, tested: map[string]bool{}, requirements: map[string]*specs.Requirement{}, inputs: map[string]*specs.Input{}}
	for _, requirement := range api.Registry.Requirements {
		l.requirements[requirement.ID] = requirement
	}
	for _, input := range api.Registry.Inputs {
		l.inputs[input.Name] = input
	}
	for _, file := range api.Checks {
		l.file(script.Parse(file.Path, file.Data))
	}
	l.registry()
	return l.findings
}

type linter struct {
	api          *specs.API
	suite        *suite
	requirements map[string]*specs.Requirement
	inputs       map[string]*specs.Input
	tested       map[string]bool
	findings     []Finding
}

func (l *linter) find(file string, line int, format string, args ...any) {
	finding := &strict.Error{File: file, Line: line, Message: fmt.Sprintf(format, args...)}
	// What is wrong in the set-up is wrong in every section.
	if !slices.ContainsFunc(l.findings, func(f Finding) bool { return *f == *finding }) {
		l.findings = append(l.findings, finding)
	}
}

func (l *linter) file(f *script.File) {
	first := len(l.findings)
	for _, p := range f.Problems {
		l.find(f.Path, p.Line, "%s", p.Message)
	}
	if len(f.Sections) == 0 {
		l.find(f.Path, 1, "there is no section: a heading is `# REQUIREMENT LEVEL what is tested`")
	}
	used := map[string]bool{}
	for _, s := range f.Sections {
		l.heading(f, s)
		for _, p := range s.Problems {
			l.find(f.Path, p.Line, "%s", p.Message)
		}
		l.section(f, s)
		for _, c := range f.All(s) {
			for _, name := range c.Files() {
				used[name] = true
			}
		}
	}
	for name, body := range f.Bodies {
		if !used[name] {
			l.find(f.Path, body.Line, "the file %q is not used", name)
		}
	}
	slices.SortStableFunc(l.findings[first:], func(a, b Finding) int { return a.Line - b.Line })
}

func (l *linter) heading(f *script.File, s *script.Section) {
	requirement := l.requirements[s.Requirement]
	switch {
	case s.Level == "":
	case requirement == nil:
		l.find(f.Path, s.Line, "%s", strict.Unknown("requirement", s.Requirement, slices.Sorted(maps.Keys(l.requirements))))
	case string(requirement.Level) != s.Level:
		l.find(f.Path, s.Line, "%s is a %s, not a %s", s.Requirement, requirement.Level, s.Level)
	default:
		l.tested[s.Requirement] = true
	}
}

// section follows the names through the commands of a section.
func (l *linter) section(f *script.File, s *script.Section) {
	known := map[string]bool{}
	for _, name := range script.Given() {
		known[name] = true
	}
	for name, input := range l.inputs {
		known[name] = !input.Optional
	}
	answered := false
	own := map[string]bool{"unknown": true}
	for _, c := range f.All(s) {
		l.subject(f, c, own)
		l.address(f, c)
		l.command(f, c, known)
		for _, name := range placeholders(f, c) {
			switch set, exists := known[name]; {
			case set:
			case exists:
				l.find(f.Path, c.Line, "the input %s is optional; say `needs input %s` at the beginning of the section", name, name)
			default:
				l.find(f.Path, c.Line, "%s", strict.Unknown("name", "{"+name+"}", braced(known)))
			}
		}
		switch {
		case c.Request() != nil, c.Verb == "delivery":
			answered = true
		case c.Claims() || c.Verb == "created" || c.Verb == "capture":
			// A line that cannot be read may have been the request.
			if !answered && len(s.Problems) == 0 {
				l.find(f.Path, c.Line, "there is no answer yet")
			}
		}
		if (c.Verb == "created" || c.Verb == "capture") && len(c.Args) > 0 {
			known[c.Args[0]] = true
			own[c.Args[0]] = own[c.Args[0]] || c.Verb == "created"
		}
	}
}

// subject checks that what a command changes is the section's own, or does not exist: nothing else is ever sent.
func (l *linter) subject(f *script.File, c *script.Command, own map[string]bool) {
	r := c.Request()
	if r == nil || l.suite.requestClass(r.Method, l.suite.operationOf(r)) != changes {
		return
	}
	path, query, _ := strings.Cut(r.Path, "?")
	if op := l.suite.operationOf(r); op != nil && len(op.PathParams) == 0 {
		path = query
	}
	if !slices.ContainsFunc(fill.Names(path), func(name string) bool { return own[name] }) {
		l.find(f.Path, c.Line, "%s %s would change something that the section has not created", r.Method, r.Path)
	}
}

// address checks where a request goes: the name of its base, and the input that is its whole path.
func (l *linter) address(f *script.File, c *script.Command) {
	r := c.Request()
	if r == nil {
		return
	}
	if bases := baseNames(l.api); r.Base != "" && !slices.Contains(bases, r.Base) {
		l.find(f.Path, c.Line, "%s", strict.Unknown("base", r.Base, bases))
	}
	if name := r.WholePath(); name != "" && l.inputs[name] == nil {
		l.find(f.Path, c.Line, "{%s} is no input; only an input can be a whole path", name)
	}
}

// command checks the names of the registry and of the profile that a command uses.
func (l *linter) command(f *script.File, c *script.Command, known map[string]bool) {
	registry := l.api.Registry
	switch {
	case c.Verb == "as" && len(c.Args) == 1 && c.Args[0] != nobody:
		names := []string{nobody}
		for _, login := range registry.Logins {
			names = append(names, login.Name)
		}
		if !slices.Contains(names, c.Args[0]) {
			l.find(f.Path, c.Line, "%s", strict.Unknown("login", c.Args[0], names))
		}
	case c.Verb == "needs" && len(c.Args) == 2 && c.Args[0] == "input":
		if l.inputs[c.Args[1]] == nil {
			l.find(f.Path, c.Line, "%s", strict.Unknown("input", c.Args[1], slices.Sorted(maps.Keys(l.inputs))))
		}
		known[c.Args[1]] = true
	case c.Verb == "needs" && len(c.Args) == 2 && c.Args[0] == "feature":
		if _, ok := registry.Features[c.Args[1]]; !ok {
			l.find(f.Path, c.Line, "%s", strict.Unknown("feature", c.Args[1], slices.Sorted(maps.Keys(registry.Features))))
		}
	case c.Verb == "delivery" && len(c.Args) == 1:
		if events := l.api.Document.Webhooks(); !slices.Contains(events, c.Args[0]) {
			l.find(f.Path, c.Line, "%s", strict.Unknown("event", c.Args[0], events))
		}
	case c.Verb == "exhaust" && len(c.Args) > 0:
		var names []string
		for _, limit := range l.api.Profile.Limits {
			names = append(names, limit.Name)
		}
		if !slices.Contains(names, c.Args[0]) {
			l.find(f.Path, c.Line, "%s", strict.Unknown("limit", c.Args[0], names))
		}
	}
}

// placeholders lists the names that a command uses, those in its bodies included.
func placeholders(f *script.File, c *script.Command) []string {
	text := strings.Join(c.Args, " ")
	for _, name := range c.Files() {
		if body := f.Bodies[name]; body != nil && !strings.HasSuffix(name, ".bin") {
			text += "\n" + string(body.Data)
		}
	}
	return fill.Names(text)
}

func braced(known map[string]bool) []string {
	var names []string
	for name := range known {
		names = append(names, "{"+name+"}")
	}
	return names
}

// registry checks that every requirement has checks or an excuse.
func (l *linter) registry() {
	for _, requirement := range l.api.Registry.Requirements {
		if !l.tested[requirement.ID] && requirement.Excuse == nil {
			l.find(requirement.Pos.File, requirement.Pos.Line, "%s has neither a check nor an excuse", requirement.ID)
		}
	}
}
