"""docs/schema.md, docs/datasette.json and docs/recipes.md: made from the schema, and every example runs."""

from __future__ import annotations

import json
import os
import re
import shlex
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.schema_page import EVERY, METADATA, PAGE, metadata, page
from tests.support.driver import monitor as command
from tests.support.paths import PROJECT

SQL = re.compile(r"^```sql\n(.*?)^```", re.MULTILINE | re.DOTALL)
RECIPES = PROJECT / "docs" / "recipes.md"
RUN = re.compile(r"(?<!-->\n)^```(sh|python)\n(.*?)^```", re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample history, with a verdict."""
    folder = tmp_path_factory.mktemp("schema") / "demo"
    environment = {**os.environ, "TZ": "UTC"}
    command("demo", str(folder), env=environment)
    change = command("-C", str(folder), "log", "--aspect", "modality", "--format", "jsonl", env=environment).jsonl()[0]
    command("-C", str(folder), "review", "flag", change["id"], "--as", "Ada", env=environment)
    return folder


def test_the_page_has_every_column_of_every_view() -> None:
    text = PAGE.read_text("utf-8")
    assert re.findall(r"^## (\w+_\w+)$", text, re.MULTILINE) == list(EVERY)
    assert page(text) == text, "python -m tests.docs.schema_page writes it again"


def test_the_metadata_of_datasette_are_those_of_the_views() -> None:
    assert METADATA.read_text("utf-8") == metadata(), "python -m tests.docs.schema_page writes it again"


def test_every_table_is_hidden_and_every_view_is_described(demo: Path) -> None:
    told = json.loads(metadata())["databases"]
    for name in ("ledger", "reviews"):
        with sqlite3.connect(demo / "snapshots" / f"{name}.db") as connection:
            rows = connection.execute("SELECT type, name FROM sqlite_master WHERE type IN ('table', 'view')").fetchall()
        for kind, table in rows:
            about = told[name]["tables"].get(table) or {"hidden": table.startswith(("sqlite_", "text_words_"))}
            assert about.get("hidden", False) == (kind == "table"), table


@pytest.mark.parametrize("block", SQL.findall(PAGE.read_text("utf-8")), ids=lambda block: block.split("\n")[0])
def test_every_query_of_the_page_finds_something(demo: Path, monkeypatch: pytest.MonkeyPatch, block: str) -> None:
    monkeypatch.chdir(demo)
    with sqlite3.connect("snapshots/ledger.db") as connection:
        *first, last = [part for part in block.split(";\n") if part.strip()]
        for statement in first:
            connection.execute(statement)
        found = connection.execute(last).fetchall()
    assert found
    if "verdict" in block:
        assert found[0][-2:] == ("flagged", "Ada")


@pytest.mark.parametrize(("language", "block"), RUN.findall(RECIPES.read_text("utf-8")))
def test_every_recipe_that_can_run_here_works(demo: Path, language: str, block: str) -> None:
    pytest.importorskip("duckdb" if language == "python" else "sqlite_utils", reason="no duckdb or no sqlite-utils")
    binaries = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    lines = [[sys.executable, "-c", block]] if language == "python" else list(map(shlex.split, block.splitlines()))
    for line in lines:
        done = subprocess.run(line, cwd=demo, env={**os.environ, "PATH": binaries}, capture_output=True, check=False)
        assert done.returncode == 0, done.stderr.decode()
        assert done.stdout.strip()
