package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// Exit codes that every command shares; verify and lint have codes of their own.
const (
	exitOK          = 0
	exitFindings    = 1
	exitUsage       = 2
	exitInterrupted = 130
)

// A process is what the operating system gives a command.
type process struct {
	args           []string
	getenv         func(string) string
	stdout, stderr io.Writer
	now            func() time.Time
}

// exitError carries an exit code through cobra; a nil err says that everything
// worth saying was printed already.
type exitError struct {
	code int
	err  error
}

func (e *exitError) Error() string {
	if e.err == nil {
		return fmt.Sprintf("exit code %d", e.code)
	}
	return e.err.Error()
}

func (e *exitError) Unwrap() error { return e.err }

// run executes one command line and returns its exit code.
func run(ctx context.Context, p *process) int {
	root := newRoot(p)
	root.SetArgs(p.args)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return exitOK
	}
	code := exitUsage
	if exit := (*exitError)(nil); errors.As(err, &exit) {
		code, err = exit.code, exit.err
	}
	if err != nil {
		fmt.Fprintf(p.stderr, "understudy: %s\n", strings.TrimSpace(err.Error()))
	}
	return code
}

func newRoot(p *process) *cobra.Command {
	root := &cobra.Command{
		Use:           "understudy",
		Short:         "Stands in for an API, and auditions the real one",
		Version:       version(),
		SilenceUsage:  true,
		SilenceErrors: true,
		Args:          cobra.NoArgs,
		RunE:          func(c *cobra.Command, _ []string) error { return c.Help() },
		PersistentPreRunE: func(c *cobra.Command, _ []string) error {
			return fromEnvironment(c, p.getenv)
		},
	}
	root.SetOut(p.stdout)
	root.SetErr(p.stderr)
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		return fmt.Errorf("%w; see '%s --help'", err, c.CommandPath())
	})
	root.AddCommand(serveCommand(p), verifyCommand(p), lintCommand(p), listCommand(p), explainCommand(p))
	for _, c := range root.Commands() {
		describeVariables(c)
	}
	return root
}

// variable names the environment variable of a flag: max-requests is
// UNDERSTUDY_MAX_REQUESTS.
func variable(flag string) string {
	return "UNDERSTUDY_" + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}

// fromEnvironment sets every flag that the command line does not from its
// variable. A bad value is an error that names the variable.
func fromEnvironment(c *cobra.Command, getenv func(string) string) error {
	var errs []error
	c.LocalNonPersistentFlags().VisitAll(func(f *pflag.Flag) {
		value := getenv(variable(f.Name))
		if f.Changed || value == "" || f.Name == "help" {
			return
		}
		if err := c.Flags().Set(f.Name, value); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", variable(f.Name), err))
		}
	})
	return errors.Join(errs...)
}

func describeVariables(c *cobra.Command) {
	c.Flags().VisitAll(func(f *pflag.Flag) {
		f.Usage += " [" + variable(f.Name) + "]"
	})
}
