"""Every file of the package that README.md and docs/*.md name exists, and every command that `make run` shows."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from monitor.cli.main import COMMANDS
from tests.support.paths import PROJECT

PAGES = [PROJECT / "README.md", *sorted((PROJECT / "docs").glob("*.md"))]
BELOW_MONITOR = "how-it-works.md"  # its tables name files without `monitor/`, as they say themselves
CODE = re.compile(r"`([^`\n]+)`")
WITH_PACKAGE = re.compile(r"\bmonitor/[\w/.-]+\.py\b")
IN_PACKAGE = re.compile(r"(?:monitor/)?((?:[a-z_]+/)+(?:[a-z_]+\.py)?)")


def named_paths(page: Path, text: str) -> set[str]:
    """The paths in the project that a page names, with `monitor/` before them."""
    found = set(WITH_PACKAGE.findall(text))
    if page.name == BELOW_MONITOR:
        packages = {folder.name for folder in (PROJECT / "monitor").iterdir() if folder.is_dir()}
        for code in CODE.findall(text):
            path = IN_PACKAGE.fullmatch(code)
            if path and (code.endswith(".py") or path[1].split("/")[0] in packages):
                found.add(f"monitor/{path[1]}")
    return found


def missing(page: Path, text: str) -> list[str]:
    return sorted(path for path in named_paths(page, text) if not (PROJECT / path).exists())


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_file_of_the_package_that_is_named_exists(page: Path) -> None:
    assert missing(page, page.read_text("utf-8")) == []


def test_how_it_works_names_a_file_of_every_layer() -> None:
    page = PROJECT / "docs" / BELOW_MONITOR
    layers = {path.split("/")[1] for path in named_paths(page, page.read_text("utf-8"))}
    assert {"app", "cli", "config", "core", "ledger", "model", "readers", "reports", "reviews", "snapshots"} <= layers


@pytest.mark.parametrize(
    "text", ["see `monitor/app/gone.py`", "in monitor/core/gone.py.", "`app/gone.py`", "a new file in `core/gone/`"]
)
def test_the_check_sees_a_file_that_is_gone(text: str) -> None:
    assert missing(PROJECT / "docs" / BELOW_MONITOR, text)


def test_make_run_shows_commands_that_exist() -> None:
    recipe = re.search(r"^run:.*\n((?:\t.*\n)+)", (PROJECT / "Makefile").read_text("utf-8"), re.MULTILINE)
    assert recipe
    shown = re.findall(r"%s/monitor (\S+)", recipe[1])
    assert {"demo", "log", "watch"} <= set(shown)
    assert [name for name in shown if name not in COMMANDS and name != "--help"] == []


def test_make_run_shows_each_command_below_its_environment() -> None:
    recipe = re.search(r"^run:.*\n((?:\t.*\n)+)", (PROJECT / "Makefile").read_text("utf-8"), re.MULTILINE)
    assert recipe
    assert recipe[1].count("%s/") == recipe[1].split("' $(BIN)")[1].count("$(BIN)") + 1
