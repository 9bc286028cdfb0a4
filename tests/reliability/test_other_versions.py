"""A ledger that another version of the monitor made: the error says what helps, and it does."""

from __future__ import annotations

import os
from contextlib import closing
from pathlib import Path
from sqlite3 import connect

import pytest

from tests.support.driver import monitor


def write(place: Path, text: str, time: float) -> None:
    path = place / "seeds/a.txt"
    path.write_text(text)
    os.utime(path, (time, time))


@pytest.fixture
def older(tmp_path: Path) -> Path:
    """A place whose ledger has not all the columns of today, and says that other rules made it."""
    (tmp_path / "seeds").mkdir()
    write(tmp_path, "The council will meet on Monday.\n", 1e9)
    monitor("-C", tmp_path, "run")
    with closing(connect(tmp_path / "snapshots/ledger.db")) as ledger:
        ledger.execute("ALTER TABLE changes DROP COLUMN copies")
        ledger.execute("UPDATE meta SET value = 'older' WHERE name = 'fingerprint'")
        ledger.commit()
    return tmp_path


def test_query_it_cannot_answer_is_an_error_with_advice(older: Path) -> None:
    assert monitor("-C", older, "log", status=4).message.endswith(
        "another version of the monitor made it; `monitor rebuild` makes it again\n"
    )


@pytest.mark.parametrize("verb", ["run", "rebuild"])
def test_ledger_of_an_older_schema_is_rebuilt(verb: str, older: Path) -> None:
    write(older, "The council will meet on Tuesday.\n", 1.1e9)
    for command in (verb, "log", "verify"):
        monitor("-C", older, command)
