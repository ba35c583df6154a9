package script_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"understudy.dev/conformance/internal/script"
)

const sample = `## A comment.
as main

# TOY-1 MUST one
GET /a '-H' 'X: a''b $HOME # c'
status 200

# TOY-1 MUST two
needs clock
! json x == $y
status 404
-- a.json --
{}
# not a heading
-- b.json --
[]
`

func TestParse(t *testing.T) {
	t.Parallel()
	f := script.Parse("checks/a.txtar", []byte(sample))
	assert.Equal(t, "a", f.Name)
	assert.Empty(t, f.Problems)
	require.Len(t, f.Sections, 2)
	one, two := f.Sections[0], f.Sections[1]
	assert.Equal(t, []string{"a/TOY-1", "a/TOY-1/2"}, []string{one.ID(f), two.ID(f)})
	assert.Equal(t, []int{4, 8}, []int{one.Line, two.Line})
	assert.Equal(t, "MUST", two.Level)
	assert.Equal(t, "two", two.Title)
	assert.Equal(t, &script.Command{Line: 2, Verb: "as", Args: []string{"main"}, Setup: true}, f.Setup[0])
	assert.Equal(t, []string{"/a", "-H", "X: a'b $HOME # c"}, one.Commands[0].Args)
	assert.Equal(t, &script.Command{Line: 10, Negated: true, Verb: "json", Args: []string{"x", "==", "$y"}}, two.Commands[1])
	assert.Equal(t, 15, f.Bodies["b.json"].Line)
	assert.Equal(t, "{}\n# not a heading\n", string(f.Bodies["a.json"].Data))
	assert.Equal(t, `GET /a -H 'X: a''b $HOME # c'`, one.Commands[0].String())
}

// TestRun holds that a section runs after the set-up, alone, with its words unchanged and its line numbers kept.
func TestRun(t *testing.T) {
	t.Setenv("y", "expanded")
	f := script.Parse("checks/a.txtar", []byte(sample))
	for i, want := range [][]string{
		{"2 as [main]", "5 GET [/a -H X: a'b $HOME # c]", "6 status [200]"},
		{"2 as [main]", "9 needs [clock]", "10 json [x == $y]", "11 status [404]"},
	} {
		var ran []string
		err := script.Run(t.Context(), f, f.Sections[i], func(_ context.Context, c *script.Command) (*script.Claim, error) {
			ran = append(ran, fmt.Sprint(c.Line, " ", c.Verb, " ", c.Args))
			if c.Claims() {
				return &script.Claim{Holds: !c.Negated}, nil
			}
			return nil, nil
		})
		require.NoError(t, err)
		assert.Equal(t, want, ran)
	}
}

// TestNegation holds that only claims can be negated, and errors never are.
func TestNegation(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	for name, test := range map[string]struct {
		line  string
		claim *script.Claim
		err   error
		want  string
	}{
		"holds":               {"status 200", &script.Claim{Holds: true}, nil, ""},
		"does not hold":       {"status 200", &script.Claim{Expected: "a", Got: "b"}, nil, "status 200: expected a, got b"},
		"negated, holds":      {"! status 200", &script.Claim{Holds: true, Expected: "a", Got: "b"}, nil, "! status 200: expected not a, got b"},
		"negated, does not":   {"! status 200", &script.Claim{}, nil, ""},
		"an error":            {"status 200", nil, broken, "status 200: broken"},
		"a negated error":     {"! status 200", nil, broken, "! status 200: broken"},
		"a claim is missing":  {"status 200", nil, nil, "status 200: internal error: a claim is missing, or one too many"},
		"a claim is too much": {"GET /", &script.Claim{}, nil, "GET /: internal error: a claim is missing, or one too many"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := script.Parse("a.txtar", []byte("# R MUST x\n"+test.line+"\nstatus 201\n"))
			err := script.Run(t.Context(), f, f.Sections[0], func(_ context.Context, c *script.Command) (*script.Claim, error) {
				if c.Line == 3 {
					return &script.Claim{Holds: true}, nil
				}
				return test.claim, test.err
			})
			if test.want == "" {
				require.NoError(t, err)
				return
			}
			assert.EqualError(t, err, test.want)
			assert.Equal(t, test.err != nil, errors.Is(err, broken))
			var failure *script.Failure
			if errors.As(err, &failure) {
				assert.Equal(t, 2, failure.Command.Line)
			}
		})
	}
}

