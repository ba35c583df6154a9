package main

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"understudy.dev/mock"
	"understudy.dev/mock/mocktest"
	"understudy.dev/specs"
)

// TestWebhooksOfAMTIA causes each of the six events, receives them, and lets a verifier that is not ours check them.
func TestWebhooksOfAMTIA(t *testing.T) {
	t.Parallel()
	api, err := specs.Open("amtia")
	require.NoError(t, err)
	// The verifier wants fresh timestamps, so the world stands still now.
	m := mocktest.Start(t, &mock.Options{Clock: mock.Clock{Start: time.Now(), Frozen: true}}, api)

	type sent struct {
		header http.Header
		body   []byte
	}
	var mu sync.Mutex
	var all []sent
	receiver := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		mu.Lock()
		defer mu.Unlock()
		all = append(all, sent{r.Header.Clone(), body})
	}))
	t.Cleanup(receiver.Close)

	token := ""
	post := func(method, url string, body map[string]any) map[string]any {
		raw, err := json.Marshal(body)
		require.NoError(t, err)
		r, err := http.NewRequest(method, url, strings.NewReader(string(raw)))
		require.NoError(t, err)
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Authorization", "Bearer "+token)
		res, err := m.Client.Do(r)
		require.NoError(t, err)
		defer res.Body.Close()
		answer := map[string]any{}
		require.NoError(t, json.NewDecoder(res.Body).Decode(&answer))
		require.Less(t, res.StatusCode, 300, "%s %s: %v", method, url, answer)
		return answer
	}
	base, in := m.URL("amtia"), m.Inputs("amtia")
	token = post("POST", base+"/auth/token", map[string]any{"api_key": in["api_key"], "secret": in["secret"]})["token"].(string)
	secret := post("POST", base+"/webhooks", map[string]any{"url": receiver.URL, "events": api.Document.Webhooks()})["secret"].(string)

	risk := post("POST", base+"/risks", map[string]any{"name": "Lost badge"})["id"].(string)
	post("PUT", base+"/risks/"+risk, map[string]any{"level": "high"})
	incident := post("POST", base+"/incidents", map[string]any{"title": "Break-in", "severity": "high"})["id"].(string)
	for _, status := range []string{"investigating", "resolved", "resolved", "open", "resolved", "closed"} {
		post("PUT", base+"/incidents/"+incident+"/status", map[string]any{"status": status})
	}
	post("POST", base+"/assessments", map[string]any{"framework_id": "iso-27001", "scope": "full"})
	post("POST", m.Origin()+"/__admin/events", map[string]any{"type": "audit.finding", "data": map[string]any{
		"id": "fnd_1", "audit_id": "aud_1", "title": "No visitor log", "severity": "low", "status": "open",
	}})

	var types []string
	for _, d := range m.Deliveries() {
		types = append(types, d.Type)
		assert.Equal(t, "delivered", string(d.State), "%s: %s", d.Type, d.Reason)
	}
	assert.Equal(t, []string{
		"risk.created", "risk.updated", "incident.created", "incident.resolved", "incident.resolved", "assessment.completed", "audit.finding",
	}, types, "an incident is resolved once until it is opened again")
	verifier, err := standardwebhooks.NewWebhook(secret)
	require.NoError(t, err)
	require.Len(t, all, len(types))
	for i, s := range all {
		require.NoError(t, verifier.Verify(s.body, s.header), types[i])
		assert.Empty(t, api.Document.Webhook(types[i]).ValidateDelivery(s.header, s.body), types[i])
		event := map[string]any{}
		require.NoError(t, json.Unmarshal(s.body, &event))
		assert.Equal(t, types[i], event["type"], "in order")
		assert.Equal(t, event["id"], s.header.Get("webhook-id"))
	}
}
