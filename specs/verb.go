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
	// produces is true if the outcome can be the operation's result.
	produces bool
}

func verbTable() []verbRow {
	return []verbRow{
		{VerbList, aResource, []string{"of", "by", "where", "filter", "sort", "page", "as"}, true},
		{VerbCreate, aResource, []string{"from", "set", "of", "by", "as"}, true},
		{VerbRead, aResource, []string{"id", "where", "else", "as"}, true},
		{VerbUpdate, aResource, []string{"id", "where", "every", "from", "set", "mode", "as"}, true},
		{VerbDelete, aResource, []string{"id", "where", "every", "as"}, false},
		{VerbTransition, aResource, []string{"id", "field", "to", "moves", "set", "as"}, true},
		{VerbAggregate, aResource, []string{"of", "by", "where", "group", "count", "sum", "as"}, true},
		{VerbUpload, aResource, []string{"part", "set", "as"}, true},
		{VerbRequire, anExpr, []string{"else", "message"}, false},
		{VerbVerify, aCredential, []string{"id", "secret", "else", "as"}, false},
		{VerbRedeem, aCredential, []string{"id", "secret", "else", "as"}, false},
		{VerbIssue, aCredential, []string{"to", "scopes", "set", "lifetime", "as"}, false},
		{VerbRevoke, aCredential, []string{"id"}, false},
		{VerbLet, someNames, nil, false},
		{VerbAnswer, aTemplate, nil, true},
		{VerbSample, aSchema, []string{"as"}, true},
		{VerbStream, aTemplate, []string{"end", "every"}, true},
		{VerbEmit, anEvent, []string{"data"}, false},
	}
}

// stepKeys are the inputs of a verb with those that every step takes.
func (row *verbRow) stepKeys() []string { return append(slices.Clone(row.inputs), "when") }

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
