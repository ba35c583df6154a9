//go:build clients

package main

import "testing"

// TestCurl runs the vendors' own curl commands, the host swapped, against `understudy serve`.
func TestCurl(t *testing.T) { runScripts(t, "testdata/curl", nil) }
