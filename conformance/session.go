package conformance

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/tidwall/gjson"

	"understudy.dev/conformance/internal/claim"
	"understudy.dev/conformance/internal/fill"
	"understudy.dev/conformance/internal/judge"
	"understudy.dev/conformance/internal/receive"
	"understudy.dev/conformance/internal/script"
	"understudy.dev/conformance/internal/wire"
)

// session is one section under way. It is used by one goroutine.
type session struct {
	*suite
	check       *check
	reservation *wire.Reservation
	// values are what the section has captured.
	values map[string]fill.Value
	// unknown is an id that nothing has, unique a text of the section's own.
	unknown, unique string

	who *identity // nil is nobody
	// moved is true once the section itself has moved the clock since it became who it is.
	moved bool
	// last is the last answer, found what find has found in it.
	last  *answer
	found gjson.Result
	// heard is the delivery that is the last thing instead of an answer; nil if an answer is.
	heard *wire.Exchange
	mailbox

	line      int
	taint     *taint
	displaced []string
	// accepted are the operations, by id, of which the section's body was accepted, with who sent it last.
	accepted  map[string]*login
	exchanges []*wire.Exchange
	claims    int
	// cleaning is true if the section is over and its things are being removed.
	cleaning bool
	// unowned are violations that belong to no requirement, and so to the section.
	unowned []judge.Finding
}

func (su *suite) newSession(c *check, r *wire.Reservation) *session {
	seed := fmt.Sprintf("%s%03d", su.options.ID, c.index)
	return &session{
		suite: su, check: c, reservation: r, values: map[string]fill.Value{}, line: c.section.Line,
		unique: "u" + seed, unknown: uuid(seed), accepted: map[string]*login{},
		mailbox: mailbox{taken: map[string]bool{}, noted: map[*receive.Delivery]*wire.Exchange{}},
	}
}

// taint is why what a section sees from now on says nothing about the target.
type taint struct {
	answer *answer
	reason string
}

// commands are the words of the language. Those that claim something return a claim.
func (s *session) commands() map[string]func(context.Context, *script.Command) (*script.Claim, error) {
	return map[string]func(context.Context, *script.Command) (*script.Claim, error){
		"needs":    func(context.Context, *script.Command) (*script.Claim, error) { return nil, nil },
		"as":       s.as,
		"GET":      s.request,
		"HEAD":     s.request,
		"OPTIONS":  s.request,
		"POST":     s.request,
		"PUT":      s.request,
		"PATCH":    s.request,
		"DELETE":   s.request,
		"invalid":  s.request,
		"alike":    s.alike,
		"created":  s.created,
		"status":   s.status,
		"header":   s.header,
		"json":     s.json,
		"find":     s.find,
		"capture":  s.capture,
		"jwt":      s.jwt,
		"advance":  s.advance,
		"exhaust":  s.exhaust,
		"receiver": s.receiver,
		"delivery": s.delivery,
		"signed":   s.signed,
	}
}

// run runs one command.
func (s *session) run(ctx context.Context, c *script.Command) (*script.Claim, error) {
	s.line = c.Line
	command := s.commands()[c.Verb]
	if command == nil {
		return nil, fmt.Errorf("internal error: the command %s does nothing", c.Verb)
	}
	result, err := command(ctx, c)
	if err != nil || result == nil {
		return result, err
	}
	if !c.Setup {
		s.claims++
	}
	if result.Holds != c.Negated {
		if c.Verb == "status" && s.taint != nil && s.taint.answer == s.last {
			s.taint = nil // the refusal was expected
		}
		return result, nil
	}
	if reason := s.excuse(c); reason != "" {
		return nil, &unmetError{NotObserved, reason}
	}
	return result, nil
}

// excuse says why a claim that does not hold accuses nobody, "" if it does accuse.
func (s *session) excuse(c *script.Command) string {
	if c.Verb == "status" && c.Negated {
		return "" // it names the very status that must not come
	}
	if s.taint != nil {
		return s.taint.reason
	}
	if s.last != nil && s.last.replaced && c.Verb == "status" && s.last.Status/100 == 2 && blamesBody(c.Args) {
		return "the body given for " + s.last.op.ID + " is accepted; the check's own might not be"
	}
	if len(c.Args) > 0 {
		if wanted, err := fill.Text(c.Args[len(c.Args)-1], s.lookup); err == nil && slices.Contains(s.displaced, wanted) {
			return "the check looks for something that the given body does not send"
		}
	}
	return ""
}

// blamesBody reports whether a check wants a refusal that may be about what its own body holds.
func blamesBody(statuses []string) bool {
	return slices.ContainsFunc(statuses, func(want string) bool {
		return slices.Contains([]string{"400", "402", "409", "413", "415", "422", "4xx"}, strings.ToLower(want))
	})
}

// as becomes somebody.
func (s *session) as(ctx context.Context, c *script.Command) (*script.Claim, error) {
	s.who, s.moved = nil, false
	if c.Args[0] == nobody {
		return nil, nil
	}
	l := s.logins[c.Args[0]]
	if l == nil {
		return nil, fmt.Errorf("there is no login %q", c.Args[0])
	}
	who, err := l.become(ctx, s)
	if err != nil {
		return nil, err
	}
	s.who = who
	s.unowned = append(s.unowned, who.unowned...)
	return nil, nil
}

// identify returns the headers of who the section is. An identity that has got old without the section's doing is
// renewed.
func (s *session) identify(ctx context.Context) (http.Header, error) {
	if s.who == nil {
		return nil, nil
	}
	if s.who.old() && !s.moved {
		who, err := s.who.login.become(ctx, s)
		if err != nil {
			return nil, err
		}
		s.who = who
	}
	return s.who.header, nil
}

// lookup finds the value of a placeholder.
func (s *session) lookup(name string) (fill.Value, bool) {
	switch name {
	case "unique":
		return fill.Value{Text: s.unique}, true
	case "unknown":
		return fill.Value{Text: s.unknown}, true
	case "base":
		return fill.Value{Text: s.bases[DefaultBase]}, true
	case "receiver":
		box, err := s.inbox()
		if err != nil {
			return fill.Value{}, false
		}
		return fill.Value{Text: box.URL()}, true
	}
	if v, ok := s.values[name]; ok {
		return v, true
	}
	return s.input(name)
}

// comparison fills the wanted side of a claim.
func (s *session) comparison(words []string) (script.Comparison, claim.Want, error) {
	compared, err := script.ParseComparison(words)
	if err != nil {
		return compared, claim.Want{}, err
	}
	if name, ok := fill.Only(compared.Value); ok {
		v, ok := s.lookup(name)
		if !ok {
			return compared, claim.Want{}, &fill.UnsetError{Name: name}
		}
		return compared, claim.Want{Text: v.Encoded(), Loose: true}, nil
	}
	text, err := fill.Text(compared.Value, s.lookup)
	return compared, claim.Want{Text: text}, err
}

// advance moves the target's clock.
func (s *session) advance(ctx context.Context, c *script.Command) (*script.Claim, error) {
	by, err := script.Duration(c.Args[0])
	if err != nil {
		return nil, err
	}
	if err := s.wire.Advance(ctx, by); err != nil {
		return nil, err
	}
	s.moved = true
	return nil, nil
}
