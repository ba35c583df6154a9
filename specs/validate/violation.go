package validate

// Kind says which part of a request or response a Violation is about. The list is closed.
type Kind string

// The kinds of violation.
const (
	// Malformed means that the body cannot be read at all: broken JSON, invalid UTF-8, nesting deeper than MaxDepth, a
	// broken form or multipart body.
	Malformed Kind = "malformed"
	// MediaType means that the Content-Type is missing or is none of the declared ones.
	MediaType Kind = "media type"
	// NoBody means that a body is declared and required but none was sent.
	NoBody Kind = "no body"
	// ExtraBody means that a body was sent where none is declared.
	ExtraBody Kind = "extra body"
	// Body means that the body can be read and breaks its schema.
	Body Kind = "body"
	// Query, Path, Header and Cookie mean that a parameter (or a response header) is missing or breaks its schema.
	Query  Kind = "query"
	Path   Kind = "path"
	Header Kind = "header"
	Cookie Kind = "cookie"
	// Status means that the status is not declared for the operation.
	Status Kind = "status"
	// Internal means that the judgement itself failed, for instance by a recovered panic. It is never the sender's
	// fault, and never a pass.
	Internal Kind = "internal"
)

// Violation is one way in which a request, a response or a value breaks the document.
type Violation struct {
	Kind Kind
	// Pointer is the JSON pointer, into the OpenAPI document, of the keyword that was violated, with every $ref
	// followed: "/components/schemas/Error/properties/error/required". It is empty if no keyword is to blame.
	Pointer string
	// Instance is the JSON pointer into the body ("" is the whole body), or the name of the parameter or header,
	// followed by a JSON pointer where the parameter is an array or object.
	Instance string
	// Keyword is the violated keyword, such as "required", "type" or "maxLength".
	Keyword string
	// Missing lists, for the keyword required, the missing names.
	Missing []string
	// Expected and Got say in a few words what was wanted and what was found. Got never repeats a whole body.
	Expected, Got string
	// Message is one sentence, such as "/name: must be a string, got number".
	Message string
}

// String is the message.
func (v Violation) String() string { return v.Message }
