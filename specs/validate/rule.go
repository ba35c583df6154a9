package validate

import (
	"encoding/json"
	"errors"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"understudy.dev/specs/validate/internal/sure"
)

// rule is one compiled schema: the judge, and the evaluator that may only say a sure yes.
type rule struct {
	resources *resources
	schema    *jsonschema.Schema
	fast      *sure.Evaluator // nil if the fast path is off
	official  any             // the same schema as the official validator knows it; nil if it does not
}

// accepts tells whether the value of a parameter surely satisfies the rule. False means nothing.
func (r *rule) accepts(value any) bool {
	// The official validator reads an integer in a parameter as an int64, whatever the schema says.
	const alwaysInt64 = 18
	if n, ok := value.(json.Number); r.fast == nil || ok && len(n) > alwaysInt64 {
		return false
	}
	var scratch [64]byte
	raw, ok := appendScalar(scratch[:0], value)
	if !ok {
		var err error
		if raw, err = json.Marshal(value); err != nil {
			return false
		}
	}
	return r.fast.Accepts(raw)
}

// appendScalar writes the scalars that need no escaping.
func appendScalar(raw []byte, value any) ([]byte, bool) {
	switch v := value.(type) {
	case json.Number:
		return append(raw, v...), true
	case string:
		for i := range len(v) {
			if c := v[i]; c < ' ' || c == '"' || c == '\\' || c >= 0x7f {
				return raw, false
			}
		}
		raw = append(raw, '"')
		raw = append(raw, v...)
		return append(raw, '"'), true
	default:
		return raw, false
	}
}

// judge gives the verdict on a decoded value.
func (r *rule) judge(value any, about subject) []Violation {
	err := r.schema.Validate(value)
	if err == nil {
		return nil
	}
	var invalid *jsonschema.ValidationError
	if !errors.As(err, &invalid) {
		return []Violation{internal(err.Error())}
	}
	return r.explain(invalid, about)
}

func internal(reason string) Violation {
	return Violation{Kind: Internal, Message: "cannot judge: " + reason}
}
