"""The guards of the protocol: what each is, how it is taken out, and a scenario that must fail without it.

A scenario is given an empty folder and gives True where the promise is kept; whatever it raises says that it is not.
Taking a guard out sets attributes (`patch`), so that a test, or a monitor of its own (`Nursery.start(without=…)`), can.
"""

from __future__ import annotations

import contextlib
import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple
from unittest import mock

import clocks
import withdrawals
from rotting import loosen
from torturing import Store

from monitor.core.review import Verdict
from monitor.errors import RunInProgress, StoreError
from monitor.model import ChangeFilter
from monitor.runs import holding, keeping, lock, looking, mirroring, reviewcheck, upkeep
from monitor.runs import run as run_room
from monitor.runs.reviewing import decide, history, mirror
from monitor.runs.run import RunOptions, run
from monitor.runs.wiring import open_monitor
from monitor.schedule import watching
from monitor.stores import (
    engine,
    fastimport,
    files,
    folder,
    gitlaunch,
    housekeeping,
    objectreader,
    snapshotwriter,
    standing,
)
from monitor.stores import git as git_room
from monitor.stores.git import GitSnapshots
from monitor.stores.gitobjects import object_id
from monitor.stores.recovery import Recovery

Patch = Callable[[Any, str, Any], object]
NOW = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)


class Guard(NamedTuple):
    """`point` is the protocol's number."""

    point: int
    name: str
    take_out: Callable[[Patch], object]
    scenario: Callable[[Path], bool]


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
    settling = folder.Settling(2.0, sleep=waited.append)
    folder.scan(store.settings.watch.folder, {}, lambda *_: "0" * 40, folder.Rules(), settling, trusted=False)
    return bool(waited)


# --- 4: held


def held(scenario: withdrawals.Scenario) -> Callable[[Path], bool]:
    return lambda place: withdrawals.withdrawn(scenario, place) == (True, 0)


def without_more_than_a_few(patch: Patch) -> None:
    patch(holding, "FEW", 10_000)


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
        return bool(there.standing(str(there.head())))


def a_byte_that_changes_on_the_way_is_noticed(place: Path) -> bool:
    store, real = recorded(place), fastimport.blob
    store.edit()
    with mock.patch.object(fastimport, "blob", lambda data: real(data[:-1] + b"?")):
        try:
            store.run()
        except StoreError:
            return len(store.acknowledged) == 2
    return False


def by_the_ids_of_what_arrived(seen: looking.Look) -> Iterator[tuple[bytes, fastimport.TreeChange]]:
    """As the importer's own marks would name them."""
    for path in seen.differences:
        arrived = (seen.folder / path).read_bytes()[:-1] + b"?"
        yield b"documents/" + os.fsencode(path), fastimport.TreeChange("100644", object_id("blob", arrived))


def a_tree_that_is_not_as_asked_is_not_named(place: Path) -> bool:
    store, real = recorded(place), fastimport.commit

    def forgetful(ref: str, parent: str | None, header: Any, message: str, changes: Any) -> Iterator[bytes]:
        return real(ref, parent, header, message, dict(list(changes.items())[1:]))

    store.edit()
    with mock.patch.object(fastimport, "commit", forgetful), contextlib.suppress(StoreError):
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
            snapshotwriter.move(there._start, there.repository, "refs/heads/main", first, first)
        return there.head() == store.acknowledged[1]


def move_without_looking(start: Any, _repository: Path, ref: str, _before: str | None, after: str) -> None:
    snapshotwriter.run(start, ["update-ref", ref, after])


# --- 7: reading back


def a_flipped_bit_is_noticed(place: Path) -> bool:
    """A whole and well-formed object under another's name: git itself hands it out."""
    store = recorded(place)
    blobs = sorted(loosen(store.settings)["blob"])
    blobs[0].chmod(0o644)
    blobs[0].write_bytes(blobs[1].read_bytes())
    return any("has another id" in found.message for found in upkeep.verify(store.settings))


