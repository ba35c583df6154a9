package fault

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"understudy.dev/specs"
	"understudy.dev/specs/strict"
)

// Wishes are the faults that a request prefers. The zero value wishes nothing.
type Wishes struct {
	given    bool
	problem  specs.Problem
	status   int
	reset    bool
	truncate bool
	delay    time.Duration
	applied  []string
	// Notes say why a preference of this package's own cannot be honoured. It is ignored then (RFC 7240, section 2).
	Notes []string
	// Own is true when a preference that only a mock knows was sent, in whatever form.
	Own bool
}

// Given reports whether there is something to honour.
func (w *Wishes) Given() bool { return w.given }

// Ignore makes the wishes nothing, for a reason.
func (w *Wishes) Ignore(reason string) { *w = Wishes{Notes: append(w.Notes, reason), Own: w.Own} }

// Prefer reads the values of the header Prefer: code=STATUS, wait=SECONDS or a duration, fault=PROBLEM, fault=reset and
// fault=truncate. Other preferences are not for this package. Of one that is given twice, the first counts.
func Prefer(values []string) Wishes {
	var w Wishes
	seen := map[string]bool{}
	for _, preference := range preferences(values) {
		if seen[preference.name] {
			continue
		}
		seen[preference.name] = true
		var err error
		switch preference.name {
		case "code":
			w.Own = true
			err = w.code(preference.value)
		case "fault":
			w.Own = true
			err = w.fault(preference.value)
		case "wait":
			err = w.wait(preference.value)
		default:
			continue
		}
		if err != nil {
			w.Notes = append(w.Notes, fmt.Sprintf("the preference %.80s is ignored: %s", preference, err))
			continue
		}
		w.given = true
		w.applied = append(w.applied, preference.String())
	}
	return w
}

// ends wants that nothing says yet how the request ends.
func (w *Wishes) ends() error {
	if w.problem != "" || w.status != 0 || w.reset || w.truncate {
		return errors.New("another one says already how the request ends")
	}
	return nil
}

func (w *Wishes) code(value string) error {
	status, err := strconv.Atoi(value)
	if err != nil || status < 400 || status > 599 {
		return errors.New("want a status from 400 to 599")
	}
	if err := w.ends(); err != nil {
		return err
	}
	w.status = status
	return nil
}

func (w *Wishes) fault(value string) error {
	if err := w.ends(); err != nil {
		return err
	}
	switch {
	case value == "reset":
		w.reset = true
	case value == "truncate":
		w.truncate = true
	case slices.Contains(specs.Problems(), specs.Problem(value)):
		w.problem = specs.Problem(value)
	case len(value) > 64: // no name is that long, and looking for a similar one takes time
		return errors.New("there is no such fault")
	default:
		return errors.New(strict.Unknown("fault", value, append(names(), "reset", "truncate")))
	}
	return nil
}

func (w *Wishes) wait(value string) error {
	delay, err := time.ParseDuration(value)
	if seconds, failed := strconv.ParseFloat(value, 64); failed == nil {
		// Compared before it is converted: a number too large for a duration would wrap.
		if !(seconds >= 0 && seconds <= MaxDelay.Seconds()) {
			delay = -1
		} else {
			delay = time.Duration(seconds * float64(time.Second))
		}
		err = nil
	}
	if err != nil || delay < 0 || delay > MaxDelay {
		return fmt.Errorf("want seconds or a duration, at most %s", MaxDelay)
	}
	w.delay = delay
	return nil
}

// A preference is one of RFC 7240, without its parameters.
type preference struct{ name, value string }

// String is the preference as a header has it.
func (p preference) String() string {
	if p.value == "" {
		return p.name
	}
	return p.name + "=" + p.value
}

// preferences splits the values of the header. A comma or semicolon within quotes separates nothing.
func preferences(values []string) []preference {
	var all []preference
	for _, value := range values {
		for _, element := range split(value, ',') {
			first := split(element, ';')[0]
			name, value, _ := strings.Cut(first, "=")
			if name = strings.ToLower(strings.TrimSpace(name)); name != "" {
				all = append(all, preference{name, unquoted(strings.TrimSpace(value))})
			}
		}
	}
	return all
}

// split cuts at a separator outside of quotes.
func split(text string, separator byte) []string {
	var parts []string
	start, quoted := 0, false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '\\' && quoted:
			i++
		case c == '"':
			quoted = !quoted
		case c == separator && !quoted:
			parts = append(parts, text[start:i])
			start = i + 1
		}
	}
	return append(parts, text[start:])
}

func unquoted(text string) string {
	if len(text) < 2 || text[0] != '"' || text[len(text)-1] != '"' {
		return text
	}
	var plain strings.Builder
	for i := 1; i < len(text)-1; i++ {
		if text[i] == '\\' && i+1 < len(text)-1 {
			i++
		}
		plain.WriteByte(text[i])
	}
	return plain.String()
}
