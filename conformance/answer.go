package conformance

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"understudy.dev/conformance/internal/judge"
	"understudy.dev/conformance/internal/stream"
	"understudy.dev/conformance/internal/wire"
	"understudy.dev/specs/validate"
)

// answer is what came back, with what is known about the request.
type answer struct {
	*wire.Exchange
	op *validate.Operation
	// base names the base that the request was sent to.
	base string
	// query is the request's, collection the path of what it created something in.
	query string
	// rests names the assumption that the request rests on, "" for none.
	rests string
	// replaced is true if the user gave the request's body.
	replaced bool
	unowned  []judge.Finding
	// events are the events of a stream once somebody has looked.
	events []byte
}

// content is what claims look into: the body, or the array of the events' data of an event stream.
func (a *answer) content() []byte {
	if mediaType(a.ResponseHeader) != stream.MediaType {
		return a.ResponseBody
	}
	if a.events == nil {
		a.events = stream.JSON(a.ResponseBody)
	}
	return a.events
}

// softens reports whether the target has refused a request that rests on an assumption.
func (a *answer) softens() bool {
	return a.rests != "" && a.Status/100 == 4 && a.Status != http.StatusUnauthorized && a.Status != http.StatusTooManyRequests
}

// wish is what would make the request observable.
func (a *answer) wish() string {
	text := fmt.Sprintf("answered with %d, and %s is assumed", a.Status, a.rests)
	if a.op != nil && strings.HasPrefix(a.rests, "the body") {
		text += "; give a body for " + a.op.ID
	}
	return text
}

// answered returns the last answer.
func (s *session) answered() (*answer, error) {
	if s.heard != nil {
		return nil, errors.New("the last thing is a delivery, not an answer")
	}
	if s.last == nil {
		return nil, errors.New("there is no answer yet")
	}
	return s.last, nil
}

// view is what claims look into: the last answer, or the delivery that came after it.
type view struct {
	// name is what messages call it.
	name   string
	header http.Header
	// content is JSON where there is any.
	content []byte
	// collection is the path template of what the request was sent to, "" for a delivery.
	collection string
}

// looked returns what claims look into.
func (s *session) looked() (*view, error) {
	if s.heard != nil {
		return &view{name: "the delivery", header: s.heard.Header, content: s.heard.Body}, nil
	}
	a, err := s.answered()
	if err != nil {
		return nil, err
	}
	return a.view(), nil
}

func (a *answer) view() *view {
	return &view{fmt.Sprintf("the answer (%d)", a.Status), a.ResponseHeader, a.content(), a.collection()}
}
