# `make test` needs only Go. `make clients` installs what real clients need. `.ci/run` runs `make ci`.
GO ?= go
BENCH ?= .

.PHONY: all build vet lint tidy test race fuzz clients bench ci

all: build test

build:
	$(GO) build -o bin/understudy ./cmd/understudy

vet:
	$(GO) vet ./...
	test -z "$$(gofmt -l $$(git ls-files '*.go'))"

lint:
	$(GO) tool staticcheck ./...

tidy:
	$(GO) mod tidy -diff

test:
	$(GO) test ./...

race:
	$(GO) test -race ./...

# Every fuzz target for a short while; the corpus of found inputs is run by `make test`.
FUZZTIME ?= 10s
fuzz:
	@set -e; for file in $$(git grep -l '^func Fuzz' -- '*_test.go'); do \
	  for target in $$(sed -n 's/^func \(Fuzz[A-Za-z0-9_]*\).*/\1/p' $$file); do \
	    echo "fuzz $$file $$target"; \
	    $(GO) test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) ./$$(dirname $$file); \
	  done; \
	done

clients:
	.ci/install-clients
	$(GO) build -C clients/openai-go -o /dev/null . # takes minutes once, which a test does not have
	$(GO) test -tags clients -count=1 -run 'TestCurl|TestOAuth|TestExplorer|TestOpenAI' ./cmd/understudy

# Pairs with a bare net/http handler that writes the same bytes; the ratio is a metric of each pair.
bench:
	$(GO) test -run '^$$' -bench '$(BENCH)' -benchtime 1s ./...

ci: vet lint tidy build test race clients
