package main

import (
	"fmt"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"understudy.dev/mock"
	"understudy.dev/specs"
)

func Example() {
	api, err := specs.Open("amtia")
	if err != nil {
		panic(err)
	}
	server, err := mock.New([]*specs.API{api}, nil)
	if err != nil {
		panic(err)
	}
	defer server.Close()
	recorder := httptest.NewRecorder()
	server.ServeHTTP(recorder, httptest.NewRequest("GET", "/amtia/v1/risks", nil))
	fmt.Println(recorder.Code, recorder.Header().Get("Content-Type"))
	// Output: 401 application/json
}

// TestReadme holds that the README shows the example that is run here.
func TestReadme(t *testing.T) {
	t.Parallel()
	readme, err := os.ReadFile("../../README.md")
	require.NoError(t, err)
	source, err := os.ReadFile("example_test.go")
	require.NoError(t, err)
	_, shown, _ := strings.Cut(string(readme), "```go\n")
	shown, _, _ = strings.Cut(shown, "```")
	require.NotEmpty(t, shown)
	assert.Contains(t, string(source), shown)
}
