package strict

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Error is one mistake in one file.
type Error struct {
	File    string
	Line    int // counted from 1; 0 means the file as a whole
	Column  int // counted from 1; 0 if unknown
	Message string
	Cause   error // the error behind the mistake, or nil; it is part of Message already
}

// Error returns "file:line: message".
func (e *Error) Error() string {
	if e.File == "" && e.Line == 0 {
		return e.Message
	}
	return Pos{File: e.File, Line: e.Line}.String() + ": " + e.Message
}

// Unwrap returns Cause.
func (e *Error) Unwrap() error { return e.Cause }

// Errors is every mistake that was found, in the order of their places.
// The zero value is empty and ready for use. [errors.As] finds the first *Error.
type Errors struct {
	List []*Error
}

// Error returns one line for each mistake.
func (e *Errors) Error() string {
	lines := make([]string, len(e.List))
	for i, one := range e.List {
		lines[i] = one.Error()
	}
	return strings.Join(lines, "\n")
}

// Unwrap returns the mistakes one by one.
func (e *Errors) Unwrap() []error {
	list := make([]error, len(e.List))
	for i, one := range e.List {
		list[i] = one
	}
	return list
}

// Add puts err into its place in the list. An *Errors is taken apart, an error
// that knows no place stands before all others, nil adds nothing.
func (e *Errors) Add(err error) {
	var many *Errors
	var one *Error
	switch {
	case err == nil:
		return
	case errors.As(err, &many):
		e.List = append(e.List, many.List...)
	case errors.As(err, &one):
		e.List = append(e.List, one)
	default:
		e.List = append(e.List, &Error{Message: err.Error(), Cause: err})
	}
	slices.SortStableFunc(e.List, func(a, b *Error) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
}

// Err returns e, or nil if the list is empty or e is nil.
func (e *Errors) Err() error {
	if e == nil || len(e.List) == 0 {
		return nil
	}
	return e
}

// Pos is a place in a file. The zero value is no place.
type Pos struct {
	File string
	Line int // counted from 1
}

// String returns "file:line", or what is known of it.
func (p Pos) String() string {
	switch {
	case p.Line == 0:
		return p.File
	case p.File == "":
		return fmt.Sprintf("line %d", p.Line)
	}
	return fmt.Sprintf("%s:%d", p.File, p.Line)
}

// Errorf returns an *Error at p. An argument of %w becomes its cause.
func (p Pos) Errorf(format string, args ...any) *Error {
	err := fmt.Errorf(format, args...)
	return &Error{File: p.File, Line: p.Line, Message: err.Error(), Cause: errors.Unwrap(err)}
}
