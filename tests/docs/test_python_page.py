"""docs/python.md and the notebook: every example runs on the sample history, and the notebook's outputs are true."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import monitor
from tests.docs import notebook
from tests.support.driver import monitor as command
from tests.support.paths import PROJECT

PAGE = PROJECT / "docs" / "python.md"
BLOCK = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Path]:
    before = Path.cwd()
    os.chdir(tmp_path)
    yield tmp_path
    os.chdir(before)


def test_every_example_of_the_page_runs(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("pandas", reason="no pandas (monitor[pandas])")
    command("demo", "policies", env={**os.environ, "TZ": "UTC"})
    namespace: dict[str, Any] = {}
    text = PAGE.read_text("utf-8")
    for block in BLOCK.finditer(text):
        line = text.count("\n", 0, block.start(1))
        exec(compile("\n" * line + block[1], str(PAGE), "exec"), namespace)
    printed = capsys.readouterr().out
    assert "modality: may → will (stronger)" in printed
    assert "# January" in printed


def test_the_page_names_every_public_name_of_the_store() -> None:
    text = PAGE.read_text("utf-8")
    methods = {name for name in vars(monitor.Store) if not name.startswith("_")}
    internal = {"monitor", "explain", "reviewed", "versions_of", "version_at", "statements_of", "bytes_of", "writing"}
    assert sorted(name for name in methods - internal if f"store.{name}" not in text and f"{name}()" not in text) == []


def test_the_notebook_asks_ten_questions_and_draws_two_charts() -> None:
    titles = [line for cell in notebook.cells("markdown") for line in cell["source"] if line.startswith("## ")]
    assert [title.split(".")[0] for title in titles if title[3].isdigit()] == [
        f"## {number}" for number in range(1, 11)
    ]
    outputs = [output for cell in notebook.cells("code") for output in cell["outputs"]]
    assert sum("image/png" in output.get("data", {}) for output in outputs) == 2


def test_the_outputs_of_the_notebook_are_what_its_cells_give(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for library in ("pandas", "matplotlib"):
        pytest.importorskip(library, reason=f"no {library} (monitor[pandas])")
    monkeypatch.setenv("TZ", "UTC")
    found = notebook.run(here)
    stored = [cell["outputs"] for cell in notebook.cells("code")]
    assert [_texts(outputs) for outputs in found] == [_texts(outputs) for outputs in stored]


def _texts(outputs: list[dict[str, Any]]) -> list[str]:
    return ["".join(output.get("text") or output["data"]["text/plain"]) for output in outputs]
