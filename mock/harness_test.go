package mock_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/tidwall/gjson"

	"understudy.dev/mock"
	"understudy.dev/mock/internal/control"
	"understudy.dev/mock/mocktest"
	"understudy.dev/specs"
	"understudy.dev/specs/validate"
)

var epoch = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// frozen is the clock of most tests.
func frozen() *mock.Options { return &mock.Options{Clock: mock.Clock{Start: epoch, Frozen: true}} }

func toy(t testing.TB) *specs.API {
	t.Helper()
	api, err := specs.LoadDir("../testdata/toy")
	require.NoError(t, err)
	return api
}

// inline loads an API whose files stand in a test.
func inline(t testing.TB, name string, files map[string]string) *specs.API {
	t.Helper()
	fsys := fstest.MapFS{}
	for file, text := range files {
		fsys[name+"/"+file] = &fstest.MapFile{Data: []byte(text)}
	}
	api, err := specs.Load(fsys, name)
	require.NoError(t, err)
	return api
}

// A stage is a running mock whose every response is held to what must always be true.
type stage struct {
	*mocktest.Mock
	apis  map[string]*specs.API
	plane *validate.Document
}

func perform(t testing.TB, o *mock.Options, apis ...*specs.API) *stage {
	t.Helper()
	s := &stage{Mock: mocktest.Start(t, o, apis...), apis: map[string]*specs.API{}}
	for _, api := range apis {
		s.apis[api.Name] = api
	}
	plane, err := validate.Load("openapi.yaml", control.Source(), nil)
	require.NoError(t, err)
	s.plane = plane
	return s
}

// A message is one request: a method, a path or URL, and what differs from the plainest one.
type message struct {
	method, url string
	host        string
	headers     map[string]string
	body        string
	media       string
}

// A reply is a response that was read.
type reply struct {
	*http.Response
	body string
}

func (r reply) json(path string) gjson.Result { return gjson.Get(r.body, path) }

// send sends a message and checks the invariants of every response.
func (s *stage) send(t testing.TB, m message) reply {
	t.Helper()
	target := m.url
	if strings.HasPrefix(target, "/") {
		target = s.Origin() + target
	}
	var body io.Reader
	if m.body != "" {
		body = strings.NewReader(m.body)
	}
	r, err := http.NewRequest(m.method, target, body)
	require.NoError(t, err)
	if m.host != "" {
		r.Host = m.host
	}
	if m.media == "" && m.body != "" {
		m.media = "application/json"
	}
	if m.media != "" {
		r.Header.Set("Content-Type", m.media)
	}
	for name, value := range m.headers {
		r.Header.Set(name, value)
	}
	return s.do(t, r, m.body)
}

func (s *stage) do(t testing.TB, r *http.Request, sent string) reply {
	t.Helper()
	resp, err := s.Client.Do(r)
	require.NoError(t, err)
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	got := reply{Response: resp, body: string(raw)}
	s.check(t, r, sent, got)
	return got
}

func (s *stage) check(t testing.TB, r *http.Request, sent string, got reply) {
	t.Helper()
	label := r.Method + " " + r.URL.RequestURI()
	assert.Less(t, got.StatusCode, 500, "%s: %s", label, got.body)
	if r.Method == http.MethodHead {
		assert.Empty(t, got.body, label)
	} else if got.body != "" {
		assert.EqualValues(t, len(got.body), got.ContentLength, label)
		assert.True(t, json.Valid([]byte(got.body)), "%s: %s", label, got.body)
	}
	id := got.Header.Get(mock.ExchangeHeader)
	if id == "" {
		s.checkPlane(t, r, sent, got)
		return
	}
	entry := s.entry(t, r, id)
	assert.Equal(t, got.StatusCode, entry.Status, label)
	assert.Equal(t, r.Method, entry.Method, label)
	if got.StatusCode < 400 {
		assert.Nil(t, entry.Refusal, label)
		return
	}
	require.NotNil(t, entry.Refusal, label)
	assert.NotEmpty(t, entry.Refusal.Stage, label)
	assert.NotEmpty(t, entry.Refusal.Problem, label)
	assert.NotEmpty(t, entry.Refusal.Detail, label)
	s.checkEnvelope(t, r, entry, got)
}

