package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"understudy.dev/conformance"
)

func lintCommand(p *process) *cobra.Command {
	return &cobra.Command{
		Use:   "lint [API|DIR|FILE]...",
		Short: "Check contracts strictly: files, names, expressions, registry, checks",
		Long: `Check contracts strictly. Every finding has file, line and, where there is one, a suggestion.
Without arguments the shipped APIs are checked.

Exit code: 0 without findings, 1 with findings, 2 for a wrong command line.`,
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) == 0 {
				args = shipped()
			}
			findings := 0
			for _, arg := range args {
				if err := exists(arg); err != nil {
					return err
				}
				lines := lint(arg)
				findings += len(lines)
				for _, line := range lines {
					fmt.Fprintln(p.stdout, line)
				}
			}
			if findings > 0 {
				fmt.Fprintf(p.stderr, "%s\n", count(findings, "finding"))
				return &exitError{code: exitFindings}
			}
			return nil
		},
	}
}

// lint returns the findings of one contract; a contract that does not load has
// no others than the reasons.
func lint(arg string) []string {
	api, err := open(arg)
	if err != nil {
		return lines(err)
	}
	var all []string
	for _, finding := range api.Lint() {
		all = append(all, finding.Error())
	}
	for _, finding := range conformance.Lint(api) {
		all = append(all, finding.Error())
	}
	return all
}
