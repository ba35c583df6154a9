package journal

import (
	"encoding/json"
	"net/http"
	"slices"
	"time"
	"unicode/utf8"
)

// An Entry is one exchange as it is shown: secrets are replaced unless Options.Reveal is set. It is a copy.
type Entry struct {
	ID        string        `json:"id"`
	Time      time.Time     `json:"time"`
	Duration  time.Duration `json:"duration_ns"`
	World     string        `json:"world"`
	API       string        `json:"api"`
	Operation string        `json:"operation,omitempty"`
	Method    string        `json:"method"`
	Path      string        `json:"path"`
	Status    int           `json:"status"`
	Request   Shown         `json:"request"`
	Response  Shown         `json:"response"`
	Refusal   *Refusal      `json:"refusal,omitempty"`
	Fault     *Fault        `json:"fault,omitempty"`
	// Open is true while the answer is being sent, Broken why it broke off.
	Open   bool   `json:"open,omitempty"`
	Broken string `json:"broken,omitempty"`
	// Notes are what else is worth knowing, such as a preference that was ignored.
	Notes []string `json:"notes,omitempty"`
}

// Shown is one direction of an entry.
type Shown struct {
	Headers http.Header
	Body    []byte
	// Size is the length of the whole body; Body holds its beginning, and Truncated says that there is more.
	Size      int64
	Truncated bool
}

// MarshalJSON writes a body as text where it is text, and in base64 where it is not.
func (s Shown) MarshalJSON() ([]byte, error) {
	shown := struct {
		Headers   http.Header `json:"headers"`
		Body      string      `json:"body"`
		Base64    []byte      `json:"body_base64,omitempty"`
		Size      int64       `json:"size"`
		Truncated bool        `json:"truncated,omitempty"`
	}{Headers: s.Headers, Size: s.Size, Truncated: s.Truncated}
	if shown.Headers == nil {
		shown.Headers = http.Header{}
	}
	if utf8.Valid(s.Body) {
		shown.Body = string(s.Body)
	} else {
		shown.Base64 = s.Body
	}
	return json.Marshal(shown)
}

// A Filter selects entries; a zero field selects all.
type Filter struct {
	API       string
	Operation string
	Status    int
	// Limit keeps the newest ones; 0 keeps all.
	Limit int
}

func (f Filter) match(r *Record) bool {
	return (f.API == "" || f.API == r.API) &&
		(f.Operation == "" || f.Operation == r.Operation) &&
		(f.Status == 0 || f.Status == r.Status)
}

// Entries returns what the filter selects, oldest first. It is never nil.
func (j *Journal) Entries(f Filter) []Entry {
	records := j.records(f.match)
	if f.Limit > 0 && len(records) > f.Limit {
		records = records[len(records)-f.Limit:]
	}
	return j.show(records)
}

// Entry finds one exchange by its id.
func (j *Journal) Entry(id string) (Entry, bool) {
	for _, e := range j.show(j.records(func(r *Record) bool { return r.ID == id })) {
		return e, true
	}
	return Entry{}, false
}

// Redact shows a record that is not in the journal as one that is: bodies whole, secrets replaced.
func (j *Journal) Redact(r *Record) Entry { return newRedactor(&j.options).entry(r) }

func (j *Journal) show(records []Record) []Entry {
	entries := make([]Entry, 0, len(records))
	if len(records) == 0 {
		return entries
	}
	redact := newRedactor(&j.options)
	for i := range records {
		entries = append(entries, redact.entry(&records[i]))
	}
	return entries
}

func plain(r *Record) Entry {
	e := Entry{
		ID: r.ID, Time: r.Time, Duration: r.Duration,
		World: r.World, API: r.API, Operation: r.Operation,
		Method: r.Method, Path: r.Path, Status: r.Status,
		Request: shown(r.Request), Response: shown(r.Response),
		Open: r.Open, Broken: r.Broken, Notes: slices.Clone(r.Notes),
	}
	if r.Fault != nil {
		fault := *r.Fault
		e.Fault = &fault
	}
	if r.Refusal != nil {
		refusal := *r.Refusal
		e.Refusal = &refusal
	}
	return e
}

func shown(m Message) Shown {
	s := Shown{Headers: http.Header{}, Body: append([]byte(nil), m.Body...), Size: m.Size, Truncated: m.Size > int64(len(m.Body))}
	for _, h := range m.Headers {
		s.Headers.Add(h.Name, h.Value)
	}
	return s
}
