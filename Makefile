# Bulou: `make run` starts a demo county, `make test` runs the whole suite. Both set up all they need.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
PORT ?= 8000
SCALE ?= community
COUNTY ?=
WORKERS ?= 2
BIN := .venv/bin
SETUP := tools/setup.py pyproject.toml
ENGLISH := src/bulou/locale/en/LC_MESSAGES/django
PYTEST := $(BIN)/python -m pytest -n $(WORKERS)
LOCK := $(BIN)/uv pip compile --quiet --generate-hashes --no-emit-index-url --no-header --python-version 3.11
MANAGE := BULOU_HOME=.venv/home $(BIN)/python manage.py

.NOTPARALLEL:
.PHONY: run install setup test check docs messages bench faults mutants removal coverage lock clean

run: .venv/.run $(ENGLISH).mo
	$(BIN)/bulou demo --scale $(SCALE) --port $(PORT) $(if $(COUNTY),--county "$(COUNTY)")

install: .venv/.run $(ENGLISH).mo

setup: .venv/.test $(ENGLISH).mo

test: setup
	$(PYTEST) --database=sqlite
	$(PYTEST) --database=postgres

check: setup
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	BULOU_HOME=.venv/home $(BIN)/mypy
	$(BIN)/lint-imports
	$(MANAGE) check --fail-level WARNING
	$(MANAGE) makemigrations --check --dry-run
	$(BIN)/python -m tools.messages check
	$(BIN)/python -m tools.generated check

docs: setup
	$(BIN)/python -m tools.generated write
	$(BIN)/python -m tools.schema
	$(BIN)/python -m tools.client

messages: setup
	$(BIN)/python -m tools.messages update

bench: setup
	$(BIN)/python -m bench

faults: setup
	$(BIN)/python -m tools.faults --database=sqlite
	$(BIN)/python -m tools.faults --database=postgres
	$(BIN)/python -m tools.faults.outages --outage=disk --database=sqlite
	$(BIN)/python -m tools.faults.outages --outage=disk --database=postgres
	$(BIN)/python -m tools.faults.outages --outage=lost --database=postgres

mutants: setup
	$(BIN)/python -m tools.mutants

removal: setup
	$(BIN)/python -m tools.removal

coverage: setup
	rm -f .coverage .coverage.*
	$(PYTEST) --database=sqlite --cov --cov-append --cov-report=
	$(PYTEST) --database=postgres --cov --cov-append --cov-report=term-missing:skip-covered

lock: setup
	echo uv==$$($(BIN)/uv --version | cut -d" " -f2) | $(LOCK) - -o tools/uv.txt
	$(LOCK) pyproject.toml --group build --group dev -o requirements-dev.lock
	$(LOCK) pyproject.toml --group build -c requirements-dev.lock -o requirements.lock

clean:
	rm -rf .venv .coverage* .hypothesis .mypy_cache .ruff_cache .import_linter_cache htmlcov $(ENGLISH).mo
	find src tests tools bench -name __pycache__ -prune -exec rm -rf {} +

.venv/.run: $(SETUP) requirements.lock
	$(PYTHON) tools/setup.py run
	@touch $@

.venv/.test: $(SETUP) requirements-dev.lock
	$(PYTHON) tools/setup.py test
	@touch .venv/.run $@

$(ENGLISH).mo: $(ENGLISH).po
	$(BIN)/python -m tools.messages compile
