# Two commands to know: `make run` (the main job on seeds/) and `make test` (every check).
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: run test check bench torture lock clean

run: $(VENV)/.ready
	@$(BIN)/monitor run
	@$(BIN)/monitor status
	@printf '\nWhat to type next:\n  %s/monitor demo      a made history, its log and its HTML report\n  %s/monitor log       what changed, newest first (edit a file in seeds/, then: make run)\n  %s/monitor watch     keep watching, by the schedule in monitor.toml\n  %s/monitor --help    all commands\n' $(BIN) $(BIN) $(BIN) $(BIN)

test: check
	$(BIN)/python -m pytest

check: $(VENV)/.ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

$(VENV)/.ready: pyproject.toml requirements.lock
	$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Python 3.11 or newer is needed")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

lock:
	$(BIN)/uv pip compile --quiet --universal --no-emit-index-url --no-annotate --all-extras --group dev --group build pyproject.toml -o requirements.lock

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis
