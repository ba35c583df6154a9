package script

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"understudy.dev/specs/strict"
)

// Name is the pattern of names that a check may give.
var namePattern = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// A Request is the grammar of a request: METHOD PATH [FILE] [-b BASE] [-H 'Name: value'] [-u user:password]
// [-F name=value].
type Request struct {
	// Path begins with /, or is a placeholder alone: an input that is a whole path.
	Method, Path string
	// Base names the base that the path stands below, "" for that of its operation.
	Base string
	// File is the name of the body, "" for none.
	File    string
	Headers []string
	// User is "user:password", "" for none.
	User string
	// Parts are those of a multipart form: name=value or name=@FILE.
	Parts []string
}

// ParseRequest reads the words of a request.
func ParseRequest(words []string) (*Request, error) {
	if len(words) < 2 {
		return nil, errors.New("wants METHOD PATH [FILE]")
	}
	r := &Request{Method: words[0], Path: words[1]}
	if !slices.Contains(methods(), r.Method) {
		return nil, errors.New(strict.Unknown("method", r.Method, methods()))
	}
	if whole := r.WholePath(); whole != "" && !slices.Contains([]string{"GET", "HEAD", "OPTIONS"}, r.Method) {
		return nil, fmt.Errorf("%s is somebody else's path; only GET, HEAD and OPTIONS may be sent there", r.Path)
	} else if whole == "" && !strings.HasPrefix(r.Path, "/") {
		return nil, fmt.Errorf("the path %q must begin with /", r.Path)
	}
	for rest := words[2:]; len(rest) > 0; rest = rest[1:] {
		if !strings.HasPrefix(rest[0], "-") {
			if r.File != "" {
				return nil, fmt.Errorf("%q is one file too many", rest[0])
			}
			r.File = rest[0]
			continue
		}
		if len(rest) < 2 {
			return nil, fmt.Errorf("%s wants a value", rest[0])
		}
		if err := r.option(rest[0], rest[1]); err != nil {
			return nil, err
		}
		rest = rest[1:]
	}
	if r.File != "" && len(r.Parts) > 0 {
		return nil, errors.New("a request has either a file or -F parts")
	}
	return r, nil
}

func (r *Request) option(flag, value string) error {
	switch flag {
	case "-H":
		if name, _, ok := strings.Cut(value, ":"); !ok || strings.TrimSpace(name) == "" {
			return fmt.Errorf("-H %q must be 'Name: value'", value)
		}
		r.Headers = append(r.Headers, value)
	case "-b":
		if !namePattern.MatchString(value) {
			return fmt.Errorf("-b %q must name a base", value)
		}
		r.Base = value
	case "-u":
		if !strings.Contains(value, ":") {
			return fmt.Errorf("-u %q must be user:password", value)
		}
		r.User = value
	case "-F":
		if name, _, ok := strings.Cut(value, "="); !ok || name == "" {
			return fmt.Errorf("-F %q must be name=value or name=@file", value)
		}
		r.Parts = append(r.Parts, value)
	default:
		return errors.New(strict.Unknown("option", flag, []string{"-b", "-H", "-u", "-F"}))
	}
	return nil
}

var wholePath = regexp.MustCompile(`^\{([A-Za-z_][A-Za-z0-9_]*)\}$`)

// WholePath is the name of the input that gives the whole path, "" if the path is the check's own.
func (r *Request) WholePath() string {
	if m := wholePath.FindStringSubmatch(r.Path); m != nil {
		return m[1]
	}
	return ""
}

func methods() []string {
	return []string{"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"}
}

// Request gives the request of a command that sends one, nil for any other command. The command must have no problems.
func (c *Command) Request() *Request {
	words := c.Args
	switch {
	case c.Verb == "exhaust" && len(words) > 0:
		words = words[1:]
	case c.Verb == "invalid", c.Verb == "alike":
	case slices.Contains(methods(), c.Verb):
		words = append([]string{c.Verb}, words...)
	default:
		return nil
	}
	r, err := ParseRequest(words)
	if err != nil {
		return nil
	}
	return r
}

