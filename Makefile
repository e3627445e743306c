# Each target works as the first command on a fresh machine with Python 3.11+ and make.

VENV := .venv
BIN := $(VENV)/bin
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; \
	done)

# The tests wait more than they compute: two workers more than cores.
WORKERS ?= $(shell $(PYTHON) -c 'import os; print(min(4, len(os.sched_getaffinity(0)) + 2))' 2>/dev/null || echo 2)

# The tests are compiled once, beside mypy, which keeps one core busy: not by each worker.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: run test chaos bench picture gallery clean

run: $(VENV)/.installed ## Try it out, or run it when tokens are set
	$(BIN)/python -m bot

test: $(VENV)/.installed-dev ## All checks and tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/python -m pytest --collect-only -qq >/dev/null & $(BIN)/mypy && wait
	$(BIN)/python -m pytest --numprocesses $(WORKERS) --dist worksteal

chaos: $(VENV)/.installed-dev ## Kills the bot at every moment; takes about an hour (CHAOS_SEED=7 repeats)
	CHAOS=full $(BIN)/python -m pytest tests/chaos

bench: $(VENV)/.installed-dev ## The benchmarks; they take some minutes
	$(BIN)/python -m tests.bench.bench_ack
	$(BIN)/python -m tests.bench.bench_latency
	$(BIN)/python -m tests.bench.bench_quick
	$(BIN)/python -m tests.bench.bench_load

picture: $(VENV)/.installed-dev ## The README's pictures
	$(BIN)/python -m tests.browser.picture docs

gallery: $(VENV)/.installed-dev ## A picture of everything the bot says, in gallery/ (WIDTH=360: on a phone)
	$(BIN)/python -m tests.browser.gallery gallery $(WIDTH)

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "Threadline needs Python 3.11 or newer with venv (on Debian: apt install python3 python3-venv)." >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[playground]'
	touch $@

$(VENV)/.installed-dev: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	touch $@ $(VENV)/.installed

clean:
	rm -rf $(VENV) build *.egg-info
