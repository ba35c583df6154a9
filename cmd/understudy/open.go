package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"understudy.dev/specs"
	"understudy.dev/specs/strict"
)

// open loads what an argument names: a shipped API, a directory, or an OpenAPI
// file. A shipped name wins; ./name is the directory.
func open(arg string) (*specs.API, error) { return openWith(specs.Loader{}, arg) }

func openWith(l specs.Loader, arg string) (*specs.API, error) {
	if slices.Contains(specs.Embedded(), arg) {
		return l.Open(arg)
	}
	info, err := os.Stat(arg)
	switch {
	case err == nil && info.IsDir():
		return l.LoadDir(filepath.Clean(arg))
	case err == nil:
		return l.LoadFile(filepath.Clean(arg))
	case !os.IsNotExist(err):
		return nil, fmt.Errorf("cannot open %s: %w", arg, err)
	}
	hint := "name one of " + strings.Join(specs.Embedded(), ", ") + ", a directory or an OpenAPI file"
	if near := strict.Suggest(arg, specs.Embedded()); near != "" {
		hint = fmt.Sprintf("did you mean %q?", near)
	}
	return nil, fmt.Errorf("no API is called %q and no file has that name; %s", arg, hint)
}

// openAll loads every argument, or every shipped API when there is none.
func openAll(l specs.Loader, args []string) ([]*specs.API, error) {
	if len(args) == 0 {
		args = specs.Embedded()
	}
	apis := make([]*specs.API, 0, len(args))
	for _, arg := range args {
		api, err := openWith(l, arg)
		if err != nil {
			return nil, err
		}
		apis = append(apis, api)
	}
	return apis, nil
}
