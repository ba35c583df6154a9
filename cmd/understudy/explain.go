package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"understudy.dev/conformance"
	"understudy.dev/specs"
	"understudy.dev/specs/strict"
)

func explainCommand(p *process) *cobra.Command {
	var dir string
	c := &cobra.Command{
		Use:   "explain ID|API|DIR",
		Short: "Explain a requirement, or what --target replaces for an API",
		Long: `Explain one requirement: its source, its checks and the facts of the contract behind it.
With the name of an API: its documented base URLs, and what --target and the credentials file stand for.`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			var among []string
			if dir != "" {
				among = []string{dir}
			}
			if info, err := os.Stat(args[0]); dir == "" && err == nil && info.IsDir() {
				among, args[0] = []string{args[0]}, filepath.Base(filepath.Clean(args[0]))
			}
			apis, err := openAll(specs.Loader{}, among)
			if err != nil {
				return err
			}
			var known []string
			for _, api := range apis {
				if api.Name == args[0] {
					p.explainAPI(api)
					return nil
				}
				known = append(known, api.Name)
				for _, r := range api.Registry.Requirements {
					if r.ID == args[0] {
						p.explainRequirement(api, r)
						return nil
					}
					known = append(known, r.ID)
				}
			}
			hint := "'understudy list API --requirements' prints the known ones"
			if near := strict.Suggest(args[0], known); near != "" {
				hint = fmt.Sprintf("did you mean %q?", near)
			}
			return fmt.Errorf("no requirement or API is called %q; %s", args[0], hint)
		},
	}
	c.Flags().StringVar(&dir, "api", "", "explain by this API or directory instead of the shipped ones")
	return c
}

func (p *process) explainRequirement(api *specs.API, r *specs.Requirement) {
	fmt.Fprintf(p.stdout, "%s  %s, %s\n  %s\n", r.ID, r.Level, r.Basis, r.Text)
	if r.Source != "" {
		fmt.Fprintf(p.stdout, "source\n  %s\n", r.Source)
		for _, s := range api.Registry.Sources {
			if strings.HasPrefix(r.Source, s.Name) {
				fmt.Fprintf(p.stdout, "  %s %s\n", s.Title, s.URL)
			}
		}
	}
	if r.Excuse != nil {
		fmt.Fprintf(p.stdout, "not checked\n  %s: %s\n", r.Excuse.Reason, r.Excuse.Text)
	}
	heading := "checks\n"
	for _, check := range conformance.Checks(api) {
		if check.Requirement == r.ID {
			fmt.Fprintf(p.stdout, "%s  %s  %s:%d  %s\n", heading, check.ID, check.File, check.Line, check.Text)
			heading = ""
		}
	}
	heading = "facts\n"
	for _, fact := range api.Resolve(r) {
		fmt.Fprintf(p.stdout, "%s  %s:%d  %s = %s\n", heading, fact.File, fact.Line, fact.Pointer, fact.Value)
		heading = ""
	}
}

func (p *process) explainAPI(api *specs.API) {
	fmt.Fprintf(p.stdout, "%s  %s %s\n", api.Name, api.Document.Title(), api.Document.Version())
	fmt.Fprintln(p.stdout, "bases")
	for _, base := range api.Bases() {
		fmt.Fprintf(p.stdout, "  --target %s=URL replaces %s, for example http://127.0.0.1:4010/%s%s\n", base.Name, base.URL, api.Name, base.Path)
	}
	if len(api.Registry.Inputs) == 0 {
		return
	}
	fmt.Fprintln(p.stdout, "credentials file")
	for _, input := range api.Registry.Inputs {
		optional := ""
		if input.Optional {
			optional = " (optional)"
		}
		fmt.Fprintf(p.stdout, "  %s: …  # %s%s\n", input.Name, input.Text, optional)
	}
}
