package conformance

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"understudy.dev/conformance/internal/judge"
	"understudy.dev/conformance/internal/wire"
	"understudy.dev/specs"
	"understudy.dev/specs/strict"
)

// newSuite checks the target and the options, and makes what a run needs. It sends nothing.
func newSuite(api *specs.API, target Target, o *Options) (*suite, error) {
	if api == nil || api.Document == nil {
		return nil, errors.New("cannot run: there is no API")
	}
	su := &suite{
		api: api, target: target, secrets: wire.NewRedactor(), features: map[string]bool{}, logins: map[string]*login{},
		loginOperations: loginOperations(api), coverage: map[coverageKey]*OperationResult{}, known: map[string]string{},
	}
	if o != nil {
		su.options = *o
	}
	su.options.fill()
	if !namesRun.MatchString(su.options.ID) {
		return nil, badTarget("the run's id %q must be lower-case letters and digits", su.options.ID)
	}
	bases, err := su.checkBases()
	if err != nil {
		return nil, err
	}
	if err := su.checkClaims(bases); err != nil {
		return nil, err
	}
	if su.judge, err = judge.New(api, su.options.Assumed); err != nil {
		return nil, err
	}
	if api.Registry != nil {
		for _, spec := range api.Registry.Logins {
			su.logins[spec.Name] = &login{suite: su, spec: spec}
		}
	}
	var paced []wire.Limit
	for _, p := range su.pacing() {
		paced = append(paced, wire.Limit{Applies: p.limit.Applies, Requests: p.requests, Per: p.limit.Per})
	}
	su.wire = wire.New(&wire.Config{
		Bases: bases, RoundTripper: target.Transport, ClockURL: target.ClockURL, Limits: paced,
		Budget: su.options.MaxRequests, ReadOnly: su.options.ReadOnly, Timeout: su.options.Timeout,
		Agent: "understudy-verify/" + su.options.ID, Headers: asked(api), Redactor: su.secrets,
		Now: su.options.Now, Sleep: su.options.Sleep,
	})
	return su, nil
}

// asked are the headers that the documents ask of every request.
func asked(api *specs.API) http.Header {
	headers := http.Header{}
	if api.Profile != nil {
		for _, h := range api.Profile.Request.Sends {
			headers.Set(h.Name, h.Value)
		}
	}
	return headers
}

var namesRun = regexp.MustCompile(`^[a-z0-9]{1,32}$`)

// fill sets what the caller left open.
func (o *Options) fill() {
	if o.MaxRequests == 0 {
		o.MaxRequests = DefaultMaxRequests
	}
	if o.Timeout == 0 {
		o.Timeout = 30 * time.Second
	}
	if o.WebhookWait == 0 {
		o.WebhookWait = deliveryWait
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.ID == "" {
		o.ID = strconv.FormatInt(o.Now().UnixNano(), 36)
	}
}

// checkBases reads the target's bases and refuses production.
func (su *suite) checkBases() (map[string]*url.URL, error) {
	names := baseNames(su.api)
	bases := map[string]*url.URL{}
	su.bases = map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(su.target.Bases)) {
		if !slices.Contains(names, name) {
			return nil, badTarget("%s", strict.Unknown("base", name, names))
		}
		u, err := parseBase(su.target.Bases[name])
		if err != nil {
			return nil, badTarget("the base %s: %w", name, err)
		}
		if !su.options.Production && !loopback(u) && documentedHost(su.api, u) {
			return nil, badTarget("%s is a host that the documents of %s name; say that you mean it with --production", u.Host, su.api.Name)
		}
		bases[name] = u
		su.bases[name] = strings.TrimSuffix(u.String(), "/")
	}
	if bases[DefaultBase] == nil {
		return nil, badTarget("there is no base URL for %s", su.api.Name)
	}
	return bases, nil
}

var serverVariable = regexp.MustCompile(`\\\{[^{}]*\\\}`)

// documentedHost reports whether the API's documents name the host of the URL.
func documentedHost(api *specs.API, u *url.URL) bool {
	for _, server := range api.Document.Servers() {
		_, rest, ok := strings.Cut(server.URL, "://")
		if !ok {
			continue
		}
		host, _, _ := strings.Cut(rest, "/")
		if i := strings.LastIndexByte(host, ':'); i >= 0 && !strings.Contains(host[i:], "}") && !strings.Contains(host[i:], "]") {
			host = host[:i]
		}
		pattern := "(?i)^" + serverVariable.ReplaceAllString(regexp.QuoteMeta(host), "[^./]+") + "$"
		if matched, err := regexp.MatchString(pattern, strings.TrimSuffix(u.Hostname(), ".")); err == nil && matched {
			return true
		}
	}
	return false
}

// checkClaims reads inputs, bodies, features and the clock.
func (su *suite) checkClaims(bases map[string]*url.URL) error {
	if su.target.ClockURL != "" {
		u, err := url.Parse(su.target.ClockURL)
		if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
			return badTarget("the URL of the clock must begin with http:// or https://")
		}
	}
	if su.target.WebhookURL != "" {
		if _, err := parseBase(su.target.WebhookURL); err != nil {
			return badTarget("the webhook URL: %w", err)
		}
		if su.options.WebhookListen == "" {
			return badTarget("a webhook URL wants the address that it leads to: --webhook-listen HOST:PORT")
		}
	}
	if err := su.checkInputs(bases); err != nil {
		return err
	}
	for id := range su.target.Requests {
		if su.api.Document.Operation(id) == nil {
			var ids []string
			for _, op := range su.api.Document.Operations() {
				ids = append(ids, op.ID)
			}
			return badTarget("%s", strict.Unknown("operation", id, ids))
		}
	}
	for _, name := range su.target.Features {
		var names []string
		if su.api.Registry != nil {
			names = slices.Sorted(maps.Keys(su.api.Registry.Features))
		}
		if !slices.Contains(names, name) {
			return badTarget("%s", strict.Unknown("feature", name, names))
		}
		su.features[name] = true
	}
	return nil
}

// checkInputs takes the target's inputs, or the seeded ones where it has none and nobody else can be behind its bases.
func (su *suite) checkInputs(bases map[string]*url.URL) error {
	su.inputs = map[string]string{}
	if su.api.Registry == nil {
		return nil
	}
	su.seeded = len(su.target.Inputs) == 0
	for _, u := range bases {
		su.seeded = su.seeded && loopback(u)
	}
	var names, missing []string
	for _, input := range su.api.Registry.Inputs {
		names = append(names, input.Name)
		value := su.target.Inputs[input.Name]
		if su.seeded {
			value = input.Seeded
		}
		if value == "" {
			if !input.Optional {
				missing = append(missing, input.Name)
			}
			continue
		}
		su.inputs[input.Name] = value
		if !input.Public {
			su.secrets.Add(input.Name, value)
		}
	}
	for name := range su.target.Inputs {
		if !slices.Contains(names, name) {
			return badTarget("%s", strict.Unknown("input", name, names))
		}
	}
	if len(missing) > 0 {
		return fmt.Errorf("cannot run: the inputs %s are missing", strings.Join(missing, ", "))
	}
	return nil
}
