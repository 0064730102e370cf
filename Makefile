# Needs make, git and Python >= 3.11; everything else is installed into $(VENV).
PYTHON ?= python3
VENV ?= .venv
PORT ?= 8000
BIN := $(VENV)/bin
BOOK := _build/html
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check

.DEFAULT_GOAL := help
.PHONY: help serve book test lint bench lock validate validate-html clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-13s %s\n", $$1, $$2 }' Makefile

serve: book ## Build the book and read it at http://127.0.0.1:8000 (or the next free port)
	@$(BIN)/mlops-guide serve $(BOOK) --port $(PORT)

book: $(VENV)/installed ## Check the catalog and build the book into _build/html; any warning fails
	$(BIN)/mlops-guide validate
	rm -rf _build/html _build/.doctrees
	$(BIN)/jupyter-book build . -q -W -n --keep-going

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

validate: $(VENV)/installed ## Check the catalog
	$(BIN)/mlops-guide validate

validate-html: book ## Check every page with the Nu HTML checker; needs Node and Java
	@for tool in npm java; do command -v $$tool >/dev/null || \
		{ echo "make: validate-html needs Node (npm) and Java; '$$tool' is not installed" >&2; exit 1; }; done
	npm install --silent --no-save --prefix _build/vnu vnu-jar@26.9.27
	find $(BOOK) -name '*.html' -not -path '*/_static/*' -not -path '*/lite/*' -print0 | \
		xargs -0 java -jar _build/vnu/node_modules/vnu-jar/build/dist/vnu.jar --errors-only

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
