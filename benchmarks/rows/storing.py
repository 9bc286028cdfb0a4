"""What a snapshot costs, in time and on the disk, against plain git on a work tree of the same files."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from curves import Chart
from figures import Figure
from measuring import Measured, Usage, call, cpus, ratio, spread, walls
from place import Bench, commit_all, disk_of, first_commit, git, monitor, ours_alone
from slices import edit, path_of

from monitor.app.capture import capture
from monitor.app.monitor import HISTORY, SCAN_CACHE
from monitor.snapshots.files import SettleOptions
from monitor.snapshots.git_log import DOCUMENTS
from monitor.snapshots.git_objects import FILE, object_id
from monitor.snapshots.repository import GitSnapshots
from monitor.snapshots.scan_cache import ScanCache
from monitor.snapshots.selection import ScanRules
from monitor.snapshots.writer import NewSnapshot, TreeChange

SNAPSHOTS, EACH = 100, 20  # of the row about the disk: so many snapshots, in each so many files changed

# --- a few files changed ------------------------------------------------------------------------------


def changed(bench: Bench) -> Iterator[Figure]:
    size = bench.size(100_000, 1_000)
    for count in (1, 100):
        measured = _changed(bench, size, count)
        yield Figure(f"store {count}", ratio(walls(measured["store"]), walls(measured["git"])))
        yield Figure(f"run {count}", ratio(cpus(measured["run"]), cpus(measured["git"])), bench.noted(measured))


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


def first_snapshot(bench: Bench) -> Iterator[Figure | tuple[str, Chart]]:
    most = bench.size(10_000, 1_000)
    measured = {size: _first_of(bench, size) for size in (most // 100, most // 10, most)}
    found, sizes = measured[most]
    yield Figure("time", ratio(cpus(found["capture"]), cpus(found["git"])))
    yield Figure("bytes", spread([sizes[0] / sizes[1]]))
    lines = {
        name: [(size, min(cpus(one[work]))) for size, (one, _) in measured.items()]
        for name, work in (("a snapshot", "capture"), ("git add, commit", "git"))
    }
    title = "The first snapshot, without the ledger"
    yield "first-snapshot.svg", Chart(title, "files", "seconds of processor time", lines)


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


def disk(bench: Bench) -> Iterator[Figure]:
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
    yield Figure("loose", spread([before[0] / before[1]]))
    yield Figure("packed", spread([after[0] / after[1]]))
