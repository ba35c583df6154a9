// Package conformance judges a server by an API's contract. It runs the checks of the API against a target over HTTP,
// judges every response against the OpenAPI document on the way, and reports what was kept, broken or could not be
// observed.
//
// It is not a load generator, a fuzzer or a mock, and it knows nothing of the server it judges beyond its URL: it
// never imports the mock. It never accuses a server of what its documents do not promise, changes nothing that it did
// not create, and keeps secrets out of everything it returns.
//
//	target := conformance.Target{
//		Bases:  map[string]string{"default": "http://127.0.0.1:4010/toy/v1"},
//		Inputs: map[string]string{"key": key, "secret": secret},
//	}
//	report, err := conformance.Run(ctx, api, target, nil)
//	if err != nil {
//		return err // nothing was run: the target or the options are wrong
//	}
//	report.WriteText(os.Stdout, nil)
//	os.Exit(report.ExitCode(nil))
//
// Wrong checks are found without a server by [Lint].
package conformance
