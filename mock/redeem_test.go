package mock_test

import (
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// What is good once, over HTTP: the caller learns that it is not good, the journal why, and the control plane shows it.
func TestRedeem(t *testing.T) {
	t.Parallel()
	s := perform(t, frozen(), toy(t))
	login := s.send(t, message{
		method: "POST", url: "/toy/v1/auth/login", media: "application/x-www-form-urlencoded",
		body: form("email", "ada@library.test", "pin", "1815"),
	})
	member := map[string]string{"Authorization": "Bearer " + login.json("session").String()}
	redeem := func(code string) reply {
		return s.send(t, message{method: "POST", url: "/toy/v1/auth/codes/redeem", body: `{"code":"` + code + `"}`})
	}
	made := s.send(t, message{method: "POST", url: "/toy/v1/auth/codes", headers: member})
	assert.Equal(t, s.Origin()+"/toy/v1/auth/codes/redeem", made.json("url").String())
	code := made.json("code").String()

	first := redeem(code)
	require.Equal(t, 200, first.StatusCode, first.body)
	assert.Equal(t, login.json("member_id").String(), first.json("member_id").String())
	again, unknown := redeem(code), redeem("no code")
	assert.Equal(t, 400, again.StatusCode)
	assert.Equal(t, again.json("error.message").String(), unknown.json("error.message").String())
	entries := s.Journal()
	assert.Contains(t, entries[len(entries)-2].Refusal.Detail, "was used before")
	assert.Contains(t, entries[len(entries)-1].Refusal.Detail, "no such credential")

	shown := s.send(t, message{method: "GET", url: "/__admin/credentials?kind=code"})
	assert.Equal(t, "used", shown.json("credentials.0.state").String(), shown.body)
	session := map[string]string{"Authorization": "Bearer " + first.json("session").String()}
	assert.Equal(t, 200, s.send(t, message{method: "GET", url: "/toy/v1/whoami", headers: session}).StatusCode)

	code = s.send(t, message{method: "POST", url: "/toy/v1/auth/codes", headers: member}).json("code").String()
	var won atomic.Int64
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			if redeem(code).StatusCode == 200 {
				won.Add(1)
			}
		})
	}
	all.Wait()
	assert.EqualValues(t, 1, won.Load())
}
