"""A ledger that was emptied, cut short, lost or exchanged: `verify` says so, and what it names makes it whole again."""

from __future__ import annotations

import os
import re
import shutil
import signal
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from sqlite3 import OperationalError, connect
from typing import Any

import pytest

from monitor.app import status
from monitor.app.maintenance import verify
from monitor.app.monitor import open_monitor
from monitor.app.run import RunOptions, run
from monitor.cli.main import run as command
from monitor.config import load
from monitor.errors import StoreError
from tests.reliability.nursery import Nursery

WAIT = 60.0  # seconds for a rebuild to begin
CONFIGURATION = '[watch]\nsettle = "0 s"\n[report]\nformats = ["json"]\n'


class Place:
    """A watched folder, its store, and the reports that runs wrote."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.store = root / "snapshots"
        self.ledger = self.store / "ledger.db"
        (root / "seeds").mkdir(parents=True)
        (root / "monitor.toml").write_text(CONFIGURATION)
        self.settings = load(root, None, {}, {})

    def write(self, text: str, document: str = "a.txt") -> None:
        (self.root / "seeds" / document).write_text(text)

    def run(self) -> tuple[str | None, int]:
        """One run: its message and how many changes it reports."""
        done, changes = run(self.settings, RunOptions(settle=0))
        assert done.changes == sum(not change.baseline for change in changes)
        return done.message, done.changes

    def rows(self) -> list[Any]:
        with open_monitor(self.settings) as monitor:
            return list(monitor.writer.rows())

    def findings(self) -> list[str]:
        return [f"{one.what} {one.message}" for one in verify(self.settings)]

    def reports(self) -> set[str]:
        return {path.name for path in (self.root / "reports").glob("*")}

    def folds(self) -> int | None:
        """How many snapshots the ledger lists, as another process sees it; None while there is none."""
        try:
            with closing(connect(f"file:{self.ledger}?mode=ro", uri=True)) as ledger:
                found: int = ledger.execute("SELECT count(*) FROM folds").fetchone()[0]
                return found
        except OperationalError:
            return None


def days(place: Place, number: int) -> None:
    for at in range(number):
        place.write(f"The harbour is open. It may take {at + 30} boats. Nobody has asked yet.\n")
        place.run()


@pytest.fixture
def place(tmp_path: Path) -> Place:
    made = Place(tmp_path / "place")
    days(made, 5)
    shutil.copy(made.ledger, tmp_path / "older.db")
    days(made, 3)
    return made


def sql(statement: str) -> Callable[[Place], None]:
    def cut(place: Place) -> None:
        with closing(connect(place.ledger)) as ledger, ledger:
            ledger.execute(statement)

    return cut


def remove(place: Place) -> None:
    for path in place.store.glob("ledger.db*"):
        path.unlink()


def remove_and_read(place: Place) -> None:
    remove(place)
    assert command(["-C", str(place.root), "log"]) == 4  # and nothing is made


def empty(place: Place) -> None:
    remove(place)
    place.ledger.touch()


def put_back_an_older_one(place: Place) -> None:
    remove(place)
    shutil.copy(place.root.parent / "older.db", place.ledger)


def put_in_that_of_another_store(place: Place) -> None:
    other = Place(place.root.parent / "other")
    days(other, 8)
    remove(place)
    shutil.copy(other.ledger, place.ledger)


def reset(place: Place) -> None:
    """What a rebuild leaves that is killed before its first batch."""
    with open_monitor(place.settings) as monitor:
        fingerprint = monitor.writer.fingerprint()
        assert fingerprint is not None
        monitor.writer.reset(fingerprint)


HARMS = {
    "removed": remove,
    "removed, then read": remove_and_read,
    "emptied": empty,
    "reset": reset,
    "all folds deleted": sql("DELETE FROM folds"),
    "the last fold deleted": sql("DELETE FROM folds WHERE seq = 8"),
    "a fold deleted": sql("DELETE FROM folds WHERE seq = 4"),
    "an older copy": put_back_an_older_one,
    "another store's": put_in_that_of_another_store,
}
each_harm = pytest.mark.parametrize("harm", HARMS.values(), ids=HARMS)
OWN = {name: harm for name, harm in HARMS.items() if name != "another store's"}
each_harm_of_its_own = pytest.mark.parametrize("harm", OWN.values(), ids=OWN)


@each_harm_of_its_own
def test_an_idle_run_makes_the_ledger_whole_again(place: Place, harm: Callable[[Place], None]) -> None:
    before, reports = place.rows(), place.reports()
    harm(place)
    message, changes = place.run()
    assert message is not None
    assert re.fullmatch(r"the ledger was brought up to date: \d snapshots? folded", message)
    assert changes == 0
    assert place.rows() == before
    assert place.reports() == reports
    assert place.findings() == []
    assert place.run() == (None, 0)


@each_harm
def test_verify_names_a_command_that_mends_the_ledger(
    place: Place, harm: Callable[[Place], None], capsys: pytest.CaptureFixture[str]
) -> None:
    before = place.rows()
    harm(place)
    there = place.ledger.exists()
    capsys.readouterr()
    assert command(["-C", str(place.root), "verify"]) == 4
    assert place.ledger.exists() == there
    first = capsys.readouterr().out.splitlines()[0]
    assert first.startswith("! ledger: ")
    named = re.search("`monitor ([a-z]+)`", first)
    assert named is not None
    assert command(["-C", str(place.root), named[1]]) == 0
    assert place.rows() == before
    assert command(["-C", str(place.root), "verify"]) == 0


@each_harm_of_its_own
def test_only_what_is_new_is_reported_afterwards(place: Place, harm: Callable[[Place], None]) -> None:
    reports = place.reports()
    harm(place)
    place.write("The harbour is open. It may take 99 boats. Nobody has asked yet.\n")
    _, changes = place.run()
    assert changes == 1
    assert len(place.reports() - reports) == 1
    place.run()
    assert place.findings() == []


def test_what_no_run_reported_is_news_still(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    def dies(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("monitor.app.fold.fold_snapshot", dies)
    place.write("The harbour is open. It may take 99 boats. Nobody has asked yet.\n")
    with pytest.raises(KeyboardInterrupt):
        place.run()
    monkeypatch.undo()
    empty(place)
    assert place.run() == ("the ledger was brought up to date: 8 snapshots folded", 1)
    assert place.run() == (None, 0)


def test_a_report_that_could_not_be_written_follows(place: Place) -> None:
    (place.root / "reports").rename(place.root / "aside")
    (place.root / "reports").touch()
    place.write("The harbour is open. It may take 99 boats. Nobody has asked yet.\n")
    with pytest.raises(FileExistsError):
        place.run()
    (place.root / "reports").unlink()
    assert place.run() == (None, 1)
    assert len(place.reports()) == 1
    assert place.run() == (None, 0)


@pytest.mark.parametrize("more", [False, True], ids=["nothing new since", "another edit since"])
@pytest.mark.parametrize("step", ["publish", "write_feeds_and_notices"])
def test_changes_of_a_run_that_ends_before_it_reports_follow(
    place: Place, monkeypatch: pytest.MonkeyPatch, step: str, more: bool
) -> None:
    def dies(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(f"monitor.app.publish.{step}", dies)
    place.write("The harbour is open. It may take 99 boats. Nobody has asked yet.\n")
    with pytest.raises(KeyboardInterrupt):
        place.run()
    monkeypatch.undo()
    if more:
        place.write("One more sentence.\n", "b.txt")
    message, changes = place.run()
    assert message is None
    assert changes == (3 if more else 1)  # a document that appears is a change besides its sentence
    assert place.run() == (None, 0)


def test_rebuild_reports_an_interrupted_run_only_once(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    def dies(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("monitor.app.fold.fold_snapshot", dies)
    place.write("The harbour is open. It may take 99 boats. Nobody has asked yet.\n")
    with pytest.raises(KeyboardInterrupt):
        place.run()
    monkeypatch.undo()
    reports = place.reports()
    assert command(["-C", str(place.root), "rebuild"]) == 0
    assert len(place.reports() - reports) == 1
    empty(place)
    assert place.run() == ("the ledger was brought up to date: 9 snapshots folded", 0)


def test_verify_names_the_rebuild_where_a_run_would_be_held(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    empty(place)
    shutil.rmtree(place.root / "seeds")
    assert command(["-C", str(place.root), "verify"]) == 4
    assert "`monitor rebuild`" in capsys.readouterr().out
    assert command(["-C", str(place.root), "rebuild"]) == 0
    assert command(["-C", str(place.root), "verify"]) == 0


def test_a_store_without_snapshots_is_verified_without_a_ledger(tmp_path: Path) -> None:
    place = Place(tmp_path / "place")
    place.store.mkdir()
    assert place.findings() == []
    assert list(place.store.iterdir()) == []


def garble(place: Place) -> None:
    place.ledger.write_bytes(b"no database" * 1000)


def be_elsewhere(place: Place) -> None:
    server = '[store]\nledger = "postgresql+psycopg://nobody:secret@127.0.0.1:1/none"\n'
    (place.root / "monitor.toml").write_text(CONFIGURATION + server)


@pytest.mark.parametrize("harm", [garble, be_elsewhere])
def test_an_idle_run_fails_where_the_ledger_cannot_be_asked(
    place: Place, harm: Callable[[Place], None], capsys: pytest.CaptureFixture[str]
) -> None:
    assert place.run() == (None, 0)
    harm(place)
    if harm is be_elsewhere:
        pytest.importorskip("psycopg")
    assert command(["-C", str(place.root), "run"]) == StoreError.exit_status
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("monitor: the ledger ")
    assert "secret" not in said.err
    last = status.last(place.settings.journal)
    assert last is not None
    assert last.outcome == "failed"


# --- real kills


@pytest.fixture
def large(tmp_path: Path) -> Place:
    """One whose rebuild takes long enough to be met in the middle, and an earlier history to import into it."""
    place = Place(tmp_path / "place")
    for at in range(8):
        for name in ("a.txt", "b.txt"):
            place.write("".join(f"Berth {at * (n % 7)} of pier {n} is free.\n\n" for n in range(400)), name)
        place.run()
    for day in ("2020-01-01", "2020-02-01"):
        folder = tmp_path / "earlier" / day
        folder.mkdir(parents=True)
        (folder / "a.txt").write_text(f"Berth 1 of pier 1 is free on {day}.\n")
    return place


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL, signal.SIGINT])
@pytest.mark.parametrize("what", ["rebuild", "import"])
def test_a_killed_rebuild_or_import_is_completed_by_the_next_run(
    what: str, number: signal.Signals, large: Place, nursery: Nursery, capsys: pytest.CaptureFixture[str]
) -> None:
    before, reports = large.rows(), large.reports()
    words = ["rebuild"] if what == "rebuild" else ["import", str(large.root.parent / "earlier"), "--continues"]
    child = nursery.start(["-C", str(large.root), *words])
    beside = large.root / "snapshots" / "ledger.new.db"
    end = time.monotonic() + WAIT
    while not beside.exists():
        assert time.monotonic() < end, "no ledger was made beside the old one"
    os.kill(child.pid, number)
    child.listen()
    assert child.status != 0
    assert large.rows() == before

    folded = 8 if what == "rebuild" else 10
    assert command(["-C", str(large.root), "verify"]) == (0 if what == "rebuild" else 4)
    capsys.readouterr()
    assert command(["-C", str(large.root), "run"]) == 0
    capsys.readouterr()
    if what == "rebuild":
        assert large.rows() == before
    assert large.folds() == folded
    assert large.reports() == reports
    assert command(["-C", str(large.root), "verify"]) == 0
    capsys.readouterr()
    assert command(["-C", str(large.root), "run"]) == 0
    assert capsys.readouterr().out == "nothing changed\n"
