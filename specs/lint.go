package specs

import (
	"regexp"
	"slices"

	"understudy.dev/specs/strict"
	"understudy.dev/specs/validate"
)

// Lint lists what a loaded API leaves to be desired beyond what makes it
// unusable: a documented requirement that lists no facts, an excuse beside
// checks, a documented constraint that cannot be judged because it hangs on
// assumed ones, an operation that nobody can call. The findings are in the order of their places; none means that
// there is nothing to say. Check files have a lint of their own.
func (a *API) Lint() []*strict.Error {
	var errs strict.Errors
	checked := a.checked()
	for _, r := range a.Registry.Requirements {
		if r.Basis == Documented && len(r.Facts) == 0 && r.Excuse == nil {
			errs.Add(r.Pos.Errorf("%s is documented but lists no facts: nothing rests on it", r.ID))
		}
		if r.Excuse != nil && checked[r.ID] {
			errs.Add(r.Pos.Errorf("%s has an excuse and checks; one of them is too much", r.ID))
		}
		if r.Basis == Assumed && r.Source != "" {
			errs.Add(r.Pos.Errorf("%s has a source, so it is documented, not assumed", r.ID))
		}
	}
	if _, err := a.Documented(); err != nil {
		errs.Add(err)
	}
	if relaxed := a.documented.relaxed; relaxed != nil {
		for _, issue := range relaxed.Issues {
			errs.Add(strict.Pos{File: a.documentFile, Line: issue.Line}.Errorf("%s", issue.Message))
		}
	}
	a.closed(&errs)
	return errs.List
}

// closed reports operations that nobody can call, because nothing is accepted
// for what they want. Refusing everybody is safe, but seldom meant.
func (a *API) closed(errs *strict.Errors) {
	for _, op := range a.Document.Operations() {
		open := len(op.Security) == 0
		for _, requirement := range op.Security {
			open = open || !slices.ContainsFunc(requirement, func(use validate.SchemeUse) bool { return !a.accepts(use.Name) })
		}
		if !open {
			errs.Add(strict.Pos{File: a.documentFile, Line: op.Line}.Errorf(
				"%s refuses everybody: auth accepts nothing for its security schemes", op.ID))
		}
	}
}

func (a *API) accepts(scheme string) bool {
	return slices.ContainsFunc(a.Profile.Auth, func(one *Acceptance) bool {
		return one.Scheme == scheme && len(one.Accepts) > 0
	})
}

// checkHeading begins a section of a check file.
var checkHeading = regexp.MustCompile(`(?m)^# +([A-Za-z0-9.-]+)[ \t]`)

// checked lists the requirements that the check files name.
func (a *API) checked() map[string]bool {
	named := map[string]bool{}
	for _, c := range a.Checks {
		for _, found := range checkHeading.FindAllSubmatch(c.Data, -1) {
			named[string(found[1])] = true
		}
	}
	return named
}
