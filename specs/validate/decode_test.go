package validate

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestDecodeBody(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, operation string
		call            call
		want, wantErr   string
	}{
		{"JSON as it is", "value", jsonCall("POST /values", ` {"i64": 9223372036854775807}`), ` {"i64": 9223372036854775807}`, ""},
		{"empty", "value", jsonCall("POST /values", ""), "", ""},
		{"broken JSON", "value", jsonCall("POST /values", "{"), "", "cannot decode body: unexpected end of JSON at offset 1"},
		{"form", "form", call{"POST /forms", formType, "name=5&count=5&on=true&tags=x&meta[depth]=1&meta[x]=2&other=7&other=8"}, `{"count":5,"meta":{"depth":1,"x":"2"},"name":"5","on":true,"other":["7","8"],"tags":["x"]}`, ""},
		{"form keeps what has another type", "form", call{"POST /forms", formType, "count=many"}, `{"count":"many"}`, ""},
		{"form of an operation that declares none", "value", call{"POST /values", formType, "a=1"}, `{"a":"1"}`, ""},
		{"text", "form", call{"POST /forms", []string{"Content-Type: text/plain"}, "<a>"}, `"<a>"`, ""},
		{"multipart", "upload", multipartCall("name=file; filename=a.txt\nContent-Type: text/plain|abc", "name=size|4", "name=tags|1", "name=note|4"), `{"file":{"content_type":"text/plain","filename":"a.txt","size":3},"note":"4","size":4,"tags":[1]}`, ""},
		{"no form of JSON", "form", call{"POST /forms", []string{"Content-Type: application/octet-stream"}, "x"}, "", "cannot decode body: application/octet-stream has no JSON form"},
		{"no media type", "form", call{line: "POST /forms", body: "x"}, "", `cannot decode body: no media type in Content-Type ""`},
	}
	d := depot(t, nil)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := tt.call.request(t)
			got, err := d.Operation(tt.operation).DecodeBody(r.Header.Get("Content-Type"), []byte(tt.call.body))
			if tt.wantErr != "" {
				require.EqualError(t, err, tt.wantErr)
				return
			}
			require.NoError(t, err)
			assert.Equal(t, tt.want, string(got))
		})
	}
}