// Files lists the bodies that a command uses.
func (c *Command) Files() []string {
	r := c.Request()
	if r == nil {
		return nil
	}
	var files []string
	if r.File != "" {
		files = append(files, r.File)
	}
	for _, part := range r.Parts {
		if _, file, ok := strings.Cut(part, "=@"); ok {
			files = append(files, file)
		}
	}
	return files
}

// A Comparison is the tail of a claim: nothing, OP VALUE or is TYPE.
type Comparison struct {
	// Op is "" when presence is enough, "is" for a type, else an operator.
	Op    string
	Value string
}

// Operators lists the operators.
func Operators() []string {
	return []string{"==", "!=", "<", "<=", ">", ">=", "~", "contains"}
}

// Types lists the types of `is`.
func Types() []string {
	return []string{"string", "integer", "number", "boolean", "array", "object", "null"}
}

// ParseComparison reads the words after a path, a header or a field.
func ParseComparison(words []string) (Comparison, error) {
	if len(words) == 0 {
		return Comparison{}, nil
	}
	c := Comparison{Op: words[0], Value: strings.Join(words[1:], " ")}
	switch {
	case c.Op == "is":
		if !slices.Contains(Types(), c.Value) {
			return c, errors.New(strict.Unknown("type", c.Value, Types()))
		}
	case !slices.Contains(Operators(), c.Op):
		return c, errors.New(strict.Unknown("operator", c.Op, append(Operators(), "is")))
	case len(words) < 2:
		return c, fmt.Errorf("a value must follow %s", c.Op)
	case c.Op == "~" && !strings.Contains(c.Value, "{"):
		if _, err := regexp.Compile(c.Value); err != nil {
			return c, fmt.Errorf("cannot read the pattern: %w", err)
		}
	}
	return c, nil
}

// MatchStatus reports whether a status is the wanted one, such as 404 or 4xx.
func MatchStatus(want string, status int) bool {
	if first, ok := strings.CutSuffix(want, "xx"); ok {
		return first == strconv.Itoa(status/100)
	}
	return want == strconv.Itoa(status)
}

var statusPattern = regexp.MustCompile(`^[1-5](xx|[0-9][0-9])$`)

func count(least, most int, usage string) func([]string) error {
	return func(args []string) error {
		if len(args) < least || len(args) > most {
			return fmt.Errorf("must be `%s`", usage)
		}
		return nil
	}
}

func checkNeeds(args []string) error {
	switch {
	case len(args) == 1 && slices.Contains([]string{"clock", "limits", "webhooks"}, args[0]):
		return nil
	case len(args) == 2 && (args[0] == "input" || args[0] == "feature"):
		return nil
	}
	return errors.New("must be `needs clock`, `needs limits`, `needs webhooks`, `needs input NAME` or `needs feature NAME`")
}

func checkRequest(method string) func([]string) error {
	return func(args []string) error {
		_, err := ParseRequest(append([]string{method}, args...))
		return err
	}
}

func checkInvalid(args []string) error {
	_, err := ParseRequest(args)
	return err
}

func checkCreated(args []string) error {
	if err := count(1, 2, "created NAME [FIELD]")(args); err != nil {
		return err
	}
	return checkName(args[0])
}

func checkName(name string) error {
	if !namePattern.MatchString(name) {
		return fmt.Errorf("%q is not a name: letters, digits and _", name)
	}
	if slices.Contains(Given(), name) {
		return fmt.Errorf("the name %q is taken", name)
	}
	return nil
}

// Given lists the names that are always set.
func Given() []string { return []string{"unknown", "unique", "base", "receiver"} }

func checkStatus(args []string) error {
	if len(args) == 0 {
		return errors.New("must be `status WANT...`, such as 404 or 2xx")
	}
	for _, want := range args {
		if !statusPattern.MatchString(want) {
			return fmt.Errorf("%q is not a status such as 404 or 2xx", want)
		}
	}
	return nil
}

