package wire

import (
	"cmp"
	"encoding/base64"
	"encoding/json"
	"html"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// A Redactor knows the secrets of a run and takes them out of texts. It learns from exchanges. It is safe for
// concurrent use.
type Redactor struct {
	mu      sync.Mutex
	secrets map[string]string // secret to name
	// replacer is nil when secrets were added since it was made.
	replacer *strings.Replacer
}

// NewRedactor returns a redactor without secrets.
func NewRedactor() *Redactor { return &Redactor{secrets: map[string]string{}} }

// shortest is the length below which a value is too common to be taken out wherever it stands. Shorter ones are still
// taken out of fields and headers that hold secrets by their name.
const shortest = 3

// Add makes a value a secret. In texts [redacted NAME] stands for it.
func (r *Redactor) Add(name, value string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, known := r.secrets[value]; known || len(value) < shortest {
		return
	}
	r.secrets[value] = name
	r.replacer = nil
}

// Text takes the secrets out of a text, in every encoding that the suite or a target is likely to use.
func (r *Redactor) Text(text string) string {
	return token.ReplaceAllString(r.current().Replace(text), "[redacted]")
}

// token is a JSON Web Token, whosever it is.
var token = regexp.MustCompile(`\beyJ[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*`)

func (r *Redactor) current() *strings.Replacer {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.replacer != nil {
		return r.replacer
	}
	forms := map[string]string{}
	for secret, name := range r.secrets {
		for _, form := range encodings(secret) {
			forms[form] = marker(name)
		}
	}
	// A replacer tries its texts in order: a secret that is part of another must come after it.
	ordered := slices.SortedFunc(maps.Keys(forms), func(a, b string) int {
		return cmp.Or(cmp.Compare(len(b), len(a)), cmp.Compare(a, b))
	})
	pairs := make([]string, 0, 2*len(ordered))
	for _, form := range ordered {
		pairs = append(pairs, form, forms[form])
	}
	r.replacer = strings.NewReplacer(pairs...)
	return r.replacer
}

func marker(name string) string {
	if name == "" {
		return "[redacted]"
	}
	return "[redacted " + name + "]"
}

func encodings(secret string) []string {
	inJSON, err := json.Marshal(secret)
	if err != nil {
		inJSON = []byte(`""`)
	}
	raw := []byte(secret)
	forms := []string{
		secret, url.QueryEscape(secret), url.PathEscape(secret), strings.Trim(string(inJSON), `"`), html.EscapeString(secret),
	}
	// Of a short secret the encoding is too common a text.
	if len(secret) >= 6 {
		forms = append(forms, base64.StdEncoding.EncodeToString(raw), base64.RawStdEncoding.EncodeToString(raw),
			base64.URLEncoding.EncodeToString(raw), base64.RawURLEncoding.EncodeToString(raw))
	}
	return slices.DeleteFunc(forms, func(form string) bool { return len(form) < shortest })
}

// secretName reports whether a field, parameter or header of that name holds a secret.
func secretName(name string) bool {
	name = strings.ToLower(strings.NewReplacer("_", "", "-", "", ".", "").Replace(name))
	for _, ending := range []string{
		"token", "secret", "password", "passwd", "passphrase", "apikey", "accesskey", "privatekey", "secretkey", "jwt",
		"authorization", "cookie", "assertion", "codeverifier", "credential", "sessionid", "otp",
	} {
		if strings.HasSuffix(name, ending) {
			return true
		}
	}
	return false
}

var (
	jsonField = regexp.MustCompile(`"((?:[^"\\]|\\.)*)"(\s*:\s*)"((?:[^"\\]|\\.)*)"`)
	formField = regexp.MustCompile(`(^|[&?])([^=&?\s]+)=([^&\s]*)`)
)

// Learn keeps the secrets of an exchange in mind: what stands in headers and fields that hold secrets by their name.
func (r *Redactor) Learn(e *Exchange) {
	for _, headers := range []http.Header{e.Header, e.ResponseHeader} {
		for name, values := range headers {
			if secretName(name) {
				for _, value := range values {
					r.learnHeader(name, value)
				}
			}
		}
	}
	for _, body := range [][]byte{e.Body, e.ResponseBody} {
		r.learnBody(body)
	}
}

// learnt is the length from which a value that was found on the wire is taken for a secret wherever it stands.
const learnt = 8

func (r *Redactor) learnHeader(name, value string) {
	switch scheme, rest, ok := strings.Cut(value, " "); {
	case strings.HasSuffix(strings.ToLower(name), "cookie"):
		for pair := range strings.SplitSeq(value, ";") {
			if _, v, ok := strings.Cut(strings.TrimSpace(pair), "="); ok && len(v) >= learnt {
				r.Add("cookie", v)
				break
			}
		}
	case ok && strings.EqualFold(scheme, "basic"):
		r.Add("basic", rest)
		if decoded, err := base64.StdEncoding.DecodeString(rest); err == nil {
			if _, password, ok := strings.Cut(string(decoded), ":"); ok && len(password) >= learnt {
				r.Add("password", password)
			}
		}
	case ok && len(rest) >= learnt:
		r.Add("token", rest)
	case !ok && len(value) >= learnt:
		r.Add("", value)
	}
}

func (r *Redactor) learnBody(body []byte) {
	text := string(body[:min(len(body), 1<<20)])
	for _, m := range jsonField.FindAllStringSubmatch(text, -1) {
		var value string
		if secretName(m[1]) && json.Unmarshal([]byte(`"`+m[3]+`"`), &value) == nil && len(value) >= learnt {
			r.Add(m[1], value)
		}
	}
	if strings.HasPrefix(strings.TrimSpace(text), "{") {
		return
	}
	for _, m := range formField.FindAllStringSubmatch(text, -1) {
		if value, err := url.QueryUnescape(m[3]); err == nil && secretName(m[2]) && len(value) >= learnt {
			r.Add(m[2], value)
		}
	}
}

// header is a header's value without its secrets.
func (r *Redactor) header(name, value string) string {
	if !secretName(name) {
		return r.Text(value)
	}
	redacted := r.Text(value)
	if strings.Contains(redacted, "[redacted") {
		return redacted
	}
	if scheme, _, ok := strings.Cut(value, " "); ok && !strings.HasSuffix(strings.ToLower(name), "cookie") {
		return scheme + " [redacted]"
	}
	return "[redacted]"
}

// body is a body without its secrets, fields that hold them by their name included.
func (r *Redactor) body(text string) string {
	text = jsonField.ReplaceAllStringFunc(text, func(field string) string {
		m := jsonField.FindStringSubmatch(field)
		if !secretName(m[1]) || m[3] == "" {
			return field
		}
		if redacted := r.Text(m[3]); strings.HasPrefix(redacted, "[redacted") && strings.HasSuffix(redacted, "]") {
			return `"` + m[1] + `"` + m[2] + `"` + redacted + `"`
		}
		return `"` + m[1] + `"` + m[2] + `"[redacted]"`
	})
	if !strings.HasPrefix(strings.TrimSpace(text), "{") {
		text = r.query(text)
	}
	return r.Text(text)
}

// query is a query or a form without its secrets.
func (r *Redactor) query(text string) string {
	return formField.ReplaceAllStringFunc(text, func(field string) string {
		m := formField.FindStringSubmatch(field)
		if m[3] == "" || !secretName(m[2]) && m[2] != "code" {
			return field
		}
		if redacted := r.Text(m[3]); redacted != m[3] {
			return m[1] + m[2] + "=" + redacted
		}
		return m[1] + m[2] + "=[redacted]"
	})
}
