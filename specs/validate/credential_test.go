package validate

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestCredential(t *testing.T) {
	t.Parallel()
	tests := []struct {
		scheme, target, header string
		want                   string // "" if none is found
	}{
		{"bearer", "/", "Authorization: Bearer a.b-c_~+/=", "a.b-c_~+/="},
		{"bearer", "/", "Authorization: bearer abc", "abc"},
		{"bearer", "/", "Authorization: Bearerabc", ""},
		{"bearer", "/", "Authorization: Bearer", ""},
		{"bearer", "/", "Authorization: Bearer ", ""},
		{"bearer", "/", "Authorization: Bearer  abc", ""},
		{"bearer", "/", "Authorization: Bearer a b", ""},
		{"bearer", "/", "Authorization: Bearer =", ""},
		{"bearer", "/", "Authorization: Basic abc", ""},
		{"bearer", "/", "X-Other: 1", ""},
		{"oauth", "/", "Authorization: Bearer abc", "abc"},
		{"basic", "/", "Authorization: Basic dTpw", "dTpw"},
		{"basic", "/", "Authorization: Bearer dTpw", ""},
		{"key", "/?api_key=k", "X-Other: 1", "k"},
		{"key", "/?api_key=", "X-Other: 1", ""},
		{"header", "/", "X-Key: k", "k"},
		{"header", "/", "X-Other: 1", ""},
		{"cookie", "/", "Cookie: sid=s", "s"},
		{"cookie", "/", "Cookie: other=s", ""},
	}
	schemes := depot(t, nil).SecuritySchemes()
	for _, tt := range tests {
		r := call{line: "GET " + tt.target, headers: []string{tt.header}}.request(t)
		got, found := schemes[tt.scheme].Credential(r)
		assert.Equal(t, tt.want, got, "%s %s", tt.scheme, tt.header)
		assert.Equal(t, tt.want != "", found, "%s %s", tt.scheme, tt.header)
	}
	_, found := (&Scheme{Type: "mutualTLS"}).Credential(call{line: "GET /"}.request(t))
	assert.False(t, found)
}
