// Package fault decides what goes wrong on purpose: for the next requests or a share of them, by rules that a world has,
// and for one request, by what it prefers.
//
// It does nothing itself and knows no HTTP: whoever asks lets happen what the [Effect] says. Time is not read, and chance
// derives from the world's seed, so that the same requests in the same order meet the same faults.
//
//	set := fault.NewSet(entropy.New(1, "main")) // once for a world
//	rule, err := set.Add(fault.Rule{Operations: []string{"list*"}, Status: 503, Times: 2})
//	...
//	effect := set.Choose("toy", "listBooks", fault.Wishes{})
//	if effect != nil && effect.Delay > 0 { ... }
package fault

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"understudy.dev/mock/internal/entropy"
	"understudy.dev/specs"
	"understudy.dev/specs/strict"
)

// The bounds of a set.
const (
	// MaxDelay is the longest delay of one request.
	MaxDelay = time.Minute
	// MaxRules is how many rules a set may have.
	MaxRules = 1000
)

// ErrFull is returned, wrapped, where one rule more is one too many.
var ErrFull = errors.New("there are too many faults")

// A Rule is a fault that happens to requests.
type Rule struct {
	// ID is given by Add.
	ID string
	// API is the name of the API whose requests are meant, "" for every one.
	API string
	// Operations are operation ids with * as wildcard; none means every request, undocumented routes included.
	Operations []string

	// At most one of Problem, Status, Reset and Truncate says how the request ends; with none, Delay must be given.
	// Problem is the reason for a refusal.
	Problem specs.Problem
	// Status is the status of a refusal, from 400 to 599.
	Status int
	// Reset closes the connection instead of answering: nothing is performed.
	Reset bool
	// Truncate performs the request and breaks the answer off in the middle.
	Truncate bool
	// Delay is waited before anything else happens, in real time; at most MaxDelay.
	Delay time.Duration
	// Headers are added to the answer.
	Headers []Header

	// Times, if not 0, is how many requests the fault happens to. Share, if not 0, is how likely it happens to each,
	// and AtMostInARow, if not 0, how many may be hit one after the other. With neither, it happens to all.
	Times        int
	Share        float64
	AtMostInARow int

	// Hits is how many requests the fault has happened to.
	Hits int
}

// A Header is one header line.
type Header struct{ Name, Value string }

// ends reports whether the rule says how a request ends.
func (r *Rule) ends() bool { return r.Problem != "" || r.Status != 0 || r.Reset || r.Truncate }

// spent reports whether the rule has done what it was made for.
func (r *Rule) spent() bool { return r.Times > 0 && r.Hits >= r.Times }

// check wants a rule that makes sense.
func (r *Rule) check() error {
	ends := 0
	for _, given := range []bool{r.Problem != "", r.Status != 0, r.Reset, r.Truncate} {
		if given {
			ends++
		}
	}
	switch {
	case ends > 1:
		return errors.New("a fault is one of problem, status, reset and truncate, not several")
	case ends == 0 && r.Delay == 0:
		return errors.New("a fault needs one of problem, status, reset, truncate and delay")
	case r.Problem != "" && !slices.Contains(specs.Problems(), r.Problem):
		return errors.New(strict.Unknown("problem", string(r.Problem), names()))
	case r.Status != 0 && (r.Status < 400 || r.Status > 599):
		return fmt.Errorf("status must be from 400 to 599, got %d", r.Status)
	case r.Delay < 0 || r.Delay > MaxDelay:
		return fmt.Errorf("delay must be from 0s to %s, got %s", MaxDelay, r.Delay)
	case r.Times < 0:
		return fmt.Errorf("times must be at least 1, got %d", r.Times)
	case !(r.Share >= 0 && r.Share <= 1): // written so that no number that is none gets through
		return fmt.Errorf("share must be above 0 and at most 1, got %v", r.Share)
	case r.Times > 0 && r.Share > 0:
		return errors.New("a fault happens to the next requests (times) or to a share of them, not both")
	case r.AtMostInARow < 0:
		return fmt.Errorf("at_most_in_a_row must be at least 1, got %d", r.AtMostInARow)
	case r.AtMostInARow > 0 && r.Share == 0:
		return errors.New("at_most_in_a_row bounds a share, but there is no share")
	}
	for _, h := range r.Headers {
		if err := h.check(); err != nil {
			return err
		}
	}
	return nil
}

