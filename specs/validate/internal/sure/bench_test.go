package sure

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const orderSchema = `{
	"$defs": {
		"Money": {"type":"object","required":["amount","currency"],"additionalProperties":false,"properties":{
			"amount":{"type":"integer","minimum":0,"maximum":100000000},
			"currency":{"type":"string","enum":["EUR","USD","GBP"]}}},
		"Card": {"type":"object","required":["type","last4"],"properties":{
			"type":{"const":"card"},"last4":{"type":"string","pattern":"^[0-9]{4}$"}}},
		"Bank": {"type":"object","required":["type","iban"],"properties":{
			"type":{"const":"bank"},"iban":{"type":"string","minLength":15,"maxLength":34}}},
		"Order": {"type":"object","required":["id","created_at","status","total","lines","payment"],"properties":{
			"id":{"type":"string","pattern":"^ord_[a-z0-9]{8}$"},
			"created_at":{"type":"string","format":"date-time"},
			"status":{"type":"string","enum":["open","paid","sent"]},
			"total":{"$ref":"#/$defs/Money"},
			"note":{"type":["string","null"],"maxLength":200},
			"tags":{"type":"array","items":{"type":"string","maxLength":20},"maxItems":10,"uniqueItems":true},
			"lines":{"type":"array","minItems":1,"items":{"type":"object","required":["sku","quantity","price"],"properties":{
				"sku":{"type":"string","minLength":1},"quantity":{"type":"integer","minimum":1},"price":{"$ref":"#/$defs/Money"}}}},
			"payment":{"oneOf":[{"$ref":"#/$defs/Card"},{"$ref":"#/$defs/Bank"}]}}},
		"Page": {"type":"object","required":["data"],"properties":{
			"data":{"type":"array","items":{"$ref":"#/$defs/Order"}},"next":{"type":["string","null"]}}}
	}
}`

const order = `{"id":"ord_1a2b3c4d","created_at":"2024-05-01T10:00:00Z","status":"paid",
	"total":{"amount":12900,"currency":"EUR"},"note":null,"tags":["new","gift"],
	"lines":[{"sku":"A-1","quantity":2,"price":{"amount":4950,"currency":"EUR"}},
		{"sku":"B-7","quantity":1,"price":{"amount":3000,"currency":"EUR"}}],
	"payment":{"type":"bank","iban":"DE89370400440532013000"}}`

var page = `{"data":[` + strings.Repeat(order+",", 19) + order + `],"next":null}`

func BenchmarkOne(b *testing.B)  { pair(b, "Order", order) }
func BenchmarkPage(b *testing.B) { pair(b, "Page", page) }

// pair measures a text against its baseline: decoding it and asking the official
// validator.
func pair(b *testing.B, name, text string) {
	s, err := compiler(b, json.RawMessage(orderSchema)).Compile("https://test/doc.json#/$defs/" + name)
	require.NoError(b, err)
	e, raw := Compile(s), []byte(text)
	b.Run("sure", func(b *testing.B) {
		b.ReportAllocs()
		b.SetBytes(int64(len(raw)))
		for b.Loop() {
			if !e.Accepts(raw) {
				b.Fatal("not accepted")
			}
		}
	})
	b.Run("official", func(b *testing.B) {
		b.ReportAllocs()
		b.SetBytes(int64(len(raw)))
		for b.Loop() {
			var v any
			if err := json.Unmarshal(raw, &v); err != nil {
				b.Fatal(err)
			}
			if err := s.Validate(v); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func TestAllocations(t *testing.T) {
	s := compiled(t, `{"type":"object","required":["a"],"properties":{
		"a":{"type":"string","maxLength":9,"pattern":"^x"},"b":{"type":"array","uniqueItems":true},
		"c":{"oneOf":[{"const":1},{"const":"y"}]}},"additionalProperties":{"type":"number","minimum":0.5}}`)
	e, raw := Compile(s), []byte(`{"a":"xyz","b":[1,2,"z"],"c":"y","d":1.25}`)
	require.True(t, e.Accepts(raw))
	require.Zero(t, testing.AllocsPerRun(100, func() { e.Accepts(raw) }))
}
