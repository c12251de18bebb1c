# The doors of the project. `make help` names them.
SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
PYTHON := .venv/bin/python
STAMP := .venv/.dev-requirements

help: ## Name the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

$(STAMP): requirements/dev.txt
	@python3 -c 'import ensurepip' 2>/dev/null || { test "$$(id -u)" = 0 && apt-get install --yes python3-venv; } || \
	  { echo "python3-venv is missing; type as root: apt-get install --yes python3-venv" >&2; exit 1; }
	@$(PYTHON) -m pip --version >/dev/null 2>&1 || python3 -m venv --clear .venv
	@echo "installing the locked dependencies into .venv"
	@.venv/bin/python -m pip install --quiet uv
	@.venv/bin/uv pip install --quiet --python $(PYTHON) --require-hashes --no-deps -r requirements/dev.txt
	@touch $@

gen/.stamp: $(STAMP) $(shell find proto -name '*.proto') tools/proto.py
	@$(PYTHON) -m tools.proto build
	@touch $@

install: $(STAMP) ## Install the locked dependencies into .venv
proto: gen/.stamp ## Build gen/ from proto/
lock: ## Resolve requirements/*.in into hashed locks
	@for set in service report gateway contracts console mailbox dev; do .venv/bin/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --python-version 3.11 --override requirements/overrides.txt requirements/$$set.in -o requirements/$$set.txt; done
	@.venv/bin/uv pip compile --quiet --no-deps --universal --generate-hashes --no-emit-index-url --python-version 3.11 requirements/manifests.in -o requirements/manifests.txt

.PHONY: help install proto lock

# -- console --------------------------------------------------------------------------------------------------------
# One Node for every machine: the one that .venv brings.
NODE := PATH="$(CURDIR)/.venv/bin:$$PATH"
NPM := $(NODE) npm --prefix console --silent
MODULES := console/node_modules/.stamp
SCHEMA := console/src/api/schema.d.ts
DIST := console/dist/.stamp

$(MODULES): $(STAMP) console/package-lock.json console/.npmrc
	@echo "installing the console's packages into console/node_modules"
	@cd console && $(NODE) npm ci --silent
	@touch $@

$(SCHEMA): $(MODULES) docs/openapi.json
	@$(NPM) run api >/dev/null
	@touch $@

$(DIST): $(SCHEMA) $(shell find console/src console/public -type f 2>/dev/null) console/index.html console/vite.config.ts
	@echo "building the console into console/dist"
	@$(NPM) run build -- --logLevel error
	@touch $@

console-build: $(DIST) ## Build the console into console/dist
console: $(SCHEMA) ## Serve the console by Vite against a running gateway (CONSILIUM_GATEWAY)
	@$(NPM) run dev
console-check: $(SCHEMA)
	@$(NPM) run lint
	@$(NPM) run types
	@$(NPM) run test

.PHONY: console-build console console-check

# -- checks ---------------------------------------------------------------------------------------------------------
PRODUCT := chassis services gateway deploy tools tests benchmarks

check: proto console-check ## Check style, types, layers, contracts and the console
	@$(PYTHON) -m ruff check $(PRODUCT)
	@$(PYTHON) -m ruff format --check --quiet $(PRODUCT)
	@$(PYTHON) -m mypy $(PRODUCT)
	@.venv/bin/lint-imports --no-logo
	@$(PYTHON) -m tools.proto lint
	@$(PYTHON) -m tools.proto breaking
	@$(PYTHON) -m pytest tests/architecture tests/deploy

# -- tests ----------------------------------------------------------------------------------------------------------
engines: proto ## Obtain the embedded engines into the cache outside the tree
	@$(PYTHON) -m deploy.local.engines obtain

chromium:
	@command -v chromium >/dev/null || { test "$$(id -u)" = 0 && apt-get update --quiet && \
	  apt-get install --yes --no-install-recommends chromium; } || \
	  { echo "chromium is missing; type as root: apt-get install --yes chromium" >&2; exit 1; }

test: proto engines console-build chromium ## Run all tests on real engines, telling the time of each suite
	@$(PYTHON) -m tools.suites

browser: proto engines console-build chromium ## Run the console's tests in Chromium on a real system
	@$(PYTHON) -m tools.suites --only browser

screenshots: $(MODULES) chromium ## Take pictures of every screen of a running system into docs/screens (CONSILIUM_ADDRESSES)
	@CONSILIUM_ADDRESSES="$(abspath $(or $(CONSILIUM_ADDRESSES),.run/addresses.json))" $(NPM) run screens

faults: proto engines ## Run the fault tests at full length, N times (N=10)
	@$(PYTHON) -m tools.suites --only faults --times $(or $(N),1) --full

bench: proto engines ## Measure the headline figures at small sizes and write docs/benchmarks.md
	@$(PYTHON) -m benchmarks

# -- images ---------------------------------------------------------------------------------------------------------
images: $(STAMP) ## Build the images of the product (IMAGES="service gateway": some of them)
	@$(PYTHON) -m deploy.docker.build $(IMAGES)

sbom: $(STAMP) ## List what the images and the console consist of, and their licences, into build/sbom
	@$(PYTHON) -m deploy.docker.sbom

release: $(STAMP) $(SCHEMA) ## Write this commit's images, SBOMs and sources into build/release, signed (KEY=FILE)
	@$(PYTHON) -m deploy.docker.release $(or $(KEY),$(error KEY is missing: an Ed25519 private key in PEM))

# Images that are missing or older than their sources; the cache makes it seconds when none is.
test-containers: proto ## Run the container suite: the system from its images, and its faults (needs Docker)
	@$(PYTHON) -m deploy.docker.build service report gateway mailbox engines
	@$(PYTHON) -m tools.suites --only containers

.PHONY: images sbom release test-containers

# -- Kubernetes -----------------------------------------------------------------------------------------------------
k8s-check: proto ## Build and check the manifests alone
	@$(PYTHON) -m pytest tests/deploy

test-cluster: proto ## Install on a real cluster and disturb it (KUBECONFIG, CLUSTER_LOAD, images by `make images`)
	@$(PYTHON) -m pytest tests/cluster --capture=no -x

.PHONY: k8s-check test-cluster

# -- running --------------------------------------------------------------------------------------------------------
run: proto console-build ## Bring everything up, load the demo base, do the main job, stay up (SHIFT=1000: other ports, TRACES=1: show traces)
	@exec $(PYTHON) -m deploy.local.run $(if $(SHIFT),--shift $(SHIFT)) $(if $(TRACES),--traces $(TRACES))

clean: ## Drop what was built and the local installation's data (the engine cache stays)
	@if [ -e .run/lock ] && ! flock --nonblock .run/lock true; then \
	  echo "Consilium is running here (process $$(cat .run/lock)). Stop it first: Ctrl-C in its window, or kill $$(cat .run/lock)" >&2; exit 1; fi
	@rm -rf gen .run console/dist console/dist-maps $(SCHEMA) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -type d -not -path './.venv/*' -prune -exec rm -rf {} +

.PHONY: check engines chromium test browser screenshots faults bench run clean
