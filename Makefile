# Every target does its own set-up in .venv; `make` alone lists them.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

# Python keeps what it compiled, whatever the machine's setting: tests start many processes.
export PYTHONDONTWRITEBYTECODE :=

PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check install -qq

.PHONY: help demo run test check fuzz chaos bench lock clauses screenshots clean

help: ## list these targets
	@sed -n 's/^\([a-z]*\):.*## /\1: /p' Makefile | awk -F': ' '{printf "make %-12s %s\n", $$1, $$2}'

demo: .venv/demo.ready ## a Slack workspace on this machine with Vakt running in it
	$(BIN)/vakt demo

run: .venv/run.ready ## Vakt in your own workspace (tokens in the environment; see README)
	$(BIN)/vakt run

test: .venv/dev.ready ## the whole suite on SQLite and PostgreSQL, three processes; ARGS="-k pause" for less
	$(BIN)/python -m pytest -n 3 --dist loadgroup --max-worker-restart 0 $(ARGS)

check: .venv/dev.ready ## what CI asks before the tests (ruff, mypy, import contracts, generated papers, coverage of models/sla)
	@$(MAKE) -j2 --output-sync=target checked-types checked-coverage checked-words

.PHONY: checked-types checked-coverage checked-words
checked-types:
	$(BIN)/mypy

checked-coverage:
	@$(BIN)/python -m coverage run --branch -m pytest -q tests/sla tests/policies >cover.log || (cat cover.log; exit 1)
	$(BIN)/python -m coverage report --skip-covered --fail-under=100

checked-words:
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/lint-imports
	$(BIN)/python docs/make_clauses.py --check

fuzz: .venv/dev.ready ## 20,000 inputs that nobody sends on purpose at every door (half an hour); SLACK_SAMPLES=folder adds Slack's own
	HYPOTHESIS_PROFILE=fuzz $(BIN)/python -m pytest -n 2 -o faulthandler_timeout=0 tests/fuzz $(ARGS)

chaos: .venv/dev.ready ## kill Vakt hundreds of times, on SQLite and as replicas on PostgreSQL, and keep the account; ARGS="--seed 7"
	$(BIN)/python -m tests.chaos $(ARGS)

bench: .venv/dev.ready ## one script a question, each printing its ratios
	@for script in benchmarks/[a-z]*.py; do echo "== $$script"; $(BIN)/python "$$script"; done

lock: .venv/dev.ready ## pin and hash requirements/*.txt from pyproject.toml anew
	$(BIN)/python requirements/lock.py

clauses: .venv/dev.ready ## write docs/clauses.md from the tests' clause marks
	$(BIN)/python docs/make_clauses.py

screenshots: .venv/dev.ready ## take docs/screenshots/*.png from the real page in Chromium
	$(BIN)/python docs/make_screenshots.py

clean: ## remove .venv and everything generated
	rm -rf .venv build dist .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis .coverage
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# run.txt is part of demo.txt, demo.txt of dev.txt: one .venv, one stamp a set.
.venv/%.ready: requirements/%.txt pyproject.toml | $(BIN)/python
	@echo "Setting up .venv from requirements/$*.txt (a minute or two, once)"
	$(PIP) --require-hashes -r $<
	$(PIP) --no-deps --no-build-isolation -e .
	@touch $@

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("Vakt needs Python 3.11 or later; this is " + sys.version.split()[0] + ". Try: make PYTHON=python3.12 …")'
	$(PYTHON) -m venv .venv