// TestRunStops holds that a section ends with its context, survives a panic, and leaves nothing behind.
func TestRunStops(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	t.Setenv("GOTMPDIR", dir)
	f := script.Parse("a.txtar", []byte("# R MUST x\nGET /\nstatus 200\n"))
	ctx, cancel := context.WithCancel(t.Context())
	err := script.Run(ctx, f, f.Sections[0], func(_ context.Context, c *script.Command) (*script.Claim, error) {
		cancel()
		return nil, nil
	})
	assert.ErrorIs(t, err, context.Canceled)
	err = script.Run(t.Context(), f, f.Sections[0], func(context.Context, *script.Command) (*script.Claim, error) {
		panic("at the disco")
	})
	assert.ErrorContains(t, err, "internal error: at the disco")
	left, err := os.ReadDir(dir)
	require.NoError(t, err)
	for _, entry := range left {
		// testscript leaves its directory behind when a command panics; there is nothing of a check in it.
		files, err := filepath.Glob(filepath.Join(dir, entry.Name(), "*", "*"))
		require.NoError(t, err)
		assert.Empty(t, files)
	}
}

// TestRunTogether holds that sections do not know of each other, and that bodies are never written to disk.
func TestRunTogether(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	t.Setenv("GOTMPDIR", dir)
	var text strings.Builder
	for i := range 30 {
		fmt.Fprintf(&text, "# R-%d MUST x\nGET /%d\nstatus 200\n", i, i)
	}
	text.WriteString("-- body.json --\n{\"secret\": \"body\"}\n")
	f := script.Parse("a.txtar", []byte(text.String()))
	var group sync.WaitGroup
	for i, s := range f.Sections {
		group.Go(func() {
			err := script.Run(t.Context(), f, s, func(_ context.Context, c *script.Command) (*script.Claim, error) {
				if c.Verb == "GET" {
					assert.Equal(t, []string{fmt.Sprint("/", i)}, c.Args)
					return nil, nil
				}
				_ = filepath.WalkDir(dir, func(path string, _ os.DirEntry, _ error) error {
					assert.NotContains(t, path, "body.json")
					return nil
				})
				return &script.Claim{Holds: true}, nil
			})
			assert.NoError(t, err)
		})
	}
	group.Wait()
	left, err := os.ReadDir(dir)
	require.NoError(t, err)
	assert.Empty(t, left)
}

func TestParseRequest(t *testing.T) {
	t.Parallel()
	r, err := script.ParseRequest([]string{"PUT", "/a", "-u", "a:b", "b.json", "-H", "X: 1", "-H", "Y:2"})
	require.NoError(t, err)
	assert.Equal(t, &script.Request{Method: "PUT", Path: "/a", File: "b.json", Headers: []string{"X: 1", "Y:2"}, User: "a:b"}, r)
	r, err = script.ParseRequest([]string{"POST", "/a", "-F", "a=b", "-F", "f=@x.txt"})
	require.NoError(t, err)
	assert.Equal(t, []string{"a=b", "f=@x.txt"}, r.Parts)
	for _, words := range []string{
		"GET", "TRACE /a", "GET a", "GET /a b.json c.json", "GET /a -H", "GET /a -H x", "GET /a -u x", "GET /a -F =x", "GET /a -F x",
		"GET /a b.json -F x=y", "GET /a --compressed",
	} {
		_, err := script.ParseRequest(strings.Fields(words))
		assert.Error(t, err, words)
	}
}

func TestMatchStatus(t *testing.T) {
	t.Parallel()
	assert.True(t, script.MatchStatus("404", 404))
	assert.True(t, script.MatchStatus("4xx", 404))
	assert.False(t, script.MatchStatus("4xx", 500))
	assert.False(t, script.MatchStatus("40", 404))
}

// FuzzParse holds that any text parses without a panic, and that what has no problems runs as it was parsed.
func FuzzParse(f *testing.F) {
	f.Add([]byte(sample))
	for _, seed := range []string{
		"", "#", "# ", "##", "# A MUST x\n!\n", "# A MUST x\nGET /a '\n", "-- a --\n", "# A MUST x\r\nGET /\r\nstatus 200\r\n",
		"# A MUST x\n[short] GET /\n", "# A MUST x\nGET /a$b${c}\n! status 2xx\n", "# A MUST x\nstatus 200 ''\n", "\x00# A\n",
		"# A MUST x\nheader 'a\tb' == '''' \nstatus 200",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		file := script.Parse("a.txtar", data)
		lines := strings.Count(string(data), "\n") + 1
		for _, s := range file.Sections {
			for _, p := range s.Problems {
				if p.Line < 1 || p.Line > lines+1 || p.Message == "" {
					t.Fatalf("a problem nowhere: %+v", p)
				}
			}
			if len(s.Problems) > 0 {
				continue
			}
			var ran []*script.Command
			err := script.Run(context.Background(), file, s, func(_ context.Context, c *script.Command) (*script.Claim, error) {
				ran = append(ran, c)
				if c.Line < 1 || c.Line > lines {
					t.Fatalf("%s is in line %d of %d", c, c.Line, lines)
				}
				if c.Claims() {
					return &script.Claim{Holds: !c.Negated}, nil
				}
				return nil, nil
			})
			if err != nil {
				t.Fatalf("%q: %v", data, err)
			}
			if !slices.Equal(ran, file.All(s)) {
				t.Fatalf("%q: ran %v of %v", data, ran, file.All(s))
			}
		}
	})
}
