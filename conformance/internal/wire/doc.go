// Package wire is the one way in which the suite talks to a target. Every request of a run, whoever wants it, goes
// through one Transport: it knows the bases, refuses what would harm, spends the budget, keeps to the limits that the
// target declares, waits when it is told to, records the exchange, and keeps secrets out of what is printed.
//
// It knows nothing of checks, requirements or OpenAPI; it is told the operation's name for the record.
//
//	t, err := wire.New(&wire.Config{Bases: bases, Budget: 5000})
//	exchange, err := t.Do(ctx, &wire.Call{Method: "GET", Path: "/books", Operation: "listBooks"})
package wire
