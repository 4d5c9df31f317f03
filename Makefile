# make run, make test: all set-up included. The set-up is done once and again when a requirements file changes.

VENV := .venv
BIN := $(VENV)/bin
# The first Python that is new enough; `make PYTHON=/path/to/python run` names another.
PYTHON ?= $(shell for name in python3.11 python3 python3.12 python3.13 python; do \
	$$name -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$name && break; done)
SERVE ?=
TESTS ?= tests

.DEFAULT_GOAL := help
.PHONY: help run test check bench docs clean

help: ## Show what can be made
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /\1\t/' | expand -t 10

run: $(VENV)/run.stamp ## Set up, make the demo company if there is no data yet, and serve
	@$(BIN)/python app.py demo --if-empty
	@exec $(BIN)/python app.py serve $(SERVE)

test: $(VENV)/browser.stamp ## Set up, a browser included, and run every test
	$(BIN)/python -m pytest -n 2 --dist loadscope $(TESTS)

check: $(VENV)/browser.stamp ## Format, lint, types and tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -n 2 --dist loadscope $(TESTS)

bench: $(VENV)/browser.stamp ## Measure against the bounds
	$(BIN)/python -m benchmarks

docs: $(VENV)/run.stamp ## Write the pages that are made from the code
	$(BIN)/python -m data.settings > docs/settings.md

clean: ## Remove what the set-up made; the data in var/ stays
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "No Python 3.11 or newer with venv and ensurepip was found. Install it (Debian: python3 and python3-venv), or run: make PYTHON=/path/to/python $(MAKECMDGOALS)"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/run.stamp: requirements.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

$(VENV)/test.stamp: requirements-dev.txt $(VENV)/run.stamp
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@

$(VENV)/browser.stamp: .ci/browser $(VENV)/test.stamp
	.ci/browser $(BIN)/python
	@touch $@
