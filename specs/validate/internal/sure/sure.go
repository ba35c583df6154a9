// Package sure answers one question quickly: is this JSON text certainly valid
// under this schema?
//
// An [Evaluator] is built once from a compiled JSON Schema and then walks raw
// bytes. It knows three verdicts inside (yes, no, unsure) and gives away only
// the sure yes; a no and an unsure are the same to a caller, who then asks the
// official validator. It is therefore never the source of a refusal, has no
// messages, and may be as incomplete as it likes, but never wrong.
//
//	fast := sure.Compile(schema)
//	if fast.Accepts(body) {
//		return nil
//	}
//	return schema.Validate(decode(body))
//
// It is not a validator: it reports nothing about what is wrong. It judges
// drafts other than 2020-12, $dynamicRef, content assertions and extensions it
// does not know by never being sure.
package sure

import (
	"unicode/utf8"
	"unsafe"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/tidwall/gjson"
)

// MaxDepth is the deepest nesting of arrays and objects that is judged; deeper
// texts are never accepted.
const MaxDepth = 512

// Evaluator is the compiled form of one schema. It is immutable and safe for
// concurrent use. A nil Evaluator accepts nothing.
type Evaluator struct{ root *node }

// Compile builds the evaluator of s, sharing nothing with other evaluators.
// Use a [Compiler] for many schemas of one document. A nil schema gives nil.
func Compile(s *jsonschema.Schema) *Evaluator { return new(Compiler).Compile(s) }

// Accepts reports whether raw is exactly one JSON text in UTF-8 that is surely
// valid under the schema, whether its numbers are decoded as float64 or as
// json.Number. False means nothing: the text may be valid or not.
//
// Patterns and formats of the schema see strings that alias raw; they must not
// keep them. A custom format must judge float64 and json.Number alike.
func (e *Evaluator) Accepts(raw []byte) bool {
	if e == nil || len(raw) == 0 || !tame(raw) || !utf8.Valid(raw) || !gjson.ValidBytes(raw) {
		return false
	}
	w := walk{src: unsafe.String(&raw[0], len(raw)), fuel: 8*len(raw) + 4096}
	v, _ := w.eval(e.root, w.space(0))
	return v == yes
}

// verdict is ordered so that a conjunction is min and a disjunction is max.
type verdict uint8

const (
	no verdict = iota
	unsure
	yes
)

func (v verdict) not() verdict { return yes - v }

func verdictOf(ok bool) verdict {
	if ok {
		return yes
	}
	return no
}
