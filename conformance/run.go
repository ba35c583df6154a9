package conformance

import (
	"context"
	"errors"
	"io"

	"understudy.dev/specs"
	"understudy.dev/specs/strict"
)

// Run runs the checks of api against the target. The error says why nothing was run: a wrong target, options that
// select nothing, a documented production host. Everything else is in the report, even if ctx ends: what was created
// is then still removed, within a time of its own.
func Run(ctx context.Context, api *specs.API, target Target, o *Options) (*Report, error) {
	return nil, errors.New("cannot run: not built yet")
}

// ExitCode is what a command should exit with: 130 after an interrupt, 1 if a MUST failed or passed unexpectedly, else
// 2 if there is an error or if no check passed or failed, else 0. A strict one is 1 unless the target is conformant.
func (r *Report) ExitCode(o *Options) int { return 2 }

// TextOptions change how a report is written. A nil *TextOptions means the zero value.
type TextOptions struct {
	// Verbose lists every check, not only those that did not pass.
	Verbose bool
}

// WriteText writes the report for people.
func (r *Report) WriteText(w io.Writer, o *TextOptions) error { return nil }

// A Finding is something wrong with the checks of an API. Its text begins with file:line.
type Finding = *strict.Error

// Lint checks the checks without a server: headings, commands, names, files, and that every requirement has a check
// or an excuse. The findings are in the order of the files.
func Lint(api *specs.API) []Finding { return nil }
