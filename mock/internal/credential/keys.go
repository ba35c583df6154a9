package credential

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/sha256"
	_ "embed"
	"fmt"
	"sync"

	"github.com/golang-jwt/jwt/v5"
)

// The test keys, one for each algorithm, are part of the source so that tokens
// are the same in every run, and because generating an RSA key is slow and
// cannot be seeded. They protect nothing and say so.
var (
	//go:embed keys/rs256-test.pem
	rs256PEM []byte
	//go:embed keys/es256-test.pem
	es256PEM []byte
	//go:embed keys/hs256-test.txt
	hs256Secret []byte
)

// A key signs and verifies with one algorithm.
type key struct {
	// id is the token's kid.
	id     string
	method jwt.SigningMethod
	public any
	sign   func(text string) ([]byte, error)
}

// keys are parsed on first use, once for the process.
var keys = map[string]func() (*key, error){
	"RS256": sync.OnceValues(rs256),
	"ES256": sync.OnceValues(es256),
	"HS256": sync.OnceValues(hs256),
}

func algorithms() []string { return []string{"RS256", "ES256", "HS256"} }

func keyFor(algorithm string) (*key, error) {
	load, ok := keys[algorithm]
	if !ok {
		return nil, fmt.Errorf("there is no key for the algorithm %q", algorithm)
	}
	return load()
}

func rs256() (*key, error) {
	private, err := jwt.ParseRSAPrivateKeyFromPEM(rs256PEM)
	if err != nil {
		return nil, fmt.Errorf("cannot read the test key for RS256: %w", err)
	}
	return &key{
		id: "understudy-test-rs256", method: jwt.SigningMethodRS256, public: &private.PublicKey,
		sign: func(text string) ([]byte, error) {
			digest := sha256.Sum256([]byte(text))
			return rsa.SignPKCS1v15(nil, private, crypto.SHA256, digest[:])
		},
	}, nil
}

func es256() (*key, error) {
	private, err := jwt.ParseECPrivateKeyFromPEM(es256PEM)
	if err != nil {
		return nil, fmt.Errorf("cannot read the test key for ES256: %w", err)
	}
	var public *ecdsa.PublicKey = &private.PublicKey
	return &key{
		id: "understudy-test-es256", method: jwt.SigningMethodES256, public: public,
		sign: func(text string) ([]byte, error) { return signECDSA(private, crypto.SHA256, text) },
	}, nil
}

func hs256() (*key, error) {
	return &key{
		id: "understudy-test-hs256", method: jwt.SigningMethodHS256, public: hs256Secret,
		sign: func(text string) ([]byte, error) { return jwt.SigningMethodHS256.Sign(text, hs256Secret) },
	}, nil
}
