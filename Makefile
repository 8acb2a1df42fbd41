# 阳光交易 · Sunlit Bidding. `make help` lists what there is.
PYTHON ?= python3.11
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.installed
PORT   ?= 8000
ONLY   ?=
DIR    ?= tests/vectors
BROWSER := $(shell command -v chromium-headless-shell || command -v chromium || command -v chromium-browser || command -v google-chrome)

# Where bytecode is switched off every process compiles the whole product again: each test's server, each command.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: run test check bench migrate i18n vendor vectors help clean
.DEFAULT_GOAL := help

run: $(STAMP) ## create the environment, migrate, load the demonstration centre, serve on 127.0.0.1:8000
	$(BIN)/bidding migrate
	$(BIN)/bidding demo
	$(BIN)/bidding serve --port $(PORT)

test: $(STAMP) ## the whole suite, on SQLite and again on PostgreSQL
	$(BIN)/python -m pytest -n 2 --dist worksteal -q $(if $(BROWSER),,-m "not browser")
	$(BIN)/python -m pytest -n 2 --dist worksteal -q --database=postgresql -m "not browser"
ifeq ($(BROWSER),)
	@echo "Chromium was not found: the browser journeys did not run. Install it and run make test again."
endif

check: $(STAMP) ## linters, types, import order, templates
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/djlint --quiet --lint templates

bench: $(STAMP) ## ratio benchmarks; one of them with ONLY=P2
	$(BIN)/python -m benchmarks $(ONLY)

vectors: $(STAMP) ## every vector test over the files of DIR, in Python and in JavaScript
	VECTORS_DIR="$(abspath $(DIR))" $(BIN)/python -m pytest -q tests/vectors $(if $(BROWSER),,-m "not browser")

migrate: $(STAMP) ## bring the database to the newest schema
	$(BIN)/bidding migrate

i18n: $(STAMP) ## list texts without an English translation
	$(BIN)/python -m bidding.i18n.extract

vendor: ## rebuild static/vendor from the npm registry, twice, and compare (needs Node)
	npm ci --ignore-scripts
	node vendor.mjs

$(STAMP): pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[dev]"
	touch $@

clean: ## remove the environment (instance/ stays)
	rm -rf $(VENV)

help: ## this list
	@grep -E '^[a-z0-9]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 12
