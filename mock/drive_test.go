package mock_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"mime/multipart"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/tidwall/gjson"
	"go.yaml.in/yaml/v4"

	"understudy.dev/mock/mocktest"
	"understudy.dev/specs"
	"understudy.dev/specs/fake"
	"understudy.dev/specs/validate"
)

// A driver sends requests to every operation of an API, whatever API it is: with the seeded logins, with the ids of what
// the world holds, and with bodies that suit the document. The same driver sends the same requests.
type driver struct {
	*mocktest.Mock
	api  *specs.API
	fake *fake.Generator
	// sends are the headers of each login, by its name.
	sends map[string]map[string]string
	// log is all that was sent and came back.
	log strings.Builder
	// good counts the successes of each operation.
	good map[string]int
}

// origin is what every server of these tests is called, whatever its port.
const origin = "mock.localhost:4010"

func newDriver(m *mocktest.Mock, api *specs.API) *driver {
	return &driver{
		Mock: m, api: api, fake: fake.New(api.Document.Node()),
		sends: map[string]map[string]string{}, good: map[string]int{},
	}
}

// drive calls everything: first what makes things, at last what deletes them.
func (d *driver) drive(t *testing.T) {
	t.Helper()
	operations := d.api.Document.Operations()
	late := func(op *validate.Operation) int {
		return slices.Index([]string{"POST", "PUT", "PATCH", "GET", "HEAD", "OPTIONS", "DELETE"}, op.Method)
	}
	slices.SortStableFunc(operations, func(a, b *validate.Operation) int { return late(a) - late(b) })
	for _, op := range operations {
		d.Advance(11 * time.Minute) // what limits have counted is over
		d.login(t)
		headers := []map[string]string{nil}
		for _, l := range d.api.Registry.Logins {
			headers = append(headers, d.sends[l.Name])
		}
		if len(op.Security) > 0 {
			headers = append(headers, d.credentials(t, op))
		}
		for i, send := range headers {
			d.call(t, op, i, send)
		}
	}
}

// login becomes everybody that the registry knows, anew each time: a call before may have ended a login.
func (d *driver) login(t *testing.T) {
	t.Helper()
	for _, l := range d.api.Registry.Logins {
		values := d.Inputs(d.api.Name)
		fill := func(text string) string {
			for name, value := range values {
				text = strings.ReplaceAll(text, "{"+name+"}", value)
			}
			return text
		}
		if op := d.api.Document.Operation(l.Operation); op != nil {
			r := d.request(t, op.Method, d.path(t, op), "")
			if l.Body != nil {
				raw, err := json.Marshal(l.Body)
				require.NoError(t, err)
				d.give(r, "application/json", []byte(fill(string(raw))))
			} else if l.Form != nil {
				form := url.Values{}
				for name, value := range l.Form {
					form.Set(name, fill(value))
				}
				d.give(r, "application/x-www-form-urlencoded", []byte(form.Encode()))
			}
			if l.Basic != "" {
				r.Header.Set("Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(fill(l.Basic))))
			}
			for name, value := range l.Headers {
				r.Header.Set(name, fill(value))
			}
			status, body := d.do(t, r)
			if status < 300 {
				d.good[op.ID]++
			}
			for name, path := range l.Take {
				values[name] = gjson.Get(body, path).String()
			}
		}
		send := map[string]string{}
		for name, value := range l.Send {
			send[name] = fill(value)
		}
		d.sends[l.Name] = send
	}
}

// credentials makes, through the control plane, what the first alternative of an operation wants.
func (d *driver) credentials(t *testing.T, op *validate.Operation) map[string]string {
	t.Helper()
	headers := map[string]string{}
	for _, use := range op.Security[0] {
		i := slices.IndexFunc(d.api.Profile.Auth, func(a *specs.Acceptance) bool { return a.Scheme == use.Name })
		if i < 0 {
			continue
		}
		body, err := json.Marshal(map[string]any{"api": d.api.Name, "kind": d.api.Profile.Auth[i].Accepts[0], "scopes": use.Scopes})
		require.NoError(t, err)
		r := d.request(t, "POST", "/__admin/credentials", "")
		d.give(r, "application/json", body)
		_, made := d.do(t, r)
		id, secret := gjson.Get(made, "id").String(), gjson.Get(made, "secret").String()
		switch {
		case use.Scheme.In == "header":
			headers[use.Scheme.ParamName] = secret
		case use.Scheme.Scheme == "basic":
			headers["Authorization"] = "Basic " + base64.StdEncoding.EncodeToString([]byte(id+":"+secret))
		default:
			headers["Authorization"] = "Bearer " + secret
		}
	}
	return headers
}

// call sends one request to an operation.
func (d *driver) call(t *testing.T, op *validate.Operation, number int, send map[string]string) {
	t.Helper()
	r := d.request(t, op.Method, d.path(t, op), op.ID)
	for _, media := range op.RequestMedia {
		raw := d.body(op, media, number)
		if raw == nil {
			continue
		}
		if strings.HasPrefix(media, "multipart/") {
			media, raw = multipartOf(t, raw)
		} else if media == "application/x-www-form-urlencoded" {
			form := url.Values{}
			gjson.ParseBytes(raw).ForEach(func(name, value gjson.Result) bool {
				form.Set(name.String(), value.String())
				return true
			})
			raw = []byte(form.Encode())
		}
		d.give(r, media, raw)
		break
	}
	for name, value := range send {
		r.Header.Set(name, value)
	}
	if status, _ := d.do(t, r); status < 300 {
		d.good[op.ID]++
	}
}

// links are the values that a mock might try to reach.
var links = regexp.MustCompile(`"https?://[^"]*"`)

// body suits an operation; nil if none can be made. What number says makes it another one each time.
func (d *driver) body(op *validate.Operation, media string, number int) []byte {
	at := op.Pointer + "/requestBody"
	if node := nodeAt(d.api.Document.Node(), at+"/$ref"); node != nil {
		at = strings.TrimPrefix(node.Value, "#")
	}
	at += "/content/" + strings.NewReplacer("~", "~0", "/", "~1").Replace(media) + "/schema"
	raw, err := d.fake.Value(at, &fake.Options{
		Rand: rand.New(rand.NewPCG(uint64(number), uint64(len(d.good)))), Now: epoch, Direction: fake.Request,
	})
	if err != nil {
		return nil
	}
	return links.ReplaceAll(raw, []byte(`"http://127.0.0.1:9/nobody"`))
}

// path names, for each parameter, a thing that the world holds, where the profile tells which.
func (d *driver) path(t *testing.T, op *validate.Operation) string {
	t.Helper()
	base := d.api.Bases()[0].Path
	if len(op.Servers) > 0 {
		if u, err := url.Parse(op.Servers[0].URL); err == nil {
			base = strings.TrimSuffix(u.Path, "/")
		}
	}
	path := op.Path
	for i, param := range op.PathParams {
		value := "1"
		if b := d.api.Profile.Operations[op.ID]; b != nil {
			for _, step := range b.Steps {
				resource := step.Target
				if step.Of != "" && (step.OfParam == param || i < len(op.PathParams)-1) {
					resource = step.Of
				}
				if id := d.held(t, resource); id != "" {
					value = id
					break
				}
			}
		}
		path = strings.ReplaceAll(path, "{"+param+"}", url.PathEscape(value))
	}
	return "/" + d.api.Name + base + path
}

// held is the id of the latest thing of a resource, "" if there is none.
func (d *driver) held(t *testing.T, resource string) string {
	t.Helper()
	i := slices.IndexFunc(d.api.Profile.Resources, func(r *specs.Resource) bool { return r.Name == resource })
	if i < 0 {
		return ""
	}
	_, body := d.do(t, d.request(t, "GET", "/__admin/state?limit=1000&api="+d.api.Name+"&resource="+resource, ""))
	items := gjson.Get(body, "resources.0.items").Array()
	if len(items) == 0 {
		return ""
	}
	return items[len(items)-1].Get(gjson.Escape(d.api.Profile.Resources[i].Key)).String()
}

func (d *driver) request(t *testing.T, method, path, operation string) *http.Request {
	t.Helper()
	r, err := http.NewRequest(method, d.Origin()+path, nil)
	require.NoError(t, err)
	r.Host = origin
	fmt.Fprintf(&d.log, "\n== %s %s %s\n", operation, method, path)
	return r
}

func (d *driver) give(r *http.Request, media string, raw []byte) {
	r.Header.Set("Content-Type", media)
	r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(raw)), int64(len(raw))
	d.log.Write(raw)
	d.log.WriteByte('\n')
}

