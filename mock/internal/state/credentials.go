package state

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"iter"
	"time"

	"github.com/tidwall/btree"
)

// ErrNoCredential means that no credential has the kind and id.
var ErrNoCredential = errors.New("there is no such credential")

// A Credential is one version of what a caller can prove. It is immutable; a
// change makes another version.
type Credential struct {
	// Kind and ID name it.
	Kind, ID string
	// Value is what is presented: the secret of a pair, an opaque secret, or a token.
	Value string
	// Alone is true when Value is presented without the id.
	Alone bool
	// Parent is the credential that this one was issued to, nil for none. Only
	// its kind and id count: look it up for its present version.
	Parent *CredentialName
	Scopes []string
	// Attributes are those of the contract. Read only.
	Attributes map[string]any
	IssuedAt   time.Time
	// ExpiresAt is zero for never.
	ExpiresAt time.Time
	Revoked   bool
	// Seq orders credentials by creation.
	Seq uint64
}

// A CredentialName is the name of a credential.
type CredentialName struct{ Kind, ID string }

// Credential finds a credential by kind and id, nil if there is none.
func (v *Snapshot) Credential(kind, id string) *Credential {
	return v.credentials.find(CredentialName{kind, id})
}

// Presented finds the credential whose value, presented alone, is value; nil
// if there is none. The time it takes says nothing about other values.
func (v *Snapshot) Presented(value string) *Credential {
	seq, ok := v.credentials.byValue.Get(digest(value))
	if !ok {
		return nil
	}
	credential, _ := v.credentials.bySeq.Get(seq)
	return credential
}

// Revoked reports whether a credential or one that it descends from was
// revoked or is gone.
func (v *Snapshot) Revoked(c *Credential) bool {
	for ; c != nil; c = v.credentials.find(*c.Parent) {
		if c.Revoked {
			return true
		}
		if c.Parent == nil {
			return false
		}
	}
	return true
}

// Credentials walks all credentials in order of creation.
func (v *Snapshot) Credentials() iter.Seq[*Credential] {
	return func(yield func(*Credential) bool) {
		v.credentials.bySeq.Scan(func(_ uint64, c *Credential) bool { return yield(c) })
	}
}

// AddCredential stores a new credential and fills in Seq; the Tx keeps c. A
// taken name or value is an error.
func (tx *Tx) AddCredential(c *Credential) error {
	tx.credentials = tx.credentials.fork()
	name := c.name()
	if _, taken := tx.credentials.byName.Get(name); taken {
		return fmt.Errorf("cannot add the %s %q: the id is taken", c.Kind, c.ID)
	}
	if c.Alone {
		key := digest(c.Value)
		if _, taken := tx.credentials.byValue.Get(key); taken {
			return fmt.Errorf("cannot add the %s %q: its value is taken", c.Kind, c.ID)
		}
		tx.credentials.byValue.Set(key, tx.credentials.next)
	}
	c.Seq = tx.credentials.next
	tx.credentials.next++
	tx.credentials.byName.Set(name, c.Seq)
	tx.credentials.bySeq.Set(c.Seq, c)
	tx.touch()
	return nil
}

// ChangeCredential stores another version of a credential, made by change from
// a copy of the present one. Kind, id and value stay. An unknown name is
// ErrNoCredential.
func (tx *Tx) ChangeCredential(kind, id string, change func(*Credential)) error {
	old := tx.Credential(kind, id)
	if old == nil {
		return fmt.Errorf("cannot change the %s %q: %w", kind, id, ErrNoCredential)
	}
	next := *old
	change(&next)
	next.Kind, next.ID, next.Value, next.Alone, next.Seq = old.Kind, old.ID, old.Value, old.Alone, old.Seq
	tx.credentials = tx.credentials.fork()
	tx.credentials.bySeq.Set(next.Seq, &next)
	tx.touch()
	return nil
}

// A ledger holds the credentials. Like a table it is forked before a change.
type ledger struct {
	next    uint64
	bySeq   btree.Map[uint64, *Credential]
	byName  btree.Map[string, uint64]
	byValue btree.Map[string, uint64]
}

func (l *ledger) find(name CredentialName) *Credential {
	seq, ok := l.byName.Get(name.key())
	if !ok {
		return nil
	}
	credential, _ := l.bySeq.Get(seq)
	return credential
}

func (l *ledger) fork() ledger {
	return ledger{next: l.next, bySeq: forkMap(l.bySeq), byName: forkMap(l.byName), byValue: forkMap(l.byValue)}
}

func (c *Credential) name() string { return CredentialName{c.Kind, c.ID}.key() }

func (n CredentialName) key() string { return n.Kind + "\x00" + n.ID }

// digest hides how far a guessed value agrees with a stored one.
func digest(value string) string {
	sum := sha256.Sum256([]byte(value))
	return string(sum[:])
}
