package main

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"

	"understudy.dev/mock"
	"understudy.dev/mock/mocktest"
	"understudy.dev/specs"
)

// TestOAuth2 lets a client of the RFC that is not ours get tokens, use them, and get new ones when they have expired.
func TestOAuth2(t *testing.T) {
	t.Parallel()
	api, err := specs.Open("assumetr")
	require.NoError(t, err)
	m := mocktest.Start(t, &mock.Options{Clock: mock.Clock{Start: time.Now(), Frozen: true}}, api)
	in, base := m.Inputs("assumetr"), m.URL("assumetr")
	status := base + "/v1/sites/" + in["site_id"] + "/status"
	ctx := context.WithValue(t.Context(), oauth2.HTTPClient, m.Client)
	config := func(scopes ...string) *clientcredentials.Config {
		return &clientcredentials.Config{
			ClientID: in["client_id"], ClientSecret: in["client_secret"], Scopes: scopes,
			TokenURL: base + "/v1/auth/token", AuthStyle: oauth2.AuthStyleInHeader,
		}
	}
	get := func(client *http.Client) int {
		res, err := client.Get(status)
		require.NoError(t, err)
		require.NoError(t, res.Body.Close())
		return res.StatusCode
	}

	token, err := config().Token(ctx)
	require.NoError(t, err)
	assert.Equal(t, "bearer", token.TokenType)
	assert.Empty(t, token.RefreshToken)
	assert.WithinDuration(t, time.Now().Add(15*time.Minute), token.Expiry, time.Minute)

	first := oauth2.NewClient(ctx, oauth2.StaticTokenSource(token))
	assert.Equal(t, http.StatusOK, get(first))
	m.Advance(15*time.Minute + time.Second)
	assert.Equal(t, http.StatusUnauthorized, get(first), "the token has expired")
	assert.Equal(t, http.StatusOK, get(config("sites:read").Client(ctx)), "a new token is good")

	narrowed, err := config("evidence:read").Token(ctx)
	require.NoError(t, err)
	assert.Equal(t, http.StatusForbidden, get(oauth2.NewClient(ctx, oauth2.StaticTokenSource(narrowed))))

	// Errors are those of RFC 6749, section 5.2.
	tests := map[string]struct {
		change func(*clientcredentials.Config)
		status int
		code   string
	}{
		"unknown client":    {func(c *clientcredentials.Config) { c.ClientID = "nobody" }, http.StatusUnauthorized, "invalid_client"},
		"wrong secret":      {func(c *clientcredentials.Config) { c.ClientSecret = "wrong" }, http.StatusUnauthorized, "invalid_client"},
		"scope not granted": {func(c *clientcredentials.Config) { c.Scopes = []string{"everything"} }, http.StatusBadRequest, "invalid_scope"},
	}
	for name, test := range tests {
		c := config()
		test.change(c)
		_, err := c.Token(ctx)
		refused := &oauth2.RetrieveError{}
		require.ErrorAs(t, err, &refused, name)
		assert.Equal(t, test.status, refused.Response.StatusCode, name)
		assert.Equal(t, test.code, refused.ErrorCode, name)
		assert.NotEmpty(t, refused.ErrorDescription, name)
	}
}
