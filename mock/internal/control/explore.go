package control

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"

	"understudy.dev/mock/internal/control/explorer"
)

// A ServedAPI is one API as a caller finds it.
type ServedAPI struct {
	Name    string `json:"name"`
	Title   string `json:"title"`
	Version string `json:"version"`
	// Document is the URL of its OpenAPI document.
	Document string `json:"document"`
	// Bases are the URLs of its bases, the default one first.
	Bases []ServedBase `json:"bases"`
}

// A ServedBase is one base of an API as a caller finds it.
type ServedBase struct {
	Name string `json:"name"`
	URL  string `json:"url"`
}

func listAPIs(c *call) (int, any, error) {
	apis := c.plane.server.Served(c.origin)
	for i := range apis {
		apis[i].Document = c.origin + Prefix + "/apis/" + apis[i].Name + "/openapi.json"
	}
	return http.StatusOK, struct {
		APIs []ServedAPI `json:"apis"`
	}{apis}, nil
}

func readAPIDocument(c *call) (int, any, error) {
	raw, err := c.plane.server.Document(c.params["api"], c.origin)
	return http.StatusOK, json.RawMessage(raw), err
}

// An asset is an answer that is no JSON.
type asset struct {
	media   string
	headers map[string]string
	body    []byte
}

func (a *asset) write(w http.ResponseWriter, status int) {
	h := w.Header()
	if a.media != "" {
		h.Set("Content-Type", a.media)
	}
	for name, value := range a.headers {
		h.Set(name, value)
	}
	h.Set("Content-Length", strconv.Itoa(len(a.body)))
	h.Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	_, _ = w.Write(a.body) // a client that has gone away cannot be told
}

// policy lets the page load its own files and speak with this server, and nothing else.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; " +
	"connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// toExplorer leads to the slash that the page's own links count from.
func toExplorer(*call) (int, any, error) {
	return http.StatusPermanentRedirect, &asset{headers: map[string]string{"Location": "explorer/"}}, nil
}

func showExplorer(c *call) (int, any, error) {
	file, ok := explorer.Open(c.params["file"])
	if !ok {
		return 0, nil, NotFound("the explorer has no file %q", c.params["file"])
	}
	a := &asset{media: file.Media, body: file.Raw, headers: map[string]string{
		"Content-Security-Policy": policy, "Referrer-Policy": "no-referrer",
		// The files are those of this program; another version may come to stand at the same address.
		"Cache-Control": "no-cache", "Vary": "Accept-Encoding",
	}}
	if !file.Packed {
		return http.StatusOK, a, nil
	}
	if acceptsGzip(c.r.Header.Values("Accept-Encoding")) {
		a.headers["Content-Encoding"] = "gzip"
		return http.StatusOK, a, nil
	}
	plain, err := file.Plain()
	a.body = plain
	return http.StatusOK, a, err
}

// acceptsGzip reads Accept-Encoding as RFC 9110 has it: gzip, or else *, unless its weight is 0.
func acceptsGzip(lines []string) bool {
	accepted := map[string]bool{}
	for _, line := range lines {
		for _, item := range strings.Split(line, ",") {
			coding, parameters, _ := strings.Cut(item, ";")
			weight := 1.0
			if name, value, _ := strings.Cut(strings.TrimSpace(parameters), "="); strings.EqualFold(strings.TrimSpace(name), "q") {
				weight, _ = strconv.ParseFloat(strings.TrimSpace(value), 64) // what is no number accepts nothing
			}
			accepted[strings.ToLower(strings.TrimSpace(coding))] = weight > 0
		}
	}
	if gzip, named := accepted["gzip"]; named {
		return gzip
	}
	return accepted["*"]
}
