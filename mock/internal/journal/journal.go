// Package journal keeps the latest exchanges of one world, for people and for assertions: what was asked, what was
// answered, and why a request was refused.
//
// It is bounded in entries and in bytes, forgets the oldest first, and hides secrets when it is read (see Options). It
// is not a log: nothing is written anywhere, and what was pushed out is gone.
//
//	j := journal.New(nil)
//	j.Add(journal.Record{ID: "x_1", Method: "GET", Path: "/toys", Status: 401})
//	for _, e := range j.Entries(journal.Filter{Status: 401}) {
//		fmt.Println(e.Method, e.Path, e.Refusal)
//	}
package journal

import (
	"sync"
	"time"
)

// The bounds that hold where Options say nothing.
const (
	DefaultEntries = 1000
	DefaultBody    = 16 << 10
	DefaultBytes   = 16 << 20
)

// Options bound a journal. A nil *Options means the zero value.
type Options struct {
	// Entries is the number of exchanges kept; 0 means DefaultEntries.
	Entries int
	// Body is the number of bytes kept of each body; 0 means DefaultBody, negative keeps none.
	Body int
	// Bytes bounds the bodies of all entries together; 0 means DefaultBytes.
	Bytes int
	// Reveal shows secrets. By default they are replaced when entries are read.
	Reveal bool
	// Names are further names of headers, parameters and fields whose values are secret.
	Names []string
	// Known, if not nil, gives the secrets that are known when entries are read; they are replaced wherever they
	// stand.
	Known func() []string
}

// A Refusal says why a request was refused: which stage, and by which rule.
type Refusal struct {
	Stage string `json:"stage"`
	// Problem is the name of the problem; Rule what it broke: a limit, a security scheme, a keyword.
	Problem string `json:"problem"`
	Rule    string `json:"rule,omitempty"`
	// Pointer is a JSON pointer into the API's document.
	Pointer string `json:"pointer,omitempty"`
	// Instance is a JSON pointer into the body, or the name of a parameter.
	Instance string `json:"instance,omitempty"`
	Expected string `json:"expected,omitempty"`
	Got      string `json:"got,omitempty"`
	Detail   string `json:"detail"`
}

// A Fault is what happened to a request because somebody asked for it.
type Fault struct {
	// Rule is the id of the rule, or of several; "Prefer" stands for the request itself.
	Rule string `json:"rule"`
	// Effect is how the request ended: the name of a problem, a status, reset or truncate; "" if it was only delayed.
	Effect string        `json:"effect,omitempty"`
	Delay  time.Duration `json:"delay_ns,omitempty"`
}

// A Header is one header line.
type Header struct{ Name, Value string }

// A Message is one direction of an exchange.
type Message struct {
	Headers []Header
	// Body is what was sent, cut by Add. It is kept without a copy and must not change.
	Body []byte
	// Size is the length of the whole body, which may be more than Body.
	Size int64
}

// A Record is one exchange as it happened, secrets included.
type Record struct {
	ID        string
	Time      time.Time
	Duration  time.Duration
	World     string
	API       string
	Operation string
	Method    string
	// Path is the request target as it was sent, the query included.
	Path     string
	Status   int
	Request  Message
	Response Message
	// Refusal is nil when the request was not refused.
	Refusal *Refusal
	// Fault is what went wrong on purpose, nil without anything.
	Fault *Fault
	// Open is true while the answer is being sent, Broken why it broke off.
	Open   bool
	Broken string
	// Notes are what else is worth knowing.
	Notes []string
	// Secrets are values that the caller presented as credentials.
	Secrets []string
}

func (r *Record) bytes() int { return len(r.Request.Body) + len(r.Response.Body) }

// A Journal holds the latest exchanges. It is safe for concurrent use.
type Journal struct {
	options Options

	mu      sync.Mutex
	ring    []Record // grows up to options.Entries, then wraps
	oldest  int      // index of the oldest record
	count   int
	bytes   int
	dropped uint64
}

// New makes an empty journal.
func New(o *Options) *Journal {
	j := &Journal{}
	if o != nil {
		j.options = *o
	}
	if j.options.Entries <= 0 {
		j.options.Entries = DefaultEntries
	}
	if j.options.Body == 0 {
		j.options.Body = DefaultBody
	}
	if j.options.Bytes <= 0 {
		j.options.Bytes = DefaultBytes
	}
	return j
}

// Add appends a record, pushing out the oldest ones where a bound is reached.
func (j *Journal) Add(r Record) {
	r.Request.Body = j.cut(r.Request.Body)
	r.Response.Body = j.cut(r.Response.Body)

	j.mu.Lock()
	defer j.mu.Unlock()
	for j.count > 0 && (j.count == j.options.Entries || j.bytes+r.bytes() > j.options.Bytes) {
		j.drop()
	}
	if len(j.ring) < j.options.Entries && j.oldest+j.count == len(j.ring) {
		j.ring = append(j.ring, r)
	} else {
		j.ring[(j.oldest+j.count)%len(j.ring)] = r
	}
	j.count++
	j.bytes += r.bytes()
}

// Amend changes a record that was added before, if it is still there. change must not use the journal.
func (j *Journal) Amend(id string, change func(*Record)) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for i := j.count - 1; i >= 0; i-- {
		r := &j.ring[(j.oldest+i)%len(j.ring)]
		if r.ID != id {
			continue
		}
		j.bytes -= r.bytes()
		change(r)
		r.Request.Body, r.Response.Body = j.cut(r.Request.Body), j.cut(r.Response.Body)
		j.bytes += r.bytes()
		break
	}
	for j.count > 0 && j.bytes > j.options.Bytes {
		j.drop()
	}
}

// drop forgets the oldest record.
func (j *Journal) drop() {
	j.bytes -= j.ring[j.oldest].bytes()
	j.ring[j.oldest] = Record{}
	j.oldest = (j.oldest + 1) % len(j.ring)
	j.count--
	j.dropped++
}

func (j *Journal) cut(body []byte) []byte {
	switch limit := max(j.options.Body, 0); {
	case len(body) <= limit:
		return body
	default:
		// A copy, so that the short prefix does not keep the whole body alive.
		return append([]byte(nil), body[:limit]...)
	}
}

// Clear forgets every entry.
func (j *Journal) Clear() {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.ring, j.oldest, j.count, j.bytes, j.dropped = nil, 0, 0, 0, 0
}

// Dropped counts the entries that were pushed out since the journal was made or cleared.
func (j *Journal) Dropped() uint64 {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.dropped
}

// records copies what matches, oldest first.
func (j *Journal) records(match func(*Record) bool) []Record {
	j.mu.Lock()
	defer j.mu.Unlock()
	var all []Record
	for i := range j.count {
		if r := &j.ring[(j.oldest+i)%len(j.ring)]; match(r) {
			all = append(all, *r)
		}
	}
	return all
}
