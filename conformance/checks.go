package conformance

import (
	"understudy.dev/conformance/internal/script"
	"understudy.dev/specs"
)

// A Check is one section of a check file, as a list shows it.
type Check struct {
	// ID is <file>/<requirement>[/n].
	ID          string
	Requirement string
	// Blast is what the check may do to a target: reads, creates, changes or limits.
	Blast string
	// File is the path to print.
	File string
	Line int
	// Text is what is tested.
	Text string
}

// Checks lists the checks of an API in the order of its files. Sections that cannot be parsed are listed too; see Lint.
func Checks(api *specs.API) []Check {
	su := &suite{api: api, loginOperations: loginOperations(api)}
	var checks []Check
	for _, file := range api.Checks {
		parsed := script.Parse(file.Path, file.Data)
		for _, section := range parsed.Sections {
			c := su.newCheck(parsed, section, len(checks))
			checks = append(checks, Check{
				ID: c.id, Requirement: section.Requirement, Blast: string(c.blast),
				File: file.Path, Line: section.Line, Text: section.Title,
			})
		}
	}
	return checks
}

// loginOperations are the operations that log in, by id; to send one changes nothing.
func loginOperations(api *specs.API) map[string]bool {
	operations := map[string]bool{}
	if api.Registry != nil {
		for _, login := range api.Registry.Logins {
			operations[login.Operation] = login.Operation != ""
		}
	}
	return operations
}
