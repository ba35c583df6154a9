// Package judge holds requests and answers against an API's OpenAPI document: answers against the document in force
// (what the vendor documents, or everything), requests of the suite against all of it. It knows which requirement owns
// a fact, and what a request of the suite rests on.
//
// It sends nothing and decides no outcome; it says what is wrong and to whom it belongs.
//
//	j, err := judge.New(api, false)
//	match, ok := j.Route("POST", "/books")
//	for _, finding := range j.Response(match.Operation, answer) {
//		fmt.Println(finding.Owners, finding.Violation)
//	}
package judge
