package behave

import (
	"encoding/json"

	"understudy.dev/specs/fake"
	"understudy.dev/specs/template"
)

// invent makes data for a JSON Schema that a caller may have sent: the same for
// the same schema, and null where there is none, or where it would take too much.
func (x *execution) invent(schema any) any {
	src, err := json.Marshal(schema)
	if err != nil {
		return nil
	}
	if x.allowance == nil {
		x.allowance = fake.NewAllowance()
	}
	made, err := fake.Invent(src, &fake.Options{
		Rand: x.call.Entropy.Fixed("invent " + string(src)), Now: x.call.Now, Allowance: x.allowance,
	})
	if err != nil {
		return nil
	}
	return template.NewRaw(made)
}
