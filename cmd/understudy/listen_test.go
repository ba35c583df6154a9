package main

import (
	"context"
	"io"
	"net"
	"net/http"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"understudy.dev/mock"
	"understudy.dev/specs"
)

// TestInterruptEndsStreams stops a server while a stream runs that would go on for a day.
func TestInterruptEndsStreams(t *testing.T) {
	t.Parallel()
	api, err := specs.Load(fstest.MapFS{
		"slow/openapi.yaml": {Data: []byte(`openapi: 3.1.0
info: {title: Slow, version: "1"}
paths: {/slow: {get: {operationId: slow, responses: {"200": {description: d, content: {text/event-stream: {}}}}}}}
`)},
		"slow/profile.yaml": {Data: []byte("operations: {slow: {stream: [1, 2], every: 24h}}\n")},
	}, "slow")
	require.NoError(t, err)
	server, err := mock.New([]*specs.API{api}, nil)
	require.NoError(t, err)
	defer server.Close()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	ctx, interrupt := context.WithCancel(t.Context())
	defer interrupt()
	ended := make(chan error, 1)
	go func() { ended <- listen(ctx, listener, server) }()

	resp, err := http.Get(baseURL(listener.Addr()) + "/slow")
	require.NoError(t, err)
	defer resp.Body.Close()
	first := make([]byte, len("data: 1\n\n"))
	_, err = io.ReadFull(resp.Body, first)
	require.NoError(t, err)
	began := time.Now()
	interrupt()
	require.NoError(t, <-ended)
	assert.Less(t, time.Since(began), shutdownTime-time.Second, "a stream does not hold up the end")
	_, err = io.ReadAll(resp.Body)
	assert.ErrorIs(t, err, io.ErrUnexpectedEOF)
}
