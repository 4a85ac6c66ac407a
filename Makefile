# `make up`, then `make demo`, and sign in at the address that is shown.
.DEFAULT_GOAL := help
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c

CONSOLE := agent/console
# Unit tests use a private PostgreSQL and nothing else; longer than this means
# that one of them waits for something.
UNIT_TIMEOUT ?= 240s
BENCH ?= answer

.PHONY: help
help: ## Show this list.
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-13s %s\n", $$1, $$2}'

.PHONY: setup
setup: bin/stack ## Install what is missing on this machine (packages, Asterisk, console's modules).
	bin/stack setup

.PHONY: up
up: setup console ## Start everything and show where to sign in; it runs until `make down`.
	bin/stack up

.PHONY: down
down: bin/stack ## Stop everything; the data stay.
	bin/stack down

.PHONY: status
status: bin/stack ## Show whether it runs, and its addresses.
	bin/stack status

.PHONY: demo
demo: bin/stack ## Let citizens call the running stack until Ctrl-C (AGENT=1: a scripted agent answers too; DEMO='--every 3s').
	bin/stack demo $(if $(AGENT),--agent) $(DEMO)

# Always asked: Go itself knows whether there is anything to build.
.PHONY: bin/stack
bin/stack:
	@go build -o $@ ./deploy/stack/cmd

.PHONY: console
console: $(CONSOLE)/dist/index.html ## Build the agents' web page.

$(CONSOLE)/node_modules/.package-lock.json: $(CONSOLE)/package-lock.json
	cd $(CONSOLE) && npm ci --no-audit --no-fund --loglevel=error
	@touch $@

$(CONSOLE)/dist/index.html: $(CONSOLE)/node_modules/.package-lock.json $(shell find $(CONSOLE)/src $(CONSOLE)/public $(CONSOLE)/index.html $(CONSOLE)/vite.config.ts -type f 2>/dev/null)
	cd $(CONSOLE) && npm run --silent build
	@touch $@

.PHONY: unit
unit: ## Go's unit tests, with the race detector; well under a minute.
	go test -short -race -timeout $(UNIT_TIMEOUT) ./...

# One package after another: two stacks at once would disturb what is measured.
.PHONY: e2e
e2e: console ## Tests on the real servers and in a real browser.
	go test -count=1 -p 1 -timeout 30m ./deploy/...

.PHONY: test-console
test-console: console ## The console's own tests, in Chromium too, with a pretended gateway.
	cd $(CONSOLE) && npm test && npm run --silent types:check && npm run --silent test:browser

.PHONY: test
test: bin/stack ## Everything that must pass, from a fresh clone on a fresh machine.
	bin/stack setup --tests
	$(MAKE) console lint unit test-console e2e

.PHONY: bench
bench: setup ## Measure: make bench BENCH=answer|drain|pop|crash|burst|emergency|day|erlang|profile, or BENCH=kb DATA=folder.
	$(if $(filter kb,$(BENCH)),cd deploy/bench/kb && go run . $(abspath $(DATA)) $(CURDIR)/build/bench,go run ./deploy/bench $(BENCH))

.PHONY: lint
lint: ## gofmt, go vet, staticcheck.
	@unformatted=$$(gofmt -l $$(git ls-files '*.go')); \
	if [ -n "$$unformatted" ]; then echo "not formatted by gofmt:"; echo "$$unformatted"; exit 1; fi
	go vet ./...
	cd deploy/bench/kb && go vet ./...
	go tool staticcheck ./...
