package script

import (
	"bytes"
	"fmt"
	"path"
	"strings"

	"github.com/rogpeppe/go-internal/txtar"
)

// A File is a parsed check file. It is read only.
type File struct {
	// Path is what the file is called in messages, Name the same without folder and ending.
	Path, Name string
	// Setup stands before the first heading and runs before every section.
	Setup    []*Command
	Sections []*Section
	// Bodies are the files of the archive by name.
	Bodies map[string]*Body
	// Problems are those that belong to no section.
	Problems []Problem

	lines int
}

// A Body is a file of the archive.
type Body struct {
	Name string
	// Line is that of the marker.
	Line int
	Data []byte
}

// A Section is one check: a heading and its commands.
type Section struct {
	// Requirement and Level are the heading's words, Title the rest of it.
	Requirement, Level, Title string
	// Number counts the sections of the file that test the requirement, from 1.
	Number   int
	Line     int
	Commands []*Command
	// Problems are the reasons why the section cannot be run.
	Problems []Problem
}

// ID is what the section is called in file: FILE/REQUIREMENT, and /N from the second on.
func (s *Section) ID(file *File) string {
	id := file.Name + "/" + s.Requirement
	if s.Number > 1 {
		id += fmt.Sprintf("/%d", s.Number)
	}
	return id
}

// A Command is one line.
type Command struct {
	Line int
	// Negated is true after a leading "!".
	Negated bool
	Verb    string
	Args    []string
	// Setup is true for the commands before the first heading.
	Setup bool
}

// String is the line in its plainest form.
func (c *Command) String() string {
	words := make([]string, 0, len(c.Args)+2)
	if c.Negated {
		words = append(words, "!")
	}
	words = append(words, c.Verb)
	for _, arg := range c.Args {
		if arg == "" || strings.ContainsAny(arg, " \t'#") {
			arg = quote(arg)
		}
		words = append(words, arg)
	}
	return strings.Join(words, " ")
}

// A Problem is a mistake in a check file.
type Problem struct {
	Line    int
	Message string
}

// Parse reads a check file. It never fails: mistakes are Problems of the file or of its sections, and a section with
// problems must not be run.
func Parse(name string, data []byte) *File {
	base := path.Base(name)
	f := &File{Path: name, Name: strings.TrimSuffix(base, path.Ext(base)), Bodies: map[string]*Body{}}
	if line := namelessMarker(data); line > 0 {
		f.problem(line, "a file has no name")
		return f
	}
	archive := txtar.Parse(data)
	f.parseBodies(archive)
	f.parseScript(string(archive.Comment))
	return f
}

// namelessMarker is the line of a marker that the txtar package cannot read and panics at, 0 if there is none.
func namelessMarker(data []byte) int {
	number := 0
	for line := range bytes.Lines(data) {
		number++
		if string(bytes.TrimRight(line, "\r\n")) == "-- --" {
			return number
		}
	}
	return 0
}

func (f *File) parseBodies(archive *txtar.Archive) {
	line := bytes.Count(archive.Comment, []byte("\n")) + 1
	for _, file := range archive.Files {
		body := &Body{Name: file.Name, Line: line, Data: file.Data}
		if earlier, twice := f.Bodies[file.Name]; twice {
			f.problem(line, "the file %q is there already, in line %d", file.Name, earlier.Line)
		}
		f.Bodies[file.Name] = body
		line += bytes.Count(file.Data, []byte("\n")) + 1
	}
}

func (f *File) parseScript(text string) {
	lines := strings.Split(text, "\n")
	f.lines = len(lines)
	numbers := map[string]int{}
	var section *Section
	for i, line := range lines {
		line = strings.TrimSuffix(line, "\r")
		number := i + 1
		switch {
		case strings.HasPrefix(line, "##"):
		case strings.HasPrefix(line, "#"):
			section = f.heading(number, line)
			numbers[section.Requirement]++
			section.Number = numbers[section.Requirement]
			f.Sections = append(f.Sections, section)
		default:
			f.command(section, number, line)
		}
	}
	for _, s := range f.Sections {
		f.review(s)
	}
}

func (f *File) heading(number int, line string) *Section {
	words := strings.Fields(line[1:])
	s := &Section{Line: number}
	if len(words) < 3 || line[1] != ' ' {
		s.problem(number, "the heading must be `# REQUIREMENT LEVEL what is tested`")
	}
	if len(words) > 0 {
		s.Requirement = words[0]
	}
	if len(words) > 1 {
		s.Level = words[1]
	}
	if len(words) > 2 {
		s.Title = strings.Join(words[2:], " ")
	}
	return s
}

// command adds a line to the section, or to the set-up where section is nil.
func (f *File) command(section *Section, number int, line string) {
	problem := f.problem
	if section != nil {
		problem = section.problem
	}
	words, err := split(line)
	if err != nil {
		problem(number, "%v", err)
		return
	}
	if len(words) == 0 {
		return
	}
	c := &Command{Line: number, Setup: section == nil}
	if words[0] == "!" {
		c.Negated, words = true, words[1:]
	}
	if len(words) == 0 {
		problem(number, "a command must follow !")
		return
	}
	c.Verb, c.Args = words[0], words[1:]
	for _, message := range c.check(f) {
		problem(number, "%s", message)
	}
	if section == nil {
		f.Setup = append(f.Setup, c)
		return
	}
	section.Commands = append(section.Commands, c)
}

func (f *File) problem(line int, format string, args ...any) {
	f.Problems = append(f.Problems, Problem{line, fmt.Sprintf(format, args...)})
}

func (s *Section) problem(line int, format string, args ...any) {
	s.Problems = append(s.Problems, Problem{line, fmt.Sprintf(format, args...)})
}

// All lists the commands that run for the section: the set-up and its own.
func (f *File) All(s *Section) []*Command {
	all := make([]*Command, 0, len(f.Setup)+len(s.Commands))
	return append(append(all, f.Setup...), s.Commands...)
}

// text is the script of one section, with every other line blank and every word quoted.
func (f *File) text(s *Section) []byte {
	lines := make([]string, f.lines)
	for _, c := range f.All(s) {
		var b strings.Builder
		if c.Negated {
			b.WriteString("! ")
		}
		b.WriteString(c.Verb)
		for _, arg := range c.Args {
			b.WriteString(" " + quote(arg))
		}
		lines[c.Line-1] = b.String()
	}
	return []byte(strings.Join(lines, "\n"))
}
