"""What the protocol promises of reading and writing (points 1 to 7), a promise a function.

Each is given an empty folder, and gives True where the promise is kept; whatever it raises says that it is not.
`guards` has what each of them needs.
"""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unittest import mock

from monitor.app import maintenance
from monitor.errors import StoreError
from monitor.snapshots import files, scan, writer
from monitor.snapshots import writer as snapshots_writer
from monitor.snapshots.repository import GitSnapshots
from tests.reliability import withdrawals
from tests.reliability.rotting import loosen
from tests.reliability.torturing import Store

NOW = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)


def recorded(place: Path, times: int = 2) -> Store:
    store = Store(place)
    for _ in range(times):
        store.edit()
        store.run()
    return store


def newest(store: Store) -> GitSnapshots:
    return GitSnapshots(store.settings.store.snapshots / "history.git")


def documents(store: Store) -> dict[str, bytes]:
    """What the newest snapshot holds."""
    with newest(store) as there:
        held = there.manifest(str(there.head()))
        return {path: there.read(version.blob) for path, version in held.items()}


# --- 1-2: state outside, git kept apart


def our_own_files_are_no_documents(place: Path) -> bool:
    (place / "monitor.toml").write_text('[watch]\nfolder = "."\nexclude = ["monitor.toml"]\n')
    store = recorded(place)
    return not any(path.startswith("snapshots/") for path in documents(store))


def gits_variables_do_not_lead_elsewhere(place: Path) -> bool:
    with mock.patch.dict(os.environ, {"GIT_OBJECT_DIRECTORY": str(place / "elsewhere"), "GIT_CONFIG_COUNT": "x"}):
        recorded(place)
    return not (place / "elsewhere").exists()


# --- 3: reading


def read(place: Path, name: str) -> bytes | None:
    handle = os.open(place, os.O_RDONLY)
    try:
        return files.read_regular(handle, name, None)[1]
    finally:
        os.close(handle)


def no_link_is_followed(place: Path) -> bool:
    (place / "secret").write_text("s3cret")
    (place / "link").symlink_to("secret")
    with contextlib.suppress(OSError):
        return read(place, "link") is None
    return True


def nothing_is_waited_for(place: Path) -> bool:
    """A pipe that took the place of a file."""
    os.mkfifo(place / "pipe")

    def late(*_: object) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, late)
    signal.setitimer(signal.ITIMER_REAL, 0.3)
    try:
        return read(place, "pipe") is None
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def a_file_that_changes_meanwhile_is_not_taken(place: Path) -> bool:
    path, real = place / "a.txt", os.read
    path.write_text("one half")

    def slow(handle: int, size: int) -> bytes:
        data = real(handle, size)
        path.write_text("1 half..")
        return data

    with mock.patch("os.read", slow):
        return read(place, "a.txt") is None


def what_is_being_written_is_waited_for(place: Path) -> bool:
    store = Store(place)
    store.edit()
    waited: list[float] = []
    settling = scan.SettleOptions(2.0, sleep=waited.append)
    scan.scan(store.settings.watch.folder, {}, lambda *_: "0" * 40, scan.ScanRules(), settling, trusted=False)
    return bool(waited)


# --- 4: held


def held(scenario: withdrawals.Scenario) -> Callable[[Path], bool]:
    return lambda place: withdrawals.withdrawn(scenario, place) == (True, 0)


def carried_forward(scenario: withdrawals.Scenario) -> Callable[[Path], bool]:
    return lambda place: withdrawals.withdrawn(scenario, place) == (False, 0)


# --- 5-6: writing


def names_that_git_refuses_are_kept(place: Path) -> bool:
    store = Store(place)
    names = ("nested/.git/config", "%41.txt", "%2Egit")
    for name in names:
        path = store.settings.watch.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"[{name}]\n")
    store.run()
    return documents(store) == {name: f"[{name}]\n".encode() for name in names}


def failures_stand_beside_the_documents(place: Path) -> bool:
    store = recorded(place)
    (store.settings.watch.folder / "link").symlink_to("nowhere")
    store.run()
    with newest(store) as there:
        return bool(there.capture_failures(str(there.head())))


def a_byte_that_changes_on_the_way_is_noticed(place: Path) -> bool:
    store, real = recorded(place), snapshots_writer.blob_command
    store.edit()
    with mock.patch.object(snapshots_writer, "blob_command", lambda data: real(data[:-1] + b"?")):
        try:
            store.run()
        except StoreError:
            return len(store.acknowledged) == 2
    return False


def a_tree_that_is_not_as_asked_is_not_named(place: Path) -> bool:
    store, real = recorded(place), snapshots_writer.commit_command

    def forgetful(ref: str, parent: str | None, header: Any, message: str, changes: Any) -> Iterator[bytes]:
        return real(ref, parent, header, message, dict(list(changes.items())[1:]))

    store.edit()
    with mock.patch.object(snapshots_writer, "commit_command", forgetful), contextlib.suppress(StoreError):
        store.run()
    with newest(store) as there:
        return there.head() == store.acknowledged[1] and len(store.acknowledged) == 2


def what_cannot_be_synced_is_not_named(place: Path) -> bool:
    store = recorded(place)
    store.edit()

    def broken(_: int) -> None:
        raise OSError(5, "Input/output error")

    with mock.patch("os.fsync", broken), contextlib.suppress(StoreError):
        store.run()
    with newest(store) as there:
        return there.head() == store.acknowledged[1]


def a_branch_that_has_moved_is_left_alone(place: Path) -> bool:
    store = recorded(place)
    with newest(store) as there:
        first = store.acknowledged[0]
        with contextlib.suppress(StoreError):
            writer.move_ref(there._start, there.repository, "refs/heads/main", first, first)
        return there.head() == store.acknowledged[1]


# --- 7: reading back


def a_flipped_bit_is_noticed(place: Path) -> bool:
    """A whole and well-formed object under another's name: git itself hands it out."""
    store = recorded(place)
    blobs = sorted(loosen(store.settings)["blob"])
    blobs[0].chmod(0o644)
    blobs[0].write_bytes(blobs[1].read_bytes())
    return any("does not match its id" in found.message for found in maintenance.verify(store.settings))
