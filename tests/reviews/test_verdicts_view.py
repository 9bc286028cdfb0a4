"""The view of the reviews that people read beside those of the ledger: a row for each thing that a reviewer did."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

from monitor.app import review
from monitor.app.monitor import Monitor
from monitor.core.review.events import Verdict
from tests.reviews.queue_entries import NOW, entry_of
from tests.support.workspace import Workspace

Opened = Callable[[Workspace], Monitor]


def reviewed(place: Workspace, opened: Opened) -> list[str]:
    """A verdict that is taken back, and a comment; the changes concerned."""
    monitor = opened(place)
    change = entry_of(monitor, "divers").change.id
    done = review.decide(monitor, [change], Verdict.FLAGGED, reviewer="Ada", at=NOW, comment="why?")
    review.undo(monitor, [change], reviewer="Ada", at=NOW)
    review.comment(monitor, [change], "hm", reviewer="Ben", at=NOW)
    monitor.close()
    return sorted(event.change for event in done.events)


def test_it_says_who_did_what_and_what_was_undone(story: Workspace, opened: Opened) -> None:
    changes = reviewed(story, opened)
    with sqlite3.connect(story.root / "snapshots/reviews.db") as reviews:
        found = reviews.execute(
            "SELECT act, verdict, reviewer, comment, undone FROM verdicts_view WHERE change_id = ? ORDER BY at",
            (changes[0],),
        ).fetchall()
    assert sorted(found, key=str) == sorted(
        [
            ("verdict", "flagged", "Ada", "why?", 1),
            ("undo", None, "Ada", None, 0),
            ("comment", None, "Ben", "hm", 0),
        ],
        key=str,
    )


def test_it_joins_the_changes_of_the_ledger(story: Workspace, opened: Opened) -> None:
    changes = reviewed(story, opened)
    with sqlite3.connect(story.root / "snapshots/ledger.db") as ledger:
        ledger.execute("ATTACH ? AS reviews", (str(story.root / "snapshots/reviews.db"),))
        found = ledger.execute(
            "SELECT DISTINCT c.change_id FROM changes_view c"
            " JOIN reviews.verdicts_view v ON v.change_id = c.change_id AND v.act = 'verdict'"
        ).fetchall()
    assert sorted(change for (change,) in found) == changes
