package mock_test

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestHostileRequests(t *testing.T) {
	t.Parallel()
	s := perform(t, frozen(), toy(t))
	auth := s.librarian(t)
	deep := strings.Repeat(`{"a":`, 5000) + "1" + strings.Repeat("}", 5000)
	const jsonType = "application/json"
	tests := []struct {
		name             string
		method, path     string
		media, body      string
		status           int
		stage, problem   string
		pointer, message string
	}{
		{"malformed", "POST", "/books", jsonType, `{"title":`, 400, "validate", "malformed", "", "JSON"},
		{"trailing garbage", "POST", "/books", jsonType, `{"title":"a"}}`, 400, "validate", "malformed", "", "JSON"},
		{"two values", "POST", "/books", jsonType, `{"title":"a"} {}`, 400, "validate", "malformed", "", "JSON"},
		{"not JSON at all", "POST", "/books", jsonType, "title: a", 400, "validate", "malformed", "", "JSON"},
		{"a number out of range", "POST", "/books", jsonType, `{"title":"a","year":1e999999}`, 400, "validate", "malformed", "", "range"},
		{"invalid UTF-8", "POST", "/books", jsonType, "{\"title\":\"\xff\"}", 400, "validate", "malformed", "", "UTF-8"},
		{"deep nesting", "POST", "/books", jsonType, deep, 400, "validate", "malformed", "", "deep"},
		{"no body", "POST", "/books", jsonType, "", 400, "validate", "invalid", "", "body"},
		{"null", "POST", "/books", jsonType, "null", 400, "validate", "invalid", "", "object"},
		{"a list", "POST", "/books", jsonType, "[]", 400, "validate", "invalid", "", "object"},
		{"wrong type", "POST", "/books", jsonType, `{"title":1}`, 400, "validate", "invalid", "/title", "string"},
		{"missing field", "POST", "/books", jsonType, `{}`, 400, "validate", "invalid", "/title", "title"},
		{"unknown field", "POST", "/books", jsonType, `{"title":"a","colour":"red"}`, 400, "validate", "invalid", "", "colour"},
		{"too long", "POST", "/books", jsonType, `{"title":"` + strings.Repeat("x", 201) + `"}`, 400, "validate", "invalid", "/title", "200"},
		{"not in the enumeration", "POST", "/books", jsonType, `{"title":"a","genre":"crime"}`, 400, "validate", "invalid", "/genre", "novel"},
		{"no media type", "POST", "/books", "", `{"title":"a"}`, 415, "validate", "unsupported_media_type", "", ""},
		{"wrong media type", "POST", "/books", "text/plain", `{"title":"a"}`, 415, "validate", "unsupported_media_type", "", "text/plain"},
		{"a form", "POST", "/books", "application/x-www-form-urlencoded", "title=a", 415, "validate", "unsupported_media_type", "", ""},
		{"a broken media type", "POST", "/books", "application/", `{"title":"a"}`, 415, "validate", "unsupported_media_type", "", ""},
		{"too large", "POST", "/books", jsonType, `{"title":"` + strings.Repeat("x", 64<<10) + `"}`, 413, "validate", "too_large", "", "65536"},
		{"10 MB", "POST", "/books", jsonType, strings.Repeat("x", 10<<20), 413, "validate", "too_large", "", "65536"},
		{"query of the wrong type", "GET", "/books?page=two", "", "", 400, "validate", "invalid_parameter", "page", "integer"},
		{"query below the minimum", "GET", "/books?page=0", "", "", 400, "validate", "invalid_parameter", "page", "1"},
		{"query with a broken escape", "GET", "/books?author=%zz", "", "", 400, "validate", "invalid_parameter", "", "percent"},
		{"body where none is taken", "GET", "/books", jsonType, `{"a":1}`, 400, "validate", "invalid", "", "body"},
		{"unknown path", "GET", "/bookz", "", "", 404, "route", "unknown_route", "", "/bookz"},
		{"unknown path with a 10 MB body", "POST", "/bookz", jsonType, strings.Repeat("x", 10<<20), 404, "route", "unknown_route", "", "/bookz"},
		{"unknown thing", "GET", "/books/none", "", "", 404, "behave", "not_found", "", ""},
		{"a long id", "GET", "/books/" + strings.Repeat("x", 5000), "", "", 404, "behave", "not_found", "", ""},
		{"a strange id", "GET", "/books/%00%22%5C%0d%0aX-Evil:1", "", "", 404, "behave", "not_found", "", ""},
		{"a traversal", "GET", "/books/..%2f..%2fetc%2fpasswd", "", "", 404, "behave", "not_found", "", ""},
		{"multipart without boundary", "POST", "/covers", "multipart/form-data", "x", 400, "validate", "malformed", "", ""},
		{"multipart that breaks off", "POST", "/covers", "multipart/form-data; boundary=B", "--B\r\nContent-Disposition: form-data; name=\"image\"", 400, "validate", "malformed", "", ""},
		{"multipart without the part", "POST", "/covers", "multipart/form-data; boundary=B", "--B\r\nContent-Disposition: form-data; name=\"caption\"\r\n\r\nx\r\n--B--\r\n", 400, "validate", "invalid", "", "image"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r, err := http.NewRequest(test.method, s.Origin()+"/toy/v1"+test.path, strings.NewReader(test.body))
			require.NoError(t, err)
			r.Header.Set("Authorization", auth["Authorization"])
			if test.media != "" {
				r.Header.Set("Content-Type", test.media)
			}
			got := s.do(t, r, test.body)
			require.Equal(t, test.status, got.StatusCode, got.body)
			why := s.refusal(t)
			assert.Equal(t, test.stage, why.Stage)
			assert.Equal(t, test.problem, why.Problem, why.Detail)
			assert.Contains(t, got.json("error.message").String(), test.message)
			if test.pointer != "" {
				assert.Equal(t, test.pointer, got.json("error.fields.0.pointer").String(), got.body)
			}
			assert.Empty(t, got.Header.Get("X-Evil"))
		})
	}
}