// headerName is a token of RFC 9110.
var headerName = regexp.MustCompile("^[A-Za-z0-9!#$%&'*+.^_`|~-]+$")

// framing are the headers that say where an answer ends, which a fault must not get wrong: truncate does.
var framing = [...]string{"Content-Length", "Transfer-Encoding", "Connection", "Trailer", "Upgrade"}

func (h Header) check() error {
	if !headerName.MatchString(h.Name) {
		return fmt.Errorf("%q is no name of a header", h.Name)
	}
	if strings.ContainsFunc(h.Value, func(c rune) bool { return c < ' ' && c != '\t' || c == 0x7f }) {
		return fmt.Errorf("the value of %s holds what no header can", h.Name)
	}
	for _, name := range framing {
		if strings.EqualFold(name, h.Name) {
			return fmt.Errorf("a fault cannot set %s: it says where an answer ends", name)
		}
	}
	return nil
}

// names are those of the problems.
func names() []string {
	all := make([]string, 0, len(specs.Problems()))
	for _, p := range specs.Problems() {
		all = append(all, string(p))
	}
	return all
}

// A Set holds the rules of one world. It is safe for concurrent use.
type Set struct {
	chance *entropy.Source
	// rules counts those that there are, so that a world without any takes no lock.
	rules atomic.Int64

	mu   sync.Mutex
	all  []*active
	made int
}

// An active rule is one that is in force.
type active struct {
	Rule
	// asked counts the requests that it could have happened to, row the latest ones without a pause that it did.
	asked, row int
}

// NewSet makes a set without rules.
func NewSet(chance *entropy.Source) *Set { return &Set{chance: chance} }

// Fork makes a set that goes on from here, independent of this one, with a chance of its own; nil is the same one.
func (s *Set) Fork(chance *entropy.Source) *Set {
	s.mu.Lock()
	defer s.mu.Unlock()
	fork := &Set{chance: cmp.Or(chance, s.chance), made: s.made}
	for _, a := range s.all {
		copied := *a
		fork.all = append(fork.all, &copied)
	}
	fork.rules.Store(int64(len(fork.all)))
	return fork
}

// Add makes a rule and gives it an id. An error says what is wrong with it. Rules that have done their work make room.
func (s *Set) Add(r Rule) (Rule, error) {
	if err := r.check(); err != nil {
		return r, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.all) >= MaxRules {
		s.all = slices.DeleteFunc(s.all, func(a *active) bool { return a.spent() })
	}
	if len(s.all) >= MaxRules {
		return r, fmt.Errorf("cannot make one more than %d: %w", MaxRules, ErrFull)
	}
	s.made++
	r.ID, r.Hits = "f"+strconv.Itoa(s.made), 0
	r.Operations, r.Headers = slices.Clone(r.Operations), slices.Clone(r.Headers)
	s.all = append(s.all, &active{Rule: r})
	s.rules.Store(int64(len(s.all)))
	return r, nil
}

// Rules lists the rules in the order in which they were made, spent ones included. It is never nil.
func (s *Set) Rules() []Rule {
	s.mu.Lock()
	defer s.mu.Unlock()
	rules := make([]Rule, 0, len(s.all))
	for _, a := range s.all {
		rules = append(rules, a.Rule)
	}
	return rules
}

// Remove takes a rule back and reports whether it was there.
func (s *Set) Remove(id string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	before := len(s.all)
	s.all = slices.DeleteFunc(s.all, func(a *active) bool { return a.ID == id })
	s.rules.Store(int64(len(s.all)))
	return len(s.all) < before
}

// Clear takes all rules back.
func (s *Set) Clear() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.all = nil
	s.rules.Store(0)
}
