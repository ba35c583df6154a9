package credential

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"understudy.dev/mock/internal/entropy"
	"understudy.dev/mock/internal/state"
	"understudy.dev/specs"
	"understudy.dev/specs/strict"
	"understudy.dev/specs/template"
)

var noon = time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)

func text(t testing.TB, src string) *template.Text {
	t.Helper()
	scope := template.NewScope(map[string]any{
		"random": specs.TextFunc(nil), "token": specs.TextFunc(nil), "counter": specs.CounterFunc(nil),
		"owner": template.Any, "credential": template.Any,
	})
	compiled, err := template.CompileText(strict.Pos{File: "profile.yaml", Line: 1}, src, scope)
	require.NoError(t, err)
	return compiled
}

func claims(t testing.TB, src string) *template.Value {
	t.Helper()
	node, err := strict.Parse("profile.yaml", []byte(src))
	require.NoError(t, err)
	scope := template.NewScope(map[string]any{"owner": template.Any, "credential": template.Any})
	compiled, err := template.Compile("profile.yaml", node, scope)
	require.NoError(t, err)
	return compiled
}

// A world is a registry with the state that it looks into.
type world struct {
	t *testing.T
	*Registry
	store   *state.Store
	entropy *entropy.Source
	now     time.Time
}

func newWorld(t *testing.T) *world {
	t.Helper()
	hour := strict.Lifetime{Duration: time.Hour}
	never := strict.Lifetime{Never: true}
	kinds := []*specs.CredentialKind{
		{Name: "key", ID: text(t, "key_${random(4)}"), Secret: text(t, "${token(20)}"), Lifetime: never},
		{Name: "session", Opaque: text(t, "ses_${token(30)}"), Lifetime: hour},
	}
	for _, algorithm := range algorithms() {
		kinds = append(kinds, &specs.CredentialKind{
			Name: algorithm, JWT: algorithm, Lifetime: hour,
			Claims: claims(t, `{role: "${credential.role}", owner?: "${owner?.id}", big: "${credential.big}"}`),
		})
	}
	base, err := state.NewBase(nil, nil)
	require.NoError(t, err)
	return &world{t: t, Registry: New(kinds), store: base.NewStore(), entropy: entropy.New(1, "w"), now: noon}
}

func (w *world) issue(o Order) *state.Credential {
	w.t.Helper()
	c, err := w.tryIssue(o)
	require.NoError(w.t, err)
	return c
}

func (w *world) tryIssue(o Order) (c *state.Credential, err error) {
	o.Entropy, o.Now = w.entropy, w.now
	err = w.store.Update(func(tx *state.Tx) error {
		c, err = w.Issue(tx, &o)
		return err
	})
	return c, err
}

func (w *world) judge(p Presented, kinds ...string) specs.Problem {
	view := w.store.View()
	return w.Judge(view, w.Lookup(view, p), kinds, w.now)
}

func TestPairs(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.issue(Order{Kind: "key", Scopes: []string{"read"}})
	assert.Regexp(t, "^key_[a-z0-9]{4}$", c.ID)
	assert.Regexp(t, "^[A-Za-z0-9]{20}$", c.Value)
	assert.True(t, c.ExpiresAt.IsZero())

	pair := Presented{Pair: true, ID: c.ID, Value: c.Value}
	assert.Empty(t, w.judge(pair, "key"))
	assert.Equal(t, specs.WrongCredential, w.judge(pair, "session"))
	for name, wrong := range map[string]Presented{
		"wrong secret": {Pair: true, ID: c.ID, Value: c.Value + "x"},
		"no secret":    {Pair: true, ID: c.ID},
		"wrong id":     {Pair: true, ID: c.ID + "x", Value: c.Value},
		"nothing":      {Pair: true},
		"secret alone": {Value: c.Value},
		"id alone":     {Value: c.ID},
	} {
		assert.Equal(t, specs.UnknownCredential, w.judge(wrong, "key"), name)
	}
	assert.NotNil(t, w.Pair(w.store.View(), "key", c.ID, c.Value))
	assert.Nil(t, w.Pair(w.store.View(), "session", c.ID, c.Value))

	alone := w.issue(Order{Kind: "session"})
	assert.Nil(t, w.Pair(w.store.View(), "session", alone.ID, alone.Value+"x"))
}

