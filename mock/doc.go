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
// route, identify, limit, authenticate, authorize, validate, behave, render: up to the first refusal, and always to render.
// A profile may change the order of the four in the middle. Each response carries X-Understudy-Exchange, the id of its entry
// in the journal, where stage, rule, JSON pointer, expected and got explain a refusal.
//
// Under a frozen clock the same sequential requests to a fresh or reset world give the same bytes. Responses then carry the
// world's date.
//
// What net/http answers by itself, before a handler runs, is not in an API's words: requests that are no HTTP (400), header
// floods (431), unknown transfer encodings (501), an unknown Expect (417), OPTIONS *.
package mock