// entry finds an exchange in the journal of the request's world.
func (s *stage) entry(t testing.TB, r *http.Request, id string) mock.Entry {
	t.Helper()
	world := r.Header.Get(mock.WorldHeader)
	if rest, ok := strings.CutPrefix(r.URL.Path, "/w/"); ok {
		world, _, _ = strings.Cut(rest, "/")
	}
	entry, ok := s.Server.World(world).Exchange(id)
	require.True(t, ok, "the exchange %s is not in the journal", id)
	return entry
}

// checkEnvelope wants a refusal in the words of the API: as the operation documents it, or as the schema Error has it.
func (s *stage) checkEnvelope(t testing.TB, r *http.Request, entry mock.Entry, got reply) {
	t.Helper()
	if r.Method == http.MethodHead {
		return
	}
	doc := s.apis[entry.API].Document
	schema := doc.Schema("Error")
	if op := doc.Operation(entry.Operation); op != nil {
		documented := true
		for _, v := range op.ValidateResponse(got.StatusCode, got.Header, []byte(got.body), r.Method) {
			if v.Kind == validate.Status {
				documented = false
				continue
			}
			assert.Fail(t, "the refusal breaks the document", "%s %s: %s\n%s", r.Method, r.URL, v, got.body)
		}
		if documented {
			return
		}
	}
	if schema != nil {
		assert.Empty(t, schema.Validate([]byte(got.body)), "%s %s: %s", r.Method, r.URL, got.body)
		assert.Equal(t, got.Header.Get("X-Request-Id"), got.json("error.request_id").String())
	}
}

// checkPlane holds what the control plane says to its own document.
func (s *stage) checkPlane(t testing.TB, r *http.Request, sent string, got reply) {
	t.Helper()
	_, path, isPlane := strings.Cut(r.URL.EscapedPath(), control.Prefix)
	match, routeErr := s.plane.Route(r.Method, path)
	if !isPlane || routeErr != validate.RouteOK {
		assert.Empty(t, s.plane.Schema("Problem").Validate([]byte(got.body)), got.body)
		assert.Equal(t, control.MediaProblem, got.Header.Get("Content-Type"))
		return
	}
	for _, v := range match.Operation.ValidateResponse(got.StatusCode, got.Header, []byte(got.body), r.Method) {
		assert.Fail(t, "the control plane breaks its document", "%s %s: %s\n%s", r.Method, r.URL, v, got.body)
	}
	refused := len(match.Operation.ValidateRequest(r, match, []byte(sent))) > 0
	if got.StatusCode < 300 {
		assert.False(t, refused, "the control plane took what its document forbids: %s %s %s", r.Method, r.URL, sent)
	}
}

// token logs in as a seeded key and gives the header to send.
func (s *stage) token(t testing.TB, key, secret string) map[string]string {
	t.Helper()
	got := s.send(t, message{method: "POST", url: "/toy/v1/auth/token", body: `{"key":"` + key + `","secret":"` + secret + `"}`})
	require.Equal(t, 200, got.StatusCode, got.body)
	return map[string]string{"Authorization": "Bearer " + got.json("token").String()}
}

func (s *stage) librarian(t testing.TB) map[string]string {
	return s.token(t, "key_librarian", "librarian-secret")
}

func (s *stage) reader(t testing.TB) map[string]string {
	return s.token(t, "key_reader", "reader-secret")
}

// refusal is why the latest exchange of the default world was refused.
func (s *stage) refusal(t testing.TB) mock.Refusal {
	t.Helper()
	entries := s.Journal()
	require.NotEmpty(t, entries)
	require.NotNil(t, entries[len(entries)-1].Refusal)
	return *entries[len(entries)-1].Refusal
}

func with(headers map[string]string, pairs ...string) map[string]string {
	all := map[string]string{}
	for name, value := range headers {
		all[name] = value
	}
	for i := 0; i < len(pairs); i += 2 {
		all[pairs[i]] = pairs[i+1]
	}
	return all
}

func form(pairs ...string) string {
	values := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		values.Add(pairs[i], pairs[i+1])
	}
	return values.Encode()
}
