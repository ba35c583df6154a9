package delivery

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
)

// maxAnswer is how much is read of an answer.
const maxAnswer = 1 << 10

const userAgent = "Understudy-Webhooks"

func (o *Order) method() string {
	if o.Method == "" {
		return http.MethodPost
	}
	return o.Method
}

// Headers are those of an attempt at a time, the signature included.
func (o *Order) Headers(at time.Time) (http.Header, error) {
	h := o.Header.Clone()
	if h == nil {
		h = http.Header{}
	}
	if h.Get("User-Agent") == "" {
		h.Set("User-Agent", userAgent)
	}
	if o.Secret == "" {
		return h, nil
	}
	signer, err := signerOf(o.Secret)
	if err != nil {
		return h, fmt.Errorf("cannot sign: what follows whsec_ in the secret is no Base64")
	}
	signature, err := signer.Sign(o.Event, at, o.Body)
	if err != nil {
		return h, fmt.Errorf("cannot sign: %w", err)
	}
	h.Set(standardwebhooks.HeaderWebhookID, o.Event)
	h.Set(standardwebhooks.HeaderWebhookTimestamp, strconv.FormatInt(at.Unix(), 10))
	h.Set(standardwebhooks.HeaderWebhookSignature, signature)
	return h, nil
}

// signerOf takes a secret without the prefix as it stands: callers choose secrets that are no Base64.
func signerOf(secret string) (*standardwebhooks.Webhook, error) {
	if strings.HasPrefix(secret, "whsec_") {
		return standardwebhooks.NewWebhook(secret)
	}
	return standardwebhooks.NewWebhookRaw([]byte(secret))
}

// attempt sends an order once. It is final where another attempt could not go better.
func (d *Desk) attempt(o *Order) (a Attempt, final bool) {
	select {
	case d.slots <- struct{}{}:
		defer func() { <-d.slots }()
	case <-d.ctx.Done():
		return Attempt{Error: d.ctx.Err().Error()}, true
	}
	a.Time = d.options.Clock.Now()
	defer func() { a.Duration = d.options.Clock.Now().Sub(a.Time) }()
	var err error
	if a.Headers, err = o.Headers(a.Time); err != nil {
		a.Error, a.Refused = err.Error(), true
		return a, true
	}
	if o.Wanted != nil && !o.Wanted() {
		a.Error, a.Refused = "the subscription is gone", true
		return a, true
	}
	ctx, cancel := context.WithTimeout(d.ctx, o.Timeout)
	defer cancel()
	r, err := http.NewRequestWithContext(attemptContext(ctx), o.method(), o.URL, bytes.NewReader(o.Body))
	if err == nil {
		err = checkURL(r.URL)
	}
	if err != nil {
		a.Error, a.Refused = reason(err), true
		return a, true
	}
	r.Header = a.Headers.Clone()
	answer, err := d.targets.client.Do(r)
	if err != nil {
		refused := (*refusal)(nil)
		a.Refused = errors.As(err, &refused)
		if a.Error = reason(err); errors.Is(ctx.Err(), context.DeadlineExceeded) {
			a.Error = fmt.Sprintf("no answer within %s", o.Timeout)
		}
		return a, a.Refused
	}
	defer answer.Body.Close()
	beginning, _ := io.ReadAll(io.LimitReader(answer.Body, maxAnswer)) // the status is what counts
	a.Status, a.Answer = answer.StatusCode, strings.ToValidUTF8(string(beginning), "\uFFFD")
	switch {
	case a.Status/100 == 2:
	case a.Status/100 == 3:
		a.Error = fmt.Sprintf("answered by %d, a redirect, which is not followed", a.Status)
	default:
		a.Error = fmt.Sprintf("answered by %d", a.Status)
	}
	return a, false
}

// reason is an error without the URL, which stands in the record already.
func reason(err error) string {
	if about := (*refusal)(nil); errors.As(err, &about) {
		return about.Error()
	}
	if about := (*url.Error)(nil); errors.As(err, &about) {
		err = about.Err
	}
	return err.Error()
}
