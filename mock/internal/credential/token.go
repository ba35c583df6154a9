package credential

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"encoding/asn1"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"strings"

	"github.com/golang-jwt/jwt/v5"

	"understudy.dev/mock/internal/state"
	"understudy.dev/specs"
	"understudy.dev/specs/template"
)

// sign makes the token of c. The same c gives the same token, whatever the
// algorithm.
func sign(kind *specs.CredentialKind, c *state.Credential, env template.Env) (string, error) {
	key, err := keyFor(kind.JWT)
	if err != nil {
		return "", err
	}
	claims, err := claimsOf(kind, c, env)
	if err != nil {
		return "", err
	}
	token := jwt.NewWithClaims(key.method, claims)
	token.Header["kid"] = key.id
	text, err := token.SigningString()
	if err != nil {
		return "", err
	}
	signature, err := key.sign(text)
	if err != nil {
		return "", fmt.Errorf("cannot sign with %s: %w", kind.JWT, err)
	}
	return text + "." + token.EncodeSegment(signature), nil
}

// claimsOf are the registered claims and those of the profile, which may
// replace sub but not what makes the token a record of this world.
func claimsOf(kind *specs.CredentialKind, c *state.Credential, env template.Env) (jwt.MapClaims, error) {
	claims := jwt.MapClaims{}
	if c.Parent != nil {
		claims["sub"] = c.Parent.ID
	}
	if kind.Claims != nil {
		raw, err := kind.Claims.AppendJSON(nil, env)
		if err != nil {
			return nil, err
		}
		decoder := json.NewDecoder(strings.NewReader(string(raw)))
		// Whole numbers of any size must come out as they went in.
		decoder.UseNumber()
		if err := decoder.Decode(&claims); err != nil {
			return nil, fmt.Errorf("the claims are not an object: %w", err)
		}
	}
	claims["jti"], claims["iat"] = c.ID, c.IssuedAt.Unix()
	if !c.ExpiresAt.IsZero() {
		claims["exp"] = c.ExpiresAt.Unix()
	}
	return claims, nil
}

// verify says whether a token is signed with one of the test keys, whatever
// its claims: they stand in the record.
func verify(value string) error {
	parser := jwt.NewParser(jwt.WithoutClaimsValidation(), jwt.WithValidMethods(algorithms()))
	_, err := parser.Parse(value, func(t *jwt.Token) (any, error) {
		key, err := keyFor(t.Method.Alg())
		if err != nil {
			return nil, err
		}
		return key.public, nil
	})
	return err
}

// looksSigned tells a token from an opaque secret.
func looksSigned(value string) bool { return strings.Count(value, ".") == 2 }

// signECDSA signs as RFC 6979 has it, without randomness, in the form of RFC 7518.
func signECDSA(private *ecdsa.PrivateKey, hash crypto.Hash, text string) ([]byte, error) {
	if private.Curve != elliptic.P256() {
		return nil, errors.New("want a key on P-256")
	}
	h := hash.New()
	h.Write([]byte(text))
	encoded, err := private.Sign(nil, h.Sum(nil), hash)
	if err != nil {
		return nil, err
	}
	var pair struct{ R, S *big.Int }
	if _, err := asn1.Unmarshal(encoded, &pair); err != nil {
		return nil, err
	}
	signature := make([]byte, 64)
	pair.R.FillBytes(signature[:32])
	pair.S.FillBytes(signature[32:])
	return signature, nil
}