# --- 8: the lock


def nobody_writes_while_another_does(place: Path) -> bool:
    store = recorded(place, 1)
    with lock.StoreLock(store.settings.store.snapshots / "lock"):
        try:
            run(store.settings, RunOptions(settle=0))
        except RunInProgress:
            return True
    return False


def a_child_that_outlives_its_parent_holds_the_lock(place: Path) -> bool:
    store = recorded(place, 1)
    path = store.settings.store.snapshots / "lock"
    mine = lock.StoreLock(path)
    mine.acquire()
    with GitSnapshots(store.settings.store.snapshots / "history.git", mine.pass_fds) as there:
        child = there._start(["cat-file", "--batch"])
        mine.release()  # as the end of this process would
        try:
            with lock.StoreLock(path):
                return False
        except RunInProgress:
            return True
        finally:
            child.kill()


# --- 9: at the start


def what_a_killed_run_left_is_cleared(place: Path) -> bool:
    store = recorded(place)
    (store.settings.store.snapshots / "history.git" / "refs" / "heads" / "main.lock").touch()
    store.edit()
    store.run()
    return len(store.acknowledged) == 3


def nothing_is_built_upon_a_damaged_head(place: Path) -> bool:
    store = recorded(place, 4)  # the third edit brings a folder
    with newest(store) as there:
        commit = there._commit(str(there.head()))
        below = [line for line in _listed(there, commit.tree) if line.endswith("documents")]
    tree = below[0].split()[2] if below else commit.tree
    loosen(store.settings)
    (store.settings.store.snapshots / "history.git" / "objects" / tree[:2] / tree[2:]).unlink()
    store.settings.watch.folder.joinpath("brief.txt").write_text("Something else.\n")
    with newest(store) as there, contextlib.suppress(StoreError):
        looking.Blobs(there, there.head()).writer()
        return False
    return True


def _listed(store: GitSnapshots, tree: str) -> list[str]:
    return snapshotwriter.run(store._start, ["ls-tree", tree]).decode().splitlines()


def what_the_ledger_misses_is_folded(place: Path) -> bool:
    """A crash came between the snapshot and the ledger."""
    store = recorded(place)
    store.edit()
    with (
        mock.patch("monitor.runs.publish.catch_up", side_effect=KeyboardInterrupt),
        contextlib.suppress(KeyboardInterrupt),
    ):
        store.run()
    store.run()
    with open_monitor(store.settings) as monitor:
        return len(monitor.ledger.snapshots()) == 3


# --- 10: what people said


def reviewed(place: Path) -> tuple[Store, str]:
    store = recorded(place)
    with open_monitor(store.settings) as monitor:
        change = next(iter(monitor.ledger.changes(ChangeFilter(limit=1)))).id
        decide(monitor, [change], Verdict.FLAGGED, reviewer="Ada", at=NOW, comment="why?")
    mirror(store.settings)
    return store, change


def a_lost_database_loses_no_verdict(place: Path) -> bool:
    store, change = reviewed(place)
    for path in store.settings.store.snapshots.glob("reviews.db*"):
        path.unlink()
    with open_monitor(store.settings) as monitor:
        return [event.comment for event in history(monitor, change)] == ["why?"]


def an_altered_verdict_is_found(place: Path) -> bool:
    import sqlite3

    store, _ = reviewed(place)
    with closing(sqlite3.connect(store.settings.store.snapshots / "reviews.db")) as database, database:
        database.execute("UPDATE review_events SET comment = 'fine'")
    return bool(upkeep.verify(store.settings))


# --- 11: SQLite