func TestGoodAndBad(t *testing.T) {
	t.Parallel()
	for _, kind := range append(algorithms(), "session") {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			c := w.issue(Order{Kind: kind})
			p := Presented{Value: c.Value}
			assert.Empty(t, w.judge(p, "key", kind))
			assert.Equal(t, specs.WrongCredential, w.judge(p, "key"))
			assert.Equal(t, specs.UnknownCredential, w.judge(Presented{Value: c.Value + "A"}, kind))
			assert.Equal(t, specs.UnknownCredential, w.judge(Presented{}, kind))

			w.now = noon.Add(time.Hour - 1)
			assert.Empty(t, w.judge(p, kind))
			w.now = noon.Add(time.Hour)
			assert.Equal(t, specs.ExpiredCredential, w.judge(p, kind))

			require.NoError(t, w.store.Update(func(tx *state.Tx) error {
				assert.True(t, w.Revoke(tx, kind, c.ID))
				assert.False(t, w.Revoke(tx, kind, "nobody"))
				return nil
			}))
			assert.Equal(t, specs.RevokedCredential, w.judge(p, kind), "revoked says more than expired")
			w.store.Reset()
			assert.Equal(t, specs.UnknownCredential, w.judge(p, kind), "a reset world knows no tokens")
		})
	}
}

func TestRevokingCascades(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	key := w.issue(Order{Kind: "key"})
	refresh := w.issue(Order{Kind: "session", To: key})
	token := w.issue(Order{Kind: "RS256", To: refresh})
	other := w.issue(Order{Kind: "session"})
	require.NoError(t, w.store.Update(func(tx *state.Tx) error {
		w.Revoke(tx, "key", key.ID)
		return nil
	}))
	assert.Equal(t, specs.RevokedCredential, w.judge(Presented{Value: refresh.Value}, "session"))
	assert.Equal(t, specs.RevokedCredential, w.judge(Presented{Value: token.Value}, "RS256"))
	assert.Empty(t, w.judge(Presented{Value: other.Value}, "session"))
}

func TestWhatIsInherited(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	key := w.issue(Order{Kind: "key", Scopes: []string{"read", "write"}, Attributes: map[string]any{"role": "full", "tier": 1}})
	all := w.issue(Order{Kind: "session", To: key, Attributes: map[string]any{"role": "part"}})
	assert.Equal(t, []string{"read", "write"}, all.Scopes)
	assert.Equal(t, map[string]any{"role": "part", "tier": 1}, all.Attributes)
	assert.Equal(t, "full", key.Attributes["role"], "the owner does not change")
	assert.Equal(t, &state.CredentialName{Kind: "key", ID: key.ID}, all.Parent)

	assert.Equal(t, []string{"read"}, w.issue(Order{Kind: "session", To: key, Scopes: []string{"read"}}).Scopes)
	assert.Empty(t, w.issue(Order{Kind: "session", To: key, Scopes: []string{}}).Scopes)
	_, err := w.tryIssue(Order{Kind: "session", To: key, Scopes: []string{"read", "admin"}})
	require.ErrorIs(t, err, ErrScope)
	assert.ErrorContains(t, err, `"admin"`)
	assert.Equal(t, []string{"any"}, w.issue(Order{Kind: "session", Scopes: []string{"any"}}).Scopes, "nobody limits nothing")
}

func TestOrders(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	minute := time.Minute
	assert.Equal(t, noon.Add(time.Minute), w.issue(Order{Kind: "session", Lifetime: &minute}).ExpiresAt)
	assert.Equal(t, noon.Add(time.Hour), w.issue(Order{Kind: "session"}).ExpiresAt)
	assert.True(t, w.issue(Order{Kind: "session", Seeded: true}).ExpiresAt.IsZero())
	chosen := w.issue(Order{Kind: "key", ID: "mine", Value: "secret"})
	assert.Equal(t, "mine", chosen.ID)
	assert.Equal(t, "secret", chosen.Value)

	_, err := w.tryIssue(Order{Kind: "key", ID: "mine"})
	require.ErrorIs(t, err, state.ErrTaken)
	_, err = w.tryIssue(Order{Kind: "nothing"})
	require.ErrorIs(t, err, ErrKind)
	_, err = w.tryIssue(Order{Kind: "RS256", Value: "not.a.token"})
	require.Error(t, err, "a chosen token must be signed")
	good := w.issue(Order{Kind: "RS256"}).Value
	w.store.Reset()
	assert.Equal(t, good, w.issue(Order{Kind: "RS256", Value: good}).Value)
}

// Tokens are JSON Web Tokens that anybody can verify with the public key.
func TestTokens(t *testing.T) {
	t.Parallel()
	for _, algorithm := range algorithms() {
		t.Run(algorithm, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			key := w.issue(Order{Kind: "key", ID: "key_1"})
			c := w.issue(Order{Kind: algorithm, To: key, Attributes: map[string]any{"role": "full", "big": json.Number("12345678901234567890")}})
			k, err := keyFor(algorithm)
			require.NoError(t, err)
			parsed, err := jwt.Parse(c.Value, func(*jwt.Token) (any, error) { return k.public, nil },
				jwt.WithValidMethods([]string{algorithm}), jwt.WithTimeFunc(func() time.Time { return noon }), jwt.WithJSONNumber())
			require.NoError(t, err)
			assert.Equal(t, "understudy-test-"+strings.ToLower(algorithm), parsed.Header["kid"])
			assert.Equal(t, "JWT", parsed.Header["typ"])
			assert.Equal(t, jwt.MapClaims{
				"sub": "key_1", "jti": c.ID, "owner": "key_1", "role": "full", "big": json.Number("12345678901234567890"),
				"iat": json.Number(fmt.Sprint(noon.Unix())), "exp": json.Number(fmt.Sprint(noon.Unix() + 3600)),
			}, parsed.Claims)

			twin := newWorld(t)
			twin.issue(Order{Kind: "key", ID: "key_1"})
			again := twin.issue(Order{Kind: algorithm, To: key, Attributes: c.Attributes})
			assert.Equal(t, c.Value, again.Value, "the same world gives the same token")
		})
	}
}

