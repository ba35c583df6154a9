// Package validate loads one OpenAPI 3.1 document, routes requests to its operations, and judges requests and
// responses against it. It is the only package that knows libopenapi and libopenapi-validator: the mock and the
// conformance suite both read the contract through it, so they cannot differ about what the document says.
//
// It is not a server and not a client: it reads no bodies from the network, writes nothing, checks no credentials (it
// only tells which ones an operation wants and finds them in a request), and knows nothing of profiles or state.
//
//	doc, err := validate.Load("openapi.yaml", src, nil)
//	if err != nil {
//		return err // every reason, each with file:line
//	}
//	match, routeErr := doc.Route(r.Method, r.URL.EscapedPath())
//	if routeErr != validate.RouteOK {
//		...
//	}
//	for _, v := range match.Operation.ValidateRequest(r, match, body) {
//		fmt.Println(v.Message, v.Pointer)
//	}
//
// A Document is immutable after Load and safe for concurrent use: every schema is compiled at load, none at request
// time.
package validate
