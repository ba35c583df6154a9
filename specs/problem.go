package specs

import "net/http"

// A Problem is one of a closed list of reasons to refuse a request, free of
// any vendor's wording. A profile gives it a status, a message and attributes.
type Problem string

// The problems. README.md says when each is raised.
const (
	Invalid              Problem = "invalid"
	Malformed            Problem = "malformed"
	InvalidParameter     Problem = "invalid_parameter"
	UnsupportedMediaType Problem = "unsupported_media_type"
	TooLarge             Problem = "too_large"
	InvalidScope         Problem = "invalid_scope"
	InvalidGrant         Problem = "invalid_grant"
	UnsupportedGrant     Problem = "unsupported_grant"
	Unauthenticated      Problem = "unauthenticated"
	MissingCredential    Problem = "missing_credential"
	UnknownCredential    Problem = "unknown_credential"
	ExpiredCredential    Problem = "expired_credential"
	RevokedCredential    Problem = "revoked_credential"
	PaymentRequired      Problem = "payment_required"
	Forbidden            Problem = "forbidden"
	InsufficientScope    Problem = "insufficient_scope"
	WrongCredential      Problem = "wrong_credential"
	NotFound             Problem = "not_found"
	UnknownRoute         Problem = "unknown_route"
	WrongMethod          Problem = "wrong_method"
	Conflict             Problem = "conflict"
	Duplicate            Problem = "duplicate"
	RateLimited          Problem = "rate_limited"
	BackingOff           Problem = "backing_off"
	Internal             Problem = "internal"
	Unavailable          Problem = "unavailable"
)

type problemRow struct {
	problem, parent Problem
	status          int
	// detail is the reason given when a stage has none that is more precise.
	detail string
}

// problemTable lists every problem, parents before children.
func problemTable() []problemRow {
	return []problemRow{
		{Invalid, "", http.StatusBadRequest, "the request is not valid"},
		{Malformed, Invalid, http.StatusBadRequest, "the request body cannot be parsed"},
		{InvalidParameter, Invalid, http.StatusBadRequest, "a parameter is not valid"},
		{UnsupportedMediaType, Invalid, http.StatusUnsupportedMediaType, "the media type of the body is not supported"},
		{TooLarge, Invalid, http.StatusRequestEntityTooLarge, "the request body is too large"},
		{InvalidScope, Invalid, http.StatusBadRequest, "the requested scope cannot be granted"},
		{InvalidGrant, Invalid, http.StatusBadRequest, "the grant is unknown, used or expired"},
		{UnsupportedGrant, Invalid, http.StatusBadRequest, "the grant type is not supported"},
		{Unauthenticated, "", http.StatusUnauthorized, "authentication is required"},
		{MissingCredential, Unauthenticated, http.StatusUnauthorized, "no credential was sent"},
		{UnknownCredential, Unauthenticated, http.StatusUnauthorized, "the credential is not valid"},
		{ExpiredCredential, Unauthenticated, http.StatusUnauthorized, "the credential has expired"},
		{RevokedCredential, Unauthenticated, http.StatusUnauthorized, "the credential was revoked"},
		{PaymentRequired, "", http.StatusPaymentRequired, "the balance is too low"},
		{Forbidden, "", http.StatusForbidden, "the credential does not allow this"},
		{InsufficientScope, Forbidden, http.StatusForbidden, "the credential lacks a scope or role"},
		{WrongCredential, Forbidden, http.StatusForbidden, "this kind of credential is not accepted here"},
		{NotFound, "", http.StatusNotFound, "there is no such resource"},
		{UnknownRoute, NotFound, http.StatusNotFound, "there is no such path"},
		{WrongMethod, UnknownRoute, http.StatusMethodNotAllowed, "the path does not offer this method"},
		{Conflict, "", http.StatusConflict, "the current state does not allow this"},
		{Duplicate, Conflict, http.StatusConflict, "a unique value is taken"},
		{RateLimited, "", http.StatusTooManyRequests, "a rate limit is used up"},
		{BackingOff, RateLimited, http.StatusTooManyRequests, "a waiting time is running"},
		{Internal, "", http.StatusInternalServerError, "an internal error occurred"},
		{Unavailable, "", http.StatusServiceUnavailable, "the service is unavailable"},
	}
}

// Problems lists every problem, parents before children.
func Problems() []Problem {
	rows := problemTable()
	all := make([]Problem, len(rows))
	for i, row := range rows {
		all[i] = row.problem
	}
	return all
}

// Parent returns the more general problem, or "" for a root or an unknown one.
func (p Problem) Parent() Problem { return p.row().parent }

// Detail returns the generic reason in plain words.
func (p Problem) Detail() string { return p.row().detail }

// Is reports whether p is q or one of its descendants.
func (p Problem) Is(q Problem) bool {
	for ; p != ""; p = p.Parent() {
		if p == q {
			return true
		}
	}
	return false
}

func (p Problem) row() problemRow {
	for _, row := range problemTable() {
		if row.problem == p {
			return row
		}
	}
	return problemRow{}
}
