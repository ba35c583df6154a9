package conformance_test

import (
	"bytes"
	"encoding/json"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"understudy.dev/conformance"
)

// bodies stand at the end of every script here.
const bodies = `
-- hook.json --
{"url": {receiver}, "events": ["thing.made"], "secret": "shhhhhh"}
-- secure.json --
{"secure_url": {receiver}, "events": ["thing.made"]}
-- note.json --
{"url": {receiver}, "events": ["thing.made"], "note": "x"}
-- thing.json --
{"name": {unique}}
`

const (
	hooked = "# SHOP-HOOK-1 MUST x\nneeds webhooks\nas main\nPOST /hooks hook.json\nstatus 2xx\n"
	made   = "POST /things thing.json\nstatus 2xx\ncreated thing\n"
)

func only(change func(m *mail)) func(mail) []mail {
	return func(m mail) []mail {
		change(&m)
		return []mail{m}
	}
}

// TestDeliveries holds what becomes of checks that receive, with servers that are right and wrong.
func TestDeliveries(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		script string
		server *herald
		want   conformance.Outcome
		says   string // within message, expected and got
	}{
		"one":                {hooked + made + "delivery thing.made\njson type == thing.made\njson thing.name == {unique}\nfind name == {unique}\njson thing.id == {thing}\nheader Content-Type ~ json", nil, conformance.Pass, ""},
		"two, in any order":  {hooked + made + "capture first @id\n" + "POST /things thing.json\nstatus 2xx\ncreated other\n" + "delivery thing.made\ndelivery thing.made\n! delivery thing.made", nil, conformance.Pass, ""},
		"a captured id":      {hooked + made + "delivery thing.made\ncapture id header webhook-id\njson id == {id}", nil, conformance.Pass, ""},
		"a wrong value":      {hooked + made + "delivery thing.made\njson thing.name == nobody", nil, conformance.Fail, "nobody"},
		"a request after it": {hooked + made + "delivery thing.made\nGET /things/{thing}\nstatus 200\njson name == {unique}", nil, conformance.Pass, ""},
		"nothing to keep":    {hooked + made + "delivery thing.made\ncapture x nothing\njson x", nil, conformance.NotObserved, "the delivery has no nothing to go on with"},

		"missing":                         {hooked + made + "delivery thing.made", &herald{change: func(mail) []mail { return nil }}, conformance.Fail, "a delivery of thing.made within 300ms|none"},
		"another event":                   {hooked + made + "delivery thing.made", &herald{change: only(func(m *mail) { m.body["type"] = "thing.gone" })}, conformance.Fail, "only thing.gone"},
		"no event's name":                 {hooked + made + "delivery thing.made", &herald{change: only(func(m *mail) { m.body["type"] = "ping" })}, conformance.NotObserved, "names no event of the document, and may be one of thing.made"},
		"no event's name, nothing wanted": {hooked + made + "! delivery thing.gone", &herald{change: only(func(m *mail) { m.body["type"] = "ping" })}, conformance.NotObserved, "may be one of thing.gone"},
		"no event at all":                 {hooked + made + "delivery thing.made", &herald{change: only(func(m *mail) { m.body = map[string]any{"type": "ping"} })}, conformance.Fail, "only no event of the document"},
		"sent twice":                      {hooked + made + "delivery thing.made\n! delivery thing.made", &herald{change: func(m mail) []mail { return []mail{m, m} }}, conformance.Fail, "not a delivery of thing.made|one, answered with 204"},
		"in a header":                     {hooked + made + "delivery thing.made\nheader X-Event == thing.made", &herald{change: only(func(m *mail) { delete(m.body, "type"); m.header = map[string]string{"X-Event": "thing.made"} })}, conformance.Pass, ""},
		"spelt differently":               {hooked + made + "delivery thing.made", &herald{change: only(func(m *mail) { m.body["type"] = "THING_MADE" })}, conformance.Pass, ""},
		"only what was asked for": {hooked + made + "delivery thing.made\n! delivery thing.gone", &herald{change: func(m mail) []mail {
			return []mail{m, {event: "thing.gone", body: map[string]any{"type": "thing.gone"}}}
		}}, conformance.Fail, "not a delivery of thing.gone"},

		"signed":                      {hooked + made + "delivery thing.made\nsigned shhhhhh\n! signed another", nil, conformance.Pass, ""},
		"signed wrong":                {hooked + made + "delivery thing.made\nsigned shhhhhh", &herald{change: only(func(m *mail) { m.secret = "other" })}, conformance.Fail, "no matching signature found"},
		"not signed":                  {hooked + made + "delivery thing.made\nsigned shhhhhh", &herald{change: only(func(m *mail) { m.secret = "" })}, conformance.Fail, "missing required headers"},
		"signed long ago":             {hooked + made + "delivery thing.made\nsigned shhhhhh", &herald{change: only(func(m *mail) { m.header = map[string]string{"webhook-timestamp": "1"} })}, conformance.Fail, "too old"},
		"signed with a broken secret": {hooked + made + "delivery thing.made\nsigned whsec_!", nil, conformance.Fail, "not in Base64"},

		"an answer after silence": {hooked + "! delivery thing.made\nstatus 201", nil, conformance.Pass, ""},
		"refused":                 {strings.Replace(hooked, "status 2xx\n", "", 1) + made + "delivery thing.made", &herald{refuse: 500}, conformance.NotObserved, "answered with 500"},
		"refused, nothing wanted": {strings.Replace(hooked, "status 2xx\n", "", 1) + made + "! delivery thing.made", &herald{refuse: 500}, conformance.NotObserved, "answered with 500"},
		"forbidden and refused":   {strings.Replace(hooked, "hook.json", "secure.json", 1) + made + "delivery thing.made", &herald{refuse: 400}, conformance.NotObserved, "the form of the receiver's URL is assumed"},
		"forbidden and delivered": {strings.Replace(hooked, "hook.json", "secure.json", 1) + made + "delivery thing.made", nil, conformance.Pass, ""},
		"assumed and refused":     {strings.Replace(hooked, "hook.json", "note.json", 1) + made + "delivery thing.made", &herald{refuse: 400}, conformance.NotObserved, "the body's field note is assumed; give a body for createHook"},
		"assumed and silent":      {strings.Replace(hooked, "hook.json", "note.json", 1) + made + "delivery thing.made", &herald{mute: true, change: func(mail) []mail { return nil }}, conformance.NotObserved, "nothing shows that the target has understood it"},
		"assumed, nothing wanted": {strings.Replace(hooked, "hook.json", "note.json", 1) + made + "! delivery thing.gone", &herald{mute: true}, conformance.NotObserved, "nothing shows"},
		"assumed and understood":  {strings.Replace(hooked, "hook.json", "note.json", 1) + made + "delivery thing.made", &herald{change: func(mail) []mail { return nil }}, conformance.Fail, "none"},
		"assumed and delivered":   {strings.Replace(hooked, "hook.json", "note.json", 1) + made + "delivery thing.made\n! delivery thing.made", &herald{mute: true}, conformance.Pass, ""},
		"documented and silent":   {hooked + made + "delivery thing.made", &herald{mute: true, change: func(mail) []mail { return nil }}, conformance.Fail, "none"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := test.server
			if server == nil {
				server = &herald{}
			}
			tr := &trial{files: map[string]string{"checks": test.script + bodies}, server: server}
			tr.options.WebhookWait = 300 * time.Millisecond
			if test.want == conformance.Pass {
				tr.options.WebhookWait = 5 * time.Second
			}
			c := tr.run(t).Checks[0]
			server.sent.Wait()
			assert.Equal(t, test.want, c.Outcome, c.Message+c.Got)
			for says := range strings.SplitSeq(test.says, "|") {
				assert.Contains(t, c.Message+c.Expected+c.Got, says)
			}
		})
	}
}

