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
