package main

import (
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"understudy.dev/conformance"
	"understudy.dev/specs"
)

func listCommand(p *process) *cobra.Command {
	var credentials, requirements, checks bool
	c := &cobra.Command{
		Use:   "list [API|DIR|FILE]",
		Short: "Say what there is: APIs, or the operations, requirements, checks and credentials of one",
		Args:  cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			w := tabwriter.NewWriter(p.stdout, 0, 0, 2, ' ', 0)
			defer w.Flush()
			if len(args) == 0 {
				if credentials || requirements || checks {
					return fmt.Errorf("name an API: %s API --credentials", c.CommandPath())
				}
				return listAPIs(w)
			}
			api, err := open(args[0])
			if err != nil {
				return err
			}
			switch {
			case credentials:
				listCredentials(w, api)
			case requirements:
				listRequirements(w, api)
			case checks:
				listChecks(w, api)
			default:
				listOperations(w, api)
			}
			return nil
		},
	}
	f := c.Flags()
	f.BoolVar(&credentials, "credentials", false, "the names that a credentials file may hold")
	f.BoolVar(&requirements, "requirements", false, "the registry")
	f.BoolVar(&checks, "checks", false, "the checks")
	c.MarkFlagsMutuallyExclusive("credentials", "requirements", "checks")
	return c
}

func listAPIs(w io.Writer) error {
	apis, err := openAll(specs.Loader{}, nil)
	if err != nil {
		return err
	}
	fmt.Fprintln(w, "API\tTITLE\tOPERATIONS\tREQUIREMENTS\tCHECKS")
	for _, api := range apis {
		checks := conformance.Checks(api)
		fmt.Fprintf(w, "%s\t%s\t%d\t%d\t%d\n", api.Name, api.Document.Title(),
			len(api.Document.Operations()), len(api.Registry.Requirements), len(checks))
	}
	return nil
}

func listOperations(w io.Writer, api *specs.API) {
	fmt.Fprintln(w, "OPERATION\tMETHOD\tPATH\tEXPOSURE\tSUMMARY")
	for _, op := range api.Document.Operations() {
		exposure, _ := op.Extensions["x-exposure"].(string)
		if exposure == "" {
			exposure = "-"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", op.ID, op.Method, op.Path, exposure, op.Summary)
	}
}

func listCredentials(w io.Writer, api *specs.API) {
	fmt.Fprintln(w, "NAME\tNEEDED\tMEANING")
	for _, input := range api.Registry.Inputs {
		needed := "required"
		if input.Optional {
			needed = "optional"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\n", input.Name, needed, input.Text)
	}
	fmt.Fprintln(w, "requests\toptional\ta map of request bodies, by operation id")
}

func listRequirements(w io.Writer, api *specs.API) {
	fmt.Fprintln(w, "REQUIREMENT\tLEVEL\tBASIS\tCHECKED\tTEXT")
	for _, r := range api.Registry.Requirements {
		checked := "checks"
		if r.Excuse != nil {
			checked = string(r.Excuse.Reason)
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", r.ID, r.Level, r.Basis, checked, r.Text)
	}
}

func listChecks(w io.Writer, api *specs.API) {
	fmt.Fprintln(w, "CHECK\tBLAST\tWHERE\tTEXT")
	for _, c := range conformance.Checks(api) {
		fmt.Fprintf(w, "%s\t%s\t%s:%d\t%s\n", c.ID, c.Blast, c.File, c.Line, c.Text)
	}
}
