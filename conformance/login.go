package conformance

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"time"

	"github.com/tidwall/gjson"

	"understudy.dev/conformance/internal/fill"
	"understudy.dev/conformance/internal/judge"
	"understudy.dev/specs"
)

// nobody is the login that sends nothing.
const nobody = "nobody"

// login is a way to become somebody. Its identity is shared by the whole run until it gets old or time is moved.
type login struct {
	suite *suite
	spec  *specs.Login

	// turn lets one request log in at a time; mu guards current and is never held while sending.
	turn    sync.Mutex
	mu      sync.Mutex
	current *identity
}

// identity is somebody, as far as requests are concerned.
type identity struct {
	login  *login
	header http.Header
	// until is when it gets old, in the target's time since the run began; 0 if that is not known.
	until time.Duration
	// jumps is the number of advances before it was made.
	jumps int
	// unowned are violations in the answer to the login that belong to no requirement.
	unowned []judge.Finding
}

// margin is how long an identity must still be good to be used.
func margin(lifetime time.Duration) time.Duration { return min(30*time.Second, lifetime/5) }

func (i *identity) old() bool {
	return i.until > 0 && i.login.suite.wire.Elapsed() >= i.until
}

// fresh reports whether there is an identity that the next check may use.
func (l *login) fresh() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.current != nil && l.current.jumps == l.suite.wire.Jumps() && !l.current.old()
}

// become returns the identity, logging in if there is none. The session is the one that asks; it records the exchange.
func (l *login) become(ctx context.Context, s *session) (*identity, error) {
	l.turn.Lock()
	defer l.turn.Unlock()
	if l.fresh() {
		l.mu.Lock()
		defer l.mu.Unlock()
		return l.current, nil
	}
	made, err := l.make(ctx, s)
	if err != nil {
		return nil, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.current = made
	return made, nil
}

func (l *login) make(ctx context.Context, s *session) (*identity, error) {
	values := map[string]fill.Value{}
	lookup := func(name string) (fill.Value, bool) {
		if v, ok := values[name]; ok {
			return v, true
		}
		return l.suite.input(name)
	}
	made := &identity{login: l, header: http.Header{}, jumps: l.suite.wire.Jumps()}
	if l.spec.Operation != "" {
		began := l.suite.wire.Elapsed()
		a, err := l.send(ctx, s, lookup)
		if err != nil {
			return nil, l.explain(err)
		}
		if err := l.take(a, values); err != nil {
			return nil, err
		}
		if lifetime, ok := values["lifetime"]; ok {
			if seconds, err := time.ParseDuration(lifetime.Text + "s"); err == nil && seconds > 0 {
				made.until = began + seconds - margin(seconds)
			}
		}
		made.jumps = l.suite.wire.Jumps()
		made.unowned = a.unowned
	}
	for name, text := range l.spec.Send {
		value, err := fill.Header(text, lookup)
		if err != nil {
			return nil, l.explain(err)
		}
		made.header.Set(name, value)
	}
	return made, nil
}

// explain tells an input that could not be had from a mistake.
func (l *login) explain(err error) error {
	var unset *fill.UnsetError
	if errors.As(err, &unset) && l.suite.api.Registry != nil &&
		slices.ContainsFunc(l.suite.api.Registry.Inputs, func(i *specs.Input) bool { return i.Name == unset.Name }) {
		return &unmetError{NotObserved, fmt.Sprintf("the login %s needs the input %s", l.spec.Name, unset.Name)}
	}
	return err
}

// of is the login that somebody comes from, nil for nobody.
func (who *identity) of() *login {
	if who == nil {
		return nil
	}
	return who.login
}

// send sends the request that logs in.
func (l *login) send(ctx context.Context, s *session, lookup fill.Lookup) (*answer, error) {
	op := l.suite.api.Document.Operation(l.spec.Operation)
	if op == nil || len(op.PathParams) > 0 {
		return nil, fmt.Errorf("the login %s: %q is not an operation without path parameters", l.spec.Name, l.spec.Operation)
	}
	p := &request{method: op.Method, path: op.Path, header: http.Header{}, login: true}
	switch {
	case l.spec.Body != nil:
		tree, err := fill.Tree(l.spec.Body, lookup, nil)
		if err != nil {
			return nil, err
		}
		if p.body, err = json.Marshal(tree); err != nil {
			return nil, fmt.Errorf("the login %s: cannot encode its body: %w", l.spec.Name, err)
		}
		p.header.Set("Content-Type", "application/json")
	case l.spec.Form != nil:
		form := url.Values{}
		for name, text := range l.spec.Form {
			value, err := fill.Text(text, lookup)
			if err != nil {
				return nil, err
			}
			form.Set(name, value)
		}
		p.body = []byte(form.Encode())
		p.header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if l.spec.Basic != "" {
		pair, err := fill.Header(l.spec.Basic, lookup)
		if err != nil {
			return nil, err
		}
		p.header.Set("Authorization", basic(pair))
	}
	for name, text := range l.spec.Headers {
		value, err := fill.Header(text, lookup)
		if err != nil {
			return nil, err
		}
		p.header.Set(name, value)
	}
	for name := range l.suite.inputs {
		p.foreign = append(p.foreign, l.suite.inputs[name])
	}
	return s.send(ctx, p)
}

func basic(pair string) string {
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(pair))
}

// take reads what the answer to a login gives. Everything but the lifetime is a secret from now on.
func (l *login) take(a *answer, values map[string]fill.Value) error {
	if a.Status/100 != 2 {
		// Where the fields of the body are assumed, a 401 need not be about what they hold.
		if a.softens() || a.rests != "" && a.Status == http.StatusUnauthorized {
			return &unmetError{NotObserved, a.wish()}
		}
		return &unmetError{NotRun, fmt.Sprintf("blocked: the login %s was answered with %d", l.spec.Name, a.Status)}
	}
	for name, path := range l.spec.Take {
		v := gjson.GetBytes(a.content(), path)
		if !v.Exists() || !gjson.ValidBytes(a.content()) {
			if name == "lifetime" {
				continue
			}
			// A missing name that is documented fails by itself.
			return &unmetError{NotObserved, fmt.Sprintf("the answer to the login %s has no %s", l.spec.Name, path)}
		}
		values[name] = fill.Value{Text: v.String(), JSON: v.Raw}
		if name != "lifetime" {
			l.suite.secrets.Add(name, v.String())
		}
	}
	return nil
}
