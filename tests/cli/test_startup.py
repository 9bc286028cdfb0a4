"""What a command imports: nothing that it does not use."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.driver import Monitor

HEAVY = {"rich", "git", "jinja2", "apscheduler", "pyarrow", "unidiff", "selectolax", "markdown_it"}


def imported(folder: Path, *args: str) -> set[str]:
    """The packages that one command line leaves imported in a process of its own."""
    program = (
        "import sys; from monitor.cli.main import run; status = run(sys.argv[1:]);"
        "print(*sorted({name.partition('.')[0] for name in sys.modules}), file=sys.stderr); sys.exit(status)"
    )
    done = subprocess.run([sys.executable, "-c", program, *args], cwd=folder, capture_output=True, check=True)
    return set(done.stderr.decode().split())


@pytest.mark.parametrize("args", [("--help",), ("--version",)])
def test_help_imports_no_command_and_nothing_heavy(tmp_path: Path, args: tuple[str, ...]) -> None:
    assert imported(tmp_path, *args) & (HEAVY | {"msgspec", "rapidfuzz"}) == set()


def test_a_run_that_finds_nothing_new_imports_nothing_heavy(monitor: Monitor, here: Path) -> None:
    (here / "seeds").mkdir()
    (here / "seeds/a.txt").write_text("One thing.")
    monitor("run", "--settle", "0")
    assert imported(here, "run", "--settle", "0") & HEAVY == set()


@pytest.mark.parametrize("args", [("log", "--since", "2026-01-02"), ("search", "a"), ("blame", "brief.txt")])
def test_a_question_to_the_ledger_does_not_open_git(story: Path, args: tuple[str, ...]) -> None:
    assert imported(story, *args) & {"git", "rich", "jinja2", "apscheduler", "msgspec"} == set()


def test_comparing_two_files_opens_no_store(here: Path) -> None:
    (here / "a.txt").write_text("One thing.")
    assert imported(here, "compare", "a.txt", "a.txt") & {"git", "sqlite3", "rich", "jinja2"} == set()
    assert [path.name for path in here.iterdir()] == ["a.txt"]


@pytest.mark.parametrize("locale", [{"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}, {"LC_ALL": "C"}])
def test_names_and_words_are_utf_8_in_any_locale(here: Path, locale: dict[str, str]) -> None:
    def program(*args: str) -> str:
        command = [sys.executable, "-m", "monitor", *args]
        return subprocess.run(
            command, env={**os.environ, **locale}, capture_output=True, check=True, encoding="utf-8"
        ).stdout

    (here / "seeds").mkdir()
    (here / "seeds/größe.txt").write_text("Größe zählt.", encoding="utf-8")
    assert "größe.txt" in program("run", "--settle", "0")
    assert program("cat", "größe.txt") == "Größe zählt."
    assert "Größe zählt." in program("search", "zählt")


def test_a_run_with_changes_imports_nothing_that_it_does_not_use(monitor: Monitor, here: Path) -> None:
    (here / "seeds").mkdir()
    for text in ("One thing.", "Another thing."):
        (here / "seeds/a.txt").write_text(text)
        os.utime(here / "seeds/a.txt", (1e9, 1e9))
        if text == "One thing.":
            monitor("run")
    assert imported(here, "run") & {"psycopg", "jinja2", "rich", "selectolax", "unidiff"} == set()
