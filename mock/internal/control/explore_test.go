package control

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestAcceptsGzip(t *testing.T) {
	t.Parallel()
	for lines, want := range map[[2]string]bool{
		{""}:                          false,
		{"gzip"}:                      true,
		{"br, GZIP;q=0.5"}:            true,
		{"br", "gzip"}:                true,
		{"gzip;q=0"}:                  false,
		{"gzip; q=0.0, *"}:            false,
		{"*"}:                         true,
		{"*;q=0"}:                     false,
		{"identity"}:                  false,
		{"gzip;q=high"}:               false,
		{"x-gzip, deflate"}:           false,
		{"deflate, gzip ; q = 1, br"}: true,
	} {
		assert.Equal(t, want, acceptsGzip(lines[:]), lines)
	}
}
