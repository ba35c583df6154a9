package conformance

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"understudy.dev/conformance/internal/wire"
)

// cleanUp removes what a check has created, the newest first. After an interrupt it has a time of its own.
func (su *suite) cleanUp(ctx context.Context, c *check) {
	entries := su.wire.Ledger.Take(c.id)
	if len(entries) == 0 {
		return
	}
	if ctx.Err() != nil {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(context.WithoutCancel(ctx), graceful)
		defer cancel()
	}
	for _, entry := range entries {
		reason := su.remove(ctx, c, entry)
		// What only looked created, and cannot be removed, may not have been.
		if reason != "" && entry.Claimed {
			su.mu.Lock()
			su.leftOver = append(su.leftOver, LeftOver{Path: entry.Path, ID: entry.ID, Check: entry.Check, Reason: reason})
			su.mu.Unlock()
		}
	}
}

// remove deletes one thing; the answer says why it could not.
func (su *suite) remove(ctx context.Context, c *check, entry wire.Entry) string {
	path := strings.TrimSuffix(entry.Path, "/") + "/" + url.PathEscape(entry.ID)
	match, ok := su.judge.Route(http.MethodDelete, path)
	if !ok {
		return "the API offers no way to delete it"
	}
	header := http.Header{}
	if l := su.logins[entry.Login]; l != nil {
		s := su.newSession(c, nil)
		s.cleaning = true
		who, err := l.become(ctx, s)
		if err != nil {
			return "cannot become " + entry.Login + " to delete it: " + err.Error()
		}
		header = who.header
	}
	e, err := su.wire.Do(ctx, &wire.Call{
		Base: baseName(match.Operation), Path: path, Method: http.MethodDelete, Header: header, Operation: match.Operation.ID,
		Label: c.section.Requirement, Changes: true, Subject: entry.ID, CleanUp: true,
	})
	switch {
	case err != nil:
		return "cannot delete it: " + err.Error()
	case e.Status/100 == 2, e.Status == http.StatusNotFound, e.Status == http.StatusGone:
		return ""
	}
	return fmt.Sprintf("DELETE was answered with %d", e.Status)
}

// left lists what could not be removed.
func (su *suite) left() []LeftOver {
	left := slices.Clone(su.leftOver)
	slices.SortFunc(left, func(a, b LeftOver) int {
		return cmp.Or(cmp.Compare(a.Check, b.Check), cmp.Compare(a.Path, b.Path), cmp.Compare(a.ID, b.ID))
	})
	for i := range left {
		left[i].ID = su.secrets.Text(left[i].ID)
		left[i].Path = su.secrets.Text(left[i].Path)
		left[i].Reason = su.secrets.Text(left[i].Reason)
	}
	return left
}
