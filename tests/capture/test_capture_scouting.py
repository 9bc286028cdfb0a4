"""What a second process finds of a large folder changes nothing but the time that a look takes."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from captureplace import Place

from monitor.runs.lock import StoreLock
from monitor.stores import folder, scouting
from monitor.stores.folder import scan
from monitor.stores.scancache import FolderRecord
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
        found = {path for path in paths if scout.found_unchanged(path)}
        time.sleep(0.001)
    return found


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
    class Early(Scout):
        """One that has said all that it will say before the walk begins."""

        def __init__(self, root: int, before: dict[str, FolderRecord]) -> None:
            super().__init__(root, before)
            os.waitid(os.P_PID, self._process, os.WEXITED | os.WNOWAIT)

    CHANGES[change](place.folder)
    alone = looked_at(place, known)
    monkeypatch.setattr(folder, "scout_of", Early)
    assert looked_at(place, known) == alone


def test_a_scout_finds_the_folders_that_are_as_they_were(place: Place, known: dict[str, FolderRecord]) -> None:
    (place.folder / "two/d.txt").write_text("other")
    root = os.open(place.folder, os.O_RDONLY)
    scout = Scout(root, known)
    assert told_by(scout, known.keys() - {"two"}) == known.keys() - {"two"}
    scout.end()
    assert not scout_says_two(scout)
    os.close(root)


def scout_says_two(scout: Scout) -> bool:
    return "two" in scout._same


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
