package specs

import "slices"

// Verb is one of the closed list of verbs.
type Verb string

// The verbs; the table in README.md says what each does.
const (
	VerbList       Verb = "list"
	VerbCreate     Verb = "create"
	VerbRead       Verb = "read"
	VerbUpdate     Verb = "update"
	VerbDelete     Verb = "delete"
	VerbTransition Verb = "transition"
	VerbAggregate  Verb = "aggregate"
	VerbUpload     Verb = "upload"
	VerbRequire    Verb = "require"
	VerbVerify     Verb = "verify"
	VerbRedeem     Verb = "redeem"
	VerbIssue      Verb = "issue"
	VerbRevoke     Verb = "revoke"
	VerbLet        Verb = "let"
	VerbAnswer     Verb = "answer"
	VerbSample     Verb = "sample"
	VerbStream     Verb = "stream"
	VerbEmit       Verb = "emit"
)

// target is what stands after a verb.
type target string

const (
	aResource   target = "resource"
	aCredential target = "credential kind"
	aSchema     target = "schema"
	anEvent     target = "event"
	aTemplate   target = "template"
	anExpr      target = "expression"
	someNames   target = "names"
)

type verbRow struct {
	verb   Verb
	target target
	// inputs are the keys that may stand beside the verb; see stepKeys.
	inputs []string
	// otherwise is the problem that the step raises when it does not find what it
	// looks for, "" where it looks for nothing. Those that look for something
	// also take refusalInputs.
	otherwise Problem
	// produces is true if the outcome can be the operation's result.
	produces bool
}

func verbTable() []verbRow {
	return []verbRow{
		{VerbList, aResource, []string{"of", "by", "where", "filter", "sort", "page", "as"}, NotFound, true},
		{VerbCreate, aResource, []string{"from", "set", "of", "by", "as"}, NotFound, true},
		{VerbRead, aResource, []string{"id", "where", "as"}, NotFound, true},
		{VerbUpdate, aResource, []string{"id", "where", "every", "from", "set", "mode", "as"}, NotFound, true},
		{VerbDelete, aResource, []string{"id", "where", "every", "as"}, NotFound, false},
		{VerbTransition, aResource, []string{"id", "field", "to", "moves", "set", "as"}, NotFound, true},
		{VerbAggregate, aResource, []string{"of", "by", "where", "group", "count", "sum", "as"}, NotFound, true},
		{VerbUpload, aResource, []string{"part", "set", "as"}, "", true},
		{VerbRequire, anExpr, nil, Invalid, false},
		{VerbVerify, aCredential, []string{"id", "secret", "as"}, UnknownCredential, false},
		{VerbRedeem, aCredential, []string{"id", "secret", "as"}, InvalidGrant, false},
		{VerbIssue, aCredential, []string{"to", "scopes", "set", "lifetime", "as"}, "", false},
		{VerbRevoke, aCredential, []string{"id"}, "", false},
		{VerbLet, someNames, nil, "", false},
		{VerbAnswer, aTemplate, nil, "", true},
		{VerbSample, aSchema, []string{"as"}, "", true},
		{VerbStream, aTemplate, []string{"end", "every"}, "", true},
		{VerbEmit, anEvent, []string{"data"}, "", false},
	}
}

// refusalInputs say how a step refuses that does not find what it looks for.
func refusalInputs() []string { return []string{"else", "message", "attributes"} }

// stepKeys are the inputs of a verb with those that it shares with others.
func (row *verbRow) stepKeys() []string {
	keys := slices.Clone(row.inputs)
	if row.otherwise != "" {
		keys = append(keys, refusalInputs()...)
	}
	return append(keys, "when")
}

// Verbs lists every verb in the order of the table in README.md.
func Verbs() []Verb {
	var all []Verb
	for _, row := range verbTable() {
		all = append(all, row.verb)
	}
	return all
}

// Produces reports whether the outcome of the verb can be the result of its
// operation: the last such step that runs gives the result.
func (v Verb) Produces() bool { return v.row().produces }

func (v Verb) row() verbRow {
	rows := verbTable()
	i := slices.IndexFunc(rows, func(row verbRow) bool { return row.verb == v })
	if i < 0 {
		return verbRow{}
	}
	return rows[i]
}

// Otherwise is the problem that a step of the verb raises when it does not find
// what it looks for, unless it says another; "" for a verb that looks for nothing.
func (v Verb) Otherwise() Problem { return v.row().otherwise }

// Result is the verb whose outcome is the operation's result: that of the last
// step that produces something, "" if none does. Where a condition keeps that
// step from running, an earlier one may give the result after all.
func (b *Behaviour) Result() Verb {
	for _, step := range slices.Backward(b.Steps) {
		if step.Verb.Produces() {
			return step.Verb
		}
	}
	return ""
}
