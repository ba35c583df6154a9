package mock

import (
	"encoding/base64"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"understudy.dev/mock/internal/credential"
	"understudy.dev/mock/internal/state"
	"understudy.dev/specs"
	"understudy.dev/specs/validate"
)

// A proof is what the caller presents for one security scheme.
type proof struct {
	scheme *validate.Scheme
	// sent is true when there is something, good or bad.
	sent      bool
	presented credential.Presented
	// malformed says why what was sent is no credential at all.
	malformed string
	// found is the credential with the presented value, known the one that is meant, whatever its secret.
	found, known *state.Credential
}

// identify finds out who the caller claims to be. It judges nothing: the limits count a caller with a wrong secret or an
// expired token as that caller, and one that is unknown by address.
func identify(x *exchange) *refusal {
	x.env["credential"] = nil
	if len(x.scene.schemes) == 0 {
		return nil
	}
	x.view = x.play.store.View()
	x.proofs = make([]proof, 0, len(x.scene.schemes))
	var claimed *proof
	for _, scheme := range x.scene.schemes {
		p := read(x.r, scheme)
		if p.sent && p.malformed == "" {
			x.part.lookUp(x.view, &p)
			if x.credential == nil && p.known != nil {
				x.credential, claimed = p.known, &p
			}
		}
		x.proofs = append(x.proofs, p)
	}
	x.show(x.credential)
	if claimed != nil && claimed.found == nil {
		x.env["credential"].(map[string]any)["state"] = unproven
	}
	return nil
}

// unproven is the state of a credential whose secret is not the one that was sent.
const unproven = "unproven"

// show makes a credential what expressions see.
func (x *exchange) show(c *state.Credential) {
	switch {
	case c == nil:
		x.env["credential"] = nil
	case c != x.shown:
		env := credential.Env(c)
		env["state"] = credential.State(x.view, c, x.now)
		x.env["credential"] = env
	}
	x.shown = c
}

func (p *part) lookUp(view *state.Snapshot, proof *proof) {
	proof.found = p.registry.Lookup(view, proof.presented)
	if proof.found == nil && proof.presented.Pair {
		// OAuth 2.0 clients encode id and secret before they put them into a Basic header (RFC 6749, 2.3.1).
		if plain, ok := formDecoded(proof.presented); ok {
			proof.found = p.registry.Lookup(view, plain)
		}
	}
	proof.known = proof.found
	if proof.known == nil && proof.presented.Pair {
		for _, kind := range p.accepts[proof.scheme.Name] {
			if c := view.Credential(kind, proof.presented.ID); c != nil {
				proof.known = c
				return
			}
		}
	}
}

func formDecoded(p credential.Presented) (credential.Presented, bool) {
	id, err := url.QueryUnescape(p.ID)
	if err != nil {
		return p, false
	}
	value, err := url.QueryUnescape(p.Value)
	if err != nil || id == p.ID && value == p.Value {
		return p, false
	}
	return credential.Presented{Pair: true, ID: id, Value: value}, true
}

// read looks for what a scheme wants. A scheme that is not understood finds nothing, and authentication refuses it.
func read(r *http.Request, scheme *validate.Scheme) proof {
	switch {
	case scheme.Type == "apiKey":
		return readKey(r, scheme)
	case scheme.Type == "http" && scheme.Scheme == "basic":
		return readAuthorization(r, scheme, "Basic", basic)
	case scheme.Type == "http" && scheme.Scheme == "bearer", scheme.Type == "oauth2", scheme.Type == "openIdConnect":
		return readAuthorization(r, scheme, "Bearer", bearer)
	}
	return proof{scheme: scheme}
}

// understood reports whether read knows the scheme.
func understood(scheme *validate.Scheme) bool {
	switch scheme.Type {
	case "apiKey":
		return scheme.In == "header" || scheme.In == "query" || scheme.In == "cookie"
	case "http":
		return scheme.Scheme == "basic" || scheme.Scheme == "bearer"
	}
	return scheme.Type == "oauth2" || scheme.Type == "openIdConnect"
}

func readKey(r *http.Request, scheme *validate.Scheme) proof {
	var values []string
	switch scheme.In {
	case "header":
		values = r.Header.Values(scheme.ParamName)
	case "query":
		values = r.URL.Query()[scheme.ParamName]
	case "cookie":
		for _, cookie := range r.CookiesNamed(scheme.ParamName) {
			values = append(values, cookie.Value)
		}
	}
	p := proof{scheme: scheme, sent: len(values) > 0}
	switch {
	case len(values) > 1:
		p.malformed = fmt.Sprintf("the %s %s was sent %d times", scheme.In, scheme.ParamName, len(values))
	case p.sent && values[0] == "":
		p.malformed = fmt.Sprintf("the %s %s is empty", scheme.In, scheme.ParamName)
	case p.sent:
		p.presented = credential.Presented{Value: values[0]}
	}
	return p
}

