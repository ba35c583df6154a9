package conformance

import "time"

// Schema names the version of the JSON form of a Report.
const Schema = "understudy/report/v1"

// A Report is what a run found. Its JSON form is versioned by Schema; names are only ever added. Nothing in it holds a
// secret that the run was handed or was given by the target.
type Report struct {
	Schema string `json:"schema"`
	// API is the name of the API, Title and Version are those of its document.
	API     string     `json:"api"`
	Title   string     `json:"title"`
	Version string     `json:"version"`
	Target  TargetInfo `json:"target"`
	// Basis is "documented" or "all".
	Basis string `json:"basis"`
	// Selected is the pattern that selected the checks, "" for all.
	Selected string `json:"selected,omitempty"`
	Strict   bool   `json:"strict"`
	// RunID is what the run called itself.
	RunID    string        `json:"run_id"`
	Started  time.Time     `json:"started"`
	Duration time.Duration `json:"duration_ns"`
	// Requests is the number of requests that were sent, clean-up included.
	Requests int `json:"requests"`
	// Deliveries is the number of webhook deliveries that were received.
	Deliveries int     `json:"deliveries,omitempty"`
	Verdict    Verdict `json:"verdict"`
	// Interrupted is true when the run was stopped before its end.
	Interrupted bool `json:"interrupted"`
	// Totals counts the checks in scope by outcome; every outcome is there.
	Totals map[Outcome]int `json:"totals"`
	// Scope counts the requirements apart.
	Scope        Scope                `json:"scope"`
	Requirements []*RequirementResult `json:"requirements"`
	// Checks are in the order of the files, then the passive ones in the order of the requirements.
	Checks []*CheckResult `json:"checks"`
	// Operations tell what was seen of each operation, in document order.
	Operations []*OperationResult `json:"operations"`
	// Left lists what the run created and could not remove.
	Left []LeftOver `json:"left"`
}

// TargetInfo says what was judged.
type TargetInfo struct {
	Name  string            `json:"name"`
	Bases map[string]string `json:"bases"`
	Clock bool              `json:"clock"`
}

// Scope counts requirements by outcome. Must and Should hold those that are judged; Assumed those that are not,
// because only documents were to be judged by; Excused those that no check can test.
type Scope struct {
	Must    map[Outcome]int `json:"must"`
	Should  map[Outcome]int `json:"should"`
	Assumed int             `json:"assumed"`
	Excused int             `json:"excused"`
}

// A RequirementResult is what became of one requirement.
type RequirementResult struct {
	ID     string `json:"id"`
	Level  string `json:"level"`
	Basis  string `json:"basis"`
	Text   string `json:"text"`
	Source string `json:"source,omitempty"`
	// Outcome is the worst of the checks.
	Outcome Outcome `json:"outcome"`
	// Reason says why there is no check; Excused is true when that leaves the verdict.
	Reason  string   `json:"reason,omitempty"`
	Excused bool     `json:"excused,omitempty"`
	Checks  []string `json:"checks"`
}

// A CheckResult is what became of one check.
type CheckResult struct {
	// ID is FILE/REQUIREMENT[/N], or passive/REQUIREMENT for what was seen in passing.
	ID          string  `json:"id"`
	Requirement string  `json:"requirement"`
	Level       string  `json:"level"`
	Text        string  `json:"text"`
	Blast       string  `json:"blast"`
	Outcome     Outcome `json:"outcome"`
	// File and Line are where the check failed, or where it begins.
	File    string `json:"file"`
	Line    int    `json:"line"`
	Message string `json:"message,omitempty"`
	// Expected and Got are set when an assertion failed.
	Expected string `json:"expected,omitempty"`
	Got      string `json:"got,omitempty"`
	// Also lists where else a passive check saw its fact broken.
	Also []string `json:"also,omitempty"`
	// Exchanges are the last ones of a check that did not pass, the one to blame last.
	Exchanges []Exchange `json:"exchanges,omitempty"`
}

// An Exchange is one request with its answer, free of secrets. Long bodies are cut.
type Exchange struct {
	// Received is true for the delivery of a webhook: the target sent it, and the response is the suite's.
	Received  bool              `json:"received,omitempty"`
	Operation string            `json:"operation,omitempty"`
	Method    string            `json:"method"`
	URL       string            `json:"url"`
	Headers   map[string]string `json:"headers"`
	Body      string            `json:"body,omitempty"`
	Response  *Response         `json:"response,omitempty"`
	// Curl repeats the request; redacted values are left as shell variables. It is empty for what was received.
	Curl string `json:"curl"`
}

// A Response is the answer of an Exchange.
type Response struct {
	Status  int               `json:"status"`
	Headers map[string]string `json:"headers"`
	Body    string            `json:"body,omitempty"`
}

// An OperationResult counts the answers of one kind.
type OperationResult struct {
	Operation string `json:"operation"`
	Status    int    `json:"status"`
	MediaType string `json:"media_type"`
	Attempts  int    `json:"attempts"`
	// Matches are the attempts whose answer kept to the document in force.
	Matches int `json:"matches"`
}

// A LeftOver is something that the run created and could not remove.
type LeftOver struct {
	// Path is where it was created, ID what it is called.
	Path   string `json:"path"`
	ID     string `json:"id"`
	Check  string `json:"check"`
	Reason string `json:"reason"`
}
