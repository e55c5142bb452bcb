# Each target sets up everything it needs in .venv; Python 3.11, pip, git and make are enough.
PYTHON ?= $(shell command -v python3.11 || command -v python3.12 || command -v python3.13 || command -v python3)
BIN := .venv/bin
READY := .venv/.ready
RUNTIME := .venv/.runtime

.PHONY: run test test-long check format bench docs clean setup snapshots

run: $(RUNTIME)      ## open the explorer on the built-in sample
	@$(BIN)/sts-tui $(ARGS)

test: $(READY)       ## the tests (under five minutes on two cores)
	$(BIN)/python -m pytest -q -n 2 --dist worksteal $(ARGS)

test-long: $(READY)  ## long fuzzing, monkey and kill runs
	$(BIN)/python -m pytest -q -m long $(ARGS)

check: $(READY)      ## format, lint, types, import contracts
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

format: $(READY)     ## put the code in shape
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(READY)      ## measure; ratios and machine go to docs/performance.md by hand
	$(BIN)/python -m benchmarks $(ARGS)

docs: $(READY)       ## regenerate the generated parts of the documentation
	$(BIN)/python -m docs.generate

snapshots: $(READY)  ## accept the pictures as they now are; look at them first
	$(BIN)/python -m pytest -q tests/tui --snapshot-update $(ARGS)

setup: $(READY)

# Debian ships Python without ensurepip: then the venv starts empty and the system's pip fills it.
.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "sts-tui needs Python 3.11 or newer; found $$($(PYTHON) --version). Set PYTHON=…"; exit 1; }
	@$(PYTHON) -m venv .venv >/dev/null 2>&1 || \
	  { rm -rf .venv; $(PYTHON) -m venv --without-pip .venv && $(PYTHON) -m pip --python .venv/bin/python install -q pip; }

$(RUNTIME): .venv/bin/python pyproject.toml constraints.txt
	@echo "Setting up .venv (once) …"
	@$(BIN)/python -m pip install -q --disable-pip-version-check -c constraints.txt -e .
	@touch $@

$(READY): $(RUNTIME)
	@$(BIN)/python -m pip install -q --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
