"""What is asked of imported documents: their names begin with the import's, their paths in the snapshots do not."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.app import queries
from monitor.app.compare import diff, explain_change
from monitor.app.monitor import open_monitor
from monitor.core.time_expressions import Point
from monitor.model import Snapshot
from tests.support.git_histories import DAY, START, ImportWorkspace, Made, make_repository

BRIEF = b"The council meets on Monday. It may cover 30 divers. Nobody has answered yet.\n"
LATER = BRIEF.replace(b"may cover 30", b"will cover 45")


@pytest.fixture
def imported(place: ImportWorkspace, tmp_path: Path) -> ImportWorkspace:
    commits = [Made({"a.txt": BRIEF}, START), Made({"a.txt": LATER}, START + DAY)]
    commits.append(Made({"a.txt": None, "notes/b.txt": LATER}, START + 2 * DAY))
    place.take(make_repository(tmp_path / "council", commits))
    return place


def at(snapshot: Snapshot) -> Point:
    return Point(snapshot.id, snapshot.taken_at, snapshot)


def test_change_has_the_reasons_of_its_link(imported: ImportWorkspace) -> None:
    (change,) = (one for one in imported.changes() if one.kind == "revised")
    with open_monitor(imported.settings) as monitor:
        assert any("words" in reason for reason in explain_change(monitor.snapshots, change).link)


def test_two_snapshots_are_compared_by_the_documents_names(imported: ImportWorkspace) -> None:
    first, second, third = map(at, imported.recorded())
    with open_monitor(imported.settings) as monitor:
        told = diff(monitor.snapshots, monitor.ledger, first, second)
        assert [one.after.path for one in told if one.after] == ["council/a.txt"]
        (renamed,) = diff(monitor.snapshots, monitor.ledger, second, third)
    assert renamed.before is not None
    assert renamed.after is not None
    assert (renamed.before.path, renamed.after.path) == ("council/a.txt", "council/notes/b.txt")


def test_a_name_that_another_document_had_then_gives_its_bytes(imported: ImportWorkspace) -> None:
    first = at(imported.recorded()[0])
    with open_monitor(imported.settings) as monitor:
        assert queries.bytes_at(monitor.snapshots, monitor.ledger, "council/a.txt", first) == BRIEF
