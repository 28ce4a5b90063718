# Boussole. `make help` lists what there is; the README needs only `make demo` and `make test`.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

UV_VERSION := 0.13.9
DEMO_FLAGS ?=
DEMO_HOME ?= demo-workspace
# The first interpreter that really runs and is one of 3.11, 3.12, 3.13.
PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3 /usr/bin/python3; do \
	$$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null && { echo $$p; break; }; done)
BIN := .venv/bin
# Where an environment forbids to keep bytecode, every process compiles its libraries anew: five seconds each.
unexport PYTHONDONTWRITEBYTECODE

# Tests write many small files: into memory, where it has eight gigabytes to spare, so that none waits for a disk.
SPARE := $(shell df --output=avail --block-size=1G /dev/shm 2>/dev/null | tail -n 1)
test test-costly test-all attack: export PYTEST_DEBUG_TEMPROOT := $(if $(SPARE),$(shell [ $(SPARE) -ge 8 ] && echo /dev/shm))

help: ## this list
	@grep -hE '^[a-z][a-z-]*:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

# --- environment -----------------------------------------------------------
.venv/.python:
	@test -n "$(PYTHON)" || { echo "Boussole needs Python 3.11, 3.12 or 3.13: install one (apt-get install python3 python3-venv) and call make again."; exit 2; }
	@$(PYTHON) -m venv .venv 2>/dev/null || { echo "Installing python3-venv"; .ci/apt python3-venv; rm -rf .venv; $(PYTHON) -m venv .venv; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check "uv==$(UV_VERSION)"
	@touch $@

.venv/.run: requirements.lock pyproject.toml | .venv/.python
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements.lock
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --editable .
	@touch $@

.venv/.dev: requirements-dev.lock .venv/.run
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements-dev.lock
	@touch $@

.venv/.spark: requirements-spark.lock .venv/.dev
	@command -v java >/dev/null || .ci/apt default-jre-headless
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements-spark.lock
	@touch $@

.venv-peers/.done: benchmarks/peers.lock | .venv/.python
	@$(BIN)/uv venv --quiet --clear --python $(BIN)/python .venv-peers
	@$(BIN)/uv pip install --quiet --python .venv-peers/bin/python --require-hashes -r benchmarks/peers.lock
	@touch $@

browser: ## Chromium and its driver, from the system's packages, if missing
	@{ command -v chromium && command -v chromedriver; } >/dev/null || .ci/apt chromium chromium-driver
	@command -v pdftoppm >/dev/null || .ci/apt poppler-utils

proxy: ## nginx, from the system's packages, if missing
	@command -v nginx >/dev/null || test -x /usr/sbin/nginx || .ci/apt nginx-light

token: ## SoftHSM, a PKCS#11 token in software, from the system's packages, if missing
	@command -v softhsm2-util >/dev/null || .ci/apt softhsm2

# --- what people call ------------------------------------------------------
demo: .venv/.run ## build the demo workspace, run the whole chain, open the dashboard
	$(BIN)/boussole demo --home $(DEMO_HOME) $(DEMO_FLAGS)

WORKERS := -n 3 --dist loadfile --no-loadscope-reorder
test: .venv/.dev browser proxy token ## each subject by its cheapest tests; a third process works while others wait for browsers
	$(BIN)/python -m pytest -m "not slow and not costly" $(WORKERS)

test-costly: .venv/.dev browser proxy token ## what CI runs besides: tests that take more than half a second of a core
	$(BIN)/python -m pytest -m "costly and not slow" $(WORKERS)

test-all: .venv/.dev .venv/.spark browser proxy token ## every test, with Spark; before each release
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

attack: .venv/.dev browser proxy token ## everything that is tried against Boussole; writes reports/attacks.md; before each release
	$(BIN)/python -m tests.attacks

check: .venv/.dev ## format, lint, types, imports, dependencies, charter
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/deptry .
	$(BIN)/boussole charter check

bench: .venv/.dev .venv-peers/.done ## speed, beside peers, as ratios
	$(BIN)/python -m benchmarks

bench-full: .venv/.dev .venv-peers/.done ## the same, and 100 million decisions; writes reports/speed.md
	$(BIN)/python -m benchmarks --full

screens: .venv/.dev browser ## pictures of every page of the demo, in screens/, to look at
	$(BIN)/python -m tests.screens screens

golden: .venv/.dev ## write the golden values anew where they differ (tests/golden/README.md)
	$(BIN)/python -W ignore -m tests.golden --write

docs: .venv/.dev ## all pages as a site, in site/, with the reference made from the code
	$(BIN)/python -m docs.generate
	$(BIN)/mkdocs build

release: .venv/.dev ## wheel, SBOM and provenance in dist/ (KEY=secret.pem signs)
	$(BIN)/python .ci/release.py dist $(if $(KEY),--key $(KEY))

lock: .venv/.python ## resolve the lock files anew: hashes, no addresses
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --extra full pyproject.toml --output-file requirements.lock
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --extra full pyproject.toml --group dev --output-file requirements-dev.lock
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --group pyproject.toml:spark --constraint requirements-dev.lock --output-file requirements-spark.lock
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header benchmarks/peers.in --output-file benchmarks/peers.lock

format: .venv/.dev ## rewrite the code in the house format
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

clean: ## remove what make made
	rm -rf .venv .venv-peers $(DEMO_HOME) screens site reports docs/reference .pytest_cache .mypy_cache .ruff_cache

.PHONY: help browser proxy token demo test test-costly test-all attack check bench bench-full screens golden docs release lock format clean
