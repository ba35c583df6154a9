package specs

import (
	"slices"
	"strings"
	"unicode"

	"understudy.dev/specs/strict"
	"understudy.dev/specs/template"
)

// Defaults of a profile.
const (
	defaultRequestID = "req_${random(12)}"
	defaultMaxBody   = 1 << 20
	defaultID        = "${uuid()}"
	defaultMedia     = "application/json"
)

// profile loads profile.yaml and infers what it leaves open. It reports whether
// the file could be read.
func (l *loader) profile() bool {
	var written profileSyntax
	root, ok := l.decode(profileFile, &written)
	if !ok {
		return false
	}
	l.api.profileRoot = root
	p := &Profile{Operations: map[string]*Behaviour{}}
	l.api.Profile = p
	l.names, l.attributes = l.shapes(&written), attributesOf(&written)

	p.Order = l.order(written.Order)
	id := written.Request.ID
	if id == nil {
		id = textNode(defaultRequestID)
	}
	p.Request.ID = l.text(id, l.scope(inRequestID))
	p.Request.MaxBody = int64(written.Request.MaxBody)
	if p.Request.MaxBody == 0 {
		p.Request.MaxBody = defaultMaxBody
	}
	p.Request.Sends = l.sends(&written.Request.Sends)
	for kind := range written.Credentials.All() {
		l.kinds = append(l.kinds, kind)
	}
	for kind, c := range written.Credentials.All() {
		p.Credentials = append(p.Credentials, l.credential(kind, written.Credentials.Pos(kind), &c))
	}
	for scheme, a := range written.Auth.All() {
		p.Auth = append(p.Auth, l.acceptance(name{scheme, written.Auth.Pos(scheme)}, &a))
	}
	for limit, w := range written.Limits.All() {
		p.Limits = append(p.Limits, l.limit(limit, written.Limits.Pos(limit), &w))
	}
	p.Errors = l.refusals(&written.Errors)
	p.Answers = l.answers(&written.Answers)
	for resource, w := range written.Resources.All() {
		p.Resources = append(p.Resources, l.resource(resource, &w))
	}
	p.Webhooks = l.webhooks(written.Webhooks)
	for operation, w := range written.Operations.All() {
		if w == nil {
			l.errs.Add(written.Operations.Pos(operation).Errorf("the behaviour of %q is empty", operation))
			continue
		}
		if l.one("operation", name{operation, written.Operations.Pos(operation)}, l.operations) {
			p.Operations[operation] = l.behaviour(operation, w)
		}
	}
	l.infer(root == nil)
	p.Request.ReadsBases = l.readsBases
	return true
}

// sends reads the headers that the documents ask of every request.
func (l *loader) sends(written *strict.Map[name]) []SentHeader {
	var all []SentHeader
	for header, value := range written.All() {
		switch {
		case !headerName.MatchString(header):
			l.errs.Add(written.Pos(header).Errorf("%q is no name of a header", header))
		case value.Text == "" || strings.ContainsFunc(value.Text, unicode.IsControl):
			l.errs.Add(written.Pos(header).Errorf("%q is no value of a header", value.Text))
		}
		all = append(all, SentHeader{Name: header, Value: value.Text})
	}
	return all
}

// shapes are the fields that operations and problems show beyond the fixed ones.
func (l *loader) shapes(written *profileSyntax) map[string]any {
	operation := objectOf("id", "method", "path", "tags")
	for _, op := range l.doc.Operations() {
		for _, extension := range extensionNames(op.Extensions) {
			operation[extension] = nil
		}
	}
	problem := objectOf("name", "status", "reason", "detail", "message", "pointer", "fields")
	for _, attribute := range attributesOf(written) {
		problem[attribute] = nil
	}
	problem["status"], problem["fields"] = template.Number, []FieldError{}
	request := fieldsOf(RequestInfo{})
	request["bases"] = l.basesShape()
	limits := template.Object{}
	for limit := range written.Limits.All() {
		limits[limit] = (*LimitInfo)(nil)
	}
	return map[string]any{"operation": operation, "problem": problem, "request": request, "limits": limits}
}

func (l *loader) basesShape() template.Object {
	bases := template.Object{}
	for _, base := range l.api.Bases() {
		bases[base.Name] = ""
	}
	return bases
}

// attributesOf lists the attributes that the problems of a profile declare.
func attributesOf(written *profileSyntax) []string {
	var all []string
	for _, refusal := range written.Errors.Problems.All() {
		for attribute := range refusal.Attributes.All() {
			if !slices.Contains(refusalKeys(), attribute) && !slices.Contains(all, attribute) {
				all = append(all, attribute)
			}
		}
	}
	return all
}

