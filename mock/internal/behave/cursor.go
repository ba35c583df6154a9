package behave

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"math"
	"strconv"
)

// A cursor is the place of the last item of a page: its number in the order of
// creation and the value it is sorted by. So it survives whatever is inserted
// or removed. A digest keeps it from being used in another list or order, and
// tells it from text that somebody made up; it is no secret.

const cursorDigest = 6

func encodeCursor(last item, operation string, o order) string {
	place := binary.AppendUvarint(nil, last.seq)
	if o.field != "" {
		place = append(place, byte(last.key.kind))
		place = append(place, last.key.text...)
	}
	return base64.RawURLEncoding.EncodeToString(append(digestOf(place, operation, o), place...))
}

func decodeCursor(text, operation string, o order) (*item, bool) {
	data, err := base64.RawURLEncoding.DecodeString(text)
	// A decoder overlooks line breaks and spare bits; one cursor has one spelling.
	if err != nil || len(data) <= cursorDigest || base64.RawURLEncoding.EncodeToString(data) != text {
		return nil, false
	}
	digest, place := data[:cursorDigest], data[cursorDigest:]
	if !bytes.Equal(digest, digestOf(place, operation, o)) {
		return nil, false
	}
	seq, n := binary.Uvarint(place)
	if n <= 0 || seq == math.MaxUint64 {
		return nil, false
	}
	after := &item{seq: seq}
	if rest := place[n:]; o.field != "" && len(rest) > 0 {
		after.key = sortKey{kind: keyKind(rest[0]), text: string(rest[1:])}
		if after.key.kind == keyNumber {
			after.key.number, _ = strconv.ParseFloat(after.key.text, 64)
		}
	}
	return after, true
}

func digestOf(place []byte, operation string, o order) []byte {
	h := sha256.New()
	for _, part := range []string{operation, o.field, strconv.FormatBool(o.descending)} {
		h.Write([]byte(part))
		h.Write([]byte{0})
	}
	h.Write(place)
	return h.Sum(nil)[:cursorDigest]
}
