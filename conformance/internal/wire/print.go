package wire

import (
	"bytes"
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// Printed is an exchange that people may see.
type Printed struct {
	Method, URL string
	Header      map[string]string
	Body        string

	ResponseHeader map[string]string
	ResponseBody   string
	// Curl repeats the request in a shell. Secrets are left as variables.
	Curl string
}

// longest is how much of a body is printed.
const longest = 4 << 10

// Print gives the exchange without its secrets.
func (r *Redactor) Print(e *Exchange) Printed {
	p := Printed{
		Method: e.Method, URL: r.url(e), Header: r.headers(e.Header), Body: r.bodyText(e.Body),
		ResponseHeader: r.headers(e.ResponseHeader), ResponseBody: r.bodyText(e.ResponseBody),
	}
	p.Curl = r.curl(e, p)
	return p
}

func (r *Redactor) url(e *Exchange) string {
	if e.URL == nil {
		return ""
	}
	bare := *e.URL
	bare.RawQuery = ""
	text := r.Text(bare.String())
	if e.URL.RawQuery != "" {
		text += "?" + r.Text(r.query(e.URL.RawQuery))
	}
	return text
}

func (r *Redactor) headers(h http.Header) map[string]string {
	out := map[string]string{}
	for name, values := range h {
		redacted := make([]string, len(values))
		for i, value := range values {
			redacted[i] = r.header(name, value)
		}
		out[name] = strings.Join(redacted, ", ")
	}
	return out
}

func (r *Redactor) bodyText(body []byte) string {
	if len(body) == 0 {
		return ""
	}
	// Secrets go before the cut: half a secret would not be found.
	text := string(body[:min(len(body), 16*longest)])
	if !utf8.ValidString(strings.ToValidUTF8(text, "")) || bytes.IndexByte(body, 0) >= 0 {
		return fmt.Sprintf("(%d bytes)", len(body))
	}
	text = r.body(strings.ToValidUTF8(text, "\uFFFD"))
	if len(text) > longest {
		text = strings.ToValidUTF8(text[:longest], "") + fmt.Sprintf(" … (%d bytes)", len(body))
	}
	return text
}

// curl is the command that repeats the request.
func (r *Redactor) curl(e *Exchange, p Printed) string {
	words := []string{"curl", "-i"}
	if e.Method == http.MethodHead {
		words = append(words, "--head")
	} else if e.Method != http.MethodGet || len(e.Body) > 0 {
		words = append(words, "-X", e.Method)
	}
	words = append(words, shell(p.URL))
	for _, name := range slices.Sorted(maps.Keys(p.Header)) {
		if name != "User-Agent" && name != "Accept" {
			words = append(words, "-H", shell(name+": "+p.Header[name]))
		}
	}
	switch {
	case len(e.Body) == 0:
	case len(e.Body) > longest || bytes.IndexByte(e.Body, 0) >= 0 || !utf8.Valid(e.Body):
		words = append(words, "--data-binary", "@BODY")
	default:
		words = append(words, "--data-binary", shell(p.Body))
	}
	return strings.Join(words, " ")
}

var redacted = regexp.MustCompile(`\[redacted(?: ([A-Za-z0-9_.-]+))?\]`)

// shell quotes a word for a shell; what was redacted becomes a variable.
func shell(word string) string {
	quoted := "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
	quoted = redacted.ReplaceAllStringFunc(quoted, func(m string) string {
		name := redacted.FindStringSubmatch(m)[1]
		if name == "" {
			name = "secret"
		}
		name = strings.ToUpper(strings.NewReplacer("-", "_", ".", "_").Replace(name))
		return `'"$` + name + `"'`
	})
	return strings.TrimSuffix(strings.TrimPrefix(quoted, "''"), "''")
}
