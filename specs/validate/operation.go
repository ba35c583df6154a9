package validate

import "net/http"

// Operation is one operation of a document. Its fields are read only.
type Operation struct {
	// ID is the operationId. Where the document gives none it is made from method and path, such as
	// "get_pets_petId"; made ids never collide with given ones.
	ID string
	// Method is upper case. Path is the OpenAPI template, without any server path.
	Method, Path string
	Summary      string
	Tags         []string
	// Pointer is the JSON pointer of the operation in the document: "/paths/~1pets/get". Line is its line.
	Pointer string
	Line    int
	// Servers are those in force: the operation's, else the path's, else the document's.
	Servers []Server
	// Security lists the alternatives in force: any one of them is enough. Empty means that the operation is open.
	Security []Requirement
	// PathParams are the names of the path parameters in template order.
	PathParams []string
	// Statuses are the keys under responses in document order: "200", "4XX", "default".
	Statuses []string
	// Extensions are the x-* fields of the operation, decoded; nil if there are none.
	Extensions map[string]any
	// SuccessStatus is the first declared 2xx status (2XX counts as 200), or 0 if there is none.
	SuccessStatus int
	// RequestMedia are the declared media types of the request body in document order.
	RequestMedia []string
}

// Server is one entry of a servers list, unexpanded.
type Server struct{ URL, Description, Name string }

// Requirement is a conjunction of security schemes. An empty Requirement lets everybody in.
type Requirement []SchemeUse

// SchemeUse is one security scheme as a requirement names it. Scheme is never nil.
type SchemeUse struct {
	Name   string
	Scheme *Scheme
	Scopes []string
}

// Scheme is one security scheme of the document.
type Scheme struct {
	Name string
	// Type is http, apiKey, oauth2, openIdConnect or mutualTLS.
	Type string
	// Scheme is the lower-case HTTP authentication scheme for type http: bearer, basic, ...
	Scheme string
	// In and ParamName say where an apiKey travels: header, query or cookie, and its name.
	In, ParamName string
	// Pointer is the JSON pointer of the scheme in the document.
	Pointer string
}

// ValidateRequest judges a request that was routed to op by m. body is the whole body; r.Body is not read. A nil
// result means valid. It never panics.
func (op *Operation) ValidateRequest(r *http.Request, m Match, body []byte) []Violation {
	return nil
}

// ValidateResponse judges a response to a request with the given method. A nil result means valid. It never panics.
func (op *Operation) ValidateResponse(status int, h http.Header, body []byte, method string) []Violation {
	return nil
}

// DecodeBody gives a request body as JSON.
func (op *Operation) DecodeBody(contentType string, body []byte) ([]byte, error) {
	return body, nil
}
