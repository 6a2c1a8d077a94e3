.PHONY: run build test check bench fuzz generate clean test-go test-web test-e2e deps browser

build_id := $(shell git describe --always --dirty 2>/dev/null || echo dev)
npm := npm --prefix static --silent

# The main job: the desk with a demo shop, on ./data.
run: build
	./bin/beside demo

build: deps
	$(npm) run build
	go build -ldflags "-X main.build=$(build_id)" -o bin/beside ./cmd/beside

# Browser dependencies, installed again when the lock file changes.
deps: static/node_modules/.package-lock.json
static/node_modules/.package-lock.json: static/package-lock.json
	npm --prefix static ci --no-audit --no-fund --loglevel=error
	@touch $@

# What is written in Go once and needed in TypeScript too.
generate: deps
	go run ./media/gen > static/src/wire/tables.gen.ts
	go run ./cmd/beside openapi > static/src/wire/openapi.json
	$(npm) run generate

# All tests, set-up included.
test: build browser test-go test-web test-e2e

test-go:
	go test -race ./...

test-web: deps
	$(npm) run unit

test-e2e: build browser
	$(npm) run e2e -- --project e2e

browser:
	@sh .ci/browser

# Everything that can be checked without running it.
check: build
	@test -z "$$(gofmt -l cmd media relay signaling static store)" || { gofmt -d cmd media relay signaling static store; exit 1; }
	go vet ./...
	go tool staticcheck ./...
	go mod tidy -diff
	$(npm) run lint
	$(npm) run typecheck
	$(npm) run sizes
	@$(MAKE) --no-print-directory generate >/dev/null && git diff --exit-code -- '*.gen.ts' static/src/wire/openapi.json \
		|| { echo "generated files are out of step: run make generate and commit"; exit 1; }

# Speed and memory, on this machine; docs/PERFORMANCE.md keeps what was measured.
bench: build browser
	go test -run '^$$' -bench . -benchmem ./media ./relay ./store/...
	$(npm) run e2e -- --project bench

# Thirty seconds of fuzzing for each parser of outside bytes.
fuzz:
	@for p in $$(go list ./...); do for f in $$(go test -list '^Fuzz' $$p | grep ^Fuzz); do \
		echo "$$p $$f"; go test -run '^$$' -fuzz "^$$f$$" -fuzztime 30s $$p || exit 1; done; done

clean:
	rm -rf bin static/node_modules static/test-results
	node static/scripts/clean.mjs 2>/dev/null || true
