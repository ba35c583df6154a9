package journal

import (
	"encoding/json"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// Redacted stands in the place of a secret.
const Redacted = "[redacted]"

// shortest is the length from which a known secret is replaced wherever it stands; a shorter one would tear up
// ordinary text.
const shortest = 6

// secretEndings are what the names of secret things end with, in letters and digits only. Only text is ever replaced,
// so that a count such as max_tokens stays.
var secretEndings = [...]string{
	"secret", "secrets", "password", "passwd", "passphrase", "token", "tokens", "apikey", "privatekey",
	"authorization", "credential", "credentials", "assertion", "cookie", "pwd", "auth", "sessionid",
}

var (
	// jsonField is a name and a text value, which may be cut off.
	jsonField = regexp.MustCompile(`"((?:[^"\\]|\\.)*)"\s*:\s*"((?:[^"\\]|\\.)*)("?)`)
	// otherField is a name and a value that is neither text nor a number: a list, an object, or what is no JSON.
	otherField = regexp.MustCompile(`(["']?([\w.-]+)["']?\s*:\s*)([\[{'a-zA-Z_$/+][^,}\]]*)`)
	// assignment is a name and a value as forms, queries and texts have them.
	assignment = regexp.MustCompile(`([\w.%-]+)=([^&;\s]+)`)
	// formPart is a part of a multipart form with a one-line value.
	formPart = regexp.MustCompile(`(name="([^"]*)"[^\n]*\r?\n(?:[^\r\n]+\r?\n)*\r?\n)([^\r\n]*)`)
	// webToken is the shape of a JSON Web Token.
	webToken = regexp.MustCompile(`eyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*`)
)

// A redactor hides secrets: by the name of what holds them, by shape, and by value.
type redactor struct {
	reveal bool
	names  []string
	known  *strings.Replacer
}

func newRedactor(o *Options) *redactor {
	r := &redactor{reveal: o.Reveal}
	if o.Reveal {
		return r
	}
	for _, name := range o.Names {
		r.names = append(r.names, bare(name))
	}
	if o.Known != nil {
		r.known = replacer(o.Known())
	}
	return r
}

// replacer is nil when there is nothing to replace.
func replacer(secrets []string) *strings.Replacer {
	secrets = slices.DeleteFunc(slices.Clone(secrets), func(s string) bool { return len(s) < shortest })
	if len(secrets) == 0 {
		return nil
	}
	// Longest first: a secret may be the beginning of another one.
	slices.SortFunc(secrets, func(a, b string) int { return len(b) - len(a) })
	pairs := make([]string, 0, 2*len(secrets))
	for _, s := range secrets {
		pairs = append(pairs, s, Redacted)
	}
	return strings.NewReplacer(pairs...)
}

// bare is a name in lower-case letters and digits: X-Api-Key and x_api_key are one name.
func bare(name string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, name)
}

func (r *redactor) secret(name string) bool {
	name = bare(name)
	if slices.Contains(r.names, name) {
		return true
	}
	for _, ending := range secretEndings {
		if strings.HasSuffix(name, ending) {
			return true
		}
	}
	return false
}

func (r *redactor) entry(record *Record) Entry {
	e := plain(record)
	if r.reveal {
		return e
	}
	own := replacer(record.Secrets)
	e.Path = r.text(r.target(e.Path), own)
	r.message(&e.Request, own)
	r.message(&e.Response, own)
	if e.Refusal != nil {
		e.Refusal.Got = r.text(e.Refusal.Got, own)
		e.Refusal.Detail = r.text(e.Refusal.Detail, own)
	}
	e.Broken = r.text(e.Broken, own)
	for i := range e.Notes {
		e.Notes[i] = r.text(e.Notes[i], own)
	}
	return e
}

func (r *redactor) message(m *Shown, own *strings.Replacer) {
	for name, values := range m.Headers {
		secret := r.secret(name)
		for i, value := range values {
			if secret {
				values[i] = hideHeader(name, value)
			} else {
				values[i] = r.text(r.assignments(value), own)
			}
		}
	}
	if len(m.Body) == 0 {
		return
	}
	body := string(m.Body)
	switch media := strings.ToLower(m.Headers.Get("Content-Type")); {
	case strings.HasPrefix(media, "application/x-www-form-urlencoded"):
		body = r.form(body)
	case strings.HasPrefix(media, "multipart/"):
		body = r.multipart(body)
	default:
		body = r.json(body)
		if !json.Valid(m.Body) {
			body = r.assignments(body)
		}
	}
	m.Body = []byte(r.text(body, own))
}

// hideHeader keeps the scheme of an Authorization header: "Bearer [redacted]" says more than nothing.
func hideHeader(name, value string) string {
	scheme, _, found := strings.Cut(value, " ")
	known := slices.Contains([]string{"basic", "bearer", "digest"}, strings.ToLower(scheme))
	if found && known && strings.HasSuffix(strings.ToLower(name), "authorization") {
		return scheme + " " + Redacted
	}
	return Redacted
}

// text hides what is a secret by its value or its shape.
func (r *redactor) text(s string, own *strings.Replacer) string {
	for _, known := range []*strings.Replacer{own, r.known} {
		if known != nil {
			s = known.Replace(s)
		}
	}
	return webToken.ReplaceAllLiteralString(s, Redacted)
}

// json works on text and not on values, because a body may be cut off or broken.
func (r *redactor) json(body string) string {
	return r.others(replaceMatches(jsonField, body, func(m []string) string {
		var name string
		if json.Unmarshal([]byte(`"`+m[1]+`"`), &name) != nil || !r.secret(name) {
			return m[0]
		}
		return strings.TrimSuffix(m[0], m[2]+m[3]) + Redacted + m[3]
	}))
}

// others hides what is no text: lists and objects under a secret name, and values of broken JSON.
func (r *redactor) others(body string) string {
	return replaceMatches(otherField, body, func(m []string) string {
		if !r.secret(m[2]) || slices.Contains([]string{"true", "false", "null"}, strings.TrimSpace(m[3])) {
			return m[0]
		}
		return m[1] + Redacted
	})
}

func (r *redactor) assignments(text string) string {
	return replaceMatches(assignment, text, func(m []string) string {
		if plain, err := url.QueryUnescape(m[1]); err == nil && !r.secret(plain) {
			return m[0]
		}
		return m[1] + "=" + Redacted
	})
}

func (r *redactor) multipart(body string) string {
	return replaceMatches(formPart, body, func(m []string) string {
		if !r.secret(m[2]) {
			return m[0]
		}
		return m[1] + Redacted
	})
}

// target hides secrets in the query of a request target.
func (r *redactor) target(s string) string {
	path, query, found := strings.Cut(s, "?")
	if !found {
		return s
	}
	return path + "?" + r.assignments(r.form(query))
}

func (r *redactor) form(s string) string {
	pairs := strings.Split(s, "&")
	for i, pair := range pairs {
		name, _, found := strings.Cut(pair, "=")
		if plain, err := url.QueryUnescape(name); found && (err != nil || r.secret(plain)) {
			pairs[i] = name + "=" + Redacted
		}
	}
	return strings.Join(pairs, "&")
}

func replaceMatches(re *regexp.Regexp, s string, replace func([]string) string) string {
	return re.ReplaceAllStringFunc(s, func(match string) string { return replace(re.FindStringSubmatch(match)) })
}
