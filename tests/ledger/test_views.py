"""The views that people read give what the command line gives, in words."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from monitor.app.fold import catch_up
from monitor.core.text.language import spoken
from monitor.ledger.database import Database, open_database
from monitor.ledger.queries import LedgerQueries
from monitor.ledger.views import VIEWS
from monitor.ledger.writer import LedgerWriter, ledger_damage
from monitor.model import Change, ChangeFilter, Level
from tests.ledger.postgresql_server import fresh_url, needs_postgresql
from tests.support.memory_store import MemorySnapshots

TYPES = {"text": str, "integer": int, "real": float, "boolean": (bool, int)}
START = datetime(2026, 1, 5, 8, tzinfo=UTC)
FERRY = "The ferry runs every hour."
DAYS = [
    {"a.txt": f"Pay within 30 days. Ask the mayor.\n\n{FERRY}\n"},
    {"a.txt": "Pay within 45 days. Ask the mayor.\n", "b.txt": "The harbour is open.\n"},
    {"a.txt": f"Ask the mayor. Pay within 45 days.\n\n{FERRY}\n", "c.txt": "The harbour is open.\n"},
    {"a.txt": f"Ask the mayor.\n\n{FERRY}\n", "c.txt": "The harbour is open, and the quay. It closes at night.\n"},
]


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=needs_postgresql)])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    database = open_database(f"sqlite:///{tmp_path}/ledger.db" if request.param == "sqlite" else fresh_url())
    store = MemorySnapshots()
    for day, documents in enumerate(DAYS):
        store.add({path: text.encode() for path, text in documents.items()}, START + timedelta(days=day))
    catch_up(store, LedgerWriter(database))
    yield database
    database.close()


def rows(database: Database, query: str) -> list[tuple[Any, ...]]:
    with database.read_transaction() as transaction:
        return transaction.rows(query)


def test_every_view_can_be_read(database: Database) -> None:
    for name in VIEWS:
        assert rows(database, f"SELECT * FROM {name}")


def test_every_view_has_the_columns_that_are_described(database: Database) -> None:
    for name, view in VIEWS.items():
        described = ", ".join(f'"{column.name}"' for column in view.columns)
        first = rows(database, f"SELECT {described} FROM {name}")[0]
        assert len(first) == len(rows(database, f"SELECT * FROM {name}")[0])
        for value, column in zip(first, view.columns, strict=True):
            assert value is None or isinstance(value, TYPES[column.type]), (name, column.name)


@pytest.mark.parametrize("name", VIEWS)
def test_verify_finds_a_view_that_is_missing_or_altered(database: Database, name: str) -> None:
    assert ledger_damage(database) == []
    with database.write_transaction() as transaction:
        transaction.execute(f"DROP VIEW {name}")
    assert ledger_damage(database) == [f"the view {name} is missing or altered; `monitor rebuild` makes it again"]
    if database.dialect == "sqlite":
        with database.write_transaction() as transaction:
            transaction.execute(f"CREATE VIEW {name} AS SELECT 1 AS one")
        assert len(ledger_damage(database)) == 1


def test_changes_are_those_of_the_log(database: Database) -> None:
    logged = list(LedgerQueries(database).changes(ChangeFilter(baseline=True)))
    found = rows(
        database,
        "SELECT change_id, level, kind, significance, aspects, document, document_before, document_id, snapshot,"
        " statement_id, position_before, position_after, text_before, text_after, similarity, cause,"
        " language, aspects_known"
        " FROM changes_view",
    )
    assert sorted(found) == sorted(map(_row, logged))


def test_a_change_has_the_language_of_its_texts(database: Database) -> None:
    logged = list(LedgerQueries(database).changes(ChangeFilter(baseline=True)))
    assert {one.level for one in logged} == set(Level)
    for change in logged:
        texts = [side.text for side in (*change.before, *change.after)]
        expected = spoken(texts, change.document_language) if change.level is Level.STATEMENT else (None, None)
        assert (change.language, change.aspects_known) == expected


def _row(change: Change) -> tuple[object, ...]:
    sides = change.after or change.before
    return (
        change.id,
        str(change.level),
        str(change.kind),
        str(change.significance),
        json.dumps(list(change.aspects), separators=(",", ":")),
        change.document,
        change.document_before,
        change.document_id,
        change.snapshot,
        sides[0].statement if sides else None,
        change.before[0].ordinal + 1 if change.before else None,
        change.after[0].ordinal + 1 if change.after else None,
        "\n".join(side.text for side in change.before) if change.before else None,
        "\n".join(side.text for side in change.after) if change.after else None,
        pytest.approx(change.similarity) if change.similarity is not None else None,
        change.cause,
        change.language,
        change.aspects_known,
    )


def test_statements_have_their_position(database: Database) -> None:
    found = rows(database, "SELECT document, position, text FROM statements_now ORDER BY document, position")
    assert found == [
        ("a.txt", 1, "Ask the mayor."),
        ("a.txt", 2, FERRY),
        ("c.txt", 1, "The harbour is open, and the quay."),
        ("c.txt", 2, "It closes at night."),
    ]


def test_statements_are_those_of_blame(database: Database) -> None:
    asked = LedgerQueries(database)
    document = asked.document("a.txt")
    assert document is not None
    found = rows(
        database,
        "SELECT statement_id, position, text, kind, revisions FROM statements_now"
        " WHERE document = 'a.txt' ORDER BY position",
    )
    assert found == [
        (one.statement, one.ordinal + 1, one.text, one.kind, one.revisions) for one in asked.blame(document.id)
    ]


def test_a_revision_lasts_until_the_next(database: Database) -> None:
    found = rows(
        database,
        "SELECT text, since, until FROM revisions_view WHERE text LIKE 'Pay%' ORDER BY revision",
    )
    days = [(START + timedelta(days=day)).strftime("%Y-%m-%dT%H:%M:%S.%fZ") for day in range(4)]
    assert found == [("Pay within 30 days.", days[0], days[1]), ("Pay within 45 days.", days[1], days[3])]


def test_versions_name_the_path_of_then(database: Database) -> None:
    found = rows(database, "SELECT document, path FROM versions_view WHERE document = 'c.txt' ORDER BY taken_at")
    assert found == [("c.txt", "b.txt"), ("c.txt", "c.txt"), ("c.txt", "c.txt")]
