# Two commands for a stranger: `make ingest` and `make test`. Needs Python 3.11+ and make only;
# uv is brought into .tools/, everything else into .venv/. Nothing is written outside this folder.

PYTHON ?= python3
UV_VERSION := 0.13.9
export UV_CACHE_DIR := $(CURDIR)/.tools/cache
export UV_PYTHON_DOWNLOADS := never
UV := .tools/uv/bin/uv
BIN := .venv/bin
SHARE ?= 1/1
READY := .venv/.ready

.PHONY: help setup ingest demo test lint format types unit test-long bench dictionary docs lock postgres-packages ui bi test-bi bi-packages bi-lock clean
.DEFAULT_GOAL := help

help: ## what can be made
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

setup: $(READY) ## bring uv and every locked package into this folder

$(UV):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "需要 Python 3.11 以上 / Python 3.11 or newer is needed: make PYTHON=/path/to/python3.11 …"; exit 1; }
	@rm -rf .tools/uv
	@$(PYTHON) -m venv .tools/uv || \
	  { echo "python3 缺少 venv 模块 / python3 lacks the venv module (Debian: apt install python3-venv)"; exit 1; }
	@.tools/uv/bin/python -m pip --quiet --disable-pip-version-check install uv==$(UV_VERSION)

$(READY): pyproject.toml uv.lock | $(UV)
	@$(UV) sync --quiet --locked --compile-bytecode --python $(PYTHON)
	@touch $@

ingest: $(READY) ## take raw/ to the published warehouse and say what was done
	@$(BIN)/yusuan ingest

demo: $(READY) ## see it at work: a made-up city in demo/, from documents to answers and a report
	@$(BIN)/python -m tests.demo demo

test: lint types unit ## lint, format, types and the fast tests

lint: $(READY)
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: $(READY)
	@$(BIN)/mypy

unit: $(READY)
	@$(BIN)/pytest -n 2 --dist worksteal -m "not slow and not bi"

test-long: $(READY) ## the slow end-to-end campaigns; SHARE=2/4 the second quarter of them
	@$(UV) sync --quiet --locked --compile-bytecode --extra cluster --python $(PYTHON)
	@$(BIN)/pytest -n 2 --dist worksteal -m "slow or drawn" --hypothesis-profile long --share $(SHARE)

bench: $(READY) ## how fast: a line of JSON a bench, ratios to a peer in the same run
	@$(UV) sync --quiet --locked --compile-bytecode --group bench --python $(PYTHON)
	@for bench in targets night pdf sheets words export postgres growth rebuild search compared real identity; do $(BIN)/python -m tests.bench.$$bench || exit 1; done

format: $(READY) ## put the code into its one format
	@$(BIN)/ruff check --fix --quiet . ; $(BIN)/ruff format .

dictionary: $(READY) ## render docs/data-dictionary.md from schemas/tables
	@$(BIN)/python -m schemas.render docs/data-dictionary.md

docs: $(READY) ## the documentation as a site, site/index.html; a broken link, anchor or picture fails
	@$(UV) sync --quiet --locked --compile-bytecode --group docs --python $(PYTHON)
	@$(BIN)/sphinx-build --quiet --fresh-env --fail-on-warning --keep-going -c docs/site . site
	@echo "文档 documentation → site/index.html"

lock: | $(UV) ## resolve pyproject.toml into uv.lock anew
	@$(UV) lock --python $(PYTHON)

postgres-packages: ## a PostgreSQL server for tests and bench (Debian, as root)
	apt-get update --quiet
	DEBIAN_FRONTEND=noninteractive apt-get install --yes --quiet --no-install-recommends postgresql

ui: $(READY) ## Dagster's web interface on this warehouse
	@$(BIN)/yusuan ui

BI_READY := .bi/.ready

$(BI_READY): warehouse/bi/requirements.txt | $(UV)
	@$(UV) venv --quiet --clear --python $(PYTHON) .bi
	@$(UV) pip sync --quiet --compile-bytecode --python .bi/bin/python warehouse/bi/requirements.txt
	@touch $@

bi: $(READY) $(BI_READY) ## Superset with the dashboard 部门预算对比 on the published build
	@$(BIN)/yusuan bi

test-bi: $(READY) $(BI_READY) ## Superset and pages in a browser: every chart against SQL, what people see
	@$(UV) sync --quiet --locked --compile-bytecode --group bi --group docs --python $(PYTHON)
	@$(BIN)/pytest -q -m bi tests

bi-packages: ## a browser and a Chinese font for test-bi (Debian, as root)
	apt-get update --quiet
	DEBIAN_FRONTEND=noninteractive apt-get install --yes --quiet --no-install-recommends \
	  chromium fonts-noto-cjk

bi-lock: | $(UV) ## resolve warehouse/bi/requirements.in into requirements.txt anew
	@$(UV) pip compile --quiet --universal --no-header --python-version 3.11 \
	  warehouse/bi/requirements.in -o warehouse/bi/requirements.txt

clean: ## remove what setup and tests made; never raw/ nor the warehouse's state
	@rm -rf .venv .bi .tools site .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
