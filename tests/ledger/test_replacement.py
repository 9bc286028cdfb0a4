"""A ledger that is made beside another one and takes its place at once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.app.fold import catch_up, fold_again
from monitor.ledger.database import Database, open_database
from monitor.ledger.queries import LedgerQueries
from monitor.ledger.replacement import replacement
from monitor.ledger.writer import LedgerWriter
from monitor.model import ChangeFilter
from tests.ledger.postgresql_server import fresh_url, needs_postgresql
from tests.support.memory_store import MemorySnapshots

START = datetime(2026, 1, 5, 8, tzinfo=UTC)
EVERYTHING = ChangeFilter(baseline=True)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=needs_postgresql)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/ledger.db" if request.param == "sqlite" else fresh_url()


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    database = open_database(url)
    yield database
    database.close()


@pytest.fixture
def store() -> MemorySnapshots:
    store = MemorySnapshots()
    for day, days in enumerate((30, 60, 90)):
        store.add({"a.txt": f"Pay within {days} days. Ask the mayor.\n".encode()}, START + timedelta(days=day))
    return store


@pytest.fixture
def ledger(database: Database, store: MemorySnapshots) -> LedgerWriter:
    ledger = LedgerWriter(database)
    catch_up(store, ledger)
    return ledger


def test_a_fold_again_gives_the_same_rows(store: MemorySnapshots, ledger: LedgerWriter) -> None:
    before = list(ledger.rows())
    fold_again(store, ledger)
    assert list(ledger.rows()) == before


def test_readers_see_the_old_ledger_until_the_end(url: str, store: MemorySnapshots, ledger: LedgerWriter) -> None:
    seen: list[int] = []

    def look(_what: str, _done: int, _total: int | None) -> None:
        reader = open_database(url, read_only=True)
        seen.append(len(list(LedgerQueries(reader).changes(EVERYTHING))))
        reader.close()

    fold_again(store, ledger, look)
    assert seen == [5, 5, 5]


def test_a_reader_goes_on_while_the_ledger_is_replaced(tmp_path: Path, store: MemorySnapshots) -> None:
    url = f"sqlite:///{tmp_path}/ledger.db"
    ledger = LedgerWriter(open_database(url))
    catch_up(store, ledger)
    reader = open_database(url, read_only=True)
    with reader.read_transaction() as transaction:
        before = transaction.values("SELECT id FROM changes")
        store.add({"a.txt": b"Pay within 9 days. Ask the mayor.\n"}, START + timedelta(days=9))
        fold_again(store, ledger)
        assert transaction.values("SELECT id FROM changes") == before
    with reader.read_transaction() as transaction:
        assert len(transaction.values("SELECT id FROM changes")) == len(before) + 1
    reader.close()


def test_an_interrupted_one_leaves_the_old_ledger(store: MemorySnapshots, ledger: LedgerWriter) -> None:
    before = list(ledger.rows())

    def stop(_what: str, done: int, _total: int | None) -> None:
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fold_again(store, ledger, stop)
    assert list(ledger.rows()) == before
    fold_again(store, ledger)
    assert list(ledger.rows()) == before


def test_nothing_is_left_beside_the_ledger(tmp_path: Path, store: MemorySnapshots) -> None:
    ledger = LedgerWriter(open_database(f"sqlite:///{tmp_path}/ledger.db"))
    catch_up(store, ledger)
    fold_again(store, ledger)
    ledger.database.close()
    assert [path.name for path in tmp_path.iterdir()] == ["ledger.db"]


def test_upgrades_that_were_recorded_are_carried_over(database: Database, store: MemorySnapshots) -> None:
    ledger = LedgerWriter(database)
    catch_up(store, ledger)
    rules = ledger.fingerprint() or ""
    with replacement(database, rules) as beside:
        catch_up(store, LedgerWriter(beside.database))
        beside.record_upgrade(START, "older rules", rules)
    fold_again(store, ledger)
    with database.read_transaction() as transaction:
        assert transaction.rows('SELECT "before", gone, "new" FROM upgrades') == [("older rules", 0, 0)]


def test_what_an_upgrade_brings_is_marked(database: Database, store: MemorySnapshots, ledger: LedgerWriter) -> None:
    """As if the rules of before had not found the last revision."""
    asked = LedgerQueries(database)
    newest = next(iter(asked.changes(ChangeFilter())))
    with database.write_transaction() as transaction:
        transaction.execute("DELETE FROM changes WHERE id = :id", {"id": newest.id})
        transaction.execute("UPDATE meta SET value = 'older rules' WHERE name = 'fingerprint'")
    catch_up(store, ledger)
    assert [change.id for change in asked.changes(ChangeFilter()) if change.technical_upgrade] == [newest.id]