func readAuthorization(r *http.Request, scheme *validate.Scheme, name string, parse func(string) (credential.Presented, string)) proof {
	values := r.Header.Values("Authorization")
	p := proof{scheme: scheme, sent: len(values) > 0}
	if !p.sent {
		return p
	}
	if len(values) > 1 {
		p.malformed = fmt.Sprintf("the header Authorization was sent %d times", len(values))
		return p
	}
	sent, rest, _ := strings.Cut(values[0], " ")
	if !strings.EqualFold(sent, name) {
		p.malformed = fmt.Sprintf("the header Authorization does not have the scheme %s", name)
		return p
	}
	p.presented, p.malformed = parse(strings.Trim(rest, " "))
	return p
}

func bearer(value string) (credential.Presented, string) {
	if value == "" {
		return credential.Presented{}, "there is no token behind Bearer"
	}
	for _, c := range value {
		if c <= ' ' || c >= 0x7f || c == ',' || c == '"' {
			return credential.Presented{}, "what stands behind Bearer is not one token"
		}
	}
	return credential.Presented{Value: value}, ""
}

// basic reads RFC 7617: base64 of id, colon, secret, without control characters.
func basic(value string) (credential.Presented, string) {
	raw, err := base64.StdEncoding.DecodeString(value)
	if err != nil {
		raw, err = base64.RawStdEncoding.DecodeString(value)
	}
	if value == "" || err != nil || !utf8.Valid(raw) {
		return credential.Presented{}, "what stands behind Basic is not base64"
	}
	id, secret, found := strings.Cut(string(raw), ":")
	control := strings.ContainsFunc(string(raw), func(c rune) bool { return c < ' ' || c == 0x7f })
	if !found || control {
		return credential.Presented{}, "what stands behind Basic is not an id and a secret"
	}
	return credential.Presented{Pair: true, ID: id, Value: secret}, ""
}

// secrets are the presented values, for the journal to hide.
func (x *exchange) secrets() []string {
	var all []string
	for i := range x.proofs {
		if value := x.proofs[i].presented.Value; value != "" {
			all = append(all, value)
		}
	}
	return all
}

func (x *exchange) proof(scheme *validate.Scheme) *proof {
	for i := range x.proofs {
		if x.proofs[i].scheme.Name == scheme.Name {
			return &x.proofs[i]
		}
	}
	return nil
}

// judge says why a proof is not good for a scheme, nil if it is. Being of a kind that is not taken is for authorization.
func (x *exchange) judge(p *proof) *refusal {
	refused := &refusal{rule: p.scheme.Name, pointer: p.scheme.Pointer}
	kinds, listed := x.part.accepts[p.scheme.Name]
	switch {
	case !understood(p.scheme):
		refused.problem = specs.Unauthenticated
		refused.private = fmt.Sprintf("security schemes of type %q are not understood; they refuse everybody", p.scheme.Type)
	case !p.sent:
		refused.problem = specs.MissingCredential
		refused.expected = wanted(p.scheme)
	case p.malformed != "":
		refused.problem, refused.detail = specs.UnknownCredential, p.malformed
		refused.expected = wanted(p.scheme)
	case !listed:
		refused.problem = specs.UnknownCredential
		refused.private = "the profile does not list the scheme under auth; it refuses everybody"
	case p.found == nil:
		refused.problem = specs.UnknownCredential
		refused.private = x.part.registry.Why(x.view, p.presented)
	case p.scheme.Scheme == "basic" && !slices.Contains(kinds, p.found.Kind):
		// Another kind's id and secret are as unknown here as any.
		refused.problem = specs.UnknownCredential
		refused.private = "it is a " + p.found.Kind + ", of which the scheme takes none"
	default:
		refused.problem = x.part.registry.Judge(x.view, p.found, []string{p.found.Kind}, x.now)
		if refused.problem == "" {
			return x.admits(p)
		}
		refused.expected = strings.Join(kinds, " or ")
		refused.got = p.found.Kind + " " + p.found.ID
	}
	return refused
}

// admits asks the profile's condition about a good credential. One that is not meant for here is as unknown as any.
func (x *exchange) admits(p *proof) *refusal {
	condition := x.part.when[p.scheme.Name]
	if condition == nil {
		return nil
	}
	env := maps.Clone(x.env)
	env["credential"] = credential.Env(p.found)
	holds, err := condition.Bool(env)
	switch {
	case err != nil:
		return internal("auth "+p.scheme.Name, err)
	case holds:
		return nil
	}
	return &refusal{
		problem: specs.UnknownCredential, rule: p.scheme.Name, pointer: p.scheme.Pointer,
		private: fmt.Sprintf("the %s %s is good, but not here: %s does not hold", p.found.Kind, p.found.ID, condition),
	}
}

func wanted(scheme *validate.Scheme) string {
	if scheme.Type == "apiKey" {
		return scheme.In + " " + scheme.ParamName
	}
	if scheme.Scheme == "basic" {
		return "Authorization: Basic"
	}
	return "Authorization: Bearer"
}
