// Package specs loads contracts: directories that hold an OpenAPI document, a
// profile of what OpenAPI cannot say, a seed, a registry of requirements and
// check files. README.md in this directory describes them.
//
// A loaded [API] is immutable and fully checked: every name is resolved, every
// expression compiled, every operation has a behaviour. What is wrong is
// reported all at once, each mistake with file:line. The mock plays an API, the
// conformance suite judges a server by it; neither reads the files itself.
//
// It is not a server, not a client and no state: it knows what shall happen and
// makes nothing happen.
//
//	api, err := specs.LoadDir("specs/toy")
//	if err != nil {
//		return err // one line for each mistake
//	}
//	for _, op := range api.Document.Operations() {
//		fmt.Println(op.ID, api.Profile.Operations[op.ID].Steps[0].Verb)
//	}
package specs
