package behave

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/tidwall/gjson"

	"understudy.dev/mock/internal/credential"
	"understudy.dev/specs"
)

const tickets = `
credentials:
  ticket: {opaque: "t_${token(12)}", lifetime: 10m}
  coupon: {id: "c${counter()}", secret: "${token(12)}"}
  seat: {opaque: "s_${token(12)}"}
operations:
  create:
    do:
      - {issue: ticket, set: {row: "${body.row}"}, as: ticket}
      - {issue: coupon, as: coupon}
      - answer: {ticket: "${ticket.value}", id: "${ticket.id}", coupon: "${coupon.id}", secret: "${coupon.value}"}
  act:
    do:
      - {redeem: ticket, secret: body.ticket, as: ticket}
      - {require: body.row == nil or body.row == ticket.row, else: conflict}
      - {issue: seat, to: ticket, as: seat}
      - answer: {seat: "${seat.value}", owner: "${seat.owner}", row: "${seat.row}"}
  change: {redeem: coupon, id: body.coupon, secret: body.secret, else: unknown_credential}
  replace: {verify: ticket, secret: body.ticket, else: forbidden}
  remove: {revoke: ticket, id: params.id}
`

// A ticket is a new one, with the request that redeems it.
func ticket(w *world, row string) (made gjson.Result, r request) {
	made = gjson.Parse(w.run("create", request{body: `{"row":"` + row + `"}`}))
	return made, request{body: `{"ticket":` + made.Get("ticket").Raw + `}`}
}

func TestRedeemUsesUp(t *testing.T) {
	t.Parallel()
	w := newThings(t, tickets, "")
	made, r := ticket(w, "A")
	wrong := r
	wrong.body = `{"row":"B",` + r.body[1:]
	w.refused("act", wrong, specs.Conflict)
	w.run("replace", r)
	seat := gjson.Parse(w.run("act", r))
	assert.Equal(t, made.Get("id").String(), seat.Get("owner").String())
	assert.Equal(t, "A", seat.Get("row").String(), "what was redeemed can still be issued to")

	again := w.refused("act", r, specs.InvalidGrant)
	assert.Equal(t, specs.InvalidGrant.Detail(), again.Detail, "a caller does not learn why")
	assert.ErrorContains(t, again.Err, "the ticket "+made.Get("id").String()+" was used before")
	w.refused("replace", r, specs.Forbidden)

	registry, view := w.programs.Credentials(), w.store.View()
	issued := registry.Lookup(view, credential.Presented{Value: seat.Get("seat").String()})
	require.NotNil(t, issued)
	assert.Empty(t, registry.Judge(view, issued, []string{"seat"}, w.now), "what was issued to it stays good")
	used := registry.Lookup(view, credential.Presented{Value: made.Get("ticket").String()})
	assert.Equal(t, specs.RevokedCredential, registry.Judge(view, used, []string{"ticket"}, w.now))

	w.run("remove", request{params: one("id", made.Get("id").String())})
	assert.Equal(t, specs.RevokedCredential, registry.Judge(w.store.View(), issued, []string{"seat"}, w.now),
		"revoking a used one still revokes what was issued to it")
	assert.ErrorContains(t, w.refused("act", r, specs.InvalidGrant).Err, "was revoked")
}

func TestRedeemSaysWhyInTheJournal(t *testing.T) {
	t.Parallel()
	w := newThings(t, tickets, "")
	_, late := ticket(w, "A")
	made, revoked := ticket(w, "B")
	w.run("remove", request{params: one("id", made.Get("id").String())})
	_, used := ticket(w, "C")
	w.run("act", used)
	for why, r := range map[string]request{
		"this world has no such credential": {body: `{"ticket":"t_made_up"}`},
		"was revoked":                       revoked,
		"was used before":                   used,
	} {
		assert.ErrorContains(t, w.refused("act", r, specs.InvalidGrant).Err, why)
	}
	w.now = noon.Add(10 * time.Minute)
	assert.ErrorContains(t, w.refused("act", late, specs.InvalidGrant).Err, "expired at 2026-01-10T12:10:00Z")
	assert.ErrorContains(t, w.refused("act", used, specs.InvalidGrant).Err, "was used before")
	seat := gjson.Get(w.run("act", func() request { _, r := ticket(w, "D"); return r }()), "seat")
	assert.ErrorContains(t, w.refused("act", request{body: `{"ticket":` + seat.Raw + `}`}, specs.InvalidGrant).Err,
		"cannot be used here")
}

func TestRedeemPairs(t *testing.T) {
	t.Parallel()
	w := newThings(t, tickets, "")
	made, _ := ticket(w, "A")
	coupon := func(secret string) request {
		return request{body: `{"coupon":` + made.Get("coupon").Raw + `,"secret":` + secret + `}`}
	}
	w.refused("change", coupon(`"guess"`), specs.UnknownCredential)
	w.run("change", coupon(made.Get("secret").Raw))
	w.refused("change", coupon(made.Get("secret").Raw), specs.RevokedCredential)
	w.refused("change", coupon(`"guess"`), specs.UnknownCredential)
}

// However many come at once, one gets through.
func TestRedeemIsAtomic(t *testing.T) {
	t.Parallel()
	const callers = 8
	w := newThings(t, tickets, "")
	for range 20 {
		_, r := ticket(w, "A")
		var won atomic.Int64
		var all sync.WaitGroup
		for range callers {
			all.Go(func() {
				_, refusal := w.programs.Run(w.call("act", r))
				if refusal == nil {
					won.Add(1)
					return
				}
				assert.Equal(t, specs.InvalidGrant, refusal.Problem)
			})
		}
		all.Wait()
		require.EqualValues(t, 1, won.Load())
	}
}
