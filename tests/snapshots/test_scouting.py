"""What a second process finds of a large folder changes nothing but the time that a look takes."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.snapshots.capture_place import Place

from monitor.runs.lock import StoreLock
from monitor.stores import folder, scouting
from monitor.stores.folder import scan
from monitor.stores.scancache import ROW, FolderRecord
from monitor.stores.scanrules import Rules, Settling
from monitor.stores.scouting import Scout, scout_of

pytestmark = pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")  # pytest may have threads of its own
FILES = ("a.txt", "one/b.txt", "one/deep/c.txt", "two/d.txt", "two/e.txt", "zoo/f.txt")
PATIENCE = 60  # seconds for a busy machine


@pytest.fixture
def known(place: Place) -> dict[str, FolderRecord]:
    """The folders of a place with a few files, as a look has found them."""
    for name in FILES:
        os.utime(place.write(name, name.encode()), (1e9, 1e9))
    return looked_at(place, {})


def looked_at(place: Place, before: dict[str, FolderRecord]) -> dict[str, FolderRecord]:
    def take(data: bytes, _was: str | None) -> str:
        return data.hex().zfill(40)[:40]

    settling = Settling(0, now=lambda: time.time_ns() + 10**11)
    return scan(place.folder, before, take, Rules(), settling, trusted=bool(before)).folders


def told_by(scout: Scout, paths: set[str]) -> set[str]:
    """What the scout says of these folders, once it has said something of all, or has ended, or time is up."""
    until = time.monotonic() + PATIENCE
    found: set[str] = set()
    while found != paths and time.monotonic() < until:
        found = {path for path in paths if scout.unchanged(path)}
        time.sleep(0.001)
    return found


class Early(Scout):
    """One that has said all that it will say before the walk begins."""

    def __init__(self, root: int, before: dict[str, FolderRecord]) -> None:
        super().__init__(root, before)
        os.waitid(os.P_PID, self._process, os.WEXITED | os.WNOWAIT)


CHANGES: dict[str, Callable[[Path], object]] = {
    "nothing": lambda _: None,
    "a file is written": lambda root: (root / "two/d.txt").write_text("other"),
    "a file goes": lambda root: (root / "one/deep/c.txt").unlink(),
    "a file comes": lambda root: (root / "zoo/new.txt").write_text("new"),
    "a folder goes": lambda root: (root / "zoo").rename(root.parent / "zoo"),
    "a folder comes": lambda root: (root / "zoo/below").mkdir(),
    "a file takes a folder's place": lambda root: ((root / "zoo").rename(root.parent / "z"), (root / "zoo").touch()),
    "a link takes a folder's place": lambda root: (
        (root / "zoo").rename(root.parent / "z"),
        (root / "zoo").symlink_to(root.parent / "z"),
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_look_with_a_scout_finds_what_one_without_finds(
    change: str, place: Place, known: dict[str, FolderRecord], monkeypatch: pytest.MonkeyPatch
) -> None:
    CHANGES[change](place.folder)
    alone = looked_at(place, known)
    monkeypatch.setattr(folder, "scout_of", Early)
    assert looked_at(place, known) == alone


def test_a_scout_finds_the_folders_that_are_as_they_were(place: Place, known: dict[str, FolderRecord]) -> None:
    (place.folder / "two/d.txt").write_text("other")
    root = os.open(place.folder, os.O_RDONLY)
    scout = Scout(root, known)
    assert told_by(scout, known.keys() - {"two"}) == known.keys() - {"two"}
    until = time.monotonic() + PATIENCE
    while not scout.differs and time.monotonic() < until:
        assert not scout.unchanged("two")
    scout.end()
    os.close(root)
    assert scout.differs
    assert scout._found["two"] is False


def test_a_scout_of_a_folder_without_news_tells_of_none(place: Place, known: dict[str, FolderRecord]) -> None:
    root = os.open(place.folder, os.O_RDONLY)
    scout = Scout(root, known)
    assert told_by(scout, set(known)) == known.keys()
    scout.end()
    os.close(root)
    assert not scout.differs


def test_a_file_that_must_be_read_again_is_no_news_yet(place: Place, known: dict[str, FolderRecord]) -> None:
    rows = known["two"].rows
    again = known | {"two": known["two"]._replace(rows=bytes(ROW) + rows[ROW:])}
    root = os.open(place.folder, os.O_RDONLY)
    scout = Scout(root, again)
    os.waitid(os.P_PID, scout._process, os.WEXITED | os.WNOWAIT)
    assert scout.unchanged("two") is None
    assert not scout.differs
    scout.end()
    os.close(root)


@pytest.mark.parametrize("changed", ["a.txt", "zoo/f.txt"])
def test_what_comes_after_the_walk_is_made_ready_once_something_differs(
    changed: str, place: Place, known: dict[str, FolderRecord], monkeypatch: pytest.MonkeyPatch
) -> None:
    foreseen: list[str] = []

    def take(data: bytes, _was: str | None) -> str:
        foreseen.append("taken")
        return data.hex().zfill(40)[:40]

    def foresee() -> None:
        foreseen.append("foreseen")

    (place.folder / changed).write_text("other")
    monkeypatch.setattr(folder, "scout_of", Early)
    settling = Settling(0, now=lambda: time.time_ns() + 10**11)
    scan(place.folder, known, take, Rules(), settling, trusted=True, foresee=foresee)
    assert foreseen[0] == "foreseen"
    assert "taken" in foreseen


def test_no_process_is_left(place: Place, known: dict[str, FolderRecord], monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[Scout] = []

    def remembered(root: int, before: dict[str, FolderRecord]) -> Scout:
        begun.append(Scout(root, before))
        return begun[0]

    monkeypatch.setattr(folder, "scout_of", remembered)
    looked_at(place, known)
    with pytest.raises(ProcessLookupError):
        os.kill(begun[0]._process, 0)


def test_one_that_dies_at_once_is_not_missed(
    place: Place, known: dict[str, FolderRecord], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scouting, "_scout", lambda *_: os._exit(1))
    monkeypatch.setattr(folder, "scout_of", Scout)
    found = looked_at(place, known)
    assert all(found[path] is record for path, record in known.items())


def test_a_scout_does_not_hold_the_lock(
    place: Place, known: dict[str, FolderRecord], monkeypatch: pytest.MonkeyPatch
) -> None:
    lock, root = StoreLock(place.state / "lock"), os.open(place.folder, os.O_RDONLY)
    lock.acquire()
    monkeypatch.setattr(scouting, "_unchanged", lambda *_: time.sleep(10 * PATIENCE))
    scout = Scout(root, known)
    lock.release()
    lock.acquire(wait=PATIENCE)  # raises where it stays taken
    lock.release()
    scout.end()
    os.close(root)


def test_a_few_files_are_looked_at_alone(place: Place, known: dict[str, FolderRecord]) -> None:
    root = os.open(place.folder, os.O_RDONLY)
    assert scout_of(root, known) is None
    os.close(root)


def test_without_a_process_to_spare_the_walk_goes_alone(
    place: Place, known: dict[str, FolderRecord], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused() -> int:
        raise BlockingIOError

    root = os.open(place.folder, os.O_RDONLY)
    handles = len(os.listdir("/proc/self/fd"))
    monkeypatch.setattr(scouting, "WORTH", 0)
    monkeypatch.setattr(scouting._thread, "_count", lambda: 0)
    monkeypatch.setattr(scouting, "_processors", lambda: 2)
    monkeypatch.setattr(os, "fork", refused)
    assert scout_of(root, known) is None
    assert len(os.listdir("/proc/self/fd")) == handles
    os.close(root)
