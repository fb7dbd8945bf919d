# make run: the demonstration at http://127.0.0.1:8050.  make test: everything the tests need, then the tests.
PYTHON ?= python3.11
VENV   := .venv
BIN    := $(VENV)/bin
STORE  ?= data/demo/store

.PHONY: run test bench lint fast chromium clean

$(BIN)/.web: requirements.txt
	@command -v $(PYTHON) >/dev/null 2>&1 || { echo "Python 3.11 is needed: '$(PYTHON)' was not found. Try: make $(MAKECMDGOALS) PYTHON=python3"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or later is needed."; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

$(BIN)/.dev: $(BIN)/.web requirements-dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@

run: $(BIN)/.web
	$(BIN)/python app.py --store $(STORE)

chromium: $(BIN)/.dev
	$(BIN)/python -m tests.browser.chromium

test: chromium
	$(BIN)/python -m pytest

fast: $(BIN)/.dev
	$(BIN)/python -m pytest -m "not browser and not slow"

bench: $(BIN)/.dev
	$(BIN)/python -m tests.bench

lint: $(BIN)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/mypy

clean:
	rm -rf $(VENV) .pytest_cache .ruff_cache .mypy_cache .import_linter_cache .hypothesis
