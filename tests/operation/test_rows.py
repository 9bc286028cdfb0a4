"""Each need of those who run the monitor has tests that are there: see `rows.toml`."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

TESTS = Path(__file__).parent.parent
ROWS = tomllib.loads((Path(__file__).parent / "rows.toml").read_text(encoding="utf-8"))["row"]


@pytest.mark.parametrize("row", ROWS, ids=[row["title"] for row in ROWS])
def test_each_row_has_tests_that_are_there(row: dict[str, list[str]]) -> None:
    assert row["tests"]
    for test in row["tests"]:
        file, _, name = test.partition("::")
        text = (TESTS / file).read_text(encoding="utf-8")
        assert not name or f"def {name}(" in text, test
