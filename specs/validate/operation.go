package validate

import (
	"net/http"
	"strings"
)

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

	params    []*param
	takes     map[Kind]bool // the kinds of params
	body      *body         // nil if none is declared
	responses map[string]*response
	official  opinion
}

// Server is one entry of a servers list, unexpanded.
type Server struct {
	URL, Description string
	// Name is its x-base.
	Name string
	// Defaults are those of its variables, nil without any.
	Defaults map[string]string
}

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

// Credential finds what a request presents for a scheme. value is the API key, the bearer token or what follows the
// name of the HTTP scheme. found is false if nothing is presented or if it is not written as the scheme wants: a bearer
// token is separated by one space, is not empty and has only the characters of RFC 6750. It says nothing about whether
// the credential is any good. OAuth 2 and OpenID Connect credentials are bearer tokens; mutual TLS presents none here.
func (s *Scheme) Credential(r *http.Request) (value string, found bool) {
	switch {
	case s.Type == "apiKey" && s.In == "header":
		value = r.Header.Get(s.ParamName)
	case s.Type == "apiKey" && s.In == "query":
		value = r.URL.Query().Get(s.ParamName)
	case s.Type == "apiKey" && s.In == "cookie":
		if c, err := r.Cookie(s.ParamName); err == nil {
			value = c.Value
		}
	case s.Type == "http", s.Type == "oauth2", s.Type == "openIdConnect":
		return s.authorization(r.Header.Get("Authorization"))
	}
	return value, value != ""
}

func (s *Scheme) authorization(header string) (string, bool) {
	wanted := s.Scheme
	if s.Type != "http" {
		wanted = "bearer"
	}
	name, value, ok := strings.Cut(header, " ")
	if !ok || value == "" || !strings.EqualFold(name, wanted) {
		return "", false
	}
	if wanted == "bearer" && !isToken68(value) {
		return "", false
	}
	return value, true
}

// isToken68 checks the b64token of RFC 6750, section 2.1.
func isToken68(text string) bool {
	body := strings.TrimRight(text, "=")
	return body != "" && strings.Trim(body, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~+/") == ""
}
