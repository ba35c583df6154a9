package validate

import (
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
)

// TestConcurrent judges good and bad requests and responses from many goroutines. Under the race detector it shows that
// nothing is compiled, rendered or remembered at request time.
func TestConcurrent(t *testing.T) {
	t.Parallel()
	eachMode(t, func(t *testing.T, d *Document) {
		calls := []call{
			jsonCall("POST /crates", goodCrate),
			jsonCall("POST /crates", `{"name":""}`),
			jsonCall("POST /values", `{"tagged":{"type":"six"},"step":0.03}`),
			jsonCall("POST /shapes", `{"kind":"disc","r":1}`),
			{line: "GET /crates?tag=a&size=5&csv=1&limit=all&flag=true&id=x&count=7&when=2026-01-02T03:04:05Z"},
			{line: "GET /crates?tag=a&tag=b", headers: []string{"Depth: 1", "Ratio: 2", "Words: ab", "Cookie: level=1; picks=1"}},
			{line: "GET /crates/x"},
			{"POST /forms", formType, "name=ab&count=9"},
			multipartCall("name=file; filename=a.txt|abc"),
		}
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				for range 20 {
					for _, c := range calls {
						for _, v := range c.judge(t, d) {
							assert.NotEqual(t, Internal, v.Kind, v.Message)
						}
					}
					d.Operation("getCrate").ValidateResponse(200, header("Content-Type: application/json"), []byte(goodCrate), "GET")
					d.Operation("listCrates").ValidateResponse(200, header("X-Total: x"), []byte("[]"), "GET")
					d.Schema("Crate").Validate([]byte(goodCrate))
				}
			})
		}
		wg.Wait()
	})
}
