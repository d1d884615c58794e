# Two commands set everything up by themselves: `make demo` and `make test`.
# Only relative paths: the folder above may have a space in its name.

PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3; do \
	$$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null && echo $$p && break; done)
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.PHONY: demo test bench lint release lock clean

demo: .venv/run-ready
	$(BIN)/python -m rushes demo --to demo

test: .venv/test-ready
	$(BIN)/python -m pytest -n 2 -m "not release"

release: .venv/test-ready
	$(BIN)/python -m pytest -n 2

lint: .venv/test-ready
	$(BIN)/python -m ruff check .
	$(BIN)/python -m ruff format --check .
	$(BIN)/python -m mypy

bench: .venv/bench-ready
	$(BIN)/python bench/all.py

.venv/made:
	@test -n "$(PYTHON)" || { echo "rushes needs Python 3.11, 3.12 or 3.13: set PYTHON=/path/to/python" >&2; exit 1; }
	$(PYTHON) -m venv .venv
	@touch $@

.venv/run-ready: .venv/made locks/run.txt pyproject.toml
	$(PIP) install --require-hashes -r locks/run.txt
	$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

.venv/test-ready: .venv/run-ready locks/test.txt
	$(PIP) install --require-hashes -r locks/test.txt
	@touch $@

.venv/bench-ready: .venv/test-ready locks/bench.txt
	$(PIP) install --require-hashes -r locks/bench.txt
	@touch $@

# Needs uv (python -m pip install uv): writes the hashed lock files for every supported Python.
lock:
	for kind in run test bench; do \
		uv pip compile --universal --fork-strategy fewest --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --quiet \
			--extra build $$(test $$kind = run || echo --extra $$kind) -o locks/$$kind.txt pyproject.toml; done

clean:
	rm -rf .venv demo
