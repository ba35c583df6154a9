package template_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"understudy.dev/specs/strict"
	"understudy.dev/specs/template"
)

const envelopeSource = `{error: {code: "${problem.status}", status: "${problem.reason}", message: "${problem.message}", request_id: "${request.id}"}}`

type envelopeProblem struct {
	Status  int    `expr:"status"`
	Reason  string `expr:"reason"`
	Message string `expr:"message"`
}

type envelopeRequest struct {
	ID string `expr:"id"`
}

type envelopeJSON struct {
	Error struct {
		Code      int    `json:"code"`
		Status    string `json:"status"`
		Message   string `json:"message"`
		RequestID string `json:"request_id"`
	} `json:"error"`
}

func envelope(tb testing.TB) (*template.Value, *envelopeProblem, *envelopeRequest, *envelopeJSON) {
	tb.Helper()
	scope := template.NewScope(map[string]any{"problem": &envelopeProblem{}, "request": &envelopeRequest{}})
	node, err := strict.Parse("profile.yaml", []byte(envelopeSource))
	require.NoError(tb, err)
	value, err := template.Compile("profile.yaml", node, scope)
	require.NoError(tb, err)
	problem := &envelopeProblem{Status: 404, Reason: "not_found", Message: "There is no risk with the id \"rsk_1\"."}
	request := &envelopeRequest{ID: "req_0123456789ab"}
	var same envelopeJSON
	same.Error.Code, same.Error.Status, same.Error.Message = problem.Status, problem.Reason, problem.Message
	same.Error.RequestID = request.ID
	return value, problem, request, &same
}

func TestEnvelopeIsWhatEncodingJSONWrites(t *testing.T) {
	t.Parallel()
	value, problem, request, same := envelope(t)
	got, err := value.AppendJSON(nil, template.Env{"problem": problem, "request": request})
	require.NoError(t, err)
	want, err := json.Marshal(same)
	require.NoError(t, err)
	require.Equal(t, string(want), string(got))
}

func BenchmarkEnvelope(b *testing.B) {
	value, problem, request, same := envelope(b)
	b.Run("template", func(b *testing.B) {
		b.ReportAllocs()
		env := template.Env{"problem": problem, "request": request}
		var dst []byte
		for b.Loop() {
			var err error
			if dst, err = value.AppendJSON(dst[:0], env); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("encoding-json", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := json.Marshal(same); err != nil {
				b.Fatal(err)
			}
		}
	})
}
