"""What a snapshot costs, in time and on the disk, against plain git on a work tree of the same files."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from curves import Chart
from figures import Figure
from measuring import Measured, Usage, call, ratio, spread, walls
from place import Bench, commit_all, disk_of, first_commit, git, monitor, ours_alone
from slices import edit, path_of

from monitor.app.capture import capture
from monitor.app.monitor import HISTORY, SCAN_CACHE
from monitor.snapshots.files import ScanRules, SettleOptions
from monitor.snapshots.git_log import DOCUMENTS
from monitor.snapshots.git_objects import FILE, object_id
from monitor.snapshots.repository import GitSnapshots
from monitor.snapshots.scan_cache import ScanCache
from monitor.snapshots.writer import NewSnapshot, TreeChange

COMMIT = "`git add -A && git commit`"
SNAPSHOTS, EACH = 100, 20  # of the row about the disk: so many snapshots, in each so many files changed


def storing(bench: Bench) -> Iterator[Figure | tuple[str, Chart]]:
    yield from _first(bench)
    yield from _disk(bench)
    size = bench.size(100_000, 1_000)
    for changed, store_most, run_most in ((1, 0.1, 1.3), (100, 0.25, 1.4)):
        measured = _changed(bench, size, changed)
        work, tree = f"{changed} changed of {size:,}", walls(measured["git"])
        step, whole = ratio(walls(measured["store"]), tree), ratio(walls(measured["run"]), tree)
        yield Figure(f"store step, durable, {work}", COMMIT, step, store_most, note="in the process")
        yield Figure(f"whole run with ledger, {work}", COMMIT, whole, run_most, note=bench.noted(measured))


# --- a few files changed ------------------------------------------------------------------------------


def _changed(bench: Bench, size: int, count: int) -> Measured:
    """A run, git's commit, and the store step alone, each after the same number of files has been edited."""
    place, tree = bench.watched(size), bench.work_tree(size)
    marks = iter(range(10_000))
    numbers = range(0, size, size // count)[:count]

    def edited(folder: Path, work: Callable[[], Usage]) -> Usage:
        edit(folder, numbers, f"{count}x{next(marks)}")
        return work()

    with bench.room() as room:
        first_commit(tree, room / "git")
        shutil.copytree(place / "snapshots" / HISTORY, room / HISTORY)
        store = GitSnapshots(room / HISTORY)
        return bench.compare(
            {
                "run": lambda: edited(place / "seeds", lambda: monitor(place, "run")),
                "git": lambda: edited(tree, lambda: commit_all(tree, room / "git")),
                "store": lambda: _store(store, place / "seeds", numbers, next(marks)),
            }
        )


def _store(store: GitSnapshots, folder: Path, numbers: Sequence[int], mark: int) -> Usage:
    """One snapshot of these files with a line more in each, from their bytes to the synced ref."""
    contents = {path_of(at): (folder / path_of(at)).read_bytes() + b"%d\n" % mark for at in numbers}

    def step() -> None:
        changes = {}
        with store.writer() as writer:
            for path, data in contents.items():
                blob = object_id("blob", data)
                writer.add(blob, data)
                changes[DOCUMENTS + os.fsencode(path)] = TreeChange(FILE, blob)
            now = datetime.now(UTC)
            writer.commit(NewSnapshot("", store.head(), now, now, "measured", changes))

    return call(step)


# --- the first snapshot ---------------------------------------------------------------------------------


def _first(bench: Bench) -> Iterator[Figure | tuple[str, Chart]]:
    most = bench.size(10_000, 1_000)
    measured = {size: _first_of(bench, size) for size in (most // 100, most // 10, most)}
    found, sizes = measured[most]
    work = f"first snapshot of {most:,} files"
    ours, theirs = walls(found["capture"]), walls(found["git"])
    yield Figure(f"{work}: time", COMMIT, ratio(ours, theirs), 1.2, note="without the ledger")
    yield Figure(f"{work}: bytes of the store", COMMIT, spread([sizes[0] / sizes[1]]), 0.55, note="on the disk")
    lines = {
        name: [(size, min(walls(one[work]))) for size, (one, _) in measured.items()]
        for name, work in (("a snapshot", "capture"), ("git add, commit", "git"))
    }
    yield "first-snapshot.svg", Chart("The first snapshot, without the ledger", "files", "seconds", lines)


def _first_of(bench: Bench, size: int) -> tuple[Measured, tuple[int, int]]:
    """The times, and what both stores take on the disk."""
    place, tree = bench.watched(size), bench.work_tree(size)
    with bench.room() as room:
        ours, git_dir = room / "ours", room / "git"
        measured = bench.compare(
            {"capture": lambda: _capture(place / "seeds", ours), "git": lambda: first_commit(tree, git_dir)}
        )
        return measured, (disk_of(ours / HISTORY), disk_of(git_dir))


def _capture(folder: Path, snapshots: Path) -> Usage:
    shutil.rmtree(snapshots, ignore_errors=True)
    snapshots.mkdir()
    return ours_alone("capture_alone.py", str(folder), str(snapshots))


# --- the disk -------------------------------------------------------------------------------------------


def _disk(bench: Bench) -> Iterator[Figure]:
    size = bench.size(10_000, 1_000)
    place, tree = bench.watched(size), bench.work_tree(size)
    with bench.room() as room:
        store, cache = GitSnapshots(room / HISTORY), ScanCache.load(room / SCAN_CACHE)
        first_commit(tree, room / "git")
        for at in range(-1, bench.size(SNAPSHOTS, 10)):
            if at >= 0:
                numbers = [(at * EACH * 7 + k * 53) % size for k in range(EACH)]
                edit(place / "seeds", numbers, f"d{at}")
                edit(tree, numbers, f"d{at}")
                commit_all(tree, room / "git")
            now = datetime.now(UTC)
            capture(
                place / "seeds", store, cache, recorded_at=now, scan_rules=ScanRules(), settle_options=SettleOptions(0)
            )
        before = disk_of(room / HISTORY), disk_of(room / "git/objects")
        store.pack(everything=True)
        git(room / "git", "gc", "--quiet")
        after = disk_of(room / HISTORY), disk_of(room / "git/objects")
    work = f"disk after {bench.size(SNAPSHOTS, 10)} snapshots of {EACH} of {size:,} files"
    yield Figure(f"{work}, before packing", "loose objects", spread([before[0] / before[1]]), 0.65)
    yield Figure(f"{work}, packed", "the same packed (`git gc`)", spread([after[0] / after[1]]), 1.2)
