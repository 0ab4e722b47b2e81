# make demo    run the bookmarks example on a SQLite file, and show the table
# make test    run the whole suite
# make fuzz    ask the engine and DynamoDB Local the same 100,000 times, and tell where they differ
# make storm   let many writers meet, lose answers and be killed, for minutes
# make lint    check style, types and layers
# make crash   kill writers 200 times while they write, and look for every acknowledged write
# make images  take the screenshots of docs/images anew
# make bench   measure the engine beside moto, DynamoDB Local and sqlite3
# make bench-client  measure what a call takes in the client, beside boto3 and other libraries
# make boto3   run the tests on DynamoDB Local by boto3's transport, instead of pynamite's
# make docs    build the documentation into build/docs; a warning is an error
# make clean   remove what these made
#
# All that is needed is Python 3.11 or later: .venv is made here, and filled anew only when pyproject.toml changes.

VENV := .venv
BIN := $(VENV)/bin
# The first of these that is new enough makes .venv; `make PYTHON=/path/to/python test` names one.
PYTHON ?= $(shell for name in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	"$$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo "$$name"; break; }; done)
# Options of pytest, e.g. `make test PYTEST_ARGS="-x tests/unit"`.
PYTEST_ARGS ?= -n 2 --dist worksteal

# How hard `make storm` blows (tests/storm/scale.py says what these count); the suite has all of it in short.
storm: export PYNAMITE_STORM_WRITERS ?= 8
storm: export PYNAMITE_STORM_TIMES ?= 500
storm: export PYNAMITE_STORM_LOCAL_TIMES ?= 50
storm: export PYNAMITE_STORM_PROCESSES ?= 8
storm: export PYNAMITE_STORM_EXAMPLES ?= 500
storm: export PYNAMITE_STORM_STEPS ?= 50
storm: export PYNAMITE_STORM_KILLS ?= 30

# Examples of `make fuzz`, each of which has some five requests.
fuzz: export PYNAMITE_FUZZ_EXAMPLES ?= 22000

.PHONY: help demo test fuzz storm crash images bench bench-client docs boto3 lint ruff mypy pyright layers clean
.DELETE_ON_ERROR:

help:
	@sed -n 's/^# \(make .*\)/\1/p' Makefile

demo: $(VENV)/.installed
	$(BIN)/python examples/bookmarks.py

test: $(VENV)/.installed-test
	$(BIN)/python -m pytest $(PYTEST_ARGS)

fuzz: $(VENV)/.installed-test
	$(BIN)/python -m pytest tests/properties/test_engine_against_dynamodb_local.py

storm: $(VENV)/.installed-test
	$(BIN)/python -m pytest $(PYTEST_ARGS) tests/storm

crash: $(VENV)/.installed
	$(BIN)/python tests/crash/crash.py --kills 200
	$(BIN)/python tests/crash/crash.py --kills 200 --durable

images: $(VENV)/.installed-test
	PYTHONPATH=. $(BIN)/python docs/screenshots.py

bench: $(VENV)/.installed-test
	$(BIN)/python benchmarks/engine.py

bench-client: $(VENV)/.installed-bench
	$(BIN)/python -m benchmarks.client
	$(BIN)/python -m benchmarks.memory

boto3: $(VENV)/.installed-test
	PYNAMITE_TRANSPORT=boto3 $(BIN)/python -m pytest $(PYTEST_ARGS) tests/integration -k dynamodb-local

# Nitpicky (-n): a reference in a docstring that leads nowhere is a warning, too.
docs: $(VENV)/.installed-docs
	$(BIN)/python -m sphinx --builder html --fail-on-warning --keep-going --nitpicky --fresh-env --quiet docs build/docs
	@echo "read build/docs/index.html"

# Each is a target of its own, so that `make --keep-going lint` tells what all of them find.
lint: ruff mypy pyright layers

ruff: $(VENV)/.installed-lint
	$(BIN)/ruff check .

mypy: $(VENV)/.installed-lint
	$(BIN)/mypy

pyright: $(VENV)/.installed-lint
	$(BIN)/pyright

layers: $(VENV)/.installed-lint
	$(BIN)/lint-imports --no-logo

clean:
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "pynamite needs Python 3.11 or later, and none is on the PATH: install one" \
		"(https://www.python.org/downloads/), or name it: make PYTHON=/path/to/python"; exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "pynamite needs Python 3.11 or later, but $(PYTHON) is $$("$(PYTHON)" -V 2>&1)"; exit 1; }
	"$(PYTHON)" -m venv $(VENV)

$(VENV)/.installed: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --editable .
	@touch $@

$(VENV)/.installed-test: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet 'pip>=25.1' # the first that knows --group
	$(BIN)/python -m pip install --quiet --editable . --group test
	@touch $@ $(VENV)/.installed-docs $(VENV)/.installed

$(VENV)/.installed-docs: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet 'pip>=25.1' # the first that knows --group
	$(BIN)/python -m pip install --quiet --editable . --group docs
	@touch $@ $(VENV)/.installed

$(VENV)/.installed-lint: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet 'pip>=25.1' # the first that knows --group
	$(BIN)/python -m pip install --quiet --editable . --group lint
	@touch $@ $(VENV)/.installed-test $(VENV)/.installed-docs $(VENV)/.installed

$(VENV)/.installed-bench: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet 'pip>=25.1' # the first that knows --group
	$(BIN)/python -m pip install --quiet --editable . --group bench
	@touch $@ $(VENV)/.installed
