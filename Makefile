# EventHub's commands: `make` alone lists them. Each needs only Python 3.11 to 3.14 and make: the first one that is run
# creates the environment in .venv, and any of them refreshes it when the locked libraries have changed.
# What follows in ARGS goes to the tool: make test ARGS="-k visits".

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help run test sure check format-check lint types contracts templates docs catalogues-check trust bench \
	format catalogues lock clean

BIN := .venv/bin
READY := .venv/ready
SOURCES := eventhub plugins tests bench .ci wsgi.py
RUFF_FILES = $(wildcard $(SOURCES))
# The first Python that EventHub runs on; asked for only when the environment is created.
PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11; do \
	"$$python" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 15))' 2>/dev/null && echo "$$python" && break; done)

help:
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-17s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

run: export EVENTHUB_TODAY ?= 2025-03-13T09:00:00+01:00
run: $(READY) ## start EventHub here, with the reference event on the first run; prints its address and an organiser's link
	@$(BIN)/eventhub upgrade
	@$(BIN)/eventhub catalogues compile
	@$(BIN)/eventhub demo --if-empty
	@$(BIN)/eventhub serve $(ARGS)

test: $(READY) ## run the whole suite; browser tests need Chromium and say so when they are skipped
	@$(BIN)/eventhub catalogues compile
	@$(BIN)/pytest -n 2 --dist loadfile $(ARGS)

sure: check test ## all that CI asks: the checks below, then the tests

check: format-check lint types contracts templates docs catalogues-check ## every check but the tests

format-check: $(READY) ## is the code formatted?
	$(BIN)/ruff format --check --config .ci/ruff.toml $(RUFF_FILES)

lint: $(READY) ## ruff's rules
	$(BIN)/ruff check --config .ci/ruff.toml $(RUFF_FILES)

types: $(READY) ## mypy --strict on eventhub and plugins
	$(BIN)/mypy

contracts: $(READY) ## who may import whom
	$(BIN)/lint-imports --no-logo

templates: $(READY) ## djlint on the templates
	$(BIN)/djlint --lint --configuration .ci/djlint.toml eventhub plugins

docs: $(READY) ## is docs/hooks.md what the code says?
	$(BIN)/eventhub hooks --check

catalogues-check: $(READY) ## is every string extracted and translated?
	$(BIN)/eventhub catalogues check

trust: $(READY) ## the promises on load, faults and abuse, at their full size (takes long)
	$(BIN)/pytest -m trust $(ARGS)

bench: $(READY) ## measure the times and sizes that EventHub promises
	$(BIN)/python -m bench $(ARGS)

format: $(READY) ## format the code and mend what ruff can
	$(BIN)/ruff check --fix --config .ci/ruff.toml $(RUFF_FILES)
	$(BIN)/ruff format --config .ci/ruff.toml $(RUFF_FILES)

catalogues: $(READY) ## bring the catalogues up to date with the strings in the code
	$(BIN)/eventhub catalogues update
	$(BIN)/eventhub catalogues compile

lock: ## choose the libraries' versions again; ARGS=--upgrade takes the newest
	@$(PYTHON) .ci/environment.py lock $(ARGS)

clean: ## remove what tools leave behind; the environment and instance/ stay
	rm -rf build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find eventhub plugins tests bench translations .ci -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true

$(READY): requirements.lock setup.cfg .ci/environment.py .ci/installer.lock
	@test -n "$(PYTHON)" || { echo "EventHub needs Python 3.11 to 3.14 on PATH, for example: make PYTHON=/path/to/python3.12" >&2; exit 1; }
	@$(PYTHON) .ci/environment.py