// A token that is not byte for byte one that this world has issued is unknown;
// the journal may say why.
func TestForgedTokens(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	view := w.store.View()
	c := w.issue(Order{Kind: "RS256", Attributes: map[string]any{"role": "part", "big": 1}})
	part := strings.Split(c.Value, ".")
	encode := base64.RawURLEncoding.EncodeToString
	payload, err := base64.RawURLEncoding.DecodeString(part[1])
	require.NoError(t, err)
	raised := encode([]byte(strings.Replace(string(payload), "part", "full", 1)))
	confused, err := jwt.NewWithClaims(jwt.SigningMethodHS256, jwt.MapClaims{"jti": c.ID}).SignedString(rs256PEM)
	require.NoError(t, err)
	foreign := newWorld(t)
	foreign.entropy = entropy.New(2, "w")
	for name, test := range map[string]struct{ value, why string }{
		"changed claims":   {part[0] + "." + raised + "." + part[2], "verification error"},
		"no signature":     {part[0] + "." + part[1] + ".", "verification error"},
		"alg none":         {encode([]byte(`{"alg":"none","typ":"JWT"}`)) + "." + part[1] + ".", "signing method none is invalid"},
		"other key":        {confused, "signature is invalid"},
		"another world's":  {foreign.issue(Order{Kind: "RS256"}).Value, "this world has not issued it"},
		"not even a token": {"a.b.c", "malformed"},
		"opaque":           {"ses_123", "this world has no such credential"},
	} {
		p := Presented{Value: test.value}
		assert.Equal(t, specs.UnknownCredential, w.judge(p, "RS256"), name)
		assert.Contains(t, w.Why(view, p), test.why, name)
	}
	w.issue(Order{Kind: "key", ID: "k"})
	view = w.store.View()
	assert.Equal(t, "the secret of the key is wrong", w.Why(view, Presented{Pair: true, ID: "k", Value: "x"}))
	assert.Equal(t, "no credential has the id", w.Why(view, Presented{Pair: true, ID: "l", Value: "x"}))
}

func TestEnv(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	key := w.issue(Order{Kind: "key", ID: "k", Scopes: []string{"read"}, Attributes: map[string]any{"role": "full", "id": "forged"}})
	assert.Equal(t, map[string]any{
		"kind": "key", "id": "k", "owner": nil, "scopes": []string{"read"}, "expires_at": nil, "state": Good, "role": "full",
	}, Env(key))
	session := Env(w.issue(Order{Kind: "session", ID: "s", To: key}))
	assert.Equal(t, "k", session["owner"])
	assert.Equal(t, noon.Add(time.Hour), session["expires_at"])
	assert.Nil(t, Env(nil))
	assert.NotContains(t, fmt.Sprint(session), "ses_", "expressions see no secrets")
}

func TestDeadCredentialsAreForgotten(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	require.NoError(t, w.store.Update(func(tx *state.Tx) error {
		for i := range maxRecords + 1 {
			c := &state.Credential{Kind: "session", ID: fmt.Sprint(i), Value: fmt.Sprint("v", i), Alone: true}
			if i < 10 {
				c.ExpiresAt = noon
			}
			if err := tx.AddCredential(c); err != nil {
				return err
			}
		}
		return nil
	}))
	assert.Equal(t, specs.ExpiredCredential, w.judge(Presented{Value: "v0"}, "session"))
	w.issue(Order{Kind: "session"})
	assert.Equal(t, specs.UnknownCredential, w.judge(Presented{Value: "v9"}, "session"))
	assert.Empty(t, w.judge(Presented{Value: "v10"}, "session"))
}

func BenchmarkLookup(b *testing.B) {
	w := newWorld(&testing.T{})
	c := w.issue(Order{Kind: "RS256"})
	p := Presented{Value: c.Value}
	b.ReportAllocs()
	for b.Loop() {
		view := w.store.View()
		if w.Judge(view, w.Lookup(view, p), []string{"RS256"}, noon) != "" {
			b.Fatal("refused")
		}
	}
}