def two_writers_wait_for_each_other(place: Path) -> bool:
    """Each reads before it writes, as all of ours do."""
    made = engine.open_engine(f"sqlite:///{place / 'a.db'}")
    with engine.writing(made) as connection:
        connection.exec_driver_sql("CREATE TABLE t (n INTEGER)")
    met, faults = threading.Barrier(2), []

    def add() -> None:
        try:
            with engine.writing(made) as connection:
                count = connection.exec_driver_sql("SELECT count(*) FROM t").scalar()
                with contextlib.suppress(threading.BrokenBarrierError):
                    met.wait(0.3)
                connection.exec_driver_sql(f"INSERT INTO t VALUES ({count})")
        except StoreError as error:
            faults.append(error)

    threads = [threading.Thread(target=add) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with engine.reading(made) as connection:
        rows = connection.exec_driver_sql("SELECT n FROM t ORDER BY n").scalars().all()
    made.dispose()
    return not faults and list(rows) == [0, 1]


# --- 12: the clock


def every_due_time_is_accounted_for(place: Path) -> bool:
    found = clocks.kept(clocks.TRIALS[0], place)
    return (found.twice, found.neither) == (0, 0)


def nightly_once(place: Path) -> bool:
    trial = next(
        one for one in clocks.TRIALS if "Vienna" in one.name and "back" in one.name and one.cron == clocks.NIGHTLY
    )
    return clocks.kept(trial, place).run == 2


def twice_a_night(*_: object) -> Callable[[datetime], datetime]:
    return lambda after: after + timedelta(hours=12)


GUARDS = [
    Guard(
        1,
        "our own folders are left out",
        lambda patch: patch(run_room, "Rules", lambda include, exclude, size, _: folder.Rules(include, exclude, size)),
        our_own_files_are_no_documents,
    ),
    Guard(
        2,
        "git has an environment of its own",
        lambda patch: patch(gitlaunch, "_variables", lambda _: iter([f"{k}={v}" for k, v in os.environ.items()])),
        gits_variables_do_not_lead_elsewhere,
    ),
    Guard(
        3,
        "O_NOFOLLOW",
        lambda patch: patch(files, "_OPEN_FILE", files._OPEN_FILE & ~os.O_NOFOLLOW),
        no_link_is_followed,
    ),
    Guard(
        3,
        "O_NONBLOCK",
        lambda patch: patch(files, "_OPEN_FILE", files._OPEN_FILE & ~os.O_NONBLOCK),
        nothing_is_waited_for,
    ),
    Guard(
        3,
        "a file's status before and after its reading is compared",
        lambda patch: patch(files, "row_of", lambda _: b""),
        a_file_that_changes_meanwhile_is_not_taken,
    ),
    Guard(
        3,
        "files settle",
        lambda patch: patch(folder.Settling, "left", lambda *_: 0),
        what_is_being_written_is_waited_for,
    ),
    Guard(4, "many that vanish", without_more_than_a_few, held(withdrawals.more_than_a_fifth_is_deleted)),
    Guard(
        4,
        "another device or inode",
        lambda patch: patch(looking.Look, "replaced", property(lambda _: False)),
        held(withdrawals.a_copy_that_lacks_a_document_takes_its_place),
    ),
    Guard(
        4,
        "a folder that cannot be opened",
        lambda patch: patch(folder._Walk, "_close", lambda *_: None),
        held(withdrawals.a_folder_in_it_may_not_be_opened),
    ),
    Guard(
        4,
        "a folder that cannot be listed",
        lambda patch: patch(folder._Walk, "_close", lambda *_: None),
        held(withdrawals.a_folder_in_it_cannot_be_listed),
    ),
    Guard(
        4,
        "a folder that is empty all at once",
        lambda patch: patch(holding, "_why_held", lambda *_: None),
        held(withdrawals.the_folder_is_emptied),
    ),
    Guard(
        5,
        "names that git refuses are encoded",
        lambda patch: patch(keeping, "encode_path", os.fsencode),
        names_that_git_refuses_are_kept,
    ),
    Guard(
        5,
        "what a tree cannot hold stands in a manifest",
        lambda patch: patch(standing.Standing, "to_bytes", lambda _: b""),
        failures_stand_beside_the_documents,
    ),
    Guard(
        6,
        "trees name blobs by the ids that were hashed",
        lambda patch: patch(keeping, "_documents", by_the_ids_of_what_arrived),
        a_byte_that_changes_on_the_way_is_noticed,
    ),
    Guard(
        6,
        "the tree is read back and compared",
        lambda patch: patch(snapshotwriter, "compare", lambda *_: None),
        a_tree_that_is_not_as_asked_is_not_named,
    ),
    Guard(
        6,
        "packs are synced before the branch names them",
        lambda patch: patch(snapshotwriter, "sync_folder", lambda _: None),
        what_cannot_be_synced_is_not_named,
    ),
    Guard(
        6,
        "the branch moves by compare-and-swap",
        lambda patch: patch(snapshotwriter, "move", move_without_looking),
        a_branch_that_has_moved_is_left_alone,
    ),
    Guard(
        7,
        "every object that is read is hashed",
        lambda patch: patch(objectreader, "object_id", lambda *_: mock.ANY),
        a_flipped_bit_is_noticed,
    ),
    Guard(
        8,
        "one lock for the store",
        lambda patch: patch(lock.StoreLock, "_wait_for", lambda *_: None),
        nobody_writes_while_another_does,
    ),
    Guard(
        8,
        "git's processes inherit the lock",
        lambda patch: patch(lock.StoreLock, "pass_fds", ()),
        a_child_that_outlives_its_parent_holds_the_lock,
    ),
    Guard(
        9,
        "stale locks are removed",
        lambda patch: patch(git_room.housekeeping, "tidy", lambda _: None),
        what_a_killed_run_left_is_cleared,
    ),
    Guard(
        9,
        "the head is checked before anything is written upon it",
        lambda patch: patch(Recovery, "damage", lambda *_, **__: None),
        nothing_is_built_upon_a_damaged_head,
    ),
    Guard(
        9,
        "the ledger is brought up to the head",
        lambda patch: patch(run_room, "_mark", lambda *_: None),
        what_the_ledger_misses_is_folded,
    ),
    Guard(
        10,
        "verdicts are on a branch, too",
        lambda patch: patch(mirroring, "mirror_locked", lambda _: None),
        a_lost_database_loses_no_verdict,
    ),
    Guard(
        10,
        "verify compares verdicts with their branch",
        lambda patch: patch(reviewcheck, "flaws_of_reviews", lambda _: iter(())),
        an_altered_verdict_is_found,
    ),
    Guard(
        11,
        "BEGIN IMMEDIATE",
        lambda patch: patch(engine, "_begin_sqlite", lambda connection: connection.exec_driver_sql("BEGIN")),
        two_writers_wait_for_each_other,
    ),
    Guard(
        12,
        "what was missed is told",
        lambda patch: patch(watching, "_missed", lambda *_: None),
        every_due_time_is_accounted_for,
    ),
    Guard(
        12,
        "a night's hour that occurs twice is one due time",
        lambda patch: patch(clocks, "timetable", twice_a_night),
        nightly_once,
    ),
]

# Taken out of a monitor in a process of its own, by name: what shows without them needs a power cut, or a signal
APART: dict[str, Callable[[Patch], object]] = {
    "core.fsync=all": lambda patch: patch(gitlaunch, "_SETTINGS", gitlaunch._SETTINGS | {"core.fsync": "none"}),
    "folders are synced": lambda patch: patch(housekeeping, "_sync", lambda _: None),
    "synchronous=FULL": lambda patch: patch(engine, "PRAGMAS", ("journal_mode=WAL", "synchronous=OFF")),
    "SIGTERM lets the run finish": lambda patch: patch(watching, "STOPPING", (signal.SIGINT,)),
}


def take_out(name: str) -> None:
    """Out of this process, for good."""
    APART[name](setattr)
