package control

import (
	"net/http"
	"time"
)

// A Credential is one credential of a world.
type Credential struct {
	API  string `json:"api"`
	Kind string `json:"kind"`
	ID   string `json:"id"`
	// Secret is what is presented: the secret of a pair, a token. It is shown when the credential is made, and then
	// never again.
	Secret string `json:"secret,omitempty"`
	// Owner is the id of the credential that it was issued to, "" for none.
	Owner      string         `json:"owner,omitempty"`
	Scopes     []string       `json:"scopes"`
	Attributes map[string]any `json:"attributes,omitempty"`
	// ExpiresAt is nil for one that lasts.
	ExpiresAt *time.Time `json:"expires_at,omitempty"`
	// State is good, used, expired or revoked.
	State string `json:"state"`
	// Seeded is true for one that exists in every fresh world.
	Seeded bool `json:"seeded,omitempty"`
}

func listCredentials(c *call) (int, any, error) {
	query := c.r.URL.Query()
	answer := struct {
		Credentials []Credential `json:"credentials"`
	}{[]Credential{}}
	for name := range query {
		if name != "api" && name != "kind" {
			return 0, nil, Invalid("unknown query parameter %q: want api or kind", name)
		}
	}
	for _, credential := range c.world.Credentials() {
		if fits(query.Get("api"), credential.API) && fits(query.Get("kind"), credential.Kind) {
			credential.Secret = ""
			answer.Credentials = append(answer.Credentials, credential)
		}
	}
	return http.StatusOK, answer, nil
}

func fits(want, got string) bool { return want == "" || want == got }

func createCredential(c *call) (int, any, error) {
	var wanted struct {
		API        string         `json:"api"`
		Kind       string         `json:"kind"`
		ID         string         `json:"id"`
		Secret     string         `json:"secret"`
		Scopes     []string       `json:"scopes"`
		Attributes map[string]any `json:"attributes"`
		ExpiresAt  *time.Time     `json:"expires_at"`
	}
	if err := c.body(&wanted); err != nil {
		return 0, nil, err
	}
	if wanted.Kind == "" {
		return 0, nil, Invalid("kind is missing: a kind of credential of the API's profile")
	}
	made, err := c.world.CreateCredential(Credential{
		API: wanted.API, Kind: wanted.Kind, ID: wanted.ID, Secret: wanted.Secret,
		Scopes: wanted.Scopes, Attributes: wanted.Attributes, ExpiresAt: wanted.ExpiresAt,
	})
	if err != nil {
		return 0, nil, err
	}
	return http.StatusCreated, made, nil
}

func revokeCredential(c *call) (int, any, error) { return changeCredential(c, World.Revoke) }
func expireCredential(c *call) (int, any, error) { return changeCredential(c, World.Expire) }

func changeCredential(c *call, change func(w World, api, id string) (Credential, error)) (int, any, error) {
	var which struct {
		API string `json:"api"`
	}
	if err := c.body(&which); err != nil {
		return 0, nil, err
	}
	changed, err := change(c.world, which.API, c.params["id"])
	if err != nil {
		return 0, nil, err
	}
	changed.Secret = ""
	return http.StatusOK, changed, nil
}