// TestRetries holds that a refused delivery comes again, with the same id, once time has passed.
func TestRetries(t *testing.T) {
	t.Parallel()
	again := strings.Replace(hooked, "needs webhooks\n", "needs webhooks\nneeds clock\nreceiver 500 204\n", 1) + made +
		"delivery thing.made\ncapture id header webhook-id\n! delivery thing.made\nadvance 1m\ndelivery thing.made\nheader webhook-id == {id}\n" +
		"advance 1m\n! delivery thing.made\n"
	for name, test := range map[string]struct {
		server *herald
		want   conformance.Outcome
	}{
		"as it should": {&herald{shop: shop{frozen: true}}, conformance.Pass},
		"never again":  {&herald{shop: shop{frozen: true}, change: only(func(m *mail) { m.once = true })}, conformance.Fail},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tr := &trial{files: map[string]string{"checks": again + bodies}, server: test.server, clock: true}
			if test.want == conformance.Fail {
				tr.options.WebhookWait = 300 * time.Millisecond
			}
			report := tr.run(t)
			c := report.Checks[0]
			assert.Equal(t, test.want, c.Outcome, c.Message+c.Got)
			if test.want == conformance.Fail {
				assert.Equal(t, 15, c.Line)
			} else {
				assert.Equal(t, 2, report.Deliveries)
			}
		})
	}
}

