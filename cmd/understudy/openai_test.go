//go:build clients

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/tidwall/gjson"

	"understudy.dev/mock"
	"understudy.dev/mock/mocktest"
	"understudy.dev/specs"
)

// TestOpenAI lets OpenAI's own SDKs talk to the mock. Each is a program in a module of its own below clients/, which plays
// one scenario and prints what it saw; both must see the same.
func TestOpenAI(t *testing.T) {
	t.Parallel()
	clients := filepath.Join("..", "..", "clients")
	built := filepath.Join(t.TempDir(), "openai-go")
	build := exec.CommandContext(t.Context(), "go", "build", "-o", built, ".")
	build.Dir = filepath.Join(clients, "openai-go")
	out, err := build.CombinedOutput()
	require.NoError(t, err, string(out))
	for name, command := range map[string][]string{
		"go": {built}, "node": {"node", filepath.Join(clients, "openai-node", "client.mjs")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			talk(t, command)
		})
	}
}

// talk plays every scenario against a mock of its own, whose clock ticks.
func talk(t *testing.T, command []string) {
	api, err := specs.Open("assistantrouter")
	require.NoError(t, err)
	m := mocktest.Start(t, nil, api)
	in := m.Inputs("assistantrouter")
	play := func(scenario string) gjson.Result {
		t.Helper()
		var stderr []byte
		c := exec.CommandContext(t.Context(), command[0], append(command[1:], scenario)...)
		c.Env = append(os.Environ(), "OPENAI_BASE_URL="+m.URL("assistantrouter"), "OPENAI_API_KEY="+in["api_key"],
			"ASSISTANT_ID="+in["assistant_id"], "FOREIGN_ASSISTANT_ID="+in["foreign_assistant_id"], "HOBBY_KEY="+in["hobby_key"])
		out, err := c.Output()
		if failed := (*exec.ExitError)(nil); err != nil && assert.ErrorAs(t, err, &failed) {
			stderr = failed.Stderr
		}
		require.NoError(t, err, "%s: %s", scenario, stderr)
		require.True(t, gjson.ValidBytes(out), "%s: %s", scenario, out)
		return gjson.ParseBytes(out)
	}

	whole := play("completion")
	assert.Regexp(t, `^chatcmpl-`, whole.Get("id").String())
	assert.Equal(t, "chat.completion", whole.Get("object").String())
	assert.Equal(t, "anthropic/claude-haiku-4.5", whole.Get("model").String())
	assert.Equal(t, "assistant", whole.Get("role").String())
	assert.Equal(t, "Support assistant has read: Hello!", whole.Get("content").String())
	assert.Equal(t, "stop", whole.Get("finish_reason").String())
	assert.Positive(t, whole.Get("extension.cost_cents").Float())

	streamed := play("stream")
	assert.Greater(t, streamed.Get("chunks").Int(), int64(3))
	for _, field := range []string{"role", "content", "finish_reason", "total_tokens"} {
		assert.Equal(t, whole.Get(field).Value(), streamed.Get(field).Value(), field)
	}

	called := play("tools")
	assert.Equal(t, "tool_calls", called.Get("finish_reason").String())
	assert.Equal(t, "get_weather", called.Get("name").String())
	assert.Equal(t, gjson.String, called.Get("arguments.city").Type)
	assert.Contains(t, []int64{1, 2, 3, 4, 5, 6, 7}, called.Get("arguments.days").Int())
	assert.Equal(t, "get_weather", called.Get("streamed_name").String())
	assert.True(t, called.Get("streamed_valid").Bool())
	assert.Equal(t, "stop", called.Get("answer_reason").String())
	assert.Contains(t, called.Get("answer").String(), "sunny, 21 degrees")

	listed := play("models")
	assert.Equal(t, int64(12), listed.Get("count").Int())
	assert.Equal(t, "anthropic/claude-haiku-4.5", listed.Get("retrieved").String())
	assert.Equal(t, "anthropic", listed.Get("owned_by").String())

	refused := play("errors")
	for name, want := range map[string]struct {
		status int64
		kind   string
		param  string
	}{
		"authentication": {401, "authentication_error", ""},
		"permission":     {403, "authorization_error", ""},
		"not_found":      {404, "not_found", ""},
		"bad_request":    {400, "validation_error", "messages"},
		"rate_limit":     {429, "rate_limit_exceeded", ""},
	} {
		got := refused.Get(name)
		assert.Equal(t, want.status, got.Get("status").Int(), name)
		assert.Equal(t, want.kind, got.Get("type").String(), name)
		assert.Equal(t, want.param, got.Get("param").String(), name)
		assert.NotEmpty(t, got.Get("message").String(), name)
		assert.Regexp(t, `^req_`, got.Get("request_id").String(), name)
	}

	// Two refusals that say to come again in a second, then the answer.
	m.Fault(mock.Fault{
		Operations: []string{"createChatCompletion"}, Problem: specs.RateLimited, Times: 2, Headers: []mock.FaultHeader{{Name: "Retry-After", Value: "1"}},
	})
	again := play("retry")
	assert.Equal(t, whole.Get("content").String(), again.Get("content").String())
	waited := time.Duration(again.Get("milliseconds").Int()) * time.Millisecond
	assert.GreaterOrEqual(t, waited, 2*time.Second)
	assert.Less(t, waited, 20*time.Second)
	var statuses []int
	for _, entry := range m.Journal() {
		statuses = append(statuses, entry.Status)
	}
	require.GreaterOrEqual(t, len(statuses), 3)
	assert.Equal(t, []int{429, 429, 200}, statuses[len(statuses)-3:])
}
