package conformance

import (
	"cmp"
	"maps"
	"slices"

	"understudy.dev/specs"
)

// report puts together what the run has found.
func (su *suite) report(checks []*check, left []LeftOver) *Report {
	r := &Report{
		Schema: Schema, API: su.api.Name, Title: su.api.Document.Title(), Version: su.api.Document.Version(),
		Target: TargetInfo{Name: su.target.Name, Bases: su.bases, Clock: su.wire.HasClock()},
		Basis:  string(specs.Documented), Selected: su.options.Run, Strict: su.options.Strict, RunID: su.options.ID,
		Requests: su.wire.Sent(), Totals: counters(), Left: left,
	}
	if r.Target.Name == "" {
		r.Target.Name = su.bases[DefaultBase]
	}
	if su.options.Assumed {
		r.Basis = "all"
	}
	if su.hear != nil {
		r.Deliveries = su.hear.Count()
	}
	for _, c := range checks {
		c.result.Message, c.result.Expected, c.result.Got =
			su.secrets.Text(c.result.Message), su.secrets.Text(c.result.Expected), su.secrets.Text(c.result.Got)
		for _, e := range c.exchanges {
			c.result.Exchanges = append(c.result.Exchanges, su.printed(e))
		}
		r.Checks = append(r.Checks, c.result)
		if !c.outOfScope {
			r.Totals[c.result.Outcome]++
		}
	}
	for _, passive := range su.passiveResults() {
		r.Checks = append(r.Checks, passive)
		r.Totals[passive.Outcome]++
	}
	su.judgeRequirements(r)
	r.Operations = su.operationResults()
	return r
}

func counters() map[Outcome]int {
	all := map[Outcome]int{}
	for _, o := range Outcomes() {
		all[o] = 0
	}
	return all
}

// passiveResults makes one failed check of all that was seen broken of one requirement.
func (su *suite) passiveResults() []*CheckResult {
	slices.SortStableFunc(su.passive, func(a, b sighting) int {
		return cmp.Or(cmp.Compare(a.check.index, b.check.index), cmp.Compare(a.line, b.line), cmp.Compare(a.violation.Pointer, b.violation.Pointer))
	})
	matches, err := selector(su.options.Run)
	var results []*CheckResult
	for _, requirement := range su.requirements() {
		id := "passive/" + requirement.ID
		if err != nil || !matches(id) {
			continue
		}
		var result *CheckResult
		for _, seen := range su.passive {
			if seen.requirement != requirement {
				continue
			}
			if result == nil {
				result = su.passiveResult(id, seen)
				results = append(results, result)
				continue
			}
			result.Also = append(result.Also, su.secrets.Text(seen.check.id+": "+seen.violation.Message))
		}
	}
	return results
}

func (su *suite) passiveResult(id string, seen sighting) *CheckResult {
	result := &CheckResult{
		ID: id, Requirement: seen.requirement.ID, Level: string(seen.requirement.Level), Text: seen.requirement.Text,
		Blast: string(reads), Outcome: Fail, File: seen.check.file.Path, Line: seen.line,
		Message:  su.secrets.Text("seen in " + seen.check.id + ": " + seen.violation.Message),
		Expected: su.secrets.Text(seen.violation.Expected), Got: su.secrets.Text(seen.violation.Got),
		Exchanges: []Exchange{su.printed(seen.exchange)},
	}
	if reason, known := su.options.KnownFailures[id]; known {
		result.Outcome = ExpectedFail
		result.Message += " (known: " + reason + ")"
	}
	return result
}

// judgeRequirements derives the outcome of each requirement, the counts and the verdict.
func (su *suite) judgeRequirements(r *Report) {
	r.Scope = Scope{Must: counters(), Should: counters()}
	r.Verdict = Conformant
	for _, requirement := range su.requirements() {
		result := su.requirementResult(requirement, r.Checks)
		r.Requirements = append(r.Requirements, result)
		switch {
		case result.Excused:
			r.Scope.Excused++
		case requirement.Basis == specs.Assumed && !su.options.Assumed:
			r.Scope.Assumed++
		case requirement.Level == specs.Must:
			r.Scope.Must[result.Outcome]++
			r.Verdict = r.Verdict.with(result.Outcome)
		default:
			r.Scope.Should[result.Outcome]++
			if su.options.Strict && result.Outcome.failed() {
				r.Verdict = NonConformant
			}
		}
	}
	if len(su.requirements()) == 0 {
		r.Verdict = Partial // nothing was promised, so nothing was kept
	}
}

// with is the verdict after one more requirement that must be kept.
func (v Verdict) with(o Outcome) Verdict {
	switch {
	case v == NonConformant, o.failed():
		return NonConformant
	case o == Pass, o == NotApplicable, o == UnexpectedPass:
		return v
	}
	return Partial
}

// failed reports whether the target broke what it should keep, expectedly or not.
func (o Outcome) failed() bool { return o == Fail || o == ExpectedFail }

func (su *suite) requirementResult(requirement *specs.Requirement, checks []*CheckResult) *RequirementResult {
	result := &RequirementResult{
		ID: requirement.ID, Level: string(requirement.Level), Basis: string(requirement.Basis), Text: requirement.Text,
		Source: requirement.Source, Checks: []string{},
	}
	var outcomes []Outcome
	for _, c := range checks {
		if c.Requirement == requirement.ID {
			result.Checks = append(result.Checks, c.ID)
			outcomes = append(outcomes, c.Outcome)
		}
	}
	result.Outcome = worst(outcomes)
	switch {
	case len(outcomes) > 0:
	case requirement.Excuse != nil:
		result.Excused = true
		result.Reason = string(requirement.Excuse.Reason) + ": " + requirement.Excuse.Text
	default:
		result.Reason = "there is no check"
	}
	return result
}

// operationResults lists what was seen of each operation, in document order.
func (su *suite) operationResults() []*OperationResult {
	order := map[string]int{}
	for i, op := range su.api.Document.Operations() {
		order[op.ID] = i
	}
	return slices.SortedFunc(maps.Values(su.coverage), func(a, b *OperationResult) int {
		return cmp.Or(cmp.Compare(order[a.Operation], order[b.Operation]), cmp.Compare(a.Status, b.Status), cmp.Compare(a.MediaType, b.MediaType))
	})
}

// ExitCode is what a command should exit with: 130 after an interrupt, 1 if a MUST failed or passed unexpectedly, else
// 2 if there is an error or if no check passed or failed, else 0. A strict one counts SHOULD like MUST, and is 1 unless
// the target is conformant.
func (r *Report) ExitCode(o *Options) int {
	strict := r.Strict || o != nil && o.Strict
	failed, judged := false, false
	for _, c := range r.Checks {
		judged = judged || c.Outcome == Pass || c.Outcome == UnexpectedPass || c.Outcome.failed()
		if c.Outcome == Fail || c.Outcome == UnexpectedPass {
			failed = failed || strict || r.level(c) != string(specs.Should)
		}
	}
	switch {
	case r.Interrupted:
		return 130
	case failed:
		return 1
	case r.Totals[Error] > 0 || !judged:
		return 2
	case strict && r.Verdict != Conformant:
		return 1
	}
	return 0
}

// level is that of the check's requirement; a heading may be wrong.
func (r *Report) level(c *CheckResult) string {
	for _, requirement := range r.Requirements {
		if requirement.ID == c.Requirement {
			return requirement.Level
		}
	}
	return c.Level
}
