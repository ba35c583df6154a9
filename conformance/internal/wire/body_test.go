package wire_test

import (
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"understudy.dev/conformance/internal/wire"
)

// TestStreamEnds holds that an event stream that breaks off is no answer, however it does.
func TestStreamEnds(t *testing.T) {
	t.Parallel()
	const begun = "data: 1\n\ndata: 2\n\n"
	for name, test := range map[string]struct {
		raw   string
		hangs bool
		want  string // "" for a whole answer
	}{
		"whole":           {"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n12\r\n" + begun + "\r\n0\r\n\r\n", false, ""},
		"no last chunk":   {"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n12\r\n" + begun + "\r\n", false, "no whole answer: the event stream broke off after 2 events"},
		"half an event":   {"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\nTransfer-Encoding: chunked\r\n\r\n15\r\n" + begun + "dat", false, "no whole answer: the event stream broke off after 2 events"},
		"a short length":  {"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: 99\r\n\r\n" + begun, false, "no whole answer: the event stream broke off after 2 events"},
		"closed":          {"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n" + begun, false, ""},
		"closed too soon": {"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n" + begun + "data: {", false, "no whole answer: the event stream broke off after 2 events"},
		"hanging":         {"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n" + begun, true, "no whole answer: the event stream had not ended in time, after 2 events"},
		"no stream":       {"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{", false, "no whole answer: the connection was closed in the middle of the answer"},
		"nothing":         {"", false, "no answer: the connection was closed in the middle of the answer"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				connection, _, err := http.NewResponseController(w).Hijack()
				if assert.NoError(t, err) {
					defer connection.Close()
					fmt.Fprint(connection, test.raw)
					if test.hangs {
						_, _ = connection.Read(make([]byte, 1)) // until the client is gone
					}
				}
			}))
			t.Cleanup(server.Close)
			base, err := url.Parse(server.URL)
			require.NoError(t, err)
			own, _ := transport(t, func(c *wire.Config) {
				c.Bases, c.RoundTripper = map[string]*url.URL{"default": base}, &http.Transport{DialContext: (&net.Dialer{}).DialContext}
				if test.hangs {
					c.Timeout = 2 * time.Second // for the events to come in, on a busy machine
				}
			})
			e, err := own.Do(t.Context(), get("/"))
			if test.want == "" {
				require.NoError(t, err)
				assert.Equal(t, begun, string(e.ResponseBody))
				return
			}
			assert.EqualError(t, err, test.want)
		})
	}
}
