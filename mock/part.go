package mock

import (
	"net/http"
	"slices"

	"understudy.dev/mock/internal/behave"
	"understudy.dev/mock/internal/credential"
	"understudy.dev/mock/internal/limit"
	"understudy.dev/mock/internal/state"
	"understudy.dev/specs"
	"understudy.dev/specs/template"
	"understudy.dev/specs/validate"
)

// A part is one API as this server plays it: compiled once, immutable, shared by all worlds.
type part struct {
	api *specs.API
	// index is its number on the server.
	index int
	// places are in document order, longest with the longest path first.
	places, longest []*place
	// bases are the named ones, empty where nothing reads them.
	bases []base
	// nested is true where a path of the API may begin with its name.
	nested bool
	scenes map[*validate.Operation]*scene
	// stray is the scene of requests that reach no operation.
	stray    *scene
	limits   *limit.Rules
	registry *credential.Registry
	base     *state.Base
	document lazyDocument
	programs *behave.Programs
	// accepts are the credential kinds that each security scheme takes.
	accepts map[string][]string
	// when are the conditions of those that have one.
	when map[string]*template.Expr
	// answerHeaders are on every response.
	answerHeaders []specs.Header
	// names are the names of all headers of the profile as net/http has them.
	names map[string]string
}

// A scene is one operation as it is played, or, without an operation, every route that is not documented.
type scene struct {
	part *part
	// operation is nil for undocumented routes, and id then "".
	operation *validate.Operation
	id        string
	// env is `operation` in expressions.
	env       map[string]any
	stages    []stage
	behaviour *specs.Behaviour
	security  []validate.Requirement
	schemes   []*validate.Scheme
	maxBody   int64
	// needsBody is true when a stage before validation looks at the body.
	needsBody bool
	successes []*specs.Envelope
	wordings  map[specs.Problem]*wording
}

func compile(api *specs.API, settings *settings) (*part, error) {
	p := &part{
		api: api, places: placesOf(api), scenes: map[*validate.Operation]*scene{},
		accepts: map[string][]string{}, when: map[string]*template.Expr{}, answerHeaders: api.Profile.Answers.Headers, names: headerNames(api.Profile),
	}
	p.document = p.newDocument()
	p.longest = slices.Clone(p.places)
	slices.SortStableFunc(p.longest, func(a, b *place) int { return len(b.segments) - len(a.segments) })
	p.nested = p.nests()
	p.bases = basesOf(api, p.places)
	for _, acceptance := range api.Profile.Auth {
		p.accepts[acceptance.Scheme] = acceptance.Accepts
		if acceptance.When != nil {
			p.when[acceptance.Scheme] = acceptance.When
		}
	}
	programs, err := behave.Compile(api)
	if err != nil {
		return nil, err
	}
	p.programs, p.registry = programs, programs.Credentials()
	base, err := programs.NewBase(&behave.BaseOptions{Seed: settings.Seed, Now: settings.start()})
	if err != nil {
		return nil, err
	}
	p.base = base

	var ids []string
	stages := order(api.Profile)
	wordings := newWordings(api)
	for _, op := range api.Document.Operations() {
		ids = append(ids, op.ID)
		s, err := p.scene(op, wordings)
		if err != nil {
			return nil, err
		}
		s.stages = orderOf(stages, len(op.Security) == 0)
		p.scenes[op] = s
	}
	p.limits = limit.Compile(api.Profile.Limits, ids)
	p.stray = p.strayScene(wordings)
	return p, nil
}

func (p *part) scene(op *validate.Operation, wordings *wordings) (*scene, error) {
	profile := p.api.Profile
	s := &scene{
		part: p, operation: op, id: op.ID, env: specs.OperationEnv(op), behaviour: profile.Operations[op.ID],
		security: op.Security, maxBody: profile.Request.MaxBody,
		successes: envelopesFor(profile.Answers.Envelopes, op.ID), wordings: wordings.of(op.ID),
		needsBody: needsBody(profile, op.ID),
	}
	if s.behaviour != nil && s.behaviour.MaxBody != 0 {
		s.maxBody = s.behaviour.MaxBody
	}
	for _, requirement := range op.Security {
		for _, use := range requirement {
			if !slices.ContainsFunc(s.schemes, func(known *validate.Scheme) bool { return known.Name == use.Name }) {
				s.schemes = append(s.schemes, use.Scheme)
			}
		}
	}
	return s, nil
}

// strayScene looks for every kind of credential: its limits may be keyed by one.
func (p *part) strayScene(wordings *wordings) *scene {
	profile := p.api.Profile
	s := &scene{
		part: p, stages: strayOrder(), maxBody: profile.Request.MaxBody,
		wordings: wordings.of(""), needsBody: needsBody(profile, ""),
	}
	schemes := p.api.Document.SecuritySchemes()
	for _, name := range sortedNames(schemes) {
		s.schemes = append(s.schemes, schemes[name])
	}
	return s
}

// needsBody reports whether a limit that applies counts by something in the body.
func needsBody(profile *specs.Profile, operation string) bool {
	return slices.ContainsFunc(profile.Limits, func(l *specs.Limit) bool {
		reads := l.Key != nil && l.Key.Uses("body") || l.Requests != nil && l.Requests.Uses("body")
		return reads && specs.Selects(l.Operations, operation) && !(len(l.Except) > 0 && specs.Selects(l.Except, operation))
	})
}

// headerNames maps the names of headers as a profile writes them to their canonical form.
func headerNames(profile *specs.Profile) map[string]string {
	names := map[string]string{}
	add := func(headers []specs.Header) {
		for _, h := range headers {
			names[h.Name] = http.CanonicalHeaderKey(h.Name)
		}
	}
	add(profile.Answers.Headers)
	for _, l := range profile.Limits {
		add(l.Headers)
		add(l.RefusalHeaders)
	}
	for _, envelopes := range [][]*specs.Envelope{profile.Errors.Envelopes, profile.Answers.Envelopes} {
		for _, e := range envelopes {
			add(e.Headers)
		}
	}
	return names
}
