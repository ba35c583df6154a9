package script

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// A Claim is what an assertion found: whether it holds, what was expected and what was there.
type Claim struct {
	Holds         bool
	Expected, Got string
}

// Do runs one command. It returns a Claim exactly if the command claims something; whether the claim is negated is
// none of its business. An error means that the command could not be run, and is never negated.
type Do func(ctx context.Context, c *Command) (*Claim, error)

// A Failure is the claim that ended a section.
type Failure struct {
	Command *Command
	// Expected and Got take a negation into account.
	Expected, Got string
}

// Error is one sentence.
func (f *Failure) Error() string {
	return fmt.Sprintf("%s: expected %s, got %s", f.Command, f.Expected, f.Got)
}

// A Stop is an error that ended a section.
type Stop struct {
	// Command is nil if the section did not come to one.
	Command *Command
	Err     error
}

// Error is the error with its command.
func (s *Stop) Error() string {
	if s.Command == nil {
		return s.Err.Error()
	}
	return fmt.Sprintf("%s: %v", s.Command, s.Err)
}

// Unwrap returns the error.
func (s *Stop) Unwrap() error { return s.Err }

// Run runs the set-up of the file and then the section, which must have no problems. It returns nil, a *Failure or a
// *Stop. It may be called by several goroutines at once.
func Run(ctx context.Context, f *File, s *Section, do Do) error {
	run := &run{ctx: ctx, rest: f.All(s), do: do}
	if err := run.script(f.text(s)); err != nil && run.end == nil {
		run.end = &Stop{Err: err}
	}
	if run.end == nil && len(run.rest) > 0 {
		run.end = &Stop{Command: run.rest[0], Err: errors.New("the script ended before this line")}
	}
	return run.end
}

// run is one section under way. testscript runs its lines in order, without branches, so that the next call belongs to
// the next command.
type run struct {
	ctx  context.Context
	rest []*Command
	do   Do
	end  error
}

func (r *run) script(text []byte) error {
	dir, err := os.MkdirTemp("", "understudy-check-")
	if err != nil {
		return fmt.Errorf("cannot run: %w", err)
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "check.txtar")
	if err := os.WriteFile(file, text, 0o600); err != nil {
		return fmt.Errorf("cannot run: %w", err)
	}
	t := &t{}
	done := make(chan any)
	// testscript ends a script by ending its goroutine.
	go func() {
		defer func() { done <- recover() }()
		testscript.RunT(t, testscript.Params{Files: []string{file}, Cmds: r.commands()})
	}()
	if fault := <-done; fault != nil {
		return fmt.Errorf("cannot run: internal error: %v", fault)
	}
	if t.failed {
		return fmt.Errorf("cannot run: %s", t.reason(file))
	}
	return nil
}

func (r *run) commands() map[string]func(*testscript.TestScript, bool, []string) {
	commands := map[string]func(*testscript.TestScript, bool, []string){}
	for _, v := range verbTable() {
		commands[v.name] = func(ts *testscript.TestScript, negated bool, args []string) {
			if r.end = r.step(v.name, negated, args); r.end != nil {
				ts.Fatalf("the section ends")
			}
		}
	}
	return commands
}

// step runs the next command, which must be the one that testscript has read.
func (r *run) step(name string, negated bool, args []string) error {
	if len(r.rest) == 0 {
		return &Stop{Err: fmt.Errorf("%s is one command too many", name)}
	}
	c := r.rest[0]
	if c.Verb != name || c.Negated != negated || !slices.Equal(c.Args, args) {
		return &Stop{Command: c, Err: fmt.Errorf("the line was read as %s %q", name, args)}
	}
	if err := r.ctx.Err(); err != nil {
		return &Stop{Command: c, Err: err}
	}
	claim, err := r.do(r.ctx, c)
	switch {
	case err != nil:
		return &Stop{Command: c, Err: err}
	case (claim != nil) != c.Claims():
		return &Stop{Command: c, Err: errors.New("internal error: a claim is missing, or one too many")}
	case claim != nil && claim.Holds == c.Negated:
		expected := claim.Expected
		if c.Negated {
			expected = "not " + expected
		}
		return &Failure{Command: c, Expected: expected, Got: claim.Got}
	}
	r.rest = r.rest[1:]
	return nil
}

// t is the test that testscript sees. It is used by one goroutine.
type t struct {
	log    strings.Builder
	failed bool
}

func (t *t) Skip(args ...any)                      { t.Fatal(append([]any{"skipped:"}, args...)...) }
func (t *t) Fatal(args ...any)                     { t.Log(args...); t.FailNow() }
func (t *t) Parallel()                             {}
func (t *t) Log(args ...any)                       { fmt.Fprintln(&t.log, args...) }
func (t *t) FailNow()                              { t.failed = true; runtime.Goexit() }
func (t *t) Run(name string, f func(testscript.T)) { f(t) }

// Verbose is false: a verbose testscript prints its environment.
func (t *t) Verbose() bool { return false }

var failLine = regexp.MustCompile(`(?m)^FAIL: .*?:(\d+): (.*)$`)

// reason is the last thing that testscript complained of, without the paths of temporary files.
func (t *t) reason(file string) string {
	log := t.log.String()
	if all := failLine.FindAllStringSubmatch(log, -1); len(all) > 0 {
		return fmt.Sprintf("line %s: %s", all[len(all)-1][1], all[len(all)-1][2])
	}
	return strings.TrimSpace(strings.ReplaceAll(log, filepath.Dir(file)+string(filepath.Separator), ""))
}
