"""History, ledger and reviews know to which store they belong; a history that lost snapshots holds the run."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from monitor.app import status
from monitor.app.maintenance import rebuild, recover, verify
from monitor.app.monitor import open_monitor
from monitor.app.run import RunOptions, run
from monitor.config import Settings, load
from monitor.errors import RunHeld, StoreError
from monitor.snapshots.git_objects import LIVE, STORE
from tests.support.driver import monitor as command_line
from tests.support.reviewing import comment_on_newest


class Place:
    """A watched folder with a store, and copies of the store as it was."""

    def __init__(self, root: Path, days: int) -> None:
        self.root, self.store = root, root / "snapshots"
        (root / "seeds").mkdir(parents=True)
        (root / "monitor.toml").write_text('[watch]\nsettle = "0 s"\n[report]\nformats = []\n')
        self.settings: Settings = load(root, None, {}, {})
        self.number = 0
        self.record(days)

    def record(self, days: int = 1) -> None:
        for _ in range(days):
            self.number += 1
            (self.root / "seeds" / "a.txt").write_text(f"The port is open. It takes {self.number} boats a day.\n")
            run(self.settings, RunOptions(settle=0))

    def keep(self, name: str) -> None:
        shutil.copytree(self.store, self.root.parent / name)

    def put_back(self, name: str, *parts: str) -> None:
        """Parts of the store as they were when it was kept."""
        for part in parts:
            self.remove(part)
            kept = self.root.parent / name / part
            if kept.is_dir():
                shutil.copytree(kept, self.store / part)
            elif kept.exists():
                shutil.copy(kept, self.store / part)

    def remove(self, *parts: str) -> None:
        for part in parts:
            for path in self.store.glob(f"{part}*"):
                shutil.rmtree(path) if path.is_dir() else path.unlink()

    def rows(self) -> list[object]:
        with open_monitor(self.settings) as monitor:
            return list(monitor.writer.rows())

    def findings(self) -> list[str]:
        return [f"{one.what}: {one.message}" for one in verify(self.settings)]


@pytest.fixture
def place(tmp_path: Path) -> Place:
    made = Place(tmp_path / "place", 2)
    made.keep("older")
    made.record(2)
    comment_on_newest(made.settings, "seen")
    return made


@pytest.fixture
def other(tmp_path: Path) -> Place:
    made = Place(tmp_path / "other", 3)
    comment_on_newest(made.settings, "elsewhere")
    return made


# --- the id


def test_history_ledger_and_reviews_have_one_id(place: Place) -> None:
    with open_monitor(place.settings) as monitor:
        own = monitor.snapshots.store_id()
        assert own is not None
        with monitor.ledger_database.read_transaction() as transaction:
            assert transaction.value("SELECT value FROM meta WHERE name = 'store'") == own
        assert monitor.reviews.mark("store") == own


def test_two_stores_have_two_ids(place: Place, other: Place) -> None:
    with open_monitor(place.settings) as one, open_monitor(other.settings) as two:
        assert one.snapshots.store_id() != two.snapshots.store_id()


def test_a_store_of_an_earlier_version_gets_an_id(place: Place) -> None:
    before = (place.store / "history.git" / STORE).read_text()
    (place.store / "history.git" / STORE).unlink()
    run(place.settings, RunOptions(settle=0))
    assert (place.store / "history.git" / STORE).read_text() == before
    assert place.findings() == []


@pytest.mark.parametrize("part", ["ledger.db", "reviews.db"])
def test_a_database_of_another_store_is_neither_read_nor_written(place: Place, other: Place, part: str) -> None:
    shutil.copytree(other.store, place.root.parent / "foreign")
    place.put_back("foreign", part)
    data = (place.store / part).read_bytes()
    place.number += 1
    with pytest.raises(StoreError, match="another store's"):
        place.record()
    assert (place.store / part).read_bytes() == data
    words = ("log",) if part == "ledger.db" else ("review", "list")
    assert "another store's" in command_line("-C", place.root, *words, status=4).message


@pytest.mark.parametrize(("part", "command"), [("ledger.db", rebuild), ("reviews.db", recover)])
def test_the_advised_command_puts_our_own_in_its_place(
    place: Place, other: Place, part: str, command: Callable[[Settings], object]
) -> None:
    before = place.rows()
    shutil.copytree(other.store, place.root.parent / "foreign")
    place.put_back("foreign", part)
    assert any(f"`monitor {command.__name__}`" in line for line in place.findings())
    command(place.settings)
    assert place.findings() == []
    assert place.rows() == before
    assert len(list(place.store.glob(f"{part.removesuffix('.db')}.aside-*.db"))) == 1


def test_a_history_of_another_store_is_refused_by_all(place: Place, other: Place) -> None:
    shutil.copytree(other.store, place.root.parent / "foreign")
    place.put_back("foreign", "history.git")
    for command in (lambda: place.record(), lambda: rebuild(place.settings), lambda: recover(place.settings)):
        with pytest.raises(StoreError, match=r"history .* is another store's"):
            command()
    assert any("`monitor restore`" in line for line in place.findings())


# --- a history that lacks snapshots


def behead(place: Place) -> None:
    """Two snapshots back, with all objects there."""
    ref = place.store / "history.git" / LIVE
    ref.write_text((place.root.parent / "older" / "history.git" / LIVE).read_text())


def test_run_and_rebuild_are_held_where_the_ledger_knows_more(place: Place) -> None:
    before = place.rows()
    place.put_back("older", "history.git")
    for command in (lambda: place.record(), lambda: rebuild(place.settings), lambda: recover(place.settings)):
        with pytest.raises(RunHeld, match=r"lacks snapshot .* the ledger knows.*--accept-history"):
            command()
    assert place.rows() == before
    assert any("lacks snapshot" in line for line in place.findings())


@pytest.mark.parametrize(
    ("lost", "who"),
    [
        (("ledger.db",), "the reviews know"),
        (("ledger.db", "reviews.db"), "the last run has recorded"),
        (("ledger.db", "reviews.db", "scan.cache"), "the last run has recorded"),
    ],
)
def test_what_is_left_holds_the_run_where_the_ledger_is_gone(place: Place, lost: tuple[str, ...], who: str) -> None:
    place.put_back("older", "history.git")
    place.remove(*lost)
    with pytest.raises(RunHeld, match=who):
        place.record()


def test_a_history_that_is_gone_is_not_begun_again(place: Place) -> None:
    shutil.rmtree(place.store / "history.git")
    with pytest.raises(RunHeld, match="lacks snapshot"):
        place.record()
    assert not (place.store / "history.git").exists()


def test_accepting_a_shorter_history_keeps_the_ledger_aside(place: Place) -> None:
    place.put_back("older", "history.git")
    done, _ = run(place.settings, RunOptions(settle=0, accept_history=True))
    assert "kept in" in str(done.message)
    (aside,) = place.store.glob("ledger.aside-*.db")
    shutil.copy(aside, place.root.parent / "kept.db")
    assert place.findings() == []
    place.record()
    assert place.findings() == []


def test_a_history_can_be_begun_again(place: Place) -> None:
    place.remove("history.git")
    done, _ = run(place.settings, RunOptions(settle=0, accept_history=True))
    assert done.outcome == "recorded"
    assert place.findings() == []
    assert len(list(place.store.glob("ledger.aside-*.db"))) == 1
    place.record()
    assert place.findings() == []


def test_recover_goes_to_the_newest_snapshot_that_was_recorded(place: Place) -> None:
    before, head = place.rows(), (place.store / "history.git" / LIVE).read_text()
    behead(place)
    with pytest.raises(RunHeld, match="`monitor recover`"):
        place.record()
    assert recover(place.settings) is not None
    assert (place.store / "history.git" / LIVE).read_text() == head
    assert place.rows() == before
    assert place.findings() == []


def test_a_held_run_says_so_in_the_journal(place: Place) -> None:
    place.put_back("older", "history.git")
    command_line("-C", place.root, "run", status=6)
    last = status.last(place.settings.journal)
    assert last is not None
    assert last.outcome == "held"


# --- files of the repository that say the same everywhere


@pytest.mark.parametrize("name", ["HEAD", "config"])
@pytest.mark.parametrize("content", [None, b"", b"\0\1\2"])
def test_constant_files_of_the_history_are_written_again(place: Place, name: str, content: bytes | None) -> None:
    file = place.store / "history.git" / name
    file.unlink() if content is None else file.write_bytes(content)
    assert any(f"history.git/{name}" in line and "`monitor run`" in line for line in place.findings())
    place.record()
    assert place.findings() == []


def test_a_shallow_file_in_the_history_is_put_aside(place: Place) -> None:
    (place.store / "history.git" / "shallow").write_text((place.store / "history.git" / LIVE).read_text())
    assert any("history.git/shallow" in line for line in place.findings())
    place.record()
    assert place.findings() == []


# --- verdicts: two copies


def events(place: Place) -> list[str | None]:
    with open_monitor(place.settings) as monitor:
        return [event.comment for event in monitor.reviews.events_after(0)]


def test_events_that_the_branch_lacks_are_added_by_the_next_run(place: Place) -> None:
    (place.store / "history.git" / "refs" / "heads" / "reviews").unlink()
    comment_on_newest(place.settings, "later", sync=False)
    assert any("lacks event" in line and "`monitor run`" in line for line in place.findings())
    run(place.settings, RunOptions(settle=0))
    assert place.findings() == []
    place.remove("reviews.db")
    run(place.settings, RunOptions(settle=0))
    assert events(place) == ["seen", "later"]


def test_events_that_the_database_lacks_are_restored(place: Place) -> None:
    place.keep("one")
    comment_on_newest(place.settings, "later")
    place.put_back("one", "reviews.db")
    run(place.settings, RunOptions(settle=0))
    assert events(place) == ["seen", "later"]
    assert place.findings() == []


def test_each_copy_gets_what_only_the_other_has(place: Place) -> None:
    place.keep("one")
    comment_on_newest(place.settings, "on the branch")
    place.put_back("one", "reviews.db")
    comment_on_newest(place.settings, "in the database", sync=False)
    run(place.settings, RunOptions(settle=0))
    assert sorted(map(str, events(place))) == ["in the database", "on the branch", "seen"]
    place.remove("reviews.db")
    run(place.settings, RunOptions(settle=0))
    assert sorted(map(str, events(place))) == ["in the database", "on the branch", "seen"]
    assert place.findings() == []
