package conformance

import "slices"

// Outcome is what became of a check or of a requirement. The list is closed.
type Outcome string

// The outcomes.
const (
	Pass Outcome = "pass"
	Fail Outcome = "fail"
	// Error is a fault of the harness, of a check or of the way to the target; it never accuses the target.
	Error Outcome = "error"
	// ExpectedFail and UnexpectedPass are what known failures become.
	ExpectedFail   Outcome = "expected-fail"
	UnexpectedPass Outcome = "unexpected-pass"
	// NotApplicable means that the target does not claim the feature.
	NotApplicable Outcome = "not-applicable"
	// NotRun means excluded or blocked.
	NotRun Outcome = "not-run"
	// NotObserved means that time, quota or input could not be had here.
	NotObserved Outcome = "not-observed"
)

// Outcomes lists every outcome, the worst first. The outcome of a requirement is the worst of its checks.
func Outcomes() []Outcome {
	return []Outcome{Error, Fail, ExpectedFail, UnexpectedPass, NotRun, NotObserved, Pass, NotApplicable}
}

// worst returns the worst outcome, or NotRun for none.
func worst(outcomes []Outcome) Outcome {
	for _, o := range Outcomes() {
		if slices.Contains(outcomes, o) {
			return o
		}
	}
	return NotRun
}

// Verdict sums a report up.
type Verdict string

// The verdicts. Conformant means that every MUST in scope passed or does not apply; NonConformant that one failed,
// expectedly or not; Partial is everything between.
const (
	Conformant    Verdict = "conformant"
	Partial       Verdict = "partial"
	NonConformant Verdict = "non-conformant"
)
