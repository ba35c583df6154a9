package main

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"understudy.dev/specs"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"understudy": main})
}

// TestScripts runs the command line as a user does.
func TestScripts(t *testing.T) { runScripts(t, "testdata/script", nil) }

// TestEach runs the scripts that hold for every API that is shipped; $API is its name.
func TestEach(t *testing.T) {
	for _, name := range specs.Embedded() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			runScripts(t, "testdata/each", map[string]string{"API": name})
		})
	}
}

// runScripts runs the scripts of a folder with variables and commands of ours beside testscript's own.
func runScripts(t *testing.T, dir string, variables map[string]string) {
	root, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir: dir,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"code":     code,
			"freeport": freeport,
			"http":     request,
			"judge":    judge,
			"waitfor":  waitfor,
		},
		Setup: func(env *testscript.Env) error {
			env.Setenv("ROOT", root+"/../..")
			for name, value := range variables {
				env.Setenv(name, value)
			}
			return nil
		},
	})
}

// code N COMMAND ARG... runs a command that must end with exit code N.
func code(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: code N COMMAND ARG...")
	}
	err := ts.Exec(args[1], args[2:]...)
	got := 0
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		got = exit.ExitCode()
	} else if err != nil {
		ts.Fatalf("cannot run %s: %v", args[1], err)
	}
	if strconv.Itoa(got) != args[0] {
		ts.Fatalf("%s ended with code %d, want %s", args[1], got, args[0])
	}
}

// judge URL CLOCK ARG... runs verify for $API, all of whose bases stand below URL.
func judge(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: judge URL CLOCK ARG...")
	}
	api, err := specs.Open(ts.Getenv("API"))
	ts.Check(err)
	command := append([]string{"verify", api.Name, "--clock-url", args[1]}, args[2:]...)
	for _, base := range api.Bases() {
		command = append(command, "--target", base.Name+"="+args[0]+base.Path)
	}
	ts.Check(ts.Exec("understudy", command...))
}

// http METHOD URL STATUS [FILE] sends a request, with a JSON body from FILE, and prints the answer's body.
func request(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 3 || len(args) > 4 {
		ts.Fatalf("usage: http METHOD URL STATUS [FILE]")
	}
	var body io.Reader
	if len(args) == 4 {
		body = strings.NewReader(ts.ReadFile(args[3]))
	}
	req, err := http.NewRequest(args[0], args[1], body)
	ts.Check(err)
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	res, err := http.DefaultClient.Do(req)
	ts.Check(err)
	defer res.Body.Close()
	answer, err := io.ReadAll(res.Body)
	ts.Check(err)
	fmt.Fprintln(ts.Stdout(), string(answer))
	if strconv.Itoa(res.StatusCode) != args[2] {
		ts.Fatalf("%s %s: status %d, want %s: %s", args[0], args[1], res.StatusCode, args[2], answer)
	}
}

// freeport NAME sets the variable to a port on which nobody listens.
func freeport(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: freeport NAME")
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	ts.Check(err)
	defer l.Close()
	ts.Setenv(args[0], strconv.Itoa(l.Addr().(*net.TCPAddr).Port))
}

// waitfor URL waits until a GET is answered with 200.
func waitfor(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: waitfor URL")
	}
	var last error
	for range 200 {
		res, err := http.Get(args[0])
		if err == nil {
			res.Body.Close()
			if res.StatusCode == http.StatusOK {
				return
			}
			err = fmt.Errorf("status %d", res.StatusCode)
		}
		last = err
		time.Sleep(50 * time.Millisecond)
	}
	ts.Fatalf("no answer from %s: %v", args[0], last)
}
