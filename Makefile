# Every target works in a fresh clone: the first one that needs Python makes .venv. Tools that aren't Python packages come
# from PATH, or are built once into a cache outside the checkout (KITSERVE_CACHE, by default ~/.cache/kitserve).

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/$(if $(filter Windows_NT,$(OS)),Scripts,bin)
# Most tests wait, so there are more of them at a time than there are cores.
WORKERS ?= 4
# Processes that tests start would compile each module again.
unexport PYTHONDONTWRITEBYTECODE

# KServe's mode on the cluster of tests: Standard or Knative.
MODE = Standard

# A release: where to, whose repositories there, signed by whom, and what the public address of this repository is.
REGISTRY ?=
ORGANISATION ?= kitserve
SIGN ?= keyless
SOURCE ?=
RELEASE = $(VERSION) --registry $(REGISTRY) --organisation $(ORGANISATION) --sign $(SIGN) --folder dist/release \
  $(if $(SOURCE),--source $(SOURCE)) $(if $(IDENTITY),--identity $(IDENTITY)) $(if $(BUILDER),--builder $(BUILDER))

LOCKED := --quiet --generate-hashes --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-annotate \
  --strip-extras --extra aws --extra google

.DEFAULT_GOAL := help
.PHONY: help demo test test-command test-thorough fuzz fuzz-verdicts bench bench-cluster e2e compatibility e2e-release cluster cluster-down image check format generate lock package audit release release-login site pictures clean

help: ## Show this help
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

