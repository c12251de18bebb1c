# The doors of the project. `make help` names them.
SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
PYTHON := .venv/bin/python
STAMP := .venv/.dev-requirements

help: ## Name the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

$(STAMP): requirements/dev.txt
	@test -x $(PYTHON) || python3 -m venv .venv
	@.venv/bin/python -m pip install --quiet uv
	@.venv/bin/uv pip install --quiet --python $(PYTHON) --require-hashes -r requirements/dev.txt
	@touch $@

gen/.stamp: $(STAMP) $(shell find proto -name '*.proto') tools/proto.py
	@$(PYTHON) -m tools.proto build
	@touch $@

install: $(STAMP) ## Install the locked dependencies into .venv
proto: gen/.stamp ## Build gen/ from proto/
lock: ## Resolve requirements/*.in into hashed locks
	@for set in service report gateway dev; do .venv/bin/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --python-version 3.11 requirements/$$set.in -o requirements/$$set.txt; done

.PHONY: help install proto lock

# -- checks ---------------------------------------------------------------------------------------------------------
PRODUCT := chassis services gateway deploy tools tests benchmarks

check: proto ## Check style, types, layers and contracts
	@$(PYTHON) -m ruff check $(PRODUCT)
	@$(PYTHON) -m ruff format --check --quiet $(PRODUCT)
	@$(PYTHON) -m mypy $(PRODUCT)
	@.venv/bin/lint-imports --no-logo
	@$(PYTHON) -m tools.proto lint
	@$(PYTHON) -m tools.proto breaking
	@$(PYTHON) -m pytest tests/architecture

# -- tests ----------------------------------------------------------------------------------------------------------
engines: proto ## Obtain the embedded engines into the cache outside the tree
	@$(PYTHON) -m deploy.local.engines obtain

test: proto engines ## Run all tests on real engines, telling the time of each suite
	@$(PYTHON) -m tools.suites

faults: proto engines ## Run the fault tests at full length, N times (N=10)
	@$(PYTHON) -m tools.suites --only faults --times $(or $(N),1) --full

bench: proto engines ## Measure the headline figures at small sizes and write docs/benchmarks.md
	@$(PYTHON) -m benchmarks

# -- running --------------------------------------------------------------------------------------------------------
run: proto ## Bring everything up, load the demo base, do the main job, stay up
	@exec $(PYTHON) -m deploy.local.run

clean: ## Drop what was built and the local installation's data (the engine cache stays)
	@rm -rf gen .run .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -type d -not -path './.venv/*' -prune -exec rm -rf {} +

.PHONY: check engines test faults bench run clean