// do sends a request and logs all of the answer.
func (d *driver) do(t *testing.T, r *http.Request) (int, string) {
	t.Helper()
	got, err := d.Client.Do(r)
	require.NoError(t, err)
	defer got.Body.Close()
	raw, err := io.ReadAll(got.Body)
	require.NoError(t, err)
	require.Less(t, got.StatusCode, 500, "%s %s: %s", r.Method, r.URL, raw)
	if strings.HasPrefix(r.URL.Path, "/__admin/") {
		got.Header.Del("Date") // that of the server itself
	}
	fmt.Fprintf(&d.log, "%s %d\n", got.Proto, got.StatusCode)
	require.NoError(t, got.Header.Write(&d.log))
	fmt.Fprintf(&d.log, "\n%s\n", raw)
	return got.StatusCode, string(raw)
}

// multipartOf sends the members of an object as the parts of a form, each text as a file as well as it goes.
func multipartOf(t *testing.T, raw []byte) (media string, body []byte) {
	t.Helper()
	var buffer bytes.Buffer
	w := multipart.NewWriter(&buffer)
	require.NoError(t, w.SetBoundary("boundary"))
	gjson.ParseBytes(raw).ForEach(func(name, value gjson.Result) bool {
		part, err := w.CreateFormFile(name.String(), "note.txt")
		require.NoError(t, err)
		_, err = io.WriteString(part, value.String())
		require.NoError(t, err)
		return true
	})
	require.NoError(t, w.Close())
	return w.FormDataContentType(), buffer.Bytes()
}

// nodeAt finds a node of a document by its pointer, nil if there is none.
func nodeAt(n *yaml.Node, pointer string) *yaml.Node {
	for _, token := range strings.Split(strings.TrimPrefix(pointer, "/"), "/") {
		token = strings.NewReplacer("~1", "/", "~0", "~").Replace(token)
		found := (*yaml.Node)(nil)
		if n.Kind == yaml.DocumentNode {
			n = n.Content[0]
		}
		for i := 0; i+1 < len(n.Content) && n.Kind == yaml.MappingNode; i += 2 {
			if n.Content[i].Value == token {
				found = n.Content[i+1]
			}
		}
		if found == nil {
			return nil
		}
		n = found
	}
	return n
}
