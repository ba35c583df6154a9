package conformance

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
)

// TextOptions change how a report is written. A nil *TextOptions means the zero value.
type TextOptions struct {
	// Verbose lists every check, not only those that did not pass.
	Verbose bool
}

// WriteText writes the report for people: what failed with the exchange to blame, what could not be judged and why, and
// the counts. The error is that of w.
func (r *Report) WriteText(w io.Writer, o *TextOptions) error {
	t := &text{r: r, requirements: map[string]*RequirementResult{}}
	for _, requirement := range r.Requirements {
		t.requirements[requirement.ID] = requirement
	}
	t.line("%s %s against %s", r.Title, r.Version, r.Target.Name)
	for _, c := range r.Checks {
		if c.Outcome == Fail || c.Outcome == Error || c.Outcome == UnexpectedPass {
			t.failure(c)
		}
	}
	if o != nil && o.Verbose {
		t.all()
	} else {
		t.reasons()
	}
	t.summary()
	_, err := io.WriteString(w, t.out.String())
	return err
}

// text is a report being written.
type text struct {
	r            *Report
	requirements map[string]*RequirementResult
	out          strings.Builder
}

func (t *text) line(format string, args ...any) { fmt.Fprintf(&t.out, format+"\n", args...) }

// failure tells all that is known about a check that failed.
func (t *text) failure(c *CheckResult) {
	t.line("")
	level := c.Level
	requirement := t.requirements[c.Requirement]
	if requirement != nil {
		level = requirement.Level
	}
	t.line("%s  %s %s: %s", strings.ToUpper(string(c.Outcome)), c.Requirement, level, c.Text)
	if requirement != nil {
		t.line("  required  %s", requirement.Text)
		if requirement.Source != "" {
			t.line("  source    %s", requirement.Source)
		}
	}
	t.line("  check     %s (%s:%d)", c.ID, c.File, c.Line)
	if c.Message != "" {
		t.line("  at        %s", c.Message)
	}
	if c.Expected != "" || c.Got != "" {
		t.line("  expected  %s", c.Expected)
		t.line("  got       %s", c.Got)
	}
	for i, also := range c.Also {
		if i == 3 {
			t.line("  also      in %d more", len(c.Also)-i)
			break
		}
		t.line("  also      %s", also)
	}
	if len(c.Exchanges) > 0 {
		t.exchange(&c.Exchanges[len(c.Exchanges)-1])
	}
}

func (t *text) exchange(e *Exchange) {
	t.line("")
	who := ""
	if e.Received {
		who = " (sent by the target)"
	}
	t.line("    %s %s%s", e.Method, e.URL, who)
	t.headers("Authorization", e.Headers)
	t.body(e.Body)
	if e.Response != nil {
		t.line("    -> %d %s", e.Response.Status, e.Response.Headers["Content-Type"])
		t.headers("Www-Authenticate Location Retry-After Link", e.Response.Headers)
		t.body(e.Response.Body)
	}
	if e.Curl != "" {
		t.line("")
		t.line("    %s", e.Curl)
	}
}

func (t *text) headers(names string, headers map[string]string) {
	for name := range strings.FieldsSeq(names) {
		if value := headers[name]; value != "" {
			t.line("    %s: %s", name, value)
		}
	}
}

// body writes the beginning of a body.
func (t *text) body(body string) {
	const most = 20
	lines := strings.Split(strings.TrimRight(body, "\n"), "\n")
	for i, line := range lines {
		if i == most {
			t.line("    … (%d lines)", len(lines))
			return
		}
		if line != "" {
			t.line("    %s", line)
		}
	}
}

// reasons lists, for each reason, the checks that were not judged for it.
func (t *text) reasons() {
	type group struct {
		outcome Outcome
		reason  string
		ids     []string
	}
	var groups []*group
	for _, c := range t.r.Checks {
		switch c.Outcome {
		case Pass, Fail, Error, UnexpectedPass:
			continue
		}
		i := slices.IndexFunc(groups, func(g *group) bool { return g.outcome == c.Outcome && g.reason == c.Message })
		if i < 0 {
			i = len(groups)
			groups = append(groups, &group{outcome: c.Outcome, reason: c.Message})
		}
		groups[i].ids = append(groups[i].ids, c.ID)
	}
	slices.SortStableFunc(groups, func(a, b *group) int {
		return cmp.Compare(slices.Index(Outcomes(), a.outcome), slices.Index(Outcomes(), b.outcome))
	})
	if len(groups) > 0 {
		t.line("")
	}
	for _, g := range groups {
		t.line("%-14s %s: %s", g.outcome, g.reason, few(g.ids))
	}
}

// all lists every check.
func (t *text) all() {
	t.line("")
	for _, c := range t.r.Checks {
		line := fmt.Sprintf("%-14s %s  %s", c.Outcome, c.ID, c.Text)
		if c.Message != "" && c.Outcome != Fail && c.Outcome != Error {
			line += " (" + c.Message + ")"
		}
		t.line("%s", line)
	}
}

func (t *text) summary() {
	r := t.r
	t.line("")
	t.line("MUST    %s", counts(r.Scope.Must))
	if total(r.Scope.Should) > 0 {
		t.line("SHOULD  %s", counts(r.Scope.Should))
	}
	if r.Scope.Assumed > 0 {
		t.line("        %d assumed requirements are not judged; --basis all adds them", r.Scope.Assumed)
	}
	if r.Scope.Excused > 0 {
		t.line("        %d requirements are excused: no check can test them", r.Scope.Excused)
	}
	t.line("checks  %s; %d requests", counts(r.Totals), r.Requests)
	t.left()
	if r.Interrupted {
		t.line("interrupted")
	}
	t.line("verdict: %s", r.Verdict)
}

// left lists what was left behind, by place and reason.
func (t *text) left() {
	seen := map[[2]string]bool{}
	for _, first := range t.r.Left {
		key := [2]string{first.Path, first.Reason}
		if seen[key] {
			continue
		}
		seen[key] = true
		var ids []string
		for _, left := range t.r.Left {
			if left.Path == first.Path && left.Reason == first.Reason {
				ids = append(ids, left.ID)
			}
		}
		t.line("left behind at %s: %s (%s)", first.Path, few(ids), first.Reason)
	}
}

// few lists the first of some names.
func few(names []string) string {
	const most = 4
	list := strings.Join(names[:min(len(names), most)], ", ")
	if more := len(names) - most; more > 0 {
		list += fmt.Sprintf(" and %d more", more)
	}
	return list
}

func total(by map[Outcome]int) int {
	sum := 0
	for _, n := range by {
		sum += n
	}
	return sum
}

// counts words the counts: "12 of 14 passed, 1 fail, 1 not-observed".
func counts(by map[Outcome]int) string {
	out := fmt.Sprintf("%d of %d passed", by[Pass], total(by))
	for _, o := range Outcomes() {
		if o != Pass && by[o] > 0 {
			out += fmt.Sprintf(", %d %s", by[o], o)
		}
	}
	return out
}
