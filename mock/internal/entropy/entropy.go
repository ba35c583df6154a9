// Package entropy invents the identifiers and secrets of a world. Every value
// derives from the server's seed, the world's name, a kind of thing and the
// number of values of that kind so far, and from nothing else: the same
// requests in the same order give the same bytes.
//
// It is no source of secrets: whoever knows the seed knows every value.
//
//	source := entropy.New(1, "main")
//	risks := source.Kind("risks")
//	id := "rsk_" + risks.Random(12)
package entropy

import (
	"crypto/sha256"
	"encoding/binary"
	"maps"
	"math/rand/v2"
	"sync"
	"sync/atomic"
)

// A Source is the entropy of one world. It is safe for concurrent use.
type Source struct {
	seed  uint64
	world string
	kinds sync.Map // of *Stream by kind
}

// New makes a source that starts from the beginning. It costs next to nothing.
func New(seed uint64, world string) *Source {
	return &Source{seed: seed, world: world}
}

// Kind is the stream of one kind of thing, always the same one.
func (s *Source) Kind(kind string) *Stream {
	if stream, ok := s.kinds.Load(kind); ok {
		return stream.(*Stream)
	}
	stream, _ := s.kinds.LoadOrStore(kind, newStream(s.key("kind", kind)))
	return stream.(*Stream)
}

// Fixed is randomness that depends on seed, world and name alone: each call
// starts from the beginning. The generator is for one goroutine.
func (s *Source) Fixed(name string) *rand.Rand {
	return rand.New(rand.NewChaCha8(s.key("fixed", name)))
}

// key separates its parts by their lengths, so that no two lists of parts
// give the same key.
func (s *Source) key(use, name string) [32]byte {
	h := sha256.New()
	var number [8]byte
	binary.BigEndian.PutUint64(number[:], s.seed)
	h.Write(number[:])
	for _, part := range []string{s.world, use, name} {
		binary.BigEndian.PutUint64(number[:], uint64(len(part)))
		h.Write(number[:])
		h.Write([]byte(part))
	}
	return [32]byte(h.Sum(nil))
}

// A Position is how far every kind has come. It is immutable.
type Position struct{ kinds map[string]mark }

type mark struct{ draws, count uint64 }

// Position notes how far every kind has come, for Restore.
func (s *Source) Position() *Position {
	p := &Position{kinds: map[string]mark{}}
	s.kinds.Range(func(kind, value any) bool {
		stream := value.(*Stream)
		p.kinds[kind.(string)] = mark{draws: stream.draws.Load(), count: stream.count.Load()}
		return true
	})
	return p
}

// Restore goes back to a position of this or of another source; nil is the
// beginning. Streams in use stay valid.
func (s *Source) Restore(p *Position) {
	kinds := map[string]mark{}
	if p != nil {
		kinds = maps.Clone(p.kinds)
	}
	s.kinds.Range(func(kind, value any) bool {
		at := kinds[kind.(string)]
		value.(*Stream).set(at)
		delete(kinds, kind.(string))
		return true
	})
	for kind, at := range kinds {
		s.Kind(kind).set(at)
	}
}

// A Stream invents the values of one kind. It is safe for concurrent use; which
// caller gets which value is then a matter of order.
type Stream struct {
	key       [32]byte
	draws     atomic.Uint64
	count     atomic.Uint64
	functions func() map[string]any
}

func newStream(key [32]byte) *Stream {
	s := &Stream{key: key}
	s.functions = sync.OnceValue(func() map[string]any {
		return map[string]any{
			"random": s.Random, "token": s.Token, "hex": s.Hex, "digits": s.Digits,
			"uuid": s.UUID, "counter": s.Counter,
		}
	})
	return s
}

func (s *Stream) set(at mark) {
	s.draws.Store(at.draws)
	s.count.Store(at.count)
}

// draw is the generator of the next value.
func (s *Stream) draw() rand.PCG {
	n := s.draws.Add(1)
	high, low := binary.BigEndian.Uint64(s.key[:8]), binary.BigEndian.Uint64(s.key[8:16])
	var generator rand.PCG
	generator.Seed(mix(high+n), mix(low^n))
	return generator
}

// mix spreads neighbouring numbers over all 64 bits (the finalizer of SplitMix64).
func mix(n uint64) uint64 {
	n = (n ^ n>>30) * 0xbf58476d1ce4e5b9
	n = (n ^ n>>27) * 0x94d049bb133111eb
	return n ^ n>>31
}

// Rand is a generator for one larger value. It is for one goroutine.
func (s *Stream) Rand() *rand.Rand {
	generator := s.draw()
	return rand.New(&generator)
}

// Functions are the stream's methods under the names that templates call them
// by: random, token, hex, digits, uuid and counter. The map is shared; read only.
func (s *Stream) Functions() map[string]any { return s.functions() }

// Counter is 1, 2, 3 …, independent of what else is drawn.
func (s *Stream) Counter() int { return int(s.count.Add(1)) }

const (
	digits   = "0123456789"
	lower    = "abcdefghijklmnopqrstuvwxyz"
	upper    = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	hexadec  = "0123456789abcdef"
	longest  = 4096
	uuidForm = "xxxxxxxx-xxxx-4xxx-yxxx-xxxxxxxxxxxx"
)

// Random is n lower-case letters and digits. Like its siblings it gives "" for
// n below 1 and never more than 4,096 characters.
func (s *Stream) Random(n int) string { return s.text(n, digits+lower) }

// Token is n letters and digits.
func (s *Stream) Token(n int) string { return s.text(n, digits+lower+upper) }

// Hex is n lower-case hexadecimal digits.
func (s *Stream) Hex(n int) string { return s.text(n, hexadec) }

// Digits is n decimal digits; the first one may be 0.
func (s *Stream) Digits(n int) string { return s.text(n, digits) }

// UUID is a UUID of version 4 in its canonical form.
func (s *Stream) UUID() string {
	generator := s.draw()
	form := []byte(uuidForm)
	for i, c := range form {
		switch c {
		case 'x':
			form[i] = hexadec[pick(&generator, 16)]
		case 'y':
			form[i] = hexadec[8+pick(&generator, 4)]
		}
	}
	return string(form)
}

func (s *Stream) text(n int, alphabet string) string {
	n = min(max(n, 0), longest)
	generator := s.draw()
	text := make([]byte, n)
	for i := range text {
		text[i] = alphabet[pick(&generator, uint64(len(alphabet)))]
	}
	return string(text)
}

// pick is below n, which is so small that the favour of 64 bits for some
// numbers cannot be noticed.
func pick(generator *rand.PCG, n uint64) uint64 { return generator.Uint64() % n }
