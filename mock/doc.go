// Package mock plays APIs: an HTTP server that answers as their contracts say, with state. What is created is listed,
// changed and deleted; credentials are issued, expire and are revoked; limits count; and every refusal leaves in the API's
// own words with a true reason.
//
// It is not the judge: package conformance tests any server against a contract and knows nothing of this one. It opens no
// port either: a Server is an http.Handler.
//
//	server, err := mock.New([]*specs.API{api}, &mock.Options{Seed: 1})
//	if err != nil {
//		return err
//	}
//	defer server.Close()
//	return http.ListenAndServe("127.0.0.1:4010", server)
//
// In Go tests, package mocktest is shorter.
//
// # Addresses
//
// An API named toy with the documented server https://api.toy.test/v1 answers under /toy/v1/…, under /v1/… where the
// request's Host is api.toy.test or toy.localhost, and, if it is the only API, under /v1/… for every loopback Host. Loopback
// host names that a contract documents choose nothing. A request that reaches no API gets a problem document that lists
// what is served. Every absolute URL in an answer keeps the caller's origin and prefix.
//
// # Worlds
//
// A world is a sandbox across all APIs: state, credentials, limits, clock, seed and journal of its own. Requests choose one
// by the path prefix /w/NAME or by the header X-Understudy-World, and otherwise get the default one. The control plane under
// /__admin makes, resets and drops them, moves their clocks and shows what they hold and their journals; see
// /__admin/openapi.json.
//
// A fork is a world that begins as another one is now: with its state, credentials and their tokens, clock, limit counters
// and faults, and with the position of what it invents, but with a journal of its own and without deliveries that are still
// to be made. A snapshot keeps such a moment under a name, to restore it, in its own world or another one, or to begin
// further worlds with it. A reset leads to where a world began, a restore to the snapshot; both are done at once, and what
// began before them changes nothing any more. A world other than the default one that nobody uses is dropped after
// Options.WorldIdle.
//
// # The explorer
//
// /__admin/explorer/ is a page on which the documents of the APIs can be read and their operations be tried out, against the
// world in whose path it stands. It asks nothing of the network. /__admin/apis/NAME/openapi.json is such a document: in one
// piece, its servers replaced by the URLs of this server.
//
// # Webhooks
//
// Events that operations emit are delivered over HTTP once everything is stored: in order for each subscription, signed if
// the profile says so, and again on the world's clock until a 2xx answers or the attempts are used up. Every attempt is
// recorded; see /__admin/deliveries. They go to public addresses alone unless Options allow more, whatever a name resolves to.
// A reset forgets what waits; forks and snapshots do not take it along.
//
// # What a request goes through
//
// route, identify, limit, fault, authenticate, authorize, validate, behave, render: up to the first refusal, and always to
// render. A profile may change the order of limit, authenticate, authorize and validate; fault follows limit. Each response
// carries X-Understudy-Exchange, the id of its entry in the journal, where stage, rule, JSON pointer, expected and got explain
// a refusal.
//
// Under a frozen clock the same sequential requests to a fresh or reset world give the same bytes. Responses then carry the
// world's date.
//
// # Streams
//
// An answer may be a stream of server-sent events, each written and flushed as soon as it is due, with the headers that any
// answer has. It breaks off when its client goes away, when the world is reset, restored or dropped, and when the server is
// closed; its connection is then closed in the middle, so that it cannot be taken for one that has ended. What the profile
// declares under settle happens before the last event goes out, or when the stream has broken off. The journal has an entry
// from the first byte on: open while it runs, then with the beginning of what was sent, and why it broke off.
//
// # Faults
//
// Requests go wrong on purpose by the rules of a world ([World.AddFault], POST /__admin/faults), until they are removed or
// the world is reset, and by what a request itself prefers (RFC 7240):
//
//	Prefer: code=503           a refusal with this status, from 400 to 599
//	Prefer: fault=NAME         a refusal for a problem of the closed list, such as rate_limited
//	Prefer: fault=reset        no answer: the connection is reset, and nothing is performed
//	Prefer: fault=truncate     the request is performed, and its answer breaks off in the middle
//	Prefer: wait=2             a delay in seconds, or a duration such as 250ms; at most one minute
//
// A refusal is in the API's own envelope. A status is the most general problem that the API answers with it; where there is
// none, the words of an invalid request or an internal error carry it. Faults follow the limits: a request that a limit
// refuses meets none and uses none up, and an answer that goes wrong has the headers of the limits and has counted. They come
// before authentication unless the profile puts the limits behind it. Delays pass in real time and end with the client or the
// run. A truncated answer has its full Content-Length and half of its body, a truncated stream half of its events; where there
// is no body to cut, the connection is reset.
//
// Of what asks for different ends, the request's preference comes first, and then the oldest rule; delays add up. The answer
// to a preference that was honoured carries Preference-Applied. One that cannot be used (an unknown name, a number out of
// range) is ignored, as RFC 7240 wants it, and noted in the journal, while a rule of that kind is refused. Callers that do not
// come over the loopback interface need the token of the control plane: without it, code and fault are refused with 401, and
// wait, which any client may send, is ignored and noted. The journal shows the rules, or Prefer, and their effect with every
// exchange that they touched; a refusal has the stage fault.
//
// What net/http answers by itself, before a handler runs, is not in an API's words: requests that are no HTTP (400), header
// floods (431), unknown transfer encodings (501), an unknown Expect (417), OPTIONS *.
package mock