// scope is what templates outside of operations see at a place.
func (l *loader) scope(p place) *scope {
	if l.scopes == nil {
		l.scopes = map[place]*scope{}
	}
	if l.scopes[p] == nil {
		l.scopes[p] = newScope(p, l.names)
	}
	return l.scopes[p]
}

func defaultOrder() []Stage {
	return []Stage{StageLimit, StageAuthenticate, StageAuthorize, StageValidate}
}

// order wants every movable stage once.
func (l *loader) order(written []name) []Stage {
	if len(written) == 0 {
		return defaultOrder()
	}
	var order []Stage
	for _, n := range written {
		if !l.one("stage", n, texted(defaultOrder())) {
			return defaultOrder()
		}
		if slices.Contains(order, Stage(n.Text)) {
			l.errs.Add(n.Pos.Errorf("the stage %q stands twice", n.Text))
		}
		order = append(order, Stage(n.Text))
	}
	for _, stage := range defaultOrder() {
		if !slices.Contains(order, stage) {
			l.errs.Add(written[0].Pos.Errorf("the stage %q is missing; the order names all of %s",
				stage, strings.Join(texted(defaultOrder()), ", ")))
		}
	}
	return order
}

func algorithms() []string { return []string{"RS256", "ES256", "HS256"} }

func (l *loader) credential(kind string, pos strict.Pos, w *credentialSyntax) *CredentialKind {
	c := &CredentialKind{Name: kind, Lifetime: strict.Lifetime{Never: true}}
	if w.Lifetime != nil {
		c.Lifetime = *w.Lifetime
	}
	s := l.scope(inCredential)
	c.ID, c.Secret, c.Opaque = l.text(w.ID, s), l.text(w.Secret, s), l.text(w.Opaque, s)
	forms := 0
	for _, form := range []bool{w.Secret != nil, w.Opaque != nil, w.JWT != nil} {
		if form {
			forms++
		}
	}
	if forms != 1 {
		l.errs.Add(pos.Errorf("the credential kind %q needs exactly one of secret, jwt and opaque", kind))
	}
	if w.JWT != nil && l.one("signing algorithm", *w.JWT, algorithms()) {
		c.JWT = w.JWT.Text
	}
	c.Set = l.fields(&w.Set, l.scope(inAttributes))
	for _, f := range c.Set {
		if slices.Contains(credentialFields(), f.Name) {
			l.errs.Add(w.Set.Pos(writtenName(f)).Errorf("the attribute %q would hide credential.%s", f.Name, f.Name))
		}
	}
	if w.Claims == nil {
		return c
	}
	if w.JWT == nil {
		l.errs.Add(l.profilePos(w.Claims).Errorf("only a jwt has claims"))
	}
	c.Claims = l.value(w.Claims, l.scope(inClaims))
	return c
}

// acceptance wants credential kinds that the scheme can carry.
func (l *loader) acceptance(scheme name, w *acceptanceSyntax) *Acceptance {
	a := &Acceptance{Scheme: scheme.Text, Accepts: texts(w.Accepts)}
	a.When = l.expr(w.When, l.scope(inAcceptance), template.Bool)
	schemes := l.doc.SecuritySchemes()
	if !l.one("security scheme", scheme, sortedKeys(schemes)) {
		return a
	}
	if schemes[scheme.Text].Type == "mutualTLS" {
		l.errs.Add(scheme.Pos.Errorf("the scheme %q is mutual TLS, which no credential of a request can satisfy", scheme.Text))
	}
	pair := schemes[scheme.Text].Type == "http" && schemes[scheme.Text].Scheme == "basic"
	for _, kind := range w.Accepts {
		if !l.one("credential kind", kind, l.kinds) {
			continue
		}
		i := slices.IndexFunc(l.api.Profile.Credentials, func(c *CredentialKind) bool { return c.Name == kind.Text })
		switch c := l.api.Profile.Credentials[i]; {
		case pair && c.Secret == nil:
			l.errs.Add(kind.Pos.Errorf("%s carries an id and a secret, but %q is no pair", scheme.Text, kind.Text))
		case !pair && c.Secret != nil:
			l.errs.Add(kind.Pos.Errorf("%s carries one secret text, but %q is a pair", scheme.Text, kind.Text))
		}
	}
	return a
}
