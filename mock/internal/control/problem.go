package control

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
)

// MediaProblem is the media type of a Problem.
const MediaProblem = "application/problem+json"

// A Problem is an RFC 9457 problem document: how the control plane, and the server where no API is concerned, refuse.
type Problem struct {
	// Type is a URN: "urn:understudy:unknown-world".
	Type   string `json:"type"`
	Title  string `json:"title"`
	Status int    `json:"status"`
	Detail string `json:"detail"`
	// Bases lists what is served, where the request reached nothing.
	Bases []string `json:"bases,omitempty"`
	// allow is the value of the Allow header with a 405.
	allow string
}

// Error is title and detail.
func (p *Problem) Error() string { return p.Title + ": " + p.Detail }

// Write sends the problem document.
func (p *Problem) Write(w http.ResponseWriter) {
	if p.Status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", `Bearer realm="understudy"`)
	}
	if p.allow != "" {
		w.Header().Set("Allow", p.allow)
	}
	write(w, p.Status, MediaProblem, p)
}

func problem(status int, name, title, detail string, args ...any) *Problem {
	return &Problem{Type: "urn:understudy:" + name, Title: title, Status: status, Detail: fmt.Sprintf(detail, args...)}
}

// UnknownWorld is a world that does not exist. Worlds are made by POST /__admin/worlds, never by naming one.
func UnknownWorld(name string) *Problem {
	return problem(http.StatusNotFound, "unknown-world", "There is no such world",
		"there is no world %q; make it with POST /__admin/worlds", name)
}

// AmbiguousWorld is a request that names two worlds.
func AmbiguousWorld(path, header string) *Problem {
	return problem(http.StatusBadRequest, "ambiguous-world", "The request names two worlds",
		"the path names the world %q, the header the world %q", path, header)
}

// UnknownAPI is a request that reaches no API at all.
func UnknownAPI(path string, bases []string) *Problem {
	p := problem(http.StatusNotFound, "unknown-api", "No API is served here",
		"no API is served at %s; see bases for what is", path)
	p.Bases = bases
	return p
}

// Conflict is a change that the current state does not allow.
func Conflict(detail string, args ...any) *Problem {
	return problem(http.StatusConflict, "conflict", "The current state does not allow this", detail, args...)
}

// Invalid is a request that breaks the control plane's own contract.
func Invalid(detail string, args ...any) *Problem {
	return problem(http.StatusBadRequest, "invalid", "The request is not valid", detail, args...)
}

// NotFound is a thing that does not exist.
func NotFound(detail string, args ...any) *Problem {
	return problem(http.StatusNotFound, "not-found", "There is no such thing", detail, args...)
}

func write(w http.ResponseWriter, status int, media string, value any) {
	body, err := json.Marshal(value)
	if err != nil {
		// Every value that comes here is made of plain structs; only a json.Marshaler could fail.
		status, media = http.StatusInternalServerError, MediaProblem
		body = []byte(`{"type":"urn:understudy:internal","title":"An internal error occurred","status":500,"detail":"the answer cannot be encoded"}`)
	}
	body = append(body, '\n')
	h := w.Header()
	h.Set("Content-Type", media)
	h.Set("Content-Length", strconv.Itoa(len(body)))
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	// A client that has gone away cannot be told.
	_, _ = w.Write(body)
}
