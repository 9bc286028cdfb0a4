"""What the command line says of a statement that other documents hold too."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.driver import Monitor

OATH = "The harbour master answers for the buoys of the harbour."


@pytest.fixture
def copied(monitor: Monitor, here: Path) -> Path:
    """Two documents with one sentence, which the first then revises."""
    (here / "seeds").mkdir()
    for name in ("rules.txt", "notice.txt"):
        (here / "seeds" / name).write_text(OATH)
    monitor("run", "--settle", "0", "--taken-at", "2026-01-01")
    (here / "seeds/rules.txt").write_text(OATH.replace("the buoys", "the lights"))
    monitor("run", "--settle", "0", "--taken-at", "2026-01-02")
    return here


def test_a_change_says_how_many_kept_the_old_text(monitor: Monitor, copied: Path) -> None:
    assert "1 statement of other documents kept the old text" in monitor("log").text


def test_a_statement_is_shown_with_its_copies(monitor: Monitor, copied: Path) -> None:
    (copied / "seeds/poster.txt").write_text(OATH)
    monitor("run", "--settle", "0", "--taken-at", "2026-01-03")
    blamed = monitor("blame", "notice.txt", "--format", "json").json()
    text = monitor("show", blamed[0]["statement"]).text
    assert "copy" in text
    assert "in poster.txt" in text
    assert "rules.txt" not in text
