"""Each command that writes, killed at moments that chance names, while the log is read: nothing is lost or wrong."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from monitor.app.monitor import RESTORING, StoreLock
from tests.reliability.command_kills import COMMANDS, KillTrials
from tests.reliability.nursery import Nursery
from tests.support.workspace import Workspace, moment


@pytest.mark.slow
@pytest.mark.parametrize("name", COMMANDS)
def test_killed_command_loses_nothing(tmp_path: Path, nursery: Nursery, name: str) -> None:
    trials = KillTrials(tmp_path, name, nursery, random.Random(name), whole=4)
    found = [trials.trial(family=number % 2 == 0) for number in range(8)]
    assert [one for one in found if not one.unharmed] == []
    assert any(one.struck for one in found)


@pytest.fixture
def interrupted(tmp_path: Path) -> Workspace:
    """A place where a restore was interrupted before the history was there, and a backup in `../copy`."""
    first = Workspace(tmp_path / "first")
    for number in range(2):
        first.record({"offer.txt": f"The offer stands. It needs {number} votes."}, moment(number))
    first.monitor("backup", tmp_path / "copy")
    place = Workspace(tmp_path / "place")
    place.write("offer.txt", "The offer stands.")
    (place.snapshots / RESTORING).mkdir(parents=True)
    for name in ("reviews.db", "stopped.json", "watched.by"):  # as runs leave them that failed meanwhile
        (place.snapshots / name).touch()
    return place


@pytest.mark.parametrize(
    "line", ["log", "search offer", "run", "rebuild", "import ../first/seeds", "verify", "recover", "review list"]
)
def test_nothing_is_begun_where_a_restore_was_interrupted(interrupted: Workspace, line: str) -> None:
    found = interrupted.monitor(*line.split(), status=4)
    assert "`monitor restore` from the same backup" in f"{found.text} {found.message}"
    interrupted.monitor("restore", "../copy")
    assert len(interrupted.log()) == 1
    assert interrupted.findings() == []


def test_empty_ledger_that_is_being_made_is_no_empty_record(tmp_path: Path) -> None:
    place = Workspace(tmp_path)
    for number in range(2):
        place.record({"offer.txt": f"The offer stands. It needs {number} votes."}, moment(number))
    for path in place.snapshots.glob("ledger.db*"):
        path.unlink()
    with StoreLock(place.snapshots / "lock", "monitor rebuild"):
        found = place.monitor("log", status=4)
    assert found.message.startswith("monitor: the ledger is being made by `monitor rebuild` (pid ")
    assert found.text == ""
