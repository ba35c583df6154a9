package specs

import (
	"sync"

	"understudy.dev/specs/validate"
)

// lazyDocument is a document made on first use.
type lazyDocument struct {
	once     sync.Once
	document *validate.Document
	err      error
}
