# Two commands to know: `make run` (the main job on seeds/) and `make test` (the checks). VENV=DIR is another environment.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin

# What `make run` installs is in requirements.lock, what the checks need on top in requirements-dev.lock.
# PYTEST_ADDOPTS holds more options of pytest.
TEST := .ci/postgresql with $(BIN)/python -m pytest

COMPILE := $(BIN)/uv pip compile --quiet --universal --no-emit-index-url --no-annotate --group build
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check

.PHONY: run test test-all torture check bench structure lock clean

run: $(VENV)/.ready
	@$(BIN)/monitor run
	@$(BIN)/monitor status
	@printf '\nWhat to type next:\n  %s/monitor demo      a made-up history, its log and its HTML report\n  %s/monitor log       what changed, newest first (edit a file in seeds/, then: make run)\n  %s/monitor watch     keep watching: a run every 15 minutes, or by the schedule in monitor.toml\n  %s/monitor --help    all commands\n  . %s/activate        then `monitor` needs no path\n' $(BIN) $(BIN) $(BIN) $(BIN) $(BIN)

# What is pure or runs in the process, on few examples: two minutes on two cores. The last line says what was skipped and why.
test: check
	$(TEST)

# Also kills, power cuts, full disks, bit rot, removed guards, mutations and bombs, browsers, process pools; laws on many
# examples; and the acceptance tests with every command as a process of its own.
test-all: test
	$(TEST) -m "slow or hypothesis" --hypothesis-profile thorough
	MONITOR_TEST_START=real $(TEST) tests/acceptance

torture: $(VENV)/.ready-dev
	$(BIN)/python benchmarks/torture.py
	$(BIN)/python benchmarks/whole_histories.py

bench: $(VENV)/.ready-dev
	$(BIN)/python benchmarks/bench.py

# Sizes, imports, names and the files that each command enters, with their bounds.
structure: $(VENV)/.ready-dev
	$(BIN)/python benchmarks/structure.py

check: $(VENV)/.ready-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

$(VENV)/.ready: pyproject.toml requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Python 3.11 or newer is needed")'
	$(PYTHON) -m venv $(VENV)
	$(INSTALL) -r requirements.lock
	$(INSTALL) --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.ready-dev: $(VENV)/.ready requirements-dev.lock
	$(INSTALL) -r requirements-dev.lock
	@touch $@

lock: $(VENV)/.ready-dev
	$(COMPILE) --extra web pyproject.toml -o requirements.lock
	$(COMPILE) --all-extras --group dev -c requirements.lock pyproject.toml -o requirements-dev.lock

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis
