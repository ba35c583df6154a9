// Command understudy stands in for an API and auditions the real one.
//
// It is flags, signals and exit codes, and the only place that knows both the
// mock and the conformance suite. Everything ambient (arguments, environment,
// streams, clock) enters through main, so that scripts can test the rest.
//
//	understudy serve                    # every shipped API on 127.0.0.1:4010
//	understudy verify NAME --target URL # judge a server by a contract
//	understudy lint DIR                 # check a contract
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, &process{
		args: os.Args[1:], getenv: os.Getenv,
		stdout: os.Stdout, stderr: os.Stderr, now: time.Now,
	}))
}