// TestDeliveryReport holds how deliveries are shown: as what the target sent, without secrets, and not as requests.
func TestDeliveryReport(t *testing.T) {
	t.Parallel()
	tr := &trial{files: map[string]string{"checks": hooked + made + "delivery thing.made\njson type == x" + bodies}, server: &herald{}}
	report := tr.run(t)
	exchanges := report.Checks[0].Exchanges
	last := exchanges[len(exchanges)-1]
	assert.True(t, last.Received)
	assert.Equal(t, http.MethodPost, last.Method)
	assert.Regexp(t, `^http://127\.0\.0\.1:\d+/[0-9a-f]{32}$`, last.URL)
	assert.Contains(t, last.Body, "thing.made")
	assert.Equal(t, http.StatusNoContent, last.Response.Status)
	assert.Empty(t, last.Curl)
	var text bytes.Buffer
	assert.NoError(t, report.WriteText(&text, nil))
	assert.Contains(t, text.String(), "(sent by the target)")
	data, err := json.Marshal(report)
	assert.NoError(t, err)
	assert.NotContains(t, string(data), "hush-hush-hush")
	assert.NotContains(t, string(data), "shhhhhh")
	assert.Equal(t, 1, report.Deliveries)
	assert.Equal(t, 4, report.Requests, "a login, a hook, a thing, and its removal")
}

// TestDeliveriesInPassing holds that the body of a delivery is judged by what is documented of it.
func TestDeliveriesInPassing(t *testing.T) {
	t.Parallel()
	lost := only(func(m *mail) { delete(m.body, "thing") })
	numbered := only(func(m *mail) { m.body["sent_at"] = 7 })
	for name, test := range map[string]struct {
		change  func(mail) []mail
		assumed bool
		want    map[string]conformance.Outcome
	}{
		"right":                   {nil, true, map[string]conformance.Outcome{"a/SHOP-HOOK-1": conformance.Pass}},
		"without a thing":         {lost, false, map[string]conformance.Outcome{"a/SHOP-HOOK-1": conformance.Pass, "passive/SHOP-HOOK-2": conformance.Fail}},
		"no JSON":                 {only(func(m *mail) { m.raw = "{thing.made" }), false, map[string]conformance.Outcome{"a/SHOP-HOOK-1": conformance.Fail}},
		"an assumed type":         {numbered, false, map[string]conformance.Outcome{"a/SHOP-HOOK-1": conformance.Pass}},
		"an assumed type, judged": {numbered, true, map[string]conformance.Outcome{"a/SHOP-HOOK-1": conformance.Fail}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tr := &trial{files: map[string]string{"checks": hooked + made + "delivery thing.made" + bodies}, server: &herald{shop: shop{tweak: bare}, change: test.change}}
			tr.options.Assumed, tr.options.WebhookWait = test.assumed, 500*time.Millisecond
			report := tr.run(t)
			assert.Equal(t, test.want, outcomes(report), report.Checks[0].Message)
			for _, c := range report.Checks {
				if strings.HasPrefix(c.ID, "passive/") {
					assert.Contains(t, c.Message, "thing")
					assert.True(t, c.Exchanges[0].Received)
				}
			}
		})
	}
}

// bare takes the wrapping off a new thing.
func bare(_ *http.Request, status int, body any) (int, any) {
	if wrapped, ok := body.(map[string]any); ok && wrapped["result"] != nil {
		return status, wrapped["result"]
	}
	return status, body
}