// raw speaks to the server without the manners of net/http's client.
func (s *stage) raw(t *testing.T, text string) (*http.Response, string) {
	t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(s.Origin(), "http://"))
	require.NoError(t, err)
	defer conn.Close()
	_, err = io.WriteString(conn, text)
	require.NoError(t, err)
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	require.NoError(t, err)
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	return resp, string(body)
}

func TestRawRequests(t *testing.T) {
	t.Parallel()
	s := perform(t, frozen(), toy(t))
	auth := s.librarian(t)["Authorization"]
	const end = "\r\n\r\n"
	head := func(line string, headers ...string) string {
		return line + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: " + auth + "\r\n" + strings.Join(headers, "\r\n")
	}
	large := bytes.Repeat([]byte("x"), 100<<10)
	tests := []struct {
		name, text string
		status     int
		problem    string
	}{
		{"absolute target", "GET http://api.library.test/v1/health HTTP/1.1\r\nHost: other\r\nConnection: close" + end, 200, ""},
		{"target without slash", "GET toy/v1/health HTTP/1.1\r\nHost: x\r\nConnection: close" + end, 400, "net/http"},
		{"backslashes", "GET /toy\\v1\\health HTTP/1.1\r\nHost: x\r\nConnection: close" + end, 404, "unknown_route"},
		{"broken escape", "GET /toy/v1/%zz HTTP/1.1\r\nHost: x\r\nConnection: close" + end, 400, "net/http"},
		{"strange host", "GET /toy/v1/health HTTP/1.1\r\nHost: [::1\r\nConnection: close" + end, 200, ""},
		{"no host", "GET /toy/v1/health HTTP/1.0\r\n\r\n", 200, ""},
		{"chunked", head("POST /toy/v1/books", "Content-Type: application/json", "Transfer-Encoding: chunked") + end + "d\r\n{\"title\":\"a\"}\r\n0\r\n\r\n", 201, ""},
		{"chunked, too large", head("POST /toy/v1/books", "Content-Type: application/json", "Transfer-Encoding: chunked") + end + fmt.Sprintf("%x\r\n%s\r\n0\r\n\r\n", len(large), large), 413, "too_large"},
		{"chunked, broken", head("POST /toy/v1/books", "Content-Type: application/json", "Transfer-Encoding: chunked") + end + "zz\r\n", 400, "malformed"},
		{"expectation, refused before the body", "POST /toy/v1/books HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: 13\r\nExpect: 100-continue" + end, 401, "missing_credential"},
		{"expectation, too large", head("POST /toy/v1/books", "Content-Type: application/json", "Content-Length: 10485760", "Expect: 100-continue") + end, 413, "too_large"},
		{"unknown expectation", head("POST /toy/v1/books", "Content-Length: 0", "Expect: miracles") + end, 417, "net/http"},
		{"two Authorization lines", head("GET /toy/v1/books", "Authorization: "+auth) + end, 401, "unknown_credential"},
		{"header flood", head("GET /toy/v1/books", "X-Flood: "+strings.Repeat("x", 2<<20)) + end, 431, "net/http"},
		{"connect", "CONNECT api.library.test:443 HTTP/1.1\r\nHost: api.library.test:443\r\nConnection: close" + end, 404, "unknown_route"},
		{"options for all", "OPTIONS * HTTP/1.1\r\nHost: x\r\nConnection: close" + end, 200, "net/http"},
		{"two worlds", head("GET /w/default/toy/v1/health", "X-Understudy-World: other") + end, 400, "control"},
		{"two world headers", head("GET /toy/v1/health", "X-Understudy-World: default", "X-Understudy-World: other") + end, 400, "control"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			resp, body := s.raw(t, test.text)
			assert.Equal(t, test.status, resp.StatusCode, body)
			id := resp.Header.Get("X-Understudy-Exchange")
			switch test.problem {
			case "net/http":
				assert.Empty(t, id)
			case "control":
				assert.Equal(t, "application/problem+json", resp.Header.Get("Content-Type"))
			case "":
				assert.NotEmpty(t, id)
			default:
				require.NotEmpty(t, id)
				assert.Equal(t, test.problem, s.refusal(t).Problem)
				assert.Contains(t, body, `"request_id":"req_`)
			}
		})
	}
}

// TestAwaitedBody sends the body only when it is asked for.
func TestAwaitedBody(t *testing.T) {
	t.Parallel()
	s := perform(t, frozen(), toy(t))
	auth := s.librarian(t)["Authorization"]
	conn, err := net.Dial("tcp", strings.TrimPrefix(s.Origin(), "http://"))
	require.NoError(t, err)
	defer conn.Close()
	_, err = io.WriteString(conn, "POST /toy/v1/books HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 13\r\nExpect: 100-continue\r\nAuthorization: "+auth+"\r\n\r\n")
	require.NoError(t, err)
	reader := bufio.NewReader(conn)
	line, err := reader.ReadString('\n')
	require.NoError(t, err)
	assert.Equal(t, "HTTP/1.1 100 Continue\r\n", line)
	_, err = reader.ReadString('\n')
	require.NoError(t, err)
	_, err = io.WriteString(conn, `{"title":"a"}`)
	require.NoError(t, err)
	resp, err := http.ReadResponse(reader, nil)
	require.NoError(t, err)
	defer resp.Body.Close()
	assert.Equal(t, 201, resp.StatusCode)
}
