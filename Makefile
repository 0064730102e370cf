# Needs make, git and Python >= 3.11; everything else is installed into $(VENV).
PYTHON ?= python3
VENV ?= .venv
PORT ?= 8000
BIN := $(VENV)/bin
BOOK := _build/html
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check

.DEFAULT_GOAL := help
.PHONY: help serve book lab test lint bench audit lock validate validate-html nightly lite test-lite ladder readme clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-13s %s\n", $$1, $$2 }' Makefile

serve: book ## Build the book and read it at http://127.0.0.1:8000 (or the next free port)
	@$(BIN)/mlops-guide serve $(BOOK) --port $(PORT)

book: $(VENV)/installed ## Check the catalog and build the book into _build/html; any warning fails
	$(BIN)/mlops-guide validate
	rm -rf _build/html _build/.doctrees
	$(BIN)/jupyter-book build . -q -W -n --keep-going

lab: $(VENV)/installed ## Open the notebooks in JupyterLab, in the environment of the book
	$(INSTALL) --constraint requirements-test.txt jupyterlab
	$(BIN)/jupyter-lab $(if $(filter 0,$(shell id -u)),--allow-root) book

test: $(VENV)/installed-tests ## Install what the tests need, a browser included, and run them all
	$(BIN)/python -m pytest $(ARGS)

lint: $(VENV)/installed-tests ## Check style, types, spelling and the catalog
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/codespell
	$(BIN)/check-jsonschema --builtin-schema vendor.github-workflows .github/workflows/*.yml
	$(BIN)/check-jsonschema --builtin-schema custom.github-workflows-require-timeout .github/workflows/*.yml
	$(BIN)/zizmor --offline --quiet --strict-collection --persona pedantic .github
	$(BIN)/mlops-guide validate

bench: $(VENV)/installed-tests ## Measure the budgets, beside named peers
	$(BIN)/python benchmarks/weight.py
	$(BIN)/python benchmarks/imports.py
	$(BIN)/python benchmarks/build.py
	$(BIN)/python benchmarks/explorer.py
	$(BIN)/python benchmarks/search.py

audit: book $(VENV)/installed-tests ## Measure the built book with Lighthouse; the only target that needs Node
	$(BIN)/python benchmarks/audit.py

# Built first, then `book` puts it in: `make lite serve` shows a book with Python in its pages.
lite: export GUIDE_LITE := $(CURDIR)/_build/lite
lite: _build/lite/guide.json book ## Build the book with Python in its pages; needs npm and two other hosts

_build/lite/guide.json: $(VENV)/installed-lite pyproject.toml $(wildcard lite/* lite/page/* data/* book/*.ipynb src/mlops_guide/*.py src/mlops_guide/static/*)
	$(BIN)/python lite/build.py _build/lite $(LITE)

test-lite: $(VENV)/installed-tests _build/lite/guide.json ## Start Python in the pages, in a real browser; needs what `make lite` needs
	$(BIN)/python -m pytest lite $(ARGS)

ladder: $(VENV)/installed-tests ## Measure the ways to run the guide, for book/run.md; takes minutes
	$(BIN)/python benchmarks/start.py --write

validate: $(VENV)/installed ## Check the catalog
	$(BIN)/mlops-guide validate

nightly: ## Run all notebooks with the newest versions allowed; writes _build/nightly.json
	$(PYTHON) tests/nightly.py

validate-html: book ## Check every page with the Nu HTML checker; needs Node and Java
	@for tool in npm java; do command -v $$tool >/dev/null || \
		{ echo "make: validate-html needs Node (npm) and Java; '$$tool' is not installed" >&2; exit 1; }; done
	npm install --silent --no-save --prefix _build/vnu vnu-jar@26.9.27
	find $(BOOK) -name '*.html' -not -path '*/_static/*' -not -path '*/lite/*' -print0 | \
		xargs -0 java -jar _build/vnu/node_modules/vnu-jar/build/dist/vnu.jar --errors-only

readme: $(VENV)/installed ## Write the launch buttons of README.md for this repository
	$(BIN)/python tests/readme.py

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

$(VENV)/installed-lite: $(VENV)/installed requirements-lite.txt
	$(INSTALL) -r requirements-lite.txt
	@touch $@