// TestReachable holds when deliveries can be observed at all.
func TestReachable(t *testing.T) {
	t.Parallel()
	script := hooked + made + "delivery thing.made" + bodies
	remote := &trial{files: map[string]string{"checks": script}}
	remote.target.Bases = map[string]string{"default": "http://192.0.2.1/v1"}
	remote.target.Inputs = map[string]string{"key": "key_small", "secret": "secret-small"}
	c := remote.run(t).Checks[0]
	assert.Equal(t, conformance.NotObserved, c.Outcome)
	assert.Contains(t, c.Message, "--webhook-url")

	for name, target := range map[string]conformance.Target{
		"no address":  {WebhookURL: "https://tunnel.test/x"},
		"not a URL":   {WebhookURL: "tunnel"},
		"not a place": {},
	} {
		tr := &trial{files: map[string]string{"checks": script}, target: target}
		if name != "no address" {
			tr.options.WebhookListen = "nowhere:http:80"
		}
		_, err := tr.try(t.Context(), t)
		assert.ErrorContains(t, err, "cannot run: ", name)
	}

	// Nothing leads to the receiver: silence means nothing.
	dead := &trial{files: map[string]string{"checks": script}, server: &herald{}}
	dead.target.WebhookURL = "http://127.0.0.1:1/hook"
	dead.options.WebhookListen, dead.options.WebhookWait = "127.0.0.1:0", 300*time.Millisecond
	c = dead.run(t).Checks[0]
	assert.Equal(t, conformance.NotObserved, c.Outcome)
	assert.Contains(t, c.Message, "nothing has reached the receiver at http://127.0.0.1:1/hook")
}

// TestTunnel holds that deliveries may come by another URL, whose path is put before that of the section or taken away.
func TestTunnel(t *testing.T) {
	t.Parallel()
	port := freePort(t)
	tunnel := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		(&httputil.ReverseProxy{Rewrite: func(p *httputil.ProxyRequest) {
			p.SetURL(&url.URL{Scheme: "http", Host: port})
		}}).ServeHTTP(w, r)
	}))
	t.Cleanup(tunnel.Close)
	for _, silent := range []bool{false, true} {
		server := &herald{}
		want := conformance.Pass
		tr := &trial{files: map[string]string{"checks": hooked + made + "delivery thing.made\nheader X-Forwarded-For" + bodies}, server: server}
		if silent {
			server.change = func(mail) []mail { return nil }
			want = conformance.Fail
		}
		tr.target.WebhookURL, tr.options.WebhookListen, tr.options.WebhookWait = tunnel.URL+"/a/b", port, time.Second
		tr.files["checks"] = strings.Replace(tr.files["checks"], "header X-Forwarded-For", "json type", 1)
		c := tr.run(t).Checks[0]
		assert.Equal(t, want, c.Outcome, c.Message+c.Got)
	}
}

func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close()
	return l.Addr().String()
}

// TestOwnBodies holds that a body of the user's may name the receiver, and is believed.
func TestOwnBodies(t *testing.T) {
	t.Parallel()
	script := strings.Replace(hooked, "hook.json", "note.json", 1) + made + "delivery thing.made" + bodies
	for name, test := range map[string]struct {
		body   map[string]any
		server *herald
		want   conformance.Outcome
	}{
		"named":      {map[string]any{"url": "{receiver}", "events": []any{"thing.made"}}, &herald{mute: true}, conformance.Pass},
		"not named":  {map[string]any{"url": "https://example.com"}, &herald{}, conformance.NotObserved},
		"and silent": {map[string]any{"url": "{receiver}", "events": []any{"thing.made"}}, &herald{mute: true, change: func(mail) []mail { return nil }}, conformance.Fail},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tr := &trial{files: map[string]string{"checks": script}, server: test.server}
			tr.target.Requests = map[string]any{"createHook": test.body}
			tr.options.WebhookWait = 500 * time.Millisecond
			c := tr.run(t).Checks[0]
			assert.Equal(t, test.want, c.Outcome, c.Message+c.Got)
		})
	}
}

// TestLateDeliveries holds that what comes after its section is answered, and confuses no other.
func TestLateDeliveries(t *testing.T) {
	t.Parallel()
	release := make(chan struct{})
	server := &herald{}
	first := true
	server.change = func(m mail) []mail {
		if first {
			first = false
			m.after = release
		}
		return []mail{m}
	}
	script := strings.Replace(hooked, "MUST x", "MUST first", 1) + made + "find name == {unique}\n" +
		hooked + made + "delivery thing.made\njson thing.name == {unique}\n! delivery thing.made" + bodies
	tr := &trial{files: map[string]string{"checks": script}, server: server}
	tr.options.Progress = func(e conformance.Event) {
		if e.Kind == conformance.CheckFinished && e.Check == "a/SHOP-HOOK-1" {
			close(release)
		}
	}
	report := tr.run(t)
	server.sent.Wait()
	for _, c := range report.Checks {
		assert.Equal(t, conformance.Pass, c.Outcome, c.Message+c.Got)
	}
}
