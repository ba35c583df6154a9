package conformance

import (
	"context"
	"errors"
	"strings"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"understudy.dev/conformance/internal/fill"
	"understudy.dev/conformance/internal/script"
	"understudy.dev/conformance/internal/wire"
)

// signed claims that the last delivery bears a signature of Standard Webhooks. Its time counts where the target has no
// clock of its own.
func (s *session) signed(_ context.Context, c *script.Command) (*script.Claim, error) {
	if s.heard == nil {
		return nil, errors.New("there is no delivery to look at")
	}
	secret, err := fill.Text(c.Args[0], s.lookup)
	if err != nil {
		return nil, err
	}
	s.secrets.Add("secret", secret)
	result := &script.Claim{Expected: "a signature of Standard Webhooks with that secret"}
	if result.Got = signatureFault(s.heard, secret, !s.wire.HasClock()); result.Got == "" {
		result.Holds, result.Got = true, "one"
	}
	return result, nil
}

// signatureFault says what is wrong with a signature, "" if it is right. A secret without the prefix of Standard Webhooks
// is used as it stands.
func signatureFault(e *wire.Exchange, secret string, timely bool) string {
	webhook, err := standardwebhooks.NewWebhookRaw([]byte(secret))
	if strings.HasPrefix(secret, "whsec_") {
		webhook, err = standardwebhooks.NewWebhook(secret)
	}
	if err != nil {
		return "a secret that is not in Base64 behind whsec_"
	}
	verify := webhook.VerifyIgnoringTimestamp
	if timely {
		verify = webhook.Verify
	}
	if err := verify(e.Body, e.Header); err != nil {
		return strings.TrimPrefix(err.Error(), "unable to verify payload, err: ")
	}
	return ""
}
