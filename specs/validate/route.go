package validate

// Match is the outcome of routing.
type Match struct {
	// Operation is nil unless the route was found.
	Operation *Operation
	// Params are the decoded path parameters by name; nil if there are none.
	Params map[string]string
	// Allowed lists, for UnknownMethod, the methods of the path, sorted.
	Allowed []string
}

// RouteError says why no operation was found.
type RouteError int

// The outcomes of routing.
const (
	// RouteOK means that an operation was found.
	RouteOK RouteError = iota
	// UnknownPath means that no path of the document matches.
	UnknownPath
	// UnknownMethod means that a path matches, but has no such method; Match.Allowed is filled.
	UnknownMethod
)

// Route finds the operation for a method and an escaped path, the server's path already removed.
func (d *Document) Route(method, escapedPath string) (Match, RouteError) { return Match{}, UnknownPath }