func checkHeader(args []string) error {
	if len(args) == 0 {
		return errors.New("must be `header NAME [OP VALUE]`")
	}
	c, err := ParseComparison(args[1:])
	if err == nil && c.Op == "is" {
		return errors.New("a header is text; use ~ to look at its form")
	}
	return err
}

func checkJSON(args []string) error {
	if len(args) == 0 {
		return errors.New("must be `json PATH`, `json PATH OP VALUE` or `json PATH is TYPE`")
	}
	_, err := ParseComparison(args[1:])
	return err
}

func checkFind(args []string) error {
	if len(args) < 3 {
		return errors.New("must be `find FIELD == VALUE`")
	}
	c, err := ParseComparison(args[1:])
	if err == nil && c.Op == "is" {
		return errors.New("find compares with a value; look at the type with `json @found.FIELD is TYPE`")
	}
	return err
}

// A Capture is the grammar of capture: NAME PATH [~ PATTERN] or NAME header HEADER [~ PATTERN].
type Capture struct {
	Name string
	// Path is where the value stands in the body; "" if it is that of Header.
	Path, Header string
	// Pattern cuts the value out of a longer text: what its first group matches, without groups the whole match. Nil
	// keeps everything.
	Pattern *regexp.Regexp
}

// ParseCapture reads the words after capture.
func ParseCapture(words []string) (*Capture, error) {
	usage := errors.New("must be `capture NAME PATH [~ PATTERN]` or `capture NAME header HEADER [~ PATTERN]`")
	if len(words) < 2 {
		return nil, usage
	}
	c := &Capture{Name: words[0]}
	rest := words[2:]
	if c.Path = words[1]; c.Path == "header" && len(rest) > 0 && rest[0] != "~" {
		c.Path, c.Header = "", rest[0]
		rest = rest[1:]
	}
	switch {
	case len(rest) == 0:
	case len(rest) == 2 && rest[0] == "~":
		var err error
		if c.Pattern, err = regexp.Compile(rest[1]); err != nil {
			return nil, fmt.Errorf("cannot read the pattern: %w", err)
		}
	default:
		return nil, usage
	}
	return c, checkName(c.Name)
}

// Cut takes out of a text what the pattern wants; false if it does not match.
func (c *Capture) Cut(text string) (string, bool) {
	if c.Pattern == nil {
		return text, true
	}
	found := c.Pattern.FindStringSubmatch(text)
	switch len(found) {
	case 0:
		return "", false
	case 1:
		return found[0], true
	}
	return found[1], true
}

func checkCapture(args []string) error {
	_, err := ParseCapture(args)
	return err
}

func checkJWT(args []string) error {
	if len(args) < 2 {
		return errors.New("must be `jwt PATH header.NAME OP VALUE` or `jwt PATH payload.NAME OP VALUE`")
	}
	if !strings.HasPrefix(args[1], "header.") && !strings.HasPrefix(args[1], "payload.") {
		return fmt.Errorf("%q must begin with `header.` or `payload.` and name something", args[1])
	}
	_, err := ParseComparison(args[2:])
	return err
}

func checkAdvance(args []string) error {
	if err := count(1, 1, "advance DURATION")(args); err != nil {
		return err
	}
	d, err := Duration(args[0])
	if err == nil && d <= 0 {
		return errors.New("the clock can only move forwards")
	}
	return err
}

// Duration reads a duration such as 61m or 7d.
func Duration(text string) (time.Duration, error) { return strict.ParseDuration(text) }

func checkExhaust(args []string) error {
	if len(args) < 3 {
		return errors.New("must be `exhaust LIMIT METHOD PATH [FILE]`")
	}
	_, err := ParseRequest(args[1:])
	return err
}

func checkReceiver(args []string) error {
	if len(args) == 0 {
		return errors.New("must be `receiver STATUS...`, such as 500 204")
	}
	for _, status := range args {
		if !statusPattern.MatchString(status) || strings.HasSuffix(status, "xx") || status < "200" {
			return fmt.Errorf("%q is not a status to answer with, such as 204 or 500", status)
		}
	}
	return nil
}
