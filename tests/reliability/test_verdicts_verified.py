"""`verify` compares what people said with the branch that keeps it, and a lost database is filled from there."""

from __future__ import annotations

import sqlite3
import subprocess
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime

import pytest

from monitor.app import review_branch
from monitor.app.maintenance import verify
from monitor.app.monitor import REVIEWS_TAKEN, open_monitor
from monitor.app.review import comment, decide, history, sync_branch
from monitor.core.review.events import Verdict
from monitor.model import ChangeFilter
from monitor.reviews import events
from monitor.reviews.events import Reviews
from tests.reliability.torturing import Store

NOW = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)


@pytest.fixture
def reviewed(store: Store) -> Store:
    """A verdict, and a comment after it, both on the branch."""
    with open_monitor(store.settings) as monitor:
        change = newest(store)
        decide(monitor, [change], Verdict.FLAGGED, reviewer="Ada", at=NOW, comment="why?")
        assert sync_branch(store.settings)
        comment(monitor, [change], "ah", reviewer="Ben", at=NOW)
    assert sync_branch(store.settings)
    return store


class Killed(BaseException):
    """As far as anything else of the process goes."""


def killed(*_: object, **__: object) -> str:
    raise Killed


def newest(store: Store) -> str:
    with open_monitor(store.settings) as monitor:
        return next(iter(monitor.ledger.changes(ChangeFilter(limit=1)))).id


def sql(statement: str) -> Callable[[Store], None]:
    def deed(store: Store) -> None:
        with closing(sqlite3.connect(store.settings.store.snapshots / "reviews.db")) as database, database:
            database.execute(statement)

    return deed


def lose(store: Store) -> None:
    for path in store.settings.store.snapshots.glob("reviews.db*"):
        path.unlink()


def damage(store: Store) -> None:
    sql("PRAGMA wal_checkpoint(TRUNCATE)")(store)
    file = store.settings.store.snapshots / "reviews.db"
    data = bytearray(file.read_bytes())
    data[4096 * 2 : 4096 * 3] = bytes(4096)
    file.write_bytes(data)


def set_back(store: Store) -> None:
    git = ["git", "--git-dir", str(store.settings.store.snapshots / "history.git")]
    subprocess.run([*git, "update-ref", "refs/heads/reviews", "reviews~1"], check=True)


def test_untouched_reviews_verify(reviewed: Store) -> None:
    assert verify(reviewed.settings) == []


CASES = {
    "a verdict of the database is another": (
        sql("UPDATE review_events SET verdict = 'accepted' WHERE verdict IS NOT NULL"),
        "has another verdict than on the branch reviews",
    ),
    "a comment of the database is another": (
        sql("UPDATE review_events SET comment = 'so what' WHERE act = 'comment'"),
        "has another comment than on the branch reviews",
    ),
    "an event is missing in the database": (
        sql("DELETE FROM review_events WHERE act = 'comment'"),
        "lacks event",
    ),
    "what stands is not what was said": (
        sql("UPDATE review_states SET verdict = 'dismissed'"),
        "stored verdict does not match its history",
    ),
    "the database is gone": (lose, "the database is missing: the branch reviews has 2 events"),
    "the branch lacks an event": (set_back, "lacks event"),
}


@pytest.mark.parametrize(("deed", "message"), CASES.values(), ids=CASES.keys())
def test_difference_is_reported_with_its_document(reviewed: Store, deed: Callable[[Store], None], message: str) -> None:
    deed(reviewed)
    found = [one for one in verify(reviewed.settings) if message in one.message]
    assert found
    assert {one.documents for one in found} == {("brief.txt",)}


def test_a_damaged_database_is_found(reviewed: Store) -> None:
    damage(reviewed)
    assert {one.what for one in verify(reviewed.settings)} == {"reviews"}


def test_a_damaged_branch_is_found(reviewed: Store) -> None:
    with open_monitor(reviewed.settings) as monitor:
        head = str(events.branch_head(monitor.snapshots))
    (reviewed.settings.store.snapshots / "history.git/refs/heads/reviews").write_text(f"{head[:-8]}00000000\n")
    assert "branch reviews" in {one.what for one in verify(reviewed.settings)}


def test_verdict_waiting_for_the_branch_is_not_missing(reviewed: Store) -> None:
    with open_monitor(reviewed.settings) as monitor:
        comment(monitor, [newest(reviewed)], "one more", reviewer="Ben", at=NOW)
    assert verify(reviewed.settings) == []


def test_a_lost_database_is_filled_from_the_branch(reviewed: Store) -> None:
    change = newest(reviewed)
    with open_monitor(reviewed.settings) as monitor:
        before = history(monitor, change)
    lose(reviewed)
    with open_monitor(reviewed.settings) as monitor:
        assert history(monitor, change) == before
    assert verify(reviewed.settings) == []


def test_kill_after_the_branch_moved_does_no_harm(reviewed: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    change = newest(reviewed)
    with open_monitor(reviewed.settings) as monitor:
        comment(monitor, [change], "the last word", reviewer="Ben", at=NOW)
    monkeypatch.setattr(Reviews, "set_mark", killed)
    with pytest.raises(Killed):
        sync_branch(reviewed.settings)
    monkeypatch.undo()
    with open_monitor(reviewed.settings) as monitor:
        comment(monitor, [change], "and one more", reviewer="Ben", at=NOW)
    reviewed.run()
    assert verify(reviewed.settings) == []
    with open_monitor(reviewed.settings) as monitor:
        told = list(events.branch_events(monitor.snapshots, str(events.branch_head(monitor.snapshots))))
    assert [event.comment for event in told] == ["why?", "ah", "the last word", "and one more"]


def test_kill_before_the_branch_moved_loses_no_verdict(reviewed: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    change = newest(reviewed)
    with open_monitor(reviewed.settings) as monitor:
        comment(monitor, [change], "the last word", reviewer="Ben", at=NOW)
    monkeypatch.setattr(review_branch, "append_to_branch", killed)
    with pytest.raises(Killed):
        sync_branch(reviewed.settings)
    monkeypatch.undo()
    reviewed.run()  # which finds nothing new in the folder
    assert not (reviewed.settings.store.snapshots / REVIEWS_TAKEN).exists()
    lose(reviewed)
    with open_monitor(reviewed.settings) as monitor:
        assert [event.comment for event in history(monitor, change)] == ["why?", "ah", "the last word"]


@pytest.mark.parametrize(
    "column",
    ["review_events SET act = 'vdrdict'", "review_events SET at = 'soon'", "review_states SET verdict = 'odd'"],
)
def test_unknown_value_in_the_database_is_reported(reviewed: Store, column: str) -> None:
    sql(f"UPDATE {column}")(reviewed)
    (found,) = verify(reviewed.settings)
    assert found.what == "reviews"
    assert "cannot be read" in found.message
