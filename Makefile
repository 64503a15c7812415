# Every verb of the house; `make` alone lists them. Needs Rust, Go, a C compiler, git and curl; PostgreSQL for its tests.

CARGO ?= cargo
GO ?= go
SHELL := bash
# Generated cases are the same every time, so that what fails fails again; another seed looks elsewhere.
export PROPTEST_RNG_SEED ?= 1
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help demo test check judges browser bless generate cluster bench rust-components launcher doc postgres

control_plane := tests/control-plane
demo_flags := $(if $(filter-out 0,$(STAY)),--stay) $(if $(filter-out 0,$(JSON)),--json)

help: ## Lists the verbs
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: ## Runs the whole story on this machine (STAY=1 keeps serving, JSON=1 prints one document)
	$(CARGO) run --quiet --locked -- demo $(demo_flags)

test: postgres browser check launcher doc judges ## Runs everything CI says, the cluster tests on a real control plane included
	$(call say,every test of the crate)
	$(CARGO) test --locked --lib --bins --tests
	$(CARGO) test --locked --doc
	$(call say,the examples)
	$(CARGO) run --locked --quiet --example track
	$(CARGO) run --locked --quiet --example recommend
	@$(MAKE) --no-print-directory postgres

check: rust-components ## Checks format and lints, warnings denied
	$(call say,format)
	$(CARGO) fmt --check
	$(call say,lints)
	$(CARGO) clippy --locked --all-targets -- --deny warnings

postgres: # Says loudly where the tests of PostgreSQL are left out; in CI that is a failure.
	@ls /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1 || command -v postgres >/dev/null || { \
	  printf '\n!! PostgreSQL is missing: every test of a history in PostgreSQL is left out.\n!! apt-get install postgresql brings it; the tests run a server of their own on loopback.\n\n' >&2; \
	  test "$${CI:-}" != true; }

browser: # Gets what drives the browser of the dashboard's test, by its lock file; says loudly where the test is left out.
	@if command -v npm >/dev/null && { command -v chromium || command -v chromium-browser || command -v google-chrome; } >/dev/null; then \
	  npm ci --prefix tests/browser --ignore-scripts --no-audit --no-fund --silent; \
	else \
	  printf '\n!! Chromium or npm is missing: the dashboard is not clicked through.\n!! apt-get install chromium nodejs npm brings them.\n\n' >&2; \
	  test "$${CI:-}" != true; \
	fi

launcher: ## Checks and tests the launcher of the control plane
	$(call say,the launcher)
	@command -v $(GO) >/dev/null || { echo 'Go is missing: install Go 1.26 or newer (https://go.dev/dl/); the cluster tests are built with it' >&2; exit 1; }
	cd $(control_plane)/launcher && unformatted=$$(gofmt -l .) && \
	  { test -z "$$unformatted" || { echo "run gofmt -w on: $$unformatted" >&2; exit 1; }; }
	cd $(control_plane)/launcher && GOWORK=off $(GO) vet ./... && GOWORK=off $(GO) test ./...
	for judge in gitops grafana; do \
	  (cd $(control_plane)/$$judge && test -z "$$(gofmt -l .)" && GOWORK=off $(GO) vet ./...) || exit 1; \
	done

doc: ## Builds the reference of the crate, warnings denied
	$(call say,documentation)
	RUSTDOCFLAGS='--deny warnings' $(CARGO) doc --locked --no-deps --document-private-items --quiet

# Tests leave out a judge that is not there, and fail for want of it where CI=true.
judges:
	@command -v zizmor >/dev/null || echo 'NOT JUDGED: the trust of workflow examples, for zizmor is missing (pipx install zizmor)' >&2
	@command -v promtool >/dev/null || echo 'NOT JUDGED: metrics and alerts, for promtool is missing (Debian: apt-get install prometheus)' >&2

bless: ## Accepts what golden tests and generators say now; read the diff before you commit it
	INSTA_UPDATE=always INSTA_FORCE_PASS=1 BLESS=1 $(CARGO) test --locked --lib --bins --test integration -- --skip cluster::
	git status --short

generate: ## Writes what code declares: crds/ and every other generated file
	BLESS=1 $(CARGO) test --locked --test integration -- generated::

cluster: ## Runs a real Kubernetes control plane on loopback until Ctrl-C
	$(control_plane)/up.sh

bench: ## Prints the numbers of benches/ as ratios within one run
	$(CARGO) bench --locked --bench '*'

rust-components:
	@command -v $(CARGO) >/dev/null || { echo 'Rust is missing: install it with rustup (https://rustup.rs)' >&2; exit 1; }
	@$(CARGO) fmt --version >/dev/null 2>&1 || { echo 'rustfmt is missing: rustup component add rustfmt' >&2; exit 1; }
	@$(CARGO) clippy --version >/dev/null 2>&1 || { echo 'clippy is missing: rustup component add clippy' >&2; exit 1; }

# Says which step begins, and how long the run has taken: the shell's clock starts with make.
started := $(shell date +%s)
say = @printf '\n== %s (after %s s)\n' '$(1)' "$$(($$(date +%s) - $(started)))"
