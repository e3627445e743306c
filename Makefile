# Each target works as the first command on a fresh machine with Python 3.11+ and make.

VENV := .venv
BIN := $(VENV)/bin
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; \
	done)

# The tests wait more than they compute: three workers for each core, six at most. One of them, with
# its browser, takes up to a gigabyte.
WORKERS ?= $(shell $(PYTHON) -c 'import os; g = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") >> 30; \
	print(max(2, min(6, 3 * len(os.sched_getaffinity(0)), g)))' 2>/dev/null || echo 2)

# The tests are compiled once, beside mypy, which keeps one core busy: not by each worker.
export PYTHONDONTWRITEBYTECODE :=

# What the locks hold, and no other file than those whose hashes stand in them.
define install
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $(1)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps --editable .
endef

.DEFAULT_GOAL := help
.PHONY: help run test test-fast coverage chaos bench picture gallery lock clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: $(VENV)/.installed ## Try it out, or run it when tokens are set
	$(BIN)/python -m bot

test: $(VENV)/.installed-dev ## All checks and tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/python -m pytest --collect-only -qq >/dev/null & $(BIN)/mypy && wait
	$(BIN)/python -m pytest --numprocesses $(WORKERS) --dist worksteal

test-fast: $(VENV)/.installed-dev ## Checks, types and the unit tests not marked slow; about half a minute
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/mypy
	$(BIN)/python -m pytest --numprocesses 2 --dist worksteal -m 'not slow' tests/unit

# Not in `make test`: counting branches costs three quarters more processor time before Python 3.14.
coverage: $(VENV)/.installed-dev ## Which lines and branches the tests run through
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest --numprocesses $(WORKERS) --dist worksteal tests/unit tests/contract tests/playground tests/e2e
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report

chaos: $(VENV)/.installed-dev ## Kills the bot at every moment; takes about an hour (CHAOS_SEED=7 repeats)
	CHAOS=full $(BIN)/python -m pytest tests/chaos

bench: $(VENV)/.installed-dev ## The benchmarks; they take some minutes
	$(BIN)/python -m tests.bench.bench_ack
	$(BIN)/python -m tests.bench.bench_latency
	$(BIN)/python -m tests.bench.bench_quick
	$(BIN)/python -m tests.bench.bench_load
	$(BIN)/python -m tests.bench.bench_cost
	$(BIN)/python -m tests.bench.bench_budgets
	$(BIN)/python -m tests.bench.bench_fairness

picture: $(VENV)/.installed-dev ## The README's pictures
	$(BIN)/python -m tests.browser.picture docs

gallery: $(VENV)/.installed-dev ## A picture of everything the bot says, in gallery/ (WIDTH=360: on a phone)
	$(BIN)/python -m tests.browser.gallery gallery $(WIDTH)

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "Threadline needs Python 3.11 or newer with venv (on Debian: apt install python3 python3-venv)." >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: requirements-playground.txt pyproject.toml | $(BIN)/python
	$(call install,requirements-playground.txt)
	touch $@

$(VENV)/.installed-dev: requirements-dev.txt pyproject.toml | $(BIN)/python
	$(call install,requirements-dev.txt)
	touch $@ $(VENV)/.installed

# uv writes one lock for all systems and versions of Python; pip installs it.
COMPILE := build/uv/bin/uv pip compile pyproject.toml --universal --python-version 3.11 --no-config \
	--generate-hashes --no-annotate --custom-compile-command 'make lock' --quiet --upgrade

lock: | $(BIN)/python ## Write the locks with the newest releases that pyproject.toml allows
	$(BIN)/python -m venv build/uv
	build/uv/bin/pip install --quiet --disable-pip-version-check 'uv>=0.13,<0.14'
	$(COMPILE) --extra dev --group build --output-file requirements-dev.txt
	$(COMPILE) --extra playground --group build --constraint requirements-dev.txt --output-file requirements-playground.txt
	$(COMPILE) --constraint requirements-dev.txt --output-file requirements.txt

clean: ## Remove what the other commands have made
	rm -rf $(VENV) build *.egg-info
