package specs

import (
	"maps"
	"strings"

	"understudy.dev/specs/validate"
)

// This file holds the Go types behind the names that expressions may use. The
// loader checks expressions against them and the mock fills them at run time,
// so both mean the same by `request.path`.

// RequestInfo is `request` in expressions. It is never null.
type RequestInfo struct {
	// ID is the request id, "" while the template of request.id itself runs.
	ID     string `expr:"id"`
	Method string `expr:"method"`
	// Path is the decoded path below the API's base, as the caller sent it.
	Path string `expr:"path"`
	// Address is the client's address without port.
	Address string `expr:"address"`
	// Origin is scheme and host as the caller sees them: "http://localhost:8080".
	Origin string `expr:"origin"`
	// Base is the caller's base URL of this API, without a slash at the end.
	Base string `expr:"base"`
	// Bases are the caller's URLs of the named bases, as Base is. It is nil where
	// the profile does not read it.
	Bases map[string]string `expr:"bases"`
	// Headers have lower-case names; several values of one name are joined by ", ".
	Headers map[string]string `expr:"headers"`
}

// LimitInfo is `limit` in the headers of a limit, for the caller's own counter.
type LimitInfo struct {
	Name string `expr:"name"`
	// Limit is the allowance of a window, Remaining what is left of it after
	// this request; both are -1 without a limit.
	Limit     int `expr:"limit"`
	Remaining int `expr:"remaining"`
	// Used is what counts in the window, this request included, limit or not.
	Used int `expr:"used"`
	// Reset is the end of the window in Unix seconds.
	Reset int64 `expr:"reset"`
	// RetryAfter is the wait in whole seconds, rounded up, at least 1.
	RetryAfter int `expr:"retry_after"`
}

// PageInfo is `page` in the envelopes of lists.
type PageInfo struct {
	// Number counts from 1; 0 in a list with cursors.
	Number int `expr:"number"`
	Size   int `expr:"size"`
	Total  int `expr:"total"`
	Pages  int `expr:"pages"`
	// Next is the cursor of the next page, nil at the end and without cursors.
	Next any  `expr:"next"`
	More bool `expr:"more"`
}

// FileInfo is `file` in upload: the part that was sent.
type FileInfo struct {
	Filename    string `expr:"filename"`
	ContentType string `expr:"content_type"`
	Size        int    `expr:"size"`
	// SHA256 is the content's digest in lower-case hexadecimal digits.
	SHA256 string `expr:"sha256"`
}

// SentInfo is `sent` in settle: how the answer ended.
type SentInfo struct {
	// Events is how many events of a stream went out, its end marker not counted.
	Events int `expr:"events"`
	// Complete is true unless the answer broke off.
	Complete bool `expr:"complete"`
}

// FieldError is one entry of `problem.fields`.
type FieldError struct {
	// Pointer is the JSON pointer into the body, or the name of the parameter.
	Pointer string `expr:"pointer"`
	Message string `expr:"message"`
}

// ProblemInfo is `problem` in messages, attributes and error envelopes. It
// stands in the scope as the map that Env makes, because profiles add
// attributes of their own.
type ProblemInfo struct {
	Name   Problem
	Status int
	// Reason is the reason phrase of the status: "Not Found".
	Reason string
	// Detail says precisely what is wrong; Message is the declared message, or
	// the detail where none is declared.
	Detail, Message string
	// Pointer is that of the first of Fields, "" without any.
	Pointer string
	Fields  []FieldError
	// Attributes are those that the profile declares for the problem.
	Attributes map[string]any
}

// Env is the problem as expressions see it. Attributes never hide the fields.
func (p *ProblemInfo) Env() map[string]any {
	env := make(map[string]any, len(p.Attributes)+7)
	maps.Copy(env, p.Attributes)
	fields := p.Fields
	if fields == nil {
		fields = []FieldError{}
	}
	maps.Copy(env, map[string]any{
		"name": string(p.Name), "status": p.Status, "reason": p.Reason, "detail": p.Detail,
		"message": p.Message, "pointer": p.Pointer, "fields": fields,
	})
	return env
}

// OperationEnv is `operation` in expressions: id, method, path, tags, and the
// operation's x- extensions without that prefix. It depends on the operation
// alone, so it can be made once. It is nil for a nil op (an undocumented route).
func OperationEnv(op *validate.Operation) map[string]any {
	if op == nil {
		return nil
	}
	env := make(map[string]any, len(op.Extensions)+4)
	for name, value := range op.Extensions {
		env[strings.TrimPrefix(name, "x-")] = value
	}
	maps.Copy(env, map[string]any{"id": op.ID, "method": op.Method, "path": op.Path, "tags": op.Tags})
	return env
}

// The functions of expressions that differ between worlds. A scope is compiled
// against these types; whoever runs an expression supplies implementations
// bound to its own source of randomness under the names in braces. All others
// (slug, rfc3339, unix …) belong to package template.
type (
	// TextFunc is the type of {random}, {token}, {hex} and {digits}: text of n characters.
	TextFunc func(n int) string
	// UUIDFunc is the type of {uuid}.
	UUIDFunc func() string
	// CounterFunc is the type of {counter}: 1, 2, 3 … for each kind of thing.
	CounterFunc func() int
	// InventFunc is the type of {invent}, which operations have: data that fits a
	// JSON Schema, always the same for the same one, nil where none can be made.
	InventFunc func(schema any) any
)