$(VENV)/ready: pyproject.toml image/pyproject.toml
	@command -v $(PYTHON) >/dev/null || { echo "kitserve needs Python 3.11 or newer: install python3 and python3-venv" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit("kitserve needs Python 3.11 or newer, this is " + sys.version.split()[0] if sys.version_info < (3, 11) else 0)'
	@echo "making a Python environment in $(VENV), about a minute the first time:"
	@echo "  creating it"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --upgrade pip
	@echo "  installing kitserve, its initializer and the packages that tests need"
	@$(BIN)/pip install --quiet --editable '.[dev]' --editable ./image
	@touch $@

demo: $(VENV)/ready ## Serve the iris ModelKit from a local registry, down to a prediction
	@$(BIN)/python -m tests.demo

test: $(VENV)/ready ## Run what needs no root, in WORKERS processes (default 4)
	$(BIN)/pytest -n $(WORKERS) --dist worksteal

test-command: $(VENV)/ready ## Run what tests the command alone: any system, no other program
	$(BIN)/python -m tests.portable

test-thorough: $(VENV)/ready ## Run what `make test` leaves out: the rest of long tables, and ten times the drawn inputs
	$(BIN)/pytest -n $(WORKERS) --dist worksteal -m "thorough or hypothesis" --hypothesis-profile thorough

fuzz: $(VENV)/ready ## Fuzz the initializer's parsers, SECONDS each (default 60), and the renderers with 1,000 drawn values files
	@$(BIN)/pip install --quiet --editable '.[fuzz]'
	@$(BIN)/python -m tests.fuzz.run $(or $(SECONDS),60)
	$(BIN)/pytest -q --hypothesis-profile fuzz --timeout 3600 tests/parity/test_generated_values.py tests/parity/test_reading_back.py

fuzz-verdicts: $(VENV)/ready ## Compare COUNT mutants (default 100000) with KServe's own code, of every version
	@$(BIN)/python -m tests.generator.verdicts.run $(or $(COUNT),100000) $(SEED)

bench: $(VENV)/ready ## Measure speed and cost beside `kit` (or curl | tar), and write docs/benchmarks.md
	@$(BIN)/python -m tests.bench.run

bench-cluster: $(VENV)/ready ## Measure starts by every way to a model, ROUNDS of SIZE MiB, and write them into the guide (Linux, root)
	@SIZE=$(SIZE) ROUNDS=$(ROUNDS) $(BIN)/python -m tests.bench.cluster.run

e2e: $(VENV)/ready ## Run the scenarios on a real one-node cluster, of KSERVE=0.15.2 or in MODE=Knative (Linux, root)
	KITSERVE_E2E_KSERVE=$(KSERVE) KITSERVE_E2E_MODE=$(MODE) $(BIN)/python -m tests.e2e.run

compatibility: $(VENV)/ready ## Put what such runs left in dist/e2e into the table of docs/reference/compatibility.md
	@$(BIN)/python -m tests.e2e.compatibility

e2e-release: $(VENV)/ready ## Serve a ModelKit by what `make release` left in dist/release (Linux, root)
	KITSERVE_E2E_RELEASE=$(CURDIR)/dist/release $(BIN)/python -m tests.e2e.run -k test_a_release_serves_a_modelkit

cluster: $(VENV)/ready ## Leave such a cluster up, and say how to enter it (Linux, root)
	@KITSERVE_E2E_KSERVE=$(KSERVE) KITSERVE_E2E_MODE=$(MODE) $(BIN)/python -m tests.e2e.cluster up

cluster-down: $(VENV)/ready ## Remove it
	@$(BIN)/python -m tests.e2e.cluster down

image: $(VENV)/ready ## Build the initializer's image without an engine, or TARGET=keyless, and print its size (Linux, root)
	@$(BIN)/python -m tests.e2e.images $(TARGET)

check: $(VENV)/ready ## Lint, type-check, and see that what is generated is current
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/pytest -q tests/contract

format: $(VENV)/ready ## Format the code
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

generate: $(VENV)/ready ## Write the files that are generated from the values' definition
	$(BIN)/python -m codegen

lock: $(VENV)/ready ## Pin what the images install, by content
	cd image && CUSTOM_COMPILE_COMMAND="make lock" ../$(BIN)/pip-compile $(LOCKED) --output-file requirements.lock pyproject.toml
	cd image && CUSTOM_COMPILE_COMMAND="make lock" ../$(BIN)/pip-compile $(LOCKED) --extra keyless --output-file requirements-keyless.lock pyproject.toml

package: $(VENV)/ready ## Build the wheels and the chart's archive into dist/
	$(BIN)/python -m build --quiet --outdir dist .
	$(BIN)/python -m build --quiet --outdir dist image
	$$($(BIN)/python -m tests.parts.tools helm3) package chart --destination dist

site: $(VENV)/ready ## Build the documentation's site into dist/site, offline and strict
	@NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --config-file website/mkdocs.yml

pictures: $(VENV)/ready ## Run the commands that docs/pictures shows, and write the pictures (Linux or macOS)
	@$(BIN)/python -m tests.pictures.run

audit: $(VENV)/ready ## Look for known vulnerabilities in what is installed and in the released image (needs the internet)
	@$(BIN)/pip install --quiet --editable '.[audit]'
	@$(BIN)/python -m tests.release.audit

release: $(VENV)/ready ## Make release VERSION and verify it: in a registry and a cluster of its own, or in REGISTRY (Linux, root)
	@test -n "$(VERSION)" || { echo "which version? make release VERSION=x.y.z" >&2; exit 1; }
ifeq ($(REGISTRY),)
	@$(BIN)/python -m tests.release.dry_run $(VERSION) dist/release
	@$(MAKE) --no-print-directory e2e-release
else
	@tools=$$(mktemp -d) && $(BIN)/python -m tests.release.programs $$tools/bin \
	  && PATH="$$tools/bin:$$PATH" $(BIN)/python -m release $(RELEASE)
endif

release-login: $(VENV)/ready ## Log in to REGISTRY as REGISTRY_USER with REGISTRY_PASSWORD, for `make release`
	@printf %s "$$REGISTRY_PASSWORD" | $$($(BIN)/python -m tests.parts.tools oras) login $(REGISTRY) --username "$$REGISTRY_USER" --password-stdin

clean: ## Remove what was built here
	rm -rf $(VENV) dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
