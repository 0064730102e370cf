# Needs make, git and Python >= 3.11; everything else is installed into $(VENV).
PYTHON ?= python3
VENV ?= .venv
PORT ?= 8000
BIN := $(VENV)/bin
BOOK := _build/html
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check

.DEFAULT_GOAL := help
.PHONY: help serve book lab test lint bench ladder lock validate clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' Makefile

serve: book ## Build the book and read it at http://127.0.0.1:8000 (or the next free port)
	@$(BIN)/mlops-guide serve $(BOOK) --port $(PORT)

book: $(VENV)/installed ## Check the catalog and build the book into _build/html; any warning fails
	$(BIN)/mlops-guide validate
	rm -rf _build/html _build/.doctrees
	$(BIN)/jupyter-book build . -q -W -n --keep-going

lab: $(VENV)/installed ## Open the notebooks in JupyterLab, in the environment of the book
	$(INSTALL) --constraint requirements-test.txt jupyterlab
	$(BIN)/jupyter-lab book

test: $(VENV)/installed-tests ## Install what the tests need, a browser included, and run them all
	$(BIN)/python -m pytest $(ARGS)

lint: $(VENV)/installed-tests ## Check style, types, spelling and the catalog
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/codespell
	$(BIN)/mlops-guide validate

bench: $(VENV)/installed-tests ## Measure the budgets, beside named peers
	$(BIN)/python benchmarks/weight.py
	$(BIN)/python benchmarks/start.py
	$(BIN)/python benchmarks/build.py
	$(BIN)/python benchmarks/explorer.py

ladder: $(VENV)/installed-tests ## Measure the ways to run the guide, for book/run.md; takes minutes
	$(BIN)/python benchmarks/ladder.py --write

validate: $(VENV)/installed ## Check the catalog
	$(BIN)/mlops-guide validate

lock: $(VENV)/installed-tests ## Renew requirements*.txt from pyproject.toml
	$(BIN)/python tests/lock.py

clean: ## Remove what was built, and the virtual environment
	rm -rf _build $(VENV)

$(VENV)/installed: requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "make: Python 3.11 or newer is needed; name one with PYTHON=..., e.g. make PYTHON=python3.12" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(INSTALL) -r requirements.txt
	$(INSTALL) --no-deps -e .
	@touch $@

$(VENV)/installed-tests: $(VENV)/installed requirements-test.txt tests/browser/chromium.py
	$(INSTALL) -r requirements-test.txt
	$(BIN)/python tests/browser/chromium.py
	@touch $@
