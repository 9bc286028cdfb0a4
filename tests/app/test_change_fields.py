"""When a change happened, whether it was announced, and whether it is one of front matter."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from monitor.model import Change
from tests.app.test_fold_stories import History
from tests.support.workspace import Workspace, day

TERMS = "Last updated: {date}\n\nThe fee is {fee} euros a year.\n\nThe harbour stays open to all boats.\n"


def announced(changes: list[Change]) -> set[bool | None]:
    return {change.announced for change in changes}


@pytest.mark.parametrize(
    ("date", "fee", "expected"),
    [("3 May 2026", "30", {False}), ("9 June 2026", "30", {True}), ("9 June 2026", "20", {True})],
    ids=["silent", "announced", "date alone"],
)
def test_a_change_is_announced_by_a_new_date_line(date: str, fee: str, expected: set[bool]) -> None:
    history = History()
    history.see(a=TERMS.format(date="3 May 2026", fee="20"))
    assert announced(history.see(a=TERMS.format(date=date, fee=fee))) == expected


def test_without_a_date_line_announced_is_unknown() -> None:
    history = History()
    history.see(a="The fee is 20 euros a year.")
    assert announced(history.see(a="The fee is 30 euros a year.")) == {None}


def test_a_document_that_is_new_announces_nothing() -> None:
    history = History()
    history.see(a="The fee is 20 euros a year.")
    changes = history.see(a="The fee is 20 euros a year.", b=TERMS.format(date="3 May 2026", fee="20"))
    assert announced(changes) == {None}


FRONT = "---\ntitle: {title}\n---\n\nThe fee is {fee} euros a year.\n"


@pytest.fixture
def folder(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path)


def test_changes_of_front_matter_are_metadata(folder: Workspace) -> None:
    folder.write("a.md", FRONT.format(title="Fees", fee=20))
    folder.run(0)
    folder.write("a.md", FRONT.format(title="Prices", fee=30))
    folder.run(1)
    found = {change["after"][0]["text"]: change["metadata"] for change in folder.log()}
    assert found == {"title: Prices": True, "The fee is 30 euros a year.": False}
    left = folder.log("--no-metadata")
    assert [change["metadata"] for change in left] == [False]


def test_removed_front_matter_is_metadata_still(folder: Workspace) -> None:
    folder.write("a.md", FRONT.format(title="Fees", fee=20))
    folder.run(0)
    folder.write("a.md", "The fee is 20 euros a year.\n")
    folder.run(1)
    assert {change["before"][0]["text"]: change["metadata"] for change in folder.log()} == {"title: Fees": True}


def test_positions_count_from_one(folder: Workspace) -> None:
    folder.write("a.txt", "One fee is due.\n\nTwo fees are due.\n")
    folder.run(0)
    folder.write("a.txt", "One fee is due.\n\nTwo fees were due.\n")
    folder.run(1)
    (change,) = folder.log()
    assert [side["position"] for side in (*change["before"], *change["after"])] == [2, 2]


def test_seen_before_is_the_snapshot_before() -> None:
    history = History()
    first = history.see(a="The fee is 20 euros a year.")
    (change,) = history.see(a="The fee is 30 euros a year.")
    assert change.taken_at - (change.seen_before or change.taken_at) == timedelta(days=1)
    assert {one.seen_before for one in first} <= {None}


def test_seen_before_is_the_last_look_and_survives_a_rebuild(folder: Workspace) -> None:
    folder.write("a.txt", "The fee is 20 euros a year.\n")
    folder.run(0)
    folder.monitor("run")  # nothing new: no snapshot, but a look
    folder.write("a.txt", "The fee is 30 euros a year.\n")
    folder.monitor("run")
    (change,) = folder.log()
    assert change["seen_before"] > day(0)
    assert change["seen_before"] <= change["taken_at"]
    (folder.snapshots / "runs.jsonl").unlink()
    folder.monitor("rebuild")
    assert folder.log() == [change]


def test_silent_changes_can_be_asked_for(folder: Workspace) -> None:
    folder.write("a.txt", TERMS.format(date="3 May 2026", fee=20))
    folder.write("b.txt", TERMS.format(date="3 May 2026", fee=20))
    folder.run(0)
    folder.write("a.txt", TERMS.format(date="3 May 2026", fee=30))
    folder.write("b.txt", TERMS.format(date="9 June 2026", fee=30))
    folder.run(1)
    assert {change["document"] for change in folder.log("--silent")} == {"a.txt"}
    assert {change["document"] for change in folder.log("--announced")} == {"b.txt"}
