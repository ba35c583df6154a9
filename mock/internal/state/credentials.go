package state

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"iter"
	"time"

	"github.com/tidwall/btree"
)

// The errors about credentials, wrapped in what could not be done.
var (
	// ErrNoCredential means that no credential has the kind and id.
	ErrNoCredential = errors.New("there is no such credential")
	// ErrTaken means that another credential has the name or the value.
	ErrTaken = errors.New("taken")
)

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
	// Used is true for one that was good for one use and has had it. What was
	// issued to it does not suffer.
	Used bool
	// Seeded is true for one that exists in every fresh world.
	Seeded bool
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
// taken name or value is ErrTaken.
func (tx *Tx) AddCredential(c *Credential) error {
	l := tx.writeCredentials()
	name := c.name()
	if _, taken := l.byName.Get(name); taken {
		return fmt.Errorf("cannot add the %s %q: its id is %w", c.Kind, c.ID, ErrTaken)
	}
	if c.Alone {
		key := digest(c.Value)
		if _, taken := l.byValue.Get(key); taken {
			return fmt.Errorf("cannot add the %s %q: its value is %w", c.Kind, c.ID, ErrTaken)
		}
		l.byValue.Set(key, l.next)
	}
	c.Seq = l.next
	l.next++
	l.byName.Set(name, c.Seq)
	l.bySeq.Set(c.Seq, c)
	l.bear(c, 1)
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
	tx.writeCredentials().bySeq.Set(next.Seq, &next)
	tx.touch()
	return nil
}

// maxLook bounds what one call of PruneCredentials looks at.
const maxLook = 64

// PruneCredentials forgets some credentials that are dead, when there are more
// than keep. It looks at few of them at a time, from where it stopped the last
// time, and never takes seeded ones, nor those without which others would no
// longer be good.
func (tx *Tx) PruneCredentials(keep int, dead func(*Credential) bool) {
	if tx.credentials.bySeq.Len() <= keep {
		return
	}
	l := tx.writeCredentials()
	var gone []*Credential
	look := 0
	l.bySeq.Ascend(l.looked, func(seq uint64, c *Credential) bool {
		if !c.Seeded && dead(c) && (l.children(c) == 0 || tx.Revoked(c)) {
			gone = append(gone, c)
		}
		l.looked = seq + 1
		look++
		return look < maxLook
	})
	if look < maxLook {
		l.looked = 0
	}
	if len(gone) == 0 {
		return
	}
	for _, c := range gone {
		l.bear(c, -1)
		l.bySeq.Delete(c.Seq)
		l.byName.Delete(c.name())
		if c.Alone {
			l.byValue.Delete(digest(c.Value))
		}
	}
	tx.touch()
}

// writeCredentials is the ledger that this transaction may change.
func (tx *Tx) writeCredentials() *ledger {
	if !tx.ledgerForked {
		tx.credentials = tx.credentials.fork()
		tx.ledgerForked = true
	}
	return &tx.credentials
}

// A ledger holds the credentials. Like a table it is forked before a change.
type ledger struct {
	next    uint64
	bySeq   btree.Map[uint64, *Credential]
	byName  btree.Map[string, uint64]
	byValue btree.Map[string, uint64]
	// issued counts, by name, what was issued to a credential.
	issued btree.Map[string, int]
	// looked is where pruning goes on.
	looked uint64
}

// children counts what was issued to a credential and is still here.
func (l *ledger) children(c *Credential) int {
	n, _ := l.issued.Get(c.name())
	return n
}

// bear counts a credential for the one that it was issued to.
func (l *ledger) bear(c *Credential, change int) {
	if c.Parent == nil {
		return
	}
	key := c.Parent.key()
	n, _ := l.issued.Get(key)
	if n += change; n > 0 {
		l.issued.Set(key, n)
	} else {
		l.issued.Delete(key)
	}
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
	return ledger{
		next: l.next, looked: l.looked, bySeq: forkMap(l.bySeq), byName: forkMap(l.byName), byValue: forkMap(l.byValue),
		issued: forkMap(l.issued),
	}
}

func (c *Credential) name() string { return CredentialName{c.Kind, c.ID}.key() }

func (n CredentialName) key() string { return n.Kind + "\x00" + n.ID }

// digest hides how far a guessed value agrees with a stored one.
func digest(value string) string {
	sum := sha256.Sum256([]byte(value))
	return string(sum[:])
}
