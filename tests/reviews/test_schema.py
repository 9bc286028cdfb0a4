"""The kept tables have a version; an older database is brought up after a copy of it was put aside."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from monitor.app import review
from monitor.app.monitor import Monitor
from monitor.core.review.events import Verdict
from monitor.errors import StoreError
from monitor.ledger.database import Transaction, open_database
from monitor.reviews.schema import MIGRATIONS, prepare
from tests.reviews.queue_entries import NOW, entry_of
from tests.support.workspace import Workspace

Opened = Callable[[Workspace], Monitor]

NEXT = len(MIGRATIONS) + 2  # the version that a migration of the test leads to


def add_colour(transaction: Transaction) -> None:
    transaction.execute("ALTER TABLE review_events ADD COLUMN colour TEXT DEFAULT 'red'")


def fail_halfway(transaction: Transaction) -> None:
    add_colour(transaction)
    raise StoreError("out of luck")


def reviewed(story: Workspace, opened: Opened) -> Path:
    """A database with a verdict in it."""
    monitor = opened(story)
    review.decide(monitor, [entry_of(monitor, "divers").change.id], Verdict.FLAGGED, reviewer="Ada", at=NOW)
    monitor.close()
    return story.root / "snapshots/reviews.db"


def rows(path: Path, query: str) -> list[tuple[object, ...]]:
    with sqlite3.connect(path) as connection:
        return connection.execute(query).fetchall()


def test_a_new_database_is_of_the_present_version(place: Workspace, opened: Opened) -> None:
    review.refresh(opened(place))
    assert rows(place.root / "snapshots/reviews.db", "SELECT value FROM review_marks WHERE name = 'schema'") == [
        (str(len(MIGRATIONS) + 1),)
    ]


def test_a_migration_keeps_what_was_said_and_a_copy_of_what_was(story: Workspace, opened: Opened) -> None:
    path = reviewed(story, opened)
    prepare(open_database(f"sqlite:///{path}"), [*MIGRATIONS, add_colour])
    assert rows(path, "SELECT DISTINCT verdict, colour FROM review_events") == [("flagged", "red")]
    copy = path.with_name(f"reviews.db.v{NEXT - 1}")
    assert rows(copy, "SELECT DISTINCT verdict FROM review_events") == [("flagged",)]
    assert "colour" not in {row[1] for row in rows(copy, "PRAGMA table_info(review_events)")}


def test_a_migration_that_fails_leaves_everything_as_it_was(story: Workspace, opened: Opened) -> None:
    path = reviewed(story, opened)
    with pytest.raises(StoreError, match="out of luck"):
        prepare(open_database(f"sqlite:///{path}"), [*MIGRATIONS, fail_halfway])
    assert entry_of(opened(story), "divers").verdicts == {"flagged": 2}


def test_a_database_of_a_newer_program_is_left_alone(story: Workspace, opened: Opened) -> None:
    path = reviewed(story, opened)
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE review_marks SET value = '99' WHERE name = 'schema'")
    before = path.read_bytes()
    with pytest.raises(StoreError, match="newer program"):
        review.refresh(opened(story))
    assert path.read_bytes() == before


def test_another_layout_of_the_queue_costs_no_verdict(story: Workspace, opened: Opened) -> None:
    path = reviewed(story, opened)
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE review_marks SET value = '0' WHERE name = 'disposable'")
        connection.execute("DELETE FROM review_states")
    assert entry_of(opened(story), "divers").verdicts == {"flagged": 2}
