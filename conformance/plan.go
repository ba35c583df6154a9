package conformance

import (
	"cmp"
	"fmt"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"

	"understudy.dev/conformance/internal/script"
	"understudy.dev/specs"
	"understudy.dev/specs/strict"
)

// plan reads the checks and decides those whose outcome is known beforehand.
func (su *suite) plan() ([]*check, error) {
	matches, err := selector(su.options.Run)
	if err != nil {
		return nil, err
	}
	var checks []*check
	selected := su.options.Run == ""
	for _, file := range su.api.Checks {
		parsed := script.Parse(file.Path, file.Data)
		if len(parsed.Sections) == 0 {
			checks = append(checks, su.unreadable(parsed, len(checks)))
		}
		for _, section := range parsed.Sections {
			c := su.newCheck(parsed, section, len(checks))
			c.selected = matches(c.id) || matches(section.Requirement)
			selected = selected || c.selected
			su.decide(c)
			checks = append(checks, c)
		}
	}
	if !selected && !slices.ContainsFunc(su.requirements(), func(r *specs.Requirement) bool { return matches(r.ID) }) {
		return nil, fmt.Errorf("cannot run: no check and no requirement of %s matches %q", su.api.Name, su.options.Run)
	}
	return checks, su.checkKnown(checks)
}

func (su *suite) requirements() []*specs.Requirement {
	if su.api.Registry == nil {
		return nil
	}
	return su.api.Registry.Requirements
}

// selector reads the pattern of --run. A pattern with * or ? and nothing else special is a glob, else it is a regular
// expression; both may match a part of the id.
func selector(pattern string) (func(id string) bool, error) {
	if pattern == "" {
		return func(string) bool { return true }, nil
	}
	var glob func(string) bool
	if _, err := path.Match(pattern, ""); err == nil && strings.ContainsAny(pattern, "*?") && !strings.ContainsAny(pattern, `.^$()[]|+\`) {
		glob = func(id string) bool {
			// A glob of path.Match stops at a slash; ids have some.
			matched, _ := path.Match(strings.ReplaceAll(pattern, "/", "\x00"), strings.ReplaceAll(id, "/", "\x00"))
			return matched
		}
	}
	re, err := regexp.Compile(pattern)
	if err != nil && glob == nil {
		return nil, fmt.Errorf("cannot run: %q is neither a glob nor a regular expression: %w", pattern, err)
	}
	return func(id string) bool { return glob != nil && glob(id) || re != nil && re.MatchString(id) }, nil
}

func (su *suite) newCheck(f *script.File, s *script.Section, index int) *check {
	c := &check{index: index, file: f, section: s, id: s.ID(f)}
	for _, requirement := range su.requirements() {
		if requirement.ID == s.Requirement {
			c.requirement = requirement
		}
	}
	c.blast, c.alone = su.classify(f, s)
	c.result = &CheckResult{
		ID: c.id, Requirement: s.Requirement, Level: s.Level, Text: s.Title, Blast: string(c.blast), File: f.Path, Line: s.Line,
	}
	return c
}

// unreadable is what stands for a file without sections, so that it does not go unnoticed.
func (su *suite) unreadable(f *script.File, index int) *check {
	s := &script.Section{Number: 1, Line: 1, Problems: f.Problems}
	c := su.newCheck(f, s, index)
	c.id, c.selected = f.Name, true
	c.result.ID = f.Name
	if len(s.Problems) == 0 {
		c.set(Error, "the file has no section")
		return c
	}
	c.result.Line = s.Problems[0].Line
	c.set(Error, s.Problems[0].Message)
	return c
}

// decide sets the outcome of a check that need not, must not or cannot be run.
func (su *suite) decide(c *check) {
	c.outOfScope = c.requirement != nil && c.requirement.Basis == specs.Assumed && !su.options.Assumed
	switch {
	case !c.selected:
		c.set(NotRun, "not selected")
	case c.outOfScope:
		c.set(NotRun, "assumed; --basis all runs it")
	case len(c.section.Problems) > 0:
		c.result.Line = c.section.Problems[0].Line
		c.set(Error, c.section.Problems[0].Message)
	case c.requirement == nil:
		c.set(Error, su.unknownRequirement(c.section.Requirement))
	case su.options.ReadOnly && c.blast != reads:
		c.set(NotRun, "read-only: the check "+string(c.blast))
	default:
		su.decideNeeds(c)
	}
}

func (su *suite) unknownRequirement(id string) string {
	var ids []string
	for _, requirement := range su.requirements() {
		ids = append(ids, requirement.ID)
	}
	return strict.Unknown("requirement", id, ids)
}

// decideNeeds sets the outcome of a check whose needs are not met.
func (su *suite) decideNeeds(c *check) {
	for _, command := range c.file.All(c.section) {
		if command.Verb == "needs" {
			su.decideNeed(c, command)
		}
		if r := command.Request(); r != nil && c.result.Outcome == "" {
			if name := cmp.Or(r.Base, baseName(su.operationOf(r))); su.bases[name] == "" {
				c.set(NotObserved, fmt.Sprintf("needs the base %s: --target %s=URL", name, name))
			}
		}
		if c.result.Outcome != "" {
			return
		}
	}
}

func (su *suite) decideNeed(c *check, need *script.Command) {
	switch need.Args[0] {
	case "clock":
		if su.target.ClockURL == "" {
			c.set(NotObserved, "needs a clock of the target: --clock-url URL")
		}
	case "webhooks":
		if !su.targetReaches() {
			c.set(NotObserved, "needs a URL at which the target reaches this machine: --webhook-url URL")
		}
	case "limits":
		if !su.options.AllowLimits {
			c.set(NotObserved, "provokes a limit of the target: --allow limits")
		}
	case "input":
		if _, ok := su.inputs[need.Args[1]]; !ok {
			c.set(NotObserved, "needs the input "+need.Args[1])
		}
	case "feature":
		if !su.features[need.Args[1]] {
			c.set(NotApplicable, "the target does not claim "+need.Args[1])
		}
	}
}

// checkKnown refuses known failures that name no check.
func (su *suite) checkKnown(checks []*check) error {
	var ids []string
	for _, c := range checks {
		ids = append(ids, c.id)
	}
	for _, requirement := range su.requirements() {
		ids = append(ids, "passive/"+requirement.ID)
	}
	for _, id := range slices.Sorted(maps.Keys(su.options.KnownFailures)) {
		if !slices.Contains(ids, id) {
			return fmt.Errorf("cannot run: known failures: %s", strict.Unknown("check", id, ids))
		}
	}
	return nil
}
