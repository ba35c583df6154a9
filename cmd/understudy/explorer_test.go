//go:build clients

package main

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/tidwall/gjson"

	"understudy.dev/mock"
	"understudy.dev/mock/mocktest"
	"understudy.dev/specs"
)

// TestExplorer lets a browser open the explorer, at the root and in a world, and try a call out. What `npm ci` installs in
// clients/explorer drives it.
func TestExplorer(t *testing.T) {
	apis := []*specs.API{}
	for _, name := range specs.Embedded() {
		api, err := specs.Open(name)
		require.NoError(t, err)
		apis = append(apis, api)
	}
	toy, err := specs.LoadDir("../../testdata/toy")
	require.NoError(t, err)
	apis = append(apis, toy)
	m := mocktest.Start(t, nil, apis...)
	side := m.World(t, "side")
	shown := map[string][]string{}
	for _, api := range apis {
		for _, op := range api.Document.Operations() {
			shown[api.Name] = append(shown[api.Name], op.ID)
		}
	}
	for prefix, base := range map[string]string{"": m.URL("toy"), "/w/side": side.URL("toy")} {
		plan, err := json.Marshal(map[string]any{
			"explorer": m.Origin() + prefix + "/__admin/explorer/", "apis": shown,
			"try": map[string]any{
				"api": "toy", "operation": "listBooks", "scheme": "bearer", "value": token(t, m, base),
				"refused": http.StatusUnauthorized, "shown": "Persuasion",
			},
		})
		require.NoError(t, err)
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
		defer cancel()
		node := exec.CommandContext(ctx, "node", "explore.mjs", string(plan))
		node.Dir = "../../clients/explorer"
		said, err := node.CombinedOutput()
		require.NoError(t, err, "%s", said)
		assert.Contains(t, string(said), "all to "+m.Origin())

		world := m.Server.World(strings.TrimPrefix(prefix, "/w/"))
		var statuses []int
		for _, entry := range world.Journal(mock.Filter{API: "toy", Operation: "listBooks"}) {
			statuses = append(statuses, entry.Status)
		}
		assert.Equal(t, []int{401, 200}, statuses, "the calls have reached the world of the page")
	}
}

func token(t *testing.T, m *mocktest.Mock, base string) string {
	t.Helper()
	in := m.Inputs("toy")
	body, err := json.Marshal(map[string]string{"key": in["key"], "secret": in["secret"]})
	require.NoError(t, err)
	res, err := m.Client.Post(base+"/auth/token", "application/json", strings.NewReader(string(body)))
	require.NoError(t, err)
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, res.StatusCode, "%s", raw)
	return gjson.GetBytes(raw, "token").String()
}
