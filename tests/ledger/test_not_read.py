"""What readers left out is in the ledger, with each version, in both databases."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.app.fold import catch_up
from monitor.ledger.database import Database, open_database
from monitor.ledger.queries import LedgerQueries
from monitor.ledger.statistics import LedgerStatistics
from monitor.ledger.writer import LedgerWriter
from monitor.model import NotRead
from tests.ledger.postgresql_server import fresh_url, needs_postgresql
from tests.support.memory_store import MemorySnapshots

START = datetime(2026, 1, 5, 8, tzinfo=UTC)
PICTURE = b"\x89PNG\0"
WHY = "not read, no reader for .png"
ODD = os.fsdecode(b"\xff.\xfe")


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=needs_postgresql)])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    database = open_database(f"sqlite:///{tmp_path}/a.db" if request.param == "sqlite" else fresh_url())
    yield database
    database.close()


def fold(database: Database, *days: dict[str, bytes]) -> list[str]:
    """Fold what the folder holds on each day; the ids of the snapshots."""
    store = MemorySnapshots()
    for day, files in enumerate(days):
        store.add(files, START + timedelta(days=day))
    catch_up(store, LedgerWriter(database))
    return [one.id for one in store.snapshots("")]


def test_present_documents_are_listed_by_path(database: Database) -> None:
    fold(database, {"b.png": PICTURE, "a.png": PICTURE, "gone.png": PICTURE}, {"b.png": PICTURE, "a.png": PICTURE})
    assert LedgerQueries(database).not_read() == [NotRead("a.png", WHY), NotRead("b.png", WHY)]
    assert LedgerQueries(database).counts().not_read == 2


def test_only_what_is_new_since_a_snapshot(database: Database) -> None:
    days = fold(
        database,
        {"a.png": PICTURE},
        {"a.png": PICTURE + b"x", "b.png": PICTURE},
        {"a.png": PICTURE, "b.png": PICTURE},
    )
    ledger = LedgerQueries(database)
    found = [[one.path for one in ledger.not_read(day)] for day in days]
    assert found == [["a.png", "b.png"], ["b.png"], []]


def test_version_keeps_its_note(database: Database) -> None:
    fold(database, {"a.txt": b"\x00\x01"}, {"a.txt": b"The fee is 10."}, {"a.png": PICTURE, "a.txt": b"The fee is 10."})
    ledger, pages = LedgerQueries(database), LedgerStatistics(database)
    document = ledger.document("a.png")
    assert document is not None
    assert [one.notes for one in pages.versions(document.id)] == [(WHY,)]
    document = ledger.document("a.txt")
    assert document is not None
    assert [one.notes for one in pages.versions(document.id)] == [(), ()]


def test_name_that_is_not_utf8_can_be_told(database: Database) -> None:
    fold(database, {ODD: b"\0\1"})
    assert LedgerQueries(database).not_read() == [NotRead(ODD, "not read, no reader for .?")]
