package main

import (
	"fmt"
	"os"
	"slices"
	"strings"

	"understudy.dev/specs"
)

func shipped() []string { return specs.Embedded() }

// exists tells a wrong command line from a contract with findings.
func exists(arg string) error {
	if slices.Contains(specs.Embedded(), arg) {
		return nil
	}
	if _, err := os.Stat(arg); err != nil {
		_, err := open(arg)
		return err
	}
	return nil
}

// count writes a number with its noun: 1 API, 2 APIs.
func count(n int, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return fmt.Sprintf("%d %s", n, noun)
}

func lines(err error) []string {
	return strings.Split(strings.TrimRight(err.Error(), "\n"), "\n")
}
